import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bundleProgram } from "../bundle.ts";
import { broken, told } from "./played.ts";
import { simulate } from "./simulate.ts";

const SEEDS = Array.from({ length: 12 }, (_, at) => at + 1);

test("a seed tells the same story each time, whatever was played before", { timeout: 120_000 }, async () => {
  const first = new Map<number, string>();
  for (const seed of SEEDS) first.set(seed, told(await simulate(seed)));
  for (const seed of SEEDS.toReversed()) expect(told(await simulate(seed))).toBe(first.get(seed));
  expect(new Set(first.values()).size).toBe(SEEDS.length);
});

test("and in another process", { timeout: 120_000 }, async () => {
  const stories: string[] = [];
  for (const seed of SEEDS) stories.push(told(await simulate(seed)));
  const printed = execFileSync(
    process.execPath,
    [await bundleProgram(new URL("main.ts", import.meta.url)), "--seeds", String(SEEDS.length), "--trace"],
    { encoding: "utf8" },
  );
  expect(printed).toBe(`${stories.join("\n")}\n12 seeds from 1: 0 broke a rule.\n`);
});

test("runs that are kept in a file break no rule either", { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "simulated-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (let seed = 1; seed <= 25; seed += 1) {
    expect(await broken(seed, 1, { keeper: "sqlite", file: join(folder, `${seed}.sqlite`) })).toEqual([]);
  }
});
