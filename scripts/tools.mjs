// Installs what working on the project needs and running it does not: the workspaces (test, bench, examples), and
// llama.cpp as it runs in a process. Does nothing when all of it lies there as the lock files have it.
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
/** A project of its own, with overrides of its own: of node-llama-cpp's binaries only those for the processor are taken. */
const llama = join(root, "test/model/gguf/library");
/** Where Node.js finds it from src, too. */
const link = join(root, "node_modules/node-llama-cpp");

/** Whether each package of the lock file lies there in its version. Those for other platforms do not count. */
function isInstalled(folder) {
  const { packages } = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
  return Object.entries(packages).every(([path, { version, optional, link: linked }]) => {
    if (!path.includes("node_modules/") || optional || version === undefined) return true;
    const manifest = join(folder, path, "package.json");
    if (!existsSync(manifest)) return false;
    return linked || JSON.parse(readFileSync(manifest, "utf8")).version === version;
  });
}

function npm(folder, ...args) {
  const options = ["--no-audit", "--no-fund", "--loglevel=error"];
  const cli = process.env.npm_execpath;
  const { status } =
    cli?.endsWith(".js") === true
      ? spawnSync(process.execPath, [cli, ...args, ...options], { cwd: folder, stdio: "inherit" })
      : spawnSync("npm", [...args, ...options], { cwd: folder, stdio: "inherit", shell: true });
  if (status !== 0) process.exit(status ?? 1);
}

if (!isInstalled(root)) {
  console.error("Installing what tests, benchmarks and examples need …");
  npm(root, "install", "--workspaces", "--include-workspace-root");
}
if (!isInstalled(llama)) {
  // not `npm ci`: it asks for the binaries of every other platform in the lock file
  console.error("Installing llama.cpp for the tests that run it in their process …");
  npm(llama, "install", "--no-save", "--ignore-scripts");
}
if (!existsSync(link)) {
  // a link whose target is gone is there, and leads nowhere
  if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) rmSync(link);
  symlinkSync(join(llama, "node_modules/node-llama-cpp"), link, "junction");
}
