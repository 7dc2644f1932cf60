/** What is wrong with a database file. */
export type SqliteFault =
  | "missing"
  | "unopened"
  | "locked"
  | "no-database"
  | "foreign"
  | "older"
  | "newer"
  | "full"
  | "inaccessible"
  | "damaged";

/** What each fault means and what to do, to follow the name of the file. What to do about damage depends on the file. */
const ADVICE: Readonly<Record<SqliteFault, string>> = {
  missing: "is not there",
  unopened: "cannot be opened. Check that it is a file and that its folder can be written",
  locked: "is locked by another process. Wait for it, or choose another file",
  "no-database": "is no database. Choose another file",
  foreign: "is a database of another program. Choose another file",
  older: "was written by an older version of this package",
  newer: "was written by a newer version of this package. Update it, or choose another file",
  full: "cannot grow: the disk is full. Make room",
  inaccessible: "cannot be read or written. Check its disk and its permissions, and those of its folder",
  damaged: "is damaged",
};

/** Result codes by how they begin. Any other code is damage. Source: https://www.sqlite.org/rescode.html */
const CODES: readonly (readonly [RegExp, SqliteFault])[] = [
  [/^SQLITE_(?:BUSY|LOCKED)/u, "locked"],
  [/^SQLITE_NOTADB/u, "no-database"],
  [/^SQLITE_FULL/u, "full"],
  [/^SQLITE_(?:READONLY|CANTOPEN|PERM|IOERR)/u, "inaccessible"],
];

/** Why a database file cannot be used. The message says what to do, and is to follow the name of the file. */
export class SqliteProblem extends Error {
  readonly fault: SqliteFault;

  constructor(fault: SqliteFault, cause?: unknown) {
    const detail = fault === "damaged" && cause instanceof Error ? ` (${cause.message})` : "";
    super(ADVICE[fault] + detail, { cause });
    this.fault = fault;
  }
}

/** An error of SQLite, or of `openDatabase`, as a problem; undefined for any other error. */
export function sqliteProblem(error: unknown): SqliteProblem | undefined {
  if (error instanceof SqliteProblem) return error;
  if (!(error instanceof Error) || error.name !== "SqliteError") return undefined;
  const code = "code" in error ? String(error.code) : "";
  return new SqliteProblem(CODES.find(([pattern]) => pattern.test(code))?.[1] ?? "damaged", error);
}
