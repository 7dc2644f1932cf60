import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { createStage, type StageOptions } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, "docs"));
  await write("leave.md", "# Leave\n\nThe notice period is six weeks.");
  await write("travel.txt", "Travel is booked by the office.");
});

async function write(name: string, text: string): Promise<void> {
  await writeFile(join(folder, "docs", name), text);
}

async function run(args: readonly string[], options: StageOptions = {}) {
  const stage = createStage({ folder, ...options });
  const exitCode = await runProgram(args, stage.surroundings);
  return { exitCode, out: stage.out(), err: stage.err() };
}

/** Size and time differ from machine to machine. */
function steady(text: string): string {
  return text.replaceAll(folder, "/folder").replaceAll(/[\d.]+ k?B, [\d.]+ m?s\./g, "1.0 kB, 0.1 s.");
}

test("builds an index, says what is in it, and how to ask over it", async () => {
  await write("broken.pdf", "no PDF");
  const { exitCode, out, err } = await run(["index", "docs"]);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
  expect(steady(out)).toMatchInlineSnapshot(`
    "docs: 2 added, 0 updated, 0 removed, 0 unchanged
    The index holds 2 documents in 2 passages: 1.0 kB, 0.1 s.

    1 problem:
      broken.pdf: Invalid PDF structure.

    Ask: agentic-rag ask --docs docs "…"
    "
  `);
  expect(await readdir(join(folder, "docs", ".agentic-rag"))).toEqual(["index.sqlite"]);

  const asked = await run(["--docs", "docs", "How long is the notice period?"]);
  expect(asked.out).toBe(
    `The notice period is six weeks [1].\n\nSources\n[1] Leave\n    file://${folder}/docs/leave.md\n`,
  );
  expect(asked.exitCode).toBe(0);
});

test("brings an index up to date", async () => {
  await run(["index", "docs"]);
  await write("leave.md", "# Leave\n\nThe notice period is now eight weeks.");
  await write("new.md", "# New\n\nSomething new.");
  await rm(join(folder, "docs", "travel.txt"));
  const { exitCode, out } = await run(["index", "--json", "docs"]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toEqual({
    folder: join(folder, "docs"),
    file: join(folder, "docs", ".agentic-rag", "index.sqlite"),
    added: 1,
    updated: 1,
    removed: 1,
    unchanged: 0,
    documents: 2,
    passages: 2,
    bytes: expect.any(Number),
    ms: expect.any(Number),
    problems: [],
  });
  expect(steady((await run(["index", "docs"])).out).split("\n")[0]).toBe(
    "docs: 0 added, 0 updated, 0 removed, 2 unchanged",
  );
});

test("an empty folder is told, a missing one is a mistake", async () => {
  await mkdir(join(folder, "empty"));
  expect(steady((await run(["index", "empty"])).out)).toMatchInlineSnapshot(`
    "empty: 0 added, 0 updated, 0 removed, 0 unchanged
    The index holds 0 documents in 0 passages: 1.0 kB, 0.1 s.

    There is nothing to search: Markdown, HTML, PDF and plain text can be read.
    "
  `);
  expect(await run(["index", "none"])).toEqual({
    exitCode: 2,
    out: "",
    err: `The folder of documents ${folder}/none cannot be read (ENOENT). Name an existing folder.\n`,
  });
});

test("a terminal has a bar while it works, and its cursor back afterwards", async () => {
  const { err } = await run(["index", "docs"], { terminal: true });
  expect(err).toContain("2/2 travel.txt");
  expect(err.lastIndexOf("\u001B[?25h")).toBeGreaterThan(err.lastIndexOf("\u001B[?25l"));
});

test("Ctrl-C leaves an index that can be searched", async () => {
  const stage = createStage({ folder });
  const ended = runProgram(["index", "docs"], {
    ...stage.surroundings,
    onSignal(listener) {
      queueMicrotask(() => listener("SIGINT"));
      return () => undefined;
    },
  });
  expect(await ended).toBe(130);
  expect(stage.err()).toBe(
    "Stopped. The index holds what was read so far; the same command goes on from there.\n",
  );
  const { out } = await run(["index", "--json", "docs"]);
  expect(JSON.parse(out)).toMatchObject({ documents: 2, problems: [] });
});
