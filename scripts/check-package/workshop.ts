import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Workshop } from "./check.ts";
import { attempt, expectThat, run } from "./run.ts";

export interface OpenWorkshop extends Workshop {
  /** Lines of warnings, and the size in MB, of the installation in the clone. */
  readonly installed: { readonly warnings: readonly string[]; readonly megabytes: number };
  readonly close: () => void;
}

/** A folder with a clone of the last commit, its installation, and the package that is packed in it. */
export function openWorkshop(): OpenWorkshop {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "check-package-")));
  const clone = join(folder, "clone");
  run(folder, ["git", "clone", "--quiet", pathToFileURL(root).href, clone]);
  const installation = attempt(clone, ["npm", "install", "--no-audit", "--no-fund"]);
  expectThat(installation.exitCode === 0, `npm install in a clone fails:\n${installation.err}`);
  const warnings = installation.err.split("\n").filter((line) => line.trim() !== "");
  const megabytes = megabytesOf(join(clone, "node_modules"));

  rmSync(join(clone, "dist"), { recursive: true });
  run(clone, ["npm", "pack", "--pack-destination", folder]);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack has made no package.");
  return {
    root,
    clone,
    tarball: join(folder, tarball),
    installed: { warnings, megabytes },
    project(name) {
      const project = join(folder, name);
      mkdirSync(project);
      writeFileSync(
        join(project, "package.json"),
        `{ "name": "${name}", "private": true, "type": "module" }\n`,
      );
      return project;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function megabytesOf(folder: string): number {
  const [kilobytes = ""] = run(folder, ["du", "-sk", "."]).split("\t");
  return Math.round(Number(kilobytes) / 1024);
}
