import { createHash } from "node:crypto";
import { readFile, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const SELF = fileURLToPath(import.meta.url);
/** Within node_modules, so that what is not bundled is found. */
const CACHE = join(ROOT, "node_modules/.cache/test-programs");
/** Drivers with parts in C, and what is loaded by its path. */
const EXTERNAL = ["libsql", "pg", "node-llama-cpp", "tsx"];
/** Bundles that another run may still use are kept this long. */
const KEPT_MS = 3_600_000;

interface Loaded {
  readonly contents: string;
  readonly loader: "ts" | "js";
}

interface Esbuild {
  readonly build: (options: object) => Promise<{ metafile: { inputs: Record<string, unknown> } }>;
}

interface PluginBuild {
  readonly onLoad: (filter: { filter: RegExp }, load: (file: { path: string }) => Promise<Loaded>) => void;
}

/** What was bundled, and of what it was made: each file, and when it was last changed. */
interface Made {
  readonly programs: readonly string[];
  readonly inputs: Readonly<Record<string, number>>;
}

/**
 * A TypeScript program with all that it imports, as one that Node.js runs by itself: it starts in a tenth of the time
 * that it takes through tsx. Gives the path of the file to run. It is made once, until something in it changes.
 */
export async function bundleProgram(program: URL): Promise<string> {
  const [bundled = ""] = await bundlePrograms([program]);
  return bundled;
}

/** The same for several programs of one folder, which share what they import. */
export async function bundlePrograms(programs: readonly URL[]): Promise<readonly string[]> {
  const entries = programs.map((program) => fileURLToPath(program));
  const name = createHash("sha256").update(entries.join("\n")).digest("hex").slice(0, 16);
  const record = join(CACHE, `${name}.json`);
  const made = await readMade(record);
  if (made !== undefined && (await isFresh(made))) return made.programs;

  const folder = join(CACHE, `${name}-${crypto.randomUUID()}`);
  const { build } = createRequire(import.meta.resolve("tsx"))("esbuild") as Esbuild;
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: entries,
    outdir: folder,
    entryNames: "[name]",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // not divided: a CommonJS package that is imported late would lose its names
    splitting: false,
    metafile: true,
    platform: "node",
    target: "node20",
    format: "esm",
    external: EXTERNAL,
    plugins: [{ name: "import.meta.url", setup: keepAddresses }],
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
    },
    logLevel: "error",
  });
  const inputs = [SELF, ...Object.keys(metafile.inputs).map((path) => join(ROOT, path))];
  const fresh: Made = {
    programs: entries.map((entry) => join(folder, basename(entry).replace(/\.ts$/, ".mjs"))),
    inputs: await changesOf(inputs),
  };
  await mkdir(CACHE, { recursive: true });
  await writeFile(`${folder}.json`, JSON.stringify(fresh));
  await rename(`${folder}.json`, record);
  await removeOld(name);
  return fresh.programs;
}

/** What lies beside a source is still found beside the source. */
function keepAddresses({ onLoad }: PluginBuild): void {
  onLoad({ filter: /\/(?:src|graphs|examples)\/[^.]*\.ts$/ }, async ({ path }) => {
    const text = await readFile(path, "utf8");
    return {
      contents: text.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href)),
      loader: "ts",
    };
  });
}

async function readMade(record: string): Promise<Made | undefined> {
  try {
    return JSON.parse(await readFile(record, "utf8")) as Made;
  } catch {
    return undefined;
  }
}

async function changesOf(paths: readonly string[]): Promise<Readonly<Record<string, number>>> {
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, (await stat(path)).mtimeMs] as const)),
  );
}

async function isFresh({ programs, inputs }: Made): Promise<boolean> {
  try {
    await Promise.all(programs.map((program) => stat(program)));
    const now = await changesOf(Object.keys(inputs));
    return Object.entries(inputs).every(([path, changed]) => now[path] === changed);
  } catch {
    return false;
  }
}

async function removeOld(name: string): Promise<void> {
  for (const entry of await readdir(CACHE, { withFileTypes: true })) {
    if (!entry.isDirectory() || !entry.name.startsWith(`${name}-`)) continue;
    const path = join(CACHE, entry.name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > KEPT_MS) await rm(path, { recursive: true, force: true });
  }
}
