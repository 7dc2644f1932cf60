import { describe, expect, test } from "vitest";
import { createRateLimit, withRateLimit } from "../../../src/search/around/rate-limit.ts";
import { withRetry } from "../../../src/search/around/retry.ts";
import { found, refused, startScript, tavilyAt, told } from "./wrapped.ts";

/** How long after now each of them is done, in milliseconds. */
function timesOf(work: readonly Promise<unknown>[], begun: number): Promise<readonly number[]> {
  return Promise.all(work.map((one) => one.then(() => performance.now() - begun)));
}

test("lets so many searches begin within the time, and the others wait", async () => {
  const server = await startScript(found);
  const engine = withRateLimit(tavilyAt(server), { requests: 2, perMs: 100 });
  const begun = performance.now();
  const searches = ["a", "b", "c", "d", "e"].map((query) => engine.search(query));
  const times = await timesOf(searches, begun);
  expect(times.map((time, index) => time >= [0, 0, 100, 100, 200][index]!)).not.toContain(false);
  const outcomes = await Promise.all(searches);
  expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => "found"));
  expect(server.times).toHaveLength(5);
});

test("the wait is told, and begins with the search", async () => {
  const server = await startScript(found);
  let time = 0;
  const engine = withRateLimit(tavilyAt(server), { requests: 1, perMs: 50, clock: () => time });
  const first = engine.search("a");
  const second = engine.search("b");
  time = 70;
  const outcomes = await Promise.all([first, second]);
  expect(outcomes.map(({ attempts }) => attempts?.map(({ waitedMs }) => waitedMs))).toEqual([[0], [70]]);
});

test("first come, first served", async () => {
  const limit = createRateLimit({ requests: 1, perMs: 20 });
  const served: number[] = [];
  await Promise.all(
    [0, 1, 2, 3].map(async (number) => {
      await limit.take();
      served.push(number);
    }),
  );
  expect(served).toEqual([0, 1, 2, 3]);
});

test("engines that are given one limit share it", async () => {
  const limit = createRateLimit({ requests: 1, perMs: 80 });
  const [one, two] = [await startScript(found), await startScript(found)];
  const engines = [withRateLimit(tavilyAt(one), limit), withRateLimit(tavilyAt(two), limit)];
  const begun = performance.now();
  const [, second = 0] = await timesOf(
    engines.map((engine) => engine.search("q")),
    begun,
  );
  expect(second).toBeGreaterThanOrEqual(80);
});

test("who is aborted leaves the queue, and those behind move up", async () => {
  let time = 0;
  const limit = createRateLimit({ requests: 1, perMs: 50, clock: () => time });
  await limit.take();
  const controller = new AbortController();
  const leaving = limit.take(controller.signal);
  const staying = limit.take();
  controller.abort(new Error("enough"));
  await expect(leaving).rejects.toMatchObject({ name: "AbortError" });
  time = 50;
  expect(await staying).toEqual({ given: true, waitedMs: 50 });
  await expect(limit.take(AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
});

describe("on a clock that stands still", () => {
  test("a turn that comes later than allowed is refused with its time, and takes no place", async () => {
    const limit = createRateLimit({ requests: 2, perMs: 1000, maxWaitMs: 1999, clock: () => 0 });
    const controller = new AbortController();
    expect(await limit.take()).toEqual({ given: true, waitedMs: 0 });
    expect(await limit.take()).toEqual({ given: true, waitedMs: 0 });
    const waiting = [limit.take(controller.signal), limit.take(controller.signal)];
    const refusal = { given: false, retryAfterMs: 2000, maxWaitMs: 1999 };
    expect(await limit.take()).toEqual(refusal);
    expect(await limit.take()).toEqual(refusal);
    controller.abort();
    expect((await Promise.allSettled(waiting)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});

test("a search whose turn comes too late fails as rate-limited, and nobody was asked", async () => {
  const server = await startScript(found);
  const engine = withRateLimit(tavilyAt(server), {
    requests: 1,
    perMs: 60_000,
    maxWaitMs: 500,
    clock: () => 0,
  });
  await engine.search("a");
  expect(await engine.search("b")).toEqual({
    status: "failed",
    failure: {
      kind: "rate-limited",
      retryAfterMs: 60_000,
      message:
        "The rate limit that is set for tavily has room for this search in 60 s only, and a search may wait 0.5 s. Ask again then, or set a higher limit.",
    },
    attempts: [],
  });
  expect(server.times).toHaveLength(1);
});

test("inside of a retry each try counts", async () => {
  const server = await startScript(refused(500), refused(500), found);
  const limited = withRateLimit(tavilyAt(server), { requests: 1, perMs: 60 });
  const begun = performance.now();
  const outcome = await withRetry(limited, { backoffMs: 0 }).search("q");
  expect(performance.now() - begun).toBeGreaterThanOrEqual(120);
  expect(told(outcome)).toEqual([
    "tavily engine server-error",
    "tavily engine server-error",
    "tavily engine found",
  ]);
});

test("a retry outside waits for a turn that the limit refused", async () => {
  const server = await startScript(found);
  const limited = withRateLimit(tavilyAt(server), { requests: 1, perMs: 400, maxWaitMs: 0 });
  const begun = performance.now();
  await limited.search("a");
  const outcome = await withRetry(limited, { backoffMs: 0 }).search("b");
  expect(told(outcome)).toEqual(["tavily engine found"]);
  expect(performance.now() - begun).toBeGreaterThanOrEqual(400);
  expect(server.times).toHaveLength(2);
});

test.each([
  { requests: 0, perMs: 1000 },
  { requests: 1.5, perMs: 1000 },
  { requests: 1, perMs: 0 },
  { requests: 1, perMs: Number.NaN },
])("refuses %j", (options) => {
  expect(() => createRateLimit(options)).toThrow("A rate limit needs a whole number of requests from 1");
});
