// Compiles src into dist, and bundles pages with what only they need. `prepare` calls it with --if-possible: npm runs that after each install in a clone, and when
// someone installs the package from git. Where no compiler is installed (npm ci --omit=dev) or no sources lie (the
// image), nothing is done; and before packing nothing either, since `prepack` has just built.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const compiler = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));
const project = fileURLToPath(new URL("../tsconfig.build.json", import.meta.url));

const possible = existsSync(compiler) && existsSync(project);
const packing = ["pack", "publish"].includes(process.env.npm_command ?? "");
const asked = !process.argv.includes("--if-possible");
if (asked && !possible) {
  console.error("dist cannot be built: there is no compiler. Run npm install first.");
  process.exitCode = 1;
} else if (asked || (possible && !packing)) {
  rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [compiler, "-p", project], { cwd: root, stdio: "inherit" });
  process.exitCode = status ?? 1;
  const maps = "search/local/documents/cmaps.zip";
  if (status === 0) {
    await bundlePages();
    copyFileSync(new URL(`../src/${maps}`, import.meta.url), new URL(`../dist/${maps}`, import.meta.url));
  }
}

/** Preact is part of the pages: those who install the package need not install it. */
async function bundlePages() {
  const { build } = await import("esbuild");
  rmSync(new URL("../dist/page", import.meta.url), { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: ["src/page/report.js"],
    outdir: "dist/page",
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["mdast-*", "micromark-*"],
    banner: {
      js: "// With Preact, (c) 2015-present Jason Miller, and preact-render-to-string, (c) 2015 Jason Miller, both under the MIT licence.",
    },
    logLevel: "warning",
  });
}
