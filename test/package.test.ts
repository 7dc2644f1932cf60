import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { build, type Plugin } from "esbuild";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { VERSION } from "../src/version.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");

const names = z.record(z.string(), z.string());
const manifest = z
  .looseObject({
    name: z.string(),
    version: z.string(),
    bin: names,
    workspaces: z.array(z.string()),
    dependencies: names,
    devDependencies: names,
    peerDependencies: names,
    peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean() })),
  })
  .parse(JSON.parse(read("package.json")));
const lock = z
  .object({ packages: z.record(z.string(), z.object({ dev: z.boolean().optional() })) })
  .parse(JSON.parse(read("package-lock.json")));

test.each([
  "@langchain/core",
  "@langchain/langgraph",
  "@langchain/langgraph-checkpoint",
  "@langchain/langgraph-sdk",
  "zod",
])("there is one copy of %s for program, tests, benchmarks and examples", (name) => {
  const copies = Object.keys(lock.packages).filter((path) => path.endsWith(`node_modules/${name}`));
  expect(copies).toEqual([`node_modules/${name}`]);
});

test("what production needs is no tool: it is there after npm ci --omit=dev", () => {
  const needed = [...Object.keys(manifest.dependencies), "@langchain/core", "@langchain/langgraph"];
  expect(needed.filter((name) => lock.packages[`node_modules/${name}`]?.dev !== undefined)).toEqual([]);
});

test.skipIf(!existsSync(join(ROOT, "dist")))("every import of what was built leads to a file", () => {
  const files = readdirSync(join(ROOT, "dist"), { recursive: true, encoding: "utf8" });
  const programs = files.filter((file) => /\.c?js$/.test(file) && !/page[\\/]live\.js$/.test(file));
  const missing = programs.flatMap((file) => {
    const text = readFileSync(join(ROOT, "dist", file), "utf8");
    const targets = [
      ...text.matchAll(/^(?:import|export)\b[^;]*?\bfrom "(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm),
    ];
    return targets
      .map(([, named = "", loaded = ""]) => join("dist", file, "..", named + loaded))
      .filter((target) => !existsSync(join(ROOT, target)))
      .map((target) => `${file}: ${target}`);
  });
  expect(programs.length).toBeGreaterThan(300);
  expect(missing).toEqual([]);
});

test("nothing of the tests is published: no overrides, no files of theirs", { timeout: 120_000 }, () => {
  expect(manifest).not.toHaveProperty("overrides");
  const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: ROOT,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const [{ files } = { files: [] }] = z
    .array(z.object({ files: z.array(z.object({ path: z.string() })) }))
    .parse(JSON.parse(packed));
  const paths = files.map(({ path }) => path).filter((path) => !/^(?:dist|corpus)\//.test(path));
  expect(paths.toSorted()).toEqual(["LICENSE", "README.md", "package.json"]);
  // what `agentic-rag ui` serves
  const { graphs } = z
    .object({ graphs: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read("dist/langgraph.json")));
  const served = Object.values(graphs).map((path) => path.replace("./", "dist/").replace(/:.*/, ""));
  expect(served).toEqual(
    ["agentic-rag", "search-r1", "research-team"].map((name) => `dist/graphs/${name}.js`),
  );
  const all = files.map(({ path }) => path);
  expect(
    [...served, "dist/page/live.js", "dist/page/live.css"].filter((path) => !all.includes(path)),
  ).toEqual([]);
});

test("the version is said in two places alike", () => {
  expect(VERSION).toBe(manifest.version);
});

test("a bundler meets no optional package, and no folder that it would take for a file", async () => {
  const optional = Object.keys(manifest.peerDependenciesMeta);
  expect(optional).toContain("pg");
  const met: string[] = [];
  const watching: Plugin = {
    name: "watching",
    setup(bundle) {
      bundle.onResolve({ filter: /^[^.]/ }, ({ path }) => {
        if (optional.some((name) => path === name || path.startsWith(`${name}/`))) met.push(path);
        return path === "src/index.ts" ? undefined : { path, external: true };
      });
    },
  };
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ["src/index.ts"],
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
    metafile: true,
    plugins: [watching],
  });
  expect(met).toEqual([]);
  const files = Object.keys(metafile.inputs);
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => /new URL\(\s*"[^"]*\/",\s*import\.meta\.url/.test(read(file)))).toEqual([]);
});

test("npm version says the version in every place, and its section of the changelog becomes the release's notes", () => {
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const path of ["scripts/version.mjs", "scripts/release-notes.mjs", "src/version.ts"])
    cpSync(join(ROOT, path), join(folder, path));
  writeFileSync(join(folder, "package.json"), '{ "version": "7.1.3" }');
  writeFileSync(
    join(folder, "CHANGELOG.md"),
    "# Changelog\n\n## [Unreleased]\n\n- New.\n\n## [7.1.2] - 2026-01-02\n\n- Old.\n",
  );
  const node = (...args: readonly string[]) =>
    execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  node("scripts/version.mjs");
  expect(readFileSync(join(folder, "src/version.ts"), "utf8")).toBe(
    read("src/version.ts").replace(manifest.version, "7.1.3"),
  );
  expect(readFileSync(join(folder, "CHANGELOG.md"), "utf8")).toMatch(
    /^# Changelog\n\n## \[Unreleased\]\n\n## \[7\.1\.3\] - \d{4}-\d\d-\d\d\n\n- New\.\n\n## \[7\.1\.2\]/,
  );
  expect(node("scripts/release-notes.mjs", "7.1.3")).toBe("- New.\n");
});

// langgraph-cli on PyPI reads the package.json beside a configuration, and refuses any `engines` there but one bare major
test("LangChain's command line in Python finds nothing to refuse", () => {
  expect(manifest).not.toHaveProperty("engines");
  for (const file of ["langgraph.json", "langgraph.production.json"])
    expect(JSON.parse(read(file))).toHaveProperty("node_version", expect.stringMatching(/^2\d$/));
});

describe("the command", () => {
  test("is found by its own name, and by that of the package, which npx asks for", () => {
    expect(manifest.bin).toEqual({
      "agentic-rag": "./dist/cli/bin.cjs",
      [manifest.name]: "./dist/cli/bin.cjs",
    });
  });

  test.each(["0.12.18", "10.24.1", "18.20.8", "20.18.3"])("says to Node.js %s what it needs", (version) => {
    const { told, exitCode, loaded } = startUnder(version);
    expect(told).toBe(
      `agentic-rag needs Node.js 20.19 or later, and this is ${version}. Install a newer one from https://nodejs.org, or with your version manager.\n`,
    );
    expect([exitCode, loaded]).toEqual([2, false]);
  });

  test.each(["20.19.0", "20.20.2", "21.0.0", "22.0.0", "24.1.0", "100.0.0"])(
    "starts under Node.js %s",
    (version) => {
      expect(startUnder(version)).toEqual({ told: "", exitCode: undefined, loaded: true });
    },
  );
});

/** What the first file of the command does where `process.versions` says so. */
function startUnder(version: string): { told: string; exitCode: number | undefined; loaded: boolean } {
  const source = read("src/cli/bin.cts").replace(/^#!.*/, "");
  // words of syntax that came after 2009, but for import(), which stands alone in the branch of the new versions
  expect(source.replaceAll(/\/\/.*/g, "")).not.toMatch(
    /=>|`|\b(?:const|let|class|async|await)\b|\?\.|\?\?|^import /m,
  );
  let told = "";
  let loaded = false;
  const pretended: { versions: object; stderr: object; exitCode: number | undefined } = {
    versions: { node: version },
    stderr: { write: (text: string) => (told += text) },
    exitCode: undefined,
  };
  runInNewContext(source.replace('import("./main.ts")', "load()"), {
    process: pretended,
    load: () => (loaded = true),
  });
  return { told, exitCode: pretended.exitCode, loaded };
}
