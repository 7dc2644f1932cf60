import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

const manifestSchema = z.object({
  name: z.string(),
  dependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string()),
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean() })),
});

test("the declarations need nothing that is optional", { timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "agentic-rag-types-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));
  const { name, dependencies, peerDependencies, peerDependenciesMeta } = manifest;
  const installed = join(folder, "node_modules", name);
  const outDir = join(installed, "dist");
  const build = ["-p", join(ROOT, "tsconfig.build.json"), "--emitDeclarationOnly", "--outDir", outDir];
  execFileSync(process.execPath, [TSC, ...build]);
  copyFileSync(join(ROOT, "package.json"), join(installed, "package.json"));
  const required = [...Object.keys(dependencies), ...Object.keys(peerDependencies)].filter(
    (dependency) => peerDependenciesMeta[dependency]?.optional !== true,
  );
  for (const dependency of [...required, "@types/node"]) {
    const link = join(folder, "node_modules", dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", dependency), link, "junction");
  }
  writeFileSync(join(folder, "index.ts"), `export * from "${name}";\n`);
  const compilerOptions = {
    module: "nodenext",
    target: "es2023",
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: ["node"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));

  const { stdout, status } = spawnSync(process.execPath, [TSC, "-p", folder], { encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});
