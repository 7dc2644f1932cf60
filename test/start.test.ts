import { execFile } from "node:child_process";
import { cp, mkdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { VERSION } from "../src/version.ts";
import { temporaryFolder } from "./cli/temporary-folder.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const SOURCES = ["src", "graphs", "scripts", "langgraph.json", "langgraph.production.json", "package.json"];

/** What a clone has after `npm install`. */
async function clone(): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of SOURCES) await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
  return folder;
}

interface Ended {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** `npm start -- <args>` there. */
async function start(folder: string, ...args: string[]): Promise<Ended> {
  try {
    const script = join(folder, "scripts/start.mjs");
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, ...args], {
      cwd: folder,
      env: { PATH: process.env["PATH"], HOME: folder },
    });
    return { out: stdout, err: stderr, code: 0 };
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number };
    return { out: stdout, err: stderr, code };
  }
}

async function edit(folder: string, from: string, to: string): Promise<void> {
  const file = join(folder, "src/version.ts");
  await writeFile(file, (await readFile(file, "utf8")).replace(from, to));
}

const said = (out: string): Ended => ({ out: `${out}\n`, err: "", code: 0 });

test("what is edited is what npm start runs, also of two at once, and nothing else is compiled anew", async () => {
  const folder = await clone();
  expect(await start(folder, "--version")).toEqual(said(VERSION));
  const compiled = (name: string): string => join(folder, ".compiled", name);
  const changedAt = async (name: string): Promise<bigint> =>
    (await stat(compiled(name), { bigint: true })).mtimeNs;
  const [errors, version] = [await changedAt("errors.js"), await changedAt("version.js")];

  // as long as it was
  await edit(folder, VERSION, VERSION.replaceAll(/\d/g, "9"));
  const edited = said(VERSION.replaceAll(/\d/g, "9"));
  expect(await Promise.all([start(folder, "--version"), start(folder, "--version")])).toEqual([
    edited,
    edited,
  ]);
  expect(await changedAt("errors.js")).toBe(errors);
  expect(await changedAt("version.js")).not.toBe(version);
});

test("a source with a mistake is named, and runs once it is mended", async () => {
  const folder = await clone();
  await edit(folder, `"${VERSION}"`, `"${VERSION}`);
  const { out, err, code } = await start(folder, "--version");
  expect({ out, code }).toEqual({ out: "", code: 1 });
  expect(err).toMatch(/^✘ \[ERROR\] Unterminated string literal\n\n {4}src\/version\.ts:\d+:\d+:\n/);
  await edit(folder, `"${VERSION}`, `"${VERSION}"`);
  expect(await start(folder, "--version")).toEqual(said(VERSION));
});

test("a source that is gone is gone, and what a killed start has left stops no other", async () => {
  const folder = await clone();
  await writeFile(join(folder, "src/extra.ts"), "export const EXTRA: number = 1;\n");
  await mkdir(join(folder, ".compiled"));
  // no process has this number
  await writeFile(join(folder, ".compiled/lock"), "2147483646");
  expect(await start(folder, "--version")).toEqual(said(VERSION));
  expect(await readFile(join(folder, ".compiled/extra.js"), "utf8")).toContain("EXTRA = 1;");
  await rm(join(folder, "src/extra.ts"));
  expect(await start(folder, "--version")).toEqual(said(VERSION));
  await expect(stat(join(folder, ".compiled/extra.js"))).rejects.toThrow("ENOENT");
});

test("without the compiler it says what to run", async () => {
  const folder = await clone();
  await rm(join(folder, "node_modules"));
  expect(await start(folder, "--version")).toEqual({
    out: "",
    err: "It runs from source with esbuild, which is not installed. Run npm install first.\n",
    code: 1,
  });
});
