import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startDeadline, withDeadline } from "../../src/net/deadline.ts";
import { startTimer, waitFor } from "../../src/net/wait.ts";

const DAY = 86_400_000;

// as Node's own, these timers fire after 1 ms when they are set to more than 2^31 - 1 ms
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe.each([1, 999.5, 2 ** 31 - 1, 2 ** 31, 30 * DAY, 400 * DAY])("a time of %d ms", (milliseconds) => {
  const whole = Math.ceil(milliseconds);

  test("is over when it is over, for a timer", async () => {
    const ring = vi.fn<() => void>();
    startTimer(milliseconds, ring);
    await vi.advanceTimersByTimeAsync(whole - 1);
    expect(ring).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(ring).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is waited for", async () => {
    const over = vi.fn<() => void>();
    void waitFor(milliseconds, new AbortController().signal).then(over);
    await vi.advanceTimersByTimeAsync(whole - 1);
    expect(over).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(over).toHaveBeenCalledOnce();
  });

  test("ends a task", async () => {
    const ended = vi.fn<(how: unknown) => void>();
    void withDeadline({ deadlineMs: milliseconds }, () => new Promise(() => undefined)).then(ended);
    await vi.advanceTimersByTimeAsync(whole - 1);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toHaveBeenCalledExactlyOnceWith("deadline");
  });

  test("ends a request, by its limit and by its silence", async () => {
    for (const kind of ["limit", "silence"] as const) {
      const deadline = startDeadline(undefined);
      if (kind === "limit") deadline.limit(milliseconds, "over");
      else deadline.silence(milliseconds, "over").wait();
      await vi.advanceTimersByTimeAsync(whole - 1);
      expect(deadline.failure()).toBeUndefined();
      await vi.advanceTimersByTimeAsync(1);
      expect(deadline.failure()).toMatchObject({ code: "model-timeout", message: "over" });
      expect(deadline.signal.aborted).toBe(true);
    }
  });
});

test("no end is no end", async () => {
  const ring = vi.fn<() => void>();
  startTimer(Number.POSITIVE_INFINITY, ring);
  const task = withDeadline({ deadlineMs: Number.POSITIVE_INFINITY }, async () => {
    await waitFor(1_000 * DAY);
    return "done";
  });
  await vi.advanceTimersByTimeAsync(1_000 * DAY);
  expect(await task).toBe("done");
  expect(ring).not.toHaveBeenCalled();
});

test("what is stopped, cleared or heard in time does not ring", async () => {
  const ring = vi.fn<() => void>();
  startTimer(100 * DAY, ring)();
  const deadline = startDeadline(undefined);
  deadline.limit(100, "limit").clear();
  const silence = deadline.silence(100, "silence");
  for (let times = 0; times < 3; times += 1) {
    silence.wait();
    await vi.advanceTimersByTimeAsync(99);
    silence.heard();
  }
  expect([ring.mock.calls.length, deadline.failure(), vi.getTimerCount()]).toEqual([0, undefined, 0]);
});

describe("an abort", () => {
  const reason = new Error("enough");

  test("ends a wait and leaves no timer", async () => {
    const controller = new AbortController();
    const waited = waitFor(DAY, controller.signal);
    controller.abort(reason);
    await expect(waited).rejects.toMatchObject({ name: "AbortError", cause: reason });
    await expect(waitFor(0, controller.signal)).rejects.toMatchObject({ name: "AbortError" });
    expect(vi.getTimerCount()).toBe(0);
  });

  test("ends a task that does not heed it, and aborts the task's own signal", async () => {
    const controller = new AbortController();
    let inner: AbortSignal | undefined;
    const task = withDeadline({ deadlineMs: DAY, signal: controller.signal }, (signal) => {
      inner = signal;
      return new Promise(() => undefined);
    });
    controller.abort(reason);
    await expect(task).rejects.toMatchObject({ name: "AbortError" });
    expect([inner?.aborted, vi.getTimerCount()]).toEqual([true, 0]);
  });
});
