import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createStatusScreen, withStatus } from "../../../src/cli/terminal/status-line.ts";
import { rowsOf, Terminal } from "./screen.ts";

const dim = (text: string): string => text;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what is waited for is told at once, with the time that it takes, and goes away with the next word", () => {
  const terminal = new Terminal(40);
  const status = createStatusScreen(terminal, { dim });
  const out = status.over(terminal);
  const seen: string[][] = [];
  const look = (): void => void seen.push([...rowsOf(terminal.raw, 40)]);
  status.show("Starting");
  look();
  vi.advanceTimersByTime(3_000);
  look();
  out.write("Searching local: a\n");
  look();
  status.show("Searching local: a");
  vi.advanceTimersByTime(2_500);
  look();
  out.write("It is");
  status.show("Writing the answer");
  vi.advanceTimersByTime(1_500);
  look();
  out.write(" so.");
  status.hide();
  look();
  expect(seen).toEqual([
    ["Starting · 0 s"],
    ["Starting · 3 s"],
    ["Searching local: a", ""],
    ["Searching local: a", "Searching local: a · 2 s"],
    ["Searching local: a", "It is", "Writing the answer · 1 s"],
    ["Searching local: a", "It is so."],
  ]);
});

type Step = { readonly write: string } | { readonly show: string } | { readonly wait: number } | "hide";
const steps = fc.array(
  fc.oneof(
    fc.record({
      write: fc.constantFrom("word ", "a", "\n", "a longer line of text", "line\n", "\u001B[2mdim\u001B[22m"),
    }),
    fc.record({ show: fc.constantFrom("Waiting", "Searching for something that is long", "日本語") }),
    fc.record({ wait: fc.integer({ min: 1, max: 3_000 }) }),
    fc.constant("hide" as const),
  ),
  { maxLength: 30 },
);
/** A status below a row that is written to its last cell. */
const FULL_ROW = [{ write: "a longer line of text" }, { show: "Waiting" }, { wait: 400 }] as const;
const full: (readonly Step[])[] = [
  [{ write: "word " }],
  [{ write: "\n" }, { write: "a" }],
  [{ write: "\u001B[2mdim\u001B[22m" }],
  ["hide" as const, { write: "a" }],
  ["hide" as const],
].map((more) => [...FULL_ROW, ...more]);

test("whatever is written and waited for, the status leaves nothing behind", () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 8, max: 30 }), (given: readonly Step[], columns) => {
      const [with_, without] = [new Terminal(columns), new Terminal(columns)];
      const status = createStatusScreen(with_, { dim });
      const out = status.over(with_);
      for (const step of given) {
        if (step === "hide") status.hide();
        else if ("show" in step) status.show(step.show);
        else if ("wait" in step) vi.advanceTimersByTime(step.wait);
        else {
          out.write(step.write);
          without.write(step.write);
        }
      }
      status.hide();
      expect(rowsOf(with_.raw, columns)).toEqual(rowsOf(without.raw, columns));
    }),
    { examples: full.map((given) => [given, 21]) },
  );
});

test("there is none where no output is a terminal with colours, and the outputs are the same", () => {
  const terminal = new Terminal(80);
  const pipe = Object.assign(new Terminal(80), { isTTY: false });
  const plain = { stdout: pipe, stderr: pipe };
  expect(withStatus(plain, { environment: {}, noColor: false })).toBe(plain);
  const both = { stdout: terminal, stderr: terminal };
  expect(withStatus(both, { environment: { NO_COLOR: "1" }, noColor: false })).toBe(both);
  expect(withStatus(both, { environment: { TERM: "dumb" }, noColor: false })).toBe(both);
  const piped = withStatus({ stdout: pipe, stderr: terminal }, { environment: {}, noColor: false });
  expect(piped.stdout).toBe(pipe);
  expect(piped.status).toBeDefined();
});
