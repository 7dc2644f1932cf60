import { expect, test } from "vitest";
import { createSharedWork } from "../../src/net/shared-work.ts";

/** Work that is ended from outside, and what was begun of it. */
function work() {
  const begun: { signal: AbortSignal; resolve(value: string): void; reject(error: Error): void }[] = [];
  const begin = (signal: AbortSignal): Promise<string> =>
    new Promise((resolve, reject) => void begun.push({ signal, resolve, reject }));
  return { begin, begun };
}

test("is done once for all who wait, and kept", async () => {
  const { begin, begun } = work();
  const shared = createSharedWork(begin);
  const both = Promise.all([shared(), shared()]);
  await Promise.resolve();
  begun[0]?.resolve("a");
  expect(await both).toEqual(["a", "a"]);
  expect([await shared(), begun.length, begun[0]?.signal.aborted]).toEqual(["a", 1, false]);
});

test("a failure is shared, and the next one tries again; one thrown at once too", async () => {
  const { begin, begun } = work();
  let fails = true;
  const shared = createSharedWork((signal) => {
    if (fails) throw new Error("at once");
    return begin(signal);
  });
  expect((await Promise.allSettled([shared(), shared()])).map(({ status }) => status)).toEqual([
    "rejected",
    "rejected",
  ]);
  fails = false;
  const second = Promise.allSettled([shared(), shared()]);
  await Promise.resolve();
  begun[0]?.reject(new Error("later"));
  expect((await second).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  const third = shared();
  begun[1]?.resolve("a");
  expect(await third).toBe("a");
});

test("what nobody waits for any more is aborted, or goes on and is kept", async () => {
  for (const forsaken of ["abort", "finish"] as const) {
    const { begin, begun } = work();
    const shared = createSharedWork(begin, { forsaken });
    const controllers = [new AbortController(), new AbortController()];
    const waits = controllers.map(({ signal }) => shared(signal));
    for (const [at, controller] of controllers.entries()) {
      expect(begun[0]?.signal.aborted).toBe(false);
      controller.abort();
      await expect(waits[at]).rejects.toMatchObject({ name: "AbortError" });
    }
    expect(begun[0]?.signal.aborted).toBe(forsaken === "abort");
    const next = shared();
    begun.at(-1)?.resolve("a");
    expect([await next, begun.length]).toEqual(["a", forsaken === "abort" ? 2 : 1]);
  }
});

test("a result that is not to be kept is given, and made anew for the next one", async () => {
  let times = 0;
  const shared = createSharedWork(() => Promise.resolve((times += 1)), { keeps: (value) => value >= 2 });
  expect([await shared(), await shared(), await shared()]).toEqual([1, 2, 2]);
});
