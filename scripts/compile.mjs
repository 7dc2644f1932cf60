// Compiles src and graphs into .compiled, file by file: those alone that were changed since the last time. A file is
// changed when its size or the time of its last change is another; it is replaced in one go, under the eyes of whoever
// runs the one before. Beside dist, so that what the code looks for next to itself is found from there, too.
import {
  copyFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const SCRIPT = /\.(?:[cm]?ts|tsx|js)$/;

/** @returns what is wrong, in words; undefined where all of it is compiled. */
export async function compile(root) {
  const out = join(root, ".compiled");
  if (compilerVersion() === undefined)
    return "It runs from source with esbuild, which is not installed. Run npm install first.";
  mkdirSync(out, { recursive: true });
  if (changes(root, out).length === 0) return undefined;
  const release = await lock(join(out, "lock"));
  try {
    // another one may have done it in the meantime
    return await compileChanged(root, out, changes(root, out));
  } finally {
    release();
  }
}

/** The sources that are not compiled as they are, and those that are gone: each with its stamp, or none. */
function changes(root, out) {
  const before = readState(out);
  const now = stampsOf(root);
  const changed = [...now].filter(([path, stamp]) => before.get(path) !== stamp);
  const gone = [...before.keys()].filter((path) => !now.has(path));
  return [...changed, ...gone.map((path) => [path, undefined])];
}

/** Size and times of each source, and of what compiles them. */
function stampsOf(root) {
  const compiler = statSync(fileURLToPath(import.meta.url), { bigint: true });
  const by = `${compilerVersion()} ${compiler.mtimeNs}`;
  const files = [...filesIn(join(root, "src")), ...filesIn(join(root, "graphs"))];
  files.push(join(root, "langgraph.json"), join(root, "langgraph.production.json"));
  return new Map(
    files.map((file) => {
      const { size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
      return [relative(root, file).split(sep).join("/"), `${by} ${size} ${mtimeNs} ${ctimeNs}`];
    }),
  );
}

function compilerVersion() {
  try {
    return createRequire(import.meta.url)("esbuild/package.json").version;
  } catch {
    return undefined;
  }
}

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

async function compileChanged(root, out, changed) {
  const targets = new Map(changed.map(([path]) => [path, join(out, targetOf(path))]));
  for (const [path, stamp] of changed) if (stamp === undefined) rmSync(targets.get(path), { force: true });
  const present = changed.filter(([, stamp]) => stamp !== undefined).map(([path]) => path);
  const failure = await transpile(
    root,
    out,
    present.filter((path) => SCRIPT.test(path)),
  );
  if (failure !== undefined) return failure;
  for (const path of present.filter((name) => !SCRIPT.test(name))) {
    const target = targets.get(path);
    await mkdir(dirname(target), { recursive: true });
    const [from, to] = [join(root, path), `${target}.new`];
    if (path.includes("/")) copyFileSync(from, to);
    else writeFileSync(to, readFileSync(from, "utf8").replaceAll(".ts:", ".js:"));
    renameSync(to, target);
  }
  const state = readState(out);
  for (const [path, stamp] of changed) {
    if (stamp === undefined) state.delete(path);
    else state.set(path, stamp);
  }
  writeFileSync(join(out, "state.json.new"), JSON.stringify([...state]));
  renameSync(join(out, "state.json.new"), join(out, "state.json"));
  return undefined;
}

/** Compiles each of the files for itself; what they import stays an import, of what is compiled. */
async function transpile(root, out, paths) {
  const { build, formatMessages } = await import("esbuild");
  const inOut = (file) => join(out, targetOf(relative(root, file).split(sep).join("/")));
  const imports = {
    name: "imports",
    setup(building) {
      building.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir, importer }) => {
        if (kind === "entry-point") return undefined;
        const from = dirname(inOut(importer));
        const to = relative(from, inOut(resolve(resolveDir, path)))
          .split(sep)
          .join("/");
        return { path: to.startsWith(".") ? to : `./${to}`, external: true };
      });
    },
  };
  const options = {
    absWorkingDir: root,
    bundle: true,
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "silent",
    outdir: out,
    packages: "external",
    platform: "node",
    plugins: [imports],
    target: "node20.19",
    write: false,
  };
  try {
    const formats = [
      ["esm", paths.filter((path) => !path.endsWith(".cts"))],
      ["cjs", paths.filter((path) => path.endsWith(".cts"))],
    ];
    for (const [format, files] of formats) {
      const entryPoints = files.map((path) => ({ in: join(root, path), out: targetOf(path) }));
      if (entryPoints.length === 0) continue;
      const { outputFiles } = await build({ ...options, format, entryPoints });
      await Promise.all(
        outputFiles.map(async ({ path, contents }) => {
          // esbuild puts .js behind the whole name
          const target = path.replace(/\.js$/, "");
          await mkdir(dirname(target), { recursive: true });
          await writeFile(`${target}.new`, contents);
          renameSync(`${target}.new`, target);
        }),
      );
    }
    return undefined;
  } catch (error) {
    if (!Array.isArray(error?.errors)) throw error;
    const color = process.stderr.isTTY;
    return (await formatMessages(error.errors, { kind: "error", color })).join("").trimEnd();
  }
}

/** Where a source is put: src/cli/main.ts at cli/main.js, and graphs/auth.ts at graphs/auth.js. */
function targetOf(path) {
  return path
    .replace(/^src\//, "")
    .replace(/\.tsx?$/, ".js")
    .replace(/\.([cm])ts$/, ".$1js");
}

function readState(out) {
  try {
    return new Map(JSON.parse(readFileSync(join(out, "state.json"), "utf8")));
  } catch {
    return new Map();
  }
}

/** Waits for whoever compiles at the moment; what a killed one has left behind is taken over. */
async function lock(path) {
  for (;;) {
    try {
      const file = openSync(path, "wx");
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (existsSync(path) && !isAlive(path)) rmSync(path, { force: true });
    else await wait(20);
  }
}

function isAlive(path) {
  try {
    const { mtimeMs } = statSync(path);
    const pid = Number(readFileSync(path, "utf8"));
    // one that has just begun has not written its number yet
    if (pid === 0) return Date.now() - mtimeMs < 1000;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // gone in the meantime, or another user's
    return error.code !== "ESRCH";
  }
}
