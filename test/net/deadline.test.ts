import { expect, test } from "vitest";
import { deadlineAfter, withDeadline } from "../../src/net/deadline.ts";

const never = new Promise<never>(() => undefined);

function failing(): Promise<never> {
  throw new TypeError("no task");
}

test("work that heeds no signal is given up when its caller is gone, and not begun where it was before", async () => {
  const caller = new AbortController();
  const time = deadlineAfter(60_000, caller.signal);
  const left = time.unlessAborted(() => never);
  caller.abort();
  await expect(left).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  expect([time.signal.aborted, time.isOver]).toEqual([true, false]);
  let begun = false;
  const refused = deadlineAfter(60_000, caller.signal).unlessAborted(async () => {
    begun = true;
  });
  await expect(refused).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  expect(begun).toBe(false);
});

test("time that is over ends the work's signal, and is told from a caller who is gone", async () => {
  const caller = new AbortController();
  const time = deadlineAfter(1, caller.signal);
  await time.unlessAborted(
    () => new Promise<void>((resolve) => time.signal.addEventListener("abort", () => resolve())),
  );
  expect([time.signal.aborted, time.isOver, caller.signal.aborted]).toEqual([true, true, false]);
  expect(await withDeadline({ deadlineMs: 1, signal: caller.signal }, () => never)).toBe("deadline");
});

test("an error that a task throws before it begins is that of the task", async () => {
  await expect(withDeadline({ deadlineMs: 60_000 }, failing)).rejects.toThrow("no task");
});
