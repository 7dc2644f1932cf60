import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDeletedThreads, threadIn } from "../../../src/server/deleted-threads.ts";

const [FIRST, SECOND, THIRD] = ["a", "b", "c"].map(
  (digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`,
) as [string, string, string];

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agentic-rag-deleted-"));
  mkdirSync(join(folder, ".langgraph_api"));
  file = join(folder, ".langgraph_api", "agentic-rag.deleted-threads");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("what was added is known in any case of letters, once, and by the next process", () => {
  const deleted = openDeletedThreads(folder);
  deleted.add(FIRST.toUpperCase());
  deleted.add(FIRST);
  deleted.add(SECOND);
  expect(readFileSync(file, "utf8")).toBe(`${FIRST}\n${SECOND}\n`);
  for (const known of [deleted, openDeletedThreads(folder)]) {
    expect([FIRST, FIRST.toUpperCase(), SECOND, THIRD].map((id) => known.has(id))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  }
});

test.each(Array.from({ length: 36 }, (_, length) => [length]))(
  "a last line that was torn after %i characters spoils neither what is before nor what comes after it",
  (length) => {
    openDeletedThreads(folder).add(FIRST);
    appendFileSync(file, SECOND.slice(0, length));
    const deleted = openDeletedThreads(folder);
    expect([FIRST, SECOND].map((id) => deleted.has(id))).toEqual([true, false]);
    deleted.add(THIRD);
    const next = openDeletedThreads(folder);
    expect([FIRST, SECOND, THIRD].map((id) => next.has(id))).toEqual([true, false, true]);
  },
);

test("where the server keeps no files, none is made, and the process remembers", () => {
  rmSync(join(folder, ".langgraph_api"), { recursive: true });
  const deleted = openDeletedThreads(folder);
  deleted.add(FIRST);
  expect([deleted.has(FIRST), openDeletedThreads(folder).has(FIRST)]).toEqual([true, false]);
});

test("a file that cannot be written is an error, and the id is known nevertheless", () => {
  mkdirSync(file);
  expect(() => openDeletedThreads(folder)).toThrow("EISDIR");
  rmSync(file, { recursive: true });
  const deleted = openDeletedThreads(folder);
  mkdirSync(file);
  expect(() => deleted.add(FIRST)).toThrow("EISDIR");
  expect(deleted.has(FIRST)).toBe(true);
});

test.each([
  [`/threads/${FIRST}`, FIRST],
  [`/threads/${FIRST}/`, FIRST],
  [`/threads/${FIRST.toUpperCase()}/runs/stream`, FIRST.toUpperCase()],
  ["/threads/search", undefined],
  [`/runs/${FIRST}`, undefined],
  ["/threads", undefined],
])("the thread of %s is %s", (path, thread) => {
  expect(threadIn(path)).toBe(thread);
});
