import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { expect, onTestFinished, test } from "vitest";
import { sqliteProblem } from "../../src/sqlite/problem.ts";
import { inTransaction, openDatabase, type DatabaseOptions } from "../../src/sqlite/sqlite.ts";
import { createFolder } from "../search/temporary-folder.ts";

const FORMAT = {
  applicationId: 0x54455354,
  version: 2,
  schema: "create table notes (text text not null)",
  mode: "write",
  timeout: 50,
} as const;

function opened(file: string, options: Partial<DatabaseOptions> = {}) {
  const database = openDatabase({ ...FORMAT, file, ...options });
  onTestFinished(() => void database.close());
  return database;
}

function newFile(): string {
  return join(createFolder(), "below", "notes.sqlite");
}

function alter(file: string, sql: string): void {
  const database = new Database(file);
  database.exec(sql);
  database.close();
}

/** The fault and message of what `work` throws. */
function problemOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    const problem = sqliteProblem(error);
    return problem && `${problem.fault}: it ${problem.message}`;
  }
  return undefined;
}

test("a new file gets the tables and is known again", () => {
  const file = newFile();
  opened(file).exec("insert into notes values ('first')");
  const again = opened(file, { schema: "this is not run" });
  expect(again.prepare("select text from notes").get()).toMatchObject({ text: "first" });
  expect(again.prepare("pragma journal_mode").get()).toMatchObject({ journal_mode: "wal" });
});

test.each([
  ["write", 1],
  ["keep", 2],
] as const)("`synchronous` in the mode %s is %i", (mode, synchronous) => {
  expect(opened(newFile(), { mode }).prepare("pragma synchronous").get()).toMatchObject({ synchronous });
});

test("what is opened to be read must be there, and stays as it is", () => {
  const file = newFile();
  expect(problemOf(() => opened(file, { mode: "read" }))).toBe("missing: it is not there");
  opened(file).close();
  const reader = opened(file, { mode: "read" });
  expect(problemOf(() => reader.exec("insert into notes values ('second')"))).toBe(
    "inaccessible: it cannot be read or written. Check its disk and its permissions, and those of its folder",
  );
  const empty = join(createFolder(), "empty.sqlite");
  writeFileSync(empty, "");
  expect(problemOf(() => opened(empty, { mode: "read" }))).toBe("missing: it is not there");
  expect(readFileSync(empty)).toHaveLength(0);
});

test.each([
  ["pragma application_id = 1", "foreign: it is a database of another program. Choose another file"],
  ["pragma user_version = 1", "older: it was written by an older version of this package"],
  [
    "pragma user_version = 3",
    "newer: it was written by a newer version of this package. Update it, or choose another file",
  ],
])("after %s it is refused and not touched", (sql, problem) => {
  const file = newFile();
  opened(file).close();
  alter(file, sql);
  const before = readFileSync(file);
  expect(problemOf(() => opened(file))).toBe(problem);
  expect(readFileSync(file).equals(before)).toBe(true);
});

test("an upgrade is done once, or not at all", () => {
  const file = newFile();
  opened(file).close();
  alter(file, "pragma user_version = 1");
  const broken = () =>
    opened(file, {
      upgrade(database) {
        database.exec("alter table notes add column at integer");
        database.exec("nonsense");
      },
    });
  expect(problemOf(broken)).toBe('damaged: it is damaged (near "nonsense": syntax error)');
  const from: number[] = [];
  const upgrade: DatabaseOptions["upgrade"] = (database, version) => {
    from.push(version);
    database.exec("alter table notes add column at integer");
  };
  for (let time = 0; time < 3; time += 1) opened(file, { upgrade }).exec("select at from notes");
  expect(from).toEqual([1]);
});

test("a transaction is all or nothing, and waits for the lock no longer than it may", () => {
  const file = newFile();
  const [one, other] = [opened(file), opened(file)];
  const failing = () =>
    inTransaction(one, "immediate", () => {
      one.exec("insert into notes values ('lost')");
      throw new Error("no");
    });
  expect(failing).toThrow("no");
  expect(one.prepare("select text from notes").all()).toEqual([]);
  inTransaction(one, "immediate", () => {
    expect(problemOf(() => inTransaction(other, "immediate", () => undefined))).toBe(
      "locked: it is locked by another process. Wait for it, or choose another file",
    );
    expect(inTransaction(other, "deferred", () => other.prepare("select text from notes").all())).toEqual([]);
  });
});
