import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
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
  expect(asked.out).toBe(`The notice period is six weeks [1].\n\nSources\n[1] Leave\n    docs/leave.md\n`);
  expect(asked.exitCode).toBe(0);
});

test("counts by kind what is not read", async () => {
  for (const name of ["a.png", "b.png", "c.zip", "e\u001B[31m.d\u001B[31m"]) await write(name, "x");
  const { out } = await run(["index", "docs"]);
  expect(out.split("\n")[2]).toBe("4 files not read: 2 .png, 1 .d[31m, 1 .zip.");
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
    leftOut: [],
  });
  expect(steady((await run(["index", "docs"])).out).split("\n")[0]).toBe(
    "docs: 0 added, 0 updated, 0 removed, 2 unchanged",
  );
});

test("what changed since is told by ask, chat, search and doctor, and by an answer that says it found nothing", async () => {
  await run(["index", "docs"]);
  await write("new.md", "# New\n\nSomething new.");
  const lack = `The index of ${folder}/docs holds 2 of 3 files. Run: agentic-rag index ${folder}/docs`;

  const found = await run(["--docs", "docs", "How long is the notice period?"]);
  expect(found.out).not.toContain(lack);
  expect(found.err.split(lack)).toHaveLength(2);

  const refused = await run(["--docs", "docs", "Who pays for parking?"]);
  expect(refused.exitCode).toBe(1);
  expect(refused.err.split(lack)).toHaveLength(2);
  const json = JSON.parse((await run(["--docs", "docs", "--json", "Who pays for parking?"])).out);
  expect(json).toMatchObject({
    answered: false,
    stopReason: "not-found",
    answer: `Not found in the sources: nothing was found for "pays" and "parking".\n\n${lack}`,
  });

  expect((await run(["search", "--docs", "docs", "notice"])).err).toContain(lack);
  expect(JSON.parse((await run(["search", "--json", "--docs", "docs", "notice"])).out)).toMatchObject({
    note: lack,
  });
  expect((await run(["doctor", "--docs", "docs"])).out).toContain(lack);
});

test("--watch builds it again when files change, waits for what is gone or cannot be used, until Ctrl-C", async () => {
  const stage = createStage({ folder });
  const listeners: ((name: "SIGINT") => void)[] = [];
  const ended = runProgram(["index", "docs", "--watch"], {
    ...stage.surroundings,
    onSignal(listener) {
      listeners.push(listener);
      return () => undefined;
    },
  });
  await vi.waitFor(() => expect(stage.err()).toBe("Watching docs. Ctrl-C ends it.\n"), 20_000);
  await write("new.md", "# New\n\nSomething new.");
  await vi.waitFor(
    () => expect(stage.out()).toContain("docs: 1 added, 0 updated, 0 removed, 2 unchanged\n"),
    20_000,
  );
  const told = ["Watching docs. Ctrl-C ends it.", `${folder}/docs: not there. Waiting for it.`];
  await rm(join(folder, "docs"), { recursive: true });
  await vi.waitFor(() => expect(stage.err()).toBe(`${told.join("\n")}\n`), 20_000);
  await mkdir(join(folder, "docs"));
  await write("again.md", "# Again\n\nIt is there again.");
  const built = "docs: 1 added, 0 updated, 0 removed, 0 unchanged\n";
  await vi.waitFor(() => expect(stage.out()).toContain(built), 20_000);
  const file = join(folder, "docs", ".agentic-rag", "index.sqlite");
  await writeFile(file, "no database ".repeat(100));
  told.push(`The index ${file} is no database. Choose another file. It is tried again.`);
  await vi.waitFor(() => expect(stage.err()).toBe(`${told.join("\n")}\n`), 20_000);
  await rm(file);
  await vi.waitFor(() => expect(stage.out().split(built)).toHaveLength(3), 20_000);
  for (const listener of listeners) listener("SIGINT");
  expect(await ended).toBe(130);
  expect(stage.err()).toBe(`${told.join("\n")}\nStopped watching.\n`);
}, 60_000);

test("an empty folder is told, a missing one is a mistake", async () => {
  await mkdir(join(folder, "empty"));
  expect(steady((await run(["index", "empty"])).out)).toMatchInlineSnapshot(`
    "empty: 0 added, 0 updated, 0 removed, 0 unchanged
    The index holds 0 documents in 0 passages: 1.0 kB, 0.1 s.

    There is nothing to search: text, Markdown, HTML, PDF, office files, tables, mails and code can be read.
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

describe("several folders, and indexes elsewhere", () => {
  beforeEach(async () => {
    await mkdir(join(folder, "wiki: old"));
    await writeFile(join(folder, "wiki: old", "heating.md"), "# Heating\n\nThe boiler runs until ten.");
  });

  test("are indexed and asked as one", async () => {
    const { exitCode, out } = await run(["index", "docs", "wiki: old"]);
    expect(exitCode).toBe(0);
    expect(steady(out)).toBe(
      [
        "docs: 2 added, 0 updated, 0 removed, 0 unchanged",
        "The index holds 2 documents in 2 passages: 1.0 kB, 0.1 s.",
        "",
        "wiki: old: 1 added, 0 updated, 0 removed, 0 unchanged",
        "The index holds 1 document in 1 passage: 1.0 kB, 0.1 s.",
        "",
        `Ask: agentic-rag ask --docs docs --docs 'wiki: old' "…"`,
        "",
      ].join("\n"),
    );
    const docs = ["--docs", "docs", "--docs", "wiki: old"];
    expect((await run([...docs, "How long is the notice period?"])).out).toContain("six weeks [1]");
    expect((await run([...docs, "How long does the boiler run?"])).out).toContain("until ten [1]");
    expect((await run(["search", ...docs, "notice period boiler"])).out).toMatch(
      /Heating[^]*Leave|Leave[^]*Heating/u,
    );
  });

  test("a folder that nobody may write is indexed in a file elsewhere", async () => {
    const { exitCode, out } = await run(["index", "--index-file", "all.sqlite", "docs"]);
    expect(exitCode).toBe(0);
    expect(out.split("\n").at(-2)).toBe(
      `Ask: agentic-rag ask --docs docs --index-file ${folder}/all.sqlite "…"`,
    );
    expect(await readdir(join(folder, "docs"))).toEqual(["leave.md", "travel.txt"]);
    for (const named of [
      ["--docs", "docs", "--index-file", "all.sqlite"],
      ["--index-file", "all.sqlite"],
    ]) {
      expect((await run([...named, "How long is the notice period?"])).out).toContain("six weeks [1]");
    }
    const environment = { AGENTIC_RAG_DOCUMENTS: "docs", AGENTIC_RAG_INDEX_FILE: "all.sqlite" };
    expect(JSON.parse((await run(["index", "--json", "docs"], { environment })).out)).toMatchObject({
      file: join(folder, "all.sqlite"),
      unchanged: 2,
    });
  });

  test("that do not fit together are told", async () => {
    const { exitCode, err } = await run(["index", "--index-file", "all.sqlite", "docs", "wiki: old"]);
    expect({ exitCode, err }).toEqual({
      exitCode: 2,
      err: "--index-file names 1 and --docs 2. Name one file for each folder, in the same order.\n",
    });
    expect((await run(["--index-file", "none.sqlite", "Q?"])).err).toBe(
      `There is no index ${folder}/none.sqlite. Build it: agentic-rag index --index-file ${folder}/none.sqlite <folder>\n`,
    );
    expect((await run(["index", "funds", "rose?"])).err).toBe(
      'None of these folders is there: funds, rose?.\nA question that begins with "index" is asked by: agentic-rag ask "index funds rose?"\n',
    );
  });
});

test("what is left out and what is too large is told by index, ask and doctor", async () => {
  await write("plan.png", "x");
  await write("draft.md", "The notice period is a year.");
  await write("large.txt", "word ".repeat(300));
  const environment = { AGENTIC_RAG_MAX_FILE_MB: "0.001" };
  const { out } = await run(["index", "--exclude", "draft*", "--exclude", "old/", "docs"], { environment });
  expect(out.split("\n").slice(2, 6)).toEqual([
    "2 files not read: 1 .png, 1 excluded.",
    "",
    "1 problem:",
    "  large.txt: it has 1500 bytes, more than the 1000 that are read",
  ]);
  const told =
    "2 files not read: 1 .png, 1 excluded; 1 problem: large.txt: it has 1500 bytes, more than the 1000 that are read";
  const asked = await run(["--docs", "docs", "How long is the notice period?"]);
  expect(asked.out).toContain("six weeks [1]");
  expect(asked.err).toContain(`In ${folder}/docs: ${told}.\n`);
  const doctor = await run(["doctor", "--docs", "docs"]);
  expect(doctor.out).toContain(`; ${told}\n`);
});
