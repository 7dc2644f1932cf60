// Compiles src and graphs into dist, bundles pages with what only they need, and indexes the shipped articles. `prepare`
// calls it with --if-possible: npm runs that after each install in a clone, and when someone installs the package from git.
// Before packing nothing is done then, since `prepack` has just built; nor where no compiler is installed (npm ci
// --omit=dev) or no project file lies (the image), but for the page that the server serves. --page: that page alone.
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const compiler = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));
const project = fileURLToPath(new URL("../tsconfig.build.json", import.meta.url));

const LIVE_LICENCES =
  "/* With Preact, (c) Jason Miller; mdast, micromark and unist utilities, (c) Titus Wormer and others; zod, (c) Colin McDonnell; eventsource-parser, (c) Espen Hovlandsdal: all under the MIT licence. */";

const possible = existsSync(compiler) && existsSync(project);
const packing = ["pack", "publish"].includes(process.env.npm_command ?? "");
const asked = !process.argv.includes("--if-possible");
if (process.argv.includes("--page")) await buildLivePage();
else if (asked && !possible) {
  console.error("dist cannot be built: there is no compiler. Run npm install first.");
  process.exitCode = 1;
} else if (asked || (possible && !packing)) {
  rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [compiler, "-p", project], { cwd: root, stdio: "inherit" });
  process.exitCode = status ?? 1;
  const maps = "search/local/documents/cmaps.zip";
  if (status === 0) {
    await bundlePages();
    await buildLivePage();
    await compileGraphs();
    await indexArticles().catch((error) => {
      if (asked) throw error;
      console.error(`The shipped articles were not indexed (${error.message}): each start does it itself.`);
    });
    copyFileSync(new URL(`../src/${maps}`, import.meta.url), new URL(`../dist/${maps}`, import.meta.url));
  }
} else if (!packing && existsSync(new URL("../src/page/live", import.meta.url))) {
  await buildLivePage().catch(() =>
    console.error("The page of the server was not built: there is no esbuild."),
  );
}

/** The index of the shipped articles, which names no folder: they lie elsewhere where the package is installed. */
async function indexArticles() {
  const { default: Database } = await import("libsql");
  const { articlesIndexFile, CORPUS_FOLDER } = await import("../dist/assemble/articles.js");
  const { buildIndex } = await import("../dist/search/local/index-builder.js");
  const file = await articlesIndexFile();
  (await buildIndex({ folder: CORPUS_FOLDER, file })).index.close();
  const database = new Database(file);
  database.exec("delete from settings where name = 'folder'; vacuum");
  database.close();
}

/** Preact is part of the pages: those who install the package need not install it. */
async function bundlePages() {
  const { build } = await import("esbuild");
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

/** The page that the server serves: its program and its style, each as one file, in dist/page. */
async function buildLivePage() {
  const { build } = await import("esbuild");
  const options = {
    absWorkingDir: root,
    bundle: true,
    // entities are looked up, and not made markup of, which the page forbids itself
    conditions: ["worker"],
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "warning",
    minify: true,
    target: ["chrome111", "firefox114", "safari16.4"],
    write: false,
  };
  const [program, style] = await Promise.all(
    ["main.tsx", "style.ts"].map(async (name) => {
      const { outputFiles } = await build({
        ...options,
        ...(name === "main.tsx" && { banner: { js: LIVE_LICENCES } }),
        entryPoints: [`src/page/live/${name}`],
        platform: "browser",
      });
      return outputFiles[0].text;
    }),
  );
  const { LIVE_STYLE } = await import(`data:text/javascript,${encodeURIComponent(style)}`);
  const folder = new URL("../dist/page/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL("live.js", folder), program);
  writeFileSync(new URL("live.css", folder), LIVE_STYLE);
}

/** What LangGraph serves, for those who have the package alone: graphs over dist, and configurations that name them. */
async function compileGraphs() {
  const { transform } = await import("esbuild");
  mkdirSync(new URL("../dist/graphs/", import.meta.url));
  for (const name of readdirSync(new URL("../graphs/", import.meta.url))) {
    const text = readFileSync(new URL(`../graphs/${name}`, import.meta.url), "utf8");
    const { code } = await transform(text, { loader: "ts", target: "node20" });
    // ../src/server/app.ts is ../server/app.js there, and ./server-state.ts ./server-state.js
    const compiled = code.replaceAll(/from "(\.\.?)(?:\/src)?(\/[^"]+)\.ts"/g, 'from "$1$2.js"');
    writeFileSync(new URL(`../dist/graphs/${name.replace(/\.ts$/, ".js")}`, import.meta.url), compiled);
  }
  for (const name of ["langgraph.json", "langgraph.production.json"]) {
    const text = readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
    writeFileSync(new URL(`../dist/${name}`, import.meta.url), text.replaceAll(".ts:", ".js:"));
  }
}
