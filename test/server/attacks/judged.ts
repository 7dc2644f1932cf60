import { expect } from "vitest";

/** Rows of a table: what was done, what it should come to, and what it came to. */
export interface Judged {
  readonly judge: (row: string, seen: unknown, expected: unknown) => void;
  /** Prints the table, the rows of one kind as one line, and how many were not as expected. */
  readonly print: () => void;
}

/** Rows whose names are alike up to the second colon are of one kind. */
export function createJudged(): Judged {
  const kinds = new Map<string, number>();
  let violations = 0;
  return {
    judge(row, seen, expected) {
      const told = JSON.stringify(seen) === JSON.stringify(expected) ? "" : ` BUT ${JSON.stringify(seen)}`;
      const kind = `${row.split(":").slice(0, 2).join(":")} | ${JSON.stringify(expected)}${told}`;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (told !== "") violations += 1;
      expect([row, seen]).toEqual([row, expected]);
    },
    print() {
      const rows = [...kinds.values()].reduce((sum, count) => sum + count, 0);
      console.log([...kinds].map(([kind, count]) => `${count} x ${kind}`).join("\n"));
      console.log(`${rows} rows, ${violations} violations`);
    },
  };
}
