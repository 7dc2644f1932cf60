import { afterAll } from "vitest";

interface Row {
  cases: number;
  violations: number;
}

/** Counts what a suite tried and what got through, and prints it behind the suite's last test. */
export function createTally(suite: string): {
  /** Adds cases; gives the violations back, to be expected to be none. */
  count<Violation>(row: string, cases: number, violations: readonly Violation[]): readonly Violation[];
} {
  const rows = new Map<string, Row>();
  afterAll(() => {
    const lines = [...rows].map(
      ([row, { cases, violations }]) =>
        `  ${String(violations).padStart(3)} of ${String(cases).padStart(7)}  ${row}`,
    );
    console.log([`Safety, ${suite}: violations of cases`, ...lines].join("\n"));
  });
  return {
    count(row, cases, violations) {
      const so = rows.get(row) ?? { cases: 0, violations: 0 };
      rows.set(row, { cases: so.cases + cases, violations: so.violations + violations.length });
      return violations;
    },
  };
}
