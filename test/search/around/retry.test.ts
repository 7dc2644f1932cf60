import { describe, expect, test, vi } from "vitest";
import type { SearchEngine } from "../../../src/search/engine.ts";
import { createFallbackEngine } from "../../../src/search/around/fallback.ts";
import { type RetryOptions, withRetry } from "../../../src/search/around/retry.ts";
import { json } from "../engines/wire/http-harness.ts";
import { failing, found, refused, startScript, tavilyAt, TAVILY, told } from "./wrapped.ts";

/** Options whose waits take no time and are remembered, on a clock that they move. */
function pretended(options: RetryOptions = {}): RetryOptions & { readonly waits: number[] } {
  const waits: number[] = [];
  let time = 0;
  return {
    clock: () => time,
    random: () => 0.5,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      time += milliseconds;
    },
    waits,
    ...options,
  };
}

describe("a failure that mends by waiting is tried again", () => {
  test.each([429, 500, 502, 503, 504])("status %i", async (status) => {
    const server = await startScript(refused(status), refused(status), found);
    const outcome = await withRetry(tavilyAt(server), pretended()).search("q");
    expect(outcome).toMatchObject({ status: "found", results: TAVILY.results });
    const kind = status === 429 ? "rate-limited" : "server-error";
    expect(told(outcome)).toEqual([`tavily engine ${kind}`, `tavily engine ${kind}`, "tavily engine found"]);
    expect(server.times).toHaveLength(3);
  });

  test("a connection that is closed", async () => {
    const server = await startScript((response) => response.destroy(), found);
    expect(told(await withRetry(tavilyAt(server), pretended()).search("q"))).toEqual([
      "tavily engine unreachable",
      "tavily engine found",
    ]);
  });
});

test.each([400, 401, 403, 402, 404, 432, 433])("status %i is never tried again", async (status) => {
  const server = await startScript(refused(status), found);
  const options = pretended();
  expect(await withRetry(tavilyAt(server), options).search("q")).toMatchObject({ status: "failed" });
  expect(server.times).toHaveLength(1);
  expect(options.waits).toEqual([]);
});

test("a search that found nothing is not tried again", async () => {
  const server = await startScript(json('{"results":[]}'), found);
  expect(await withRetry(tavilyAt(server), pretended()).search("q")).toMatchObject({ status: "nothing" });
  expect(server.times).toHaveLength(1);
});

test("ends after the given number of attempts, with the last failure", async () => {
  const server = await startScript(refused(500), refused(502), refused(503));
  const outcome = await withRetry(tavilyAt(server), pretended({ attempts: 2 })).search("q");
  expect(outcome).toMatchObject({ status: "failed", failure: { kind: "server-error", status: 502 } });
  expect(server.times).toHaveLength(2);
});

test("a service that may have run the search is asked once more only, and both tries are told", async () => {
  const server = await startScript(refused(408));
  const engine = withRetry(tavilyAt(server), pretended({ attempts: 5 }));
  const outcome = await engine.search("q");
  expect(outcome).toMatchObject({ status: "failed", failure: { kind: "timeout" } });
  expect(told(outcome)).toEqual(["tavily engine timeout", "tavily engine timeout"]);
  expect(server.times).toHaveLength(2);
});

test("a reply in an unknown form is asked for once more only", async () => {
  const server = await startScript(json("{}"), refused(500), json("{}"), found);
  const outcome = await withRetry(tavilyAt(server), pretended({ attempts: 5 })).search("q");
  expect(told(outcome)).toEqual([
    "tavily engine bad-reply",
    "tavily engine server-error",
    "tavily engine bad-reply",
  ]);
});

async function waitsOf(
  headers: Record<string, string>,
  options: RetryOptions = {},
): Promise<readonly number[]> {
  const server = await startScript(refused(503, headers));
  const pretend = pretended({ attempts: 4, ...options });
  await withRetry(tavilyAt(server), pretend).search("q");
  return pretend.waits;
}

describe("how long is waited", () => {
  test("a random part of a time that doubles", async () => {
    expect(await waitsOf({})).toEqual([250, 500, 1000]);
    expect(await waitsOf({}, { random: () => 0 })).toEqual([0, 0, 0]);
    expect(await waitsOf({}, { random: () => 0.25, backoffMs: 100 })).toEqual([25, 50, 100]);
    expect(await waitsOf({}, { random: () => 1, attempts: 8, deadlineMs: 60_000 })).toEqual([
      500, 1000, 2000, 4000, 8000, 8000, 8000,
    ]);
  });

  test.each([
    ["1", [1000, 1000, 1000]],
    ["1.5", [1500, 1500, 1500]],
    ["0", [250, 500, 1000]],
    ["-5", [250, 500, 1000]],
    ["soon", [250, 500, 1000]],
  ])("Retry-After: %s", async (value, waits) => {
    expect(await waitsOf({ "retry-after": value })).toEqual(waits);
  });

  test("retry-after-ms counts too", async () => {
    expect(await waitsOf({ "retry-after-ms": "1500" })).toEqual([1500, 1500, 1500]);
  });

  test("a wait that does not fit into the deadline fails at once and says so", async () => {
    const server = await startScript(refused(429, { "retry-after": "3600" }));
    const pretend = pretended();
    const outcome = await withRetry(tavilyAt(server), pretend).search("q");
    expect(outcome).toMatchObject({
      status: "failed",
      failure: {
        kind: "rate-limited",
        status: 429,
        retryAfterMs: 3_600_000,
        message: `Tavily at ${server.url}/search answered with HTTP status 429. Wait before asking again. It was not asked again: it asks to wait 3600 s, and 30 s are left for this search.`,
      },
    });
    expect(pretend.waits).toEqual([]);
    expect(server.times).toHaveLength(1);
  });

  test("waits count towards the deadline", async () => {
    expect(await waitsOf({ "retry-after": "4" }, { deadlineMs: 9_000, attempts: 9 })).toEqual([4000, 4000]);
    expect(await waitsOf({ "retry-after": "4" }, { deadlineMs: 8_000, attempts: 9 })).toEqual([4000]);
  });

  test("really, and told as waited before the try", async () => {
    const server = await startScript(refused(429, { "retry-after-ms": "120" }), found);
    const outcome = await withRetry(tavilyAt(server)).search("q");
    expect(server.times[1]! - server.times[0]!).toBeGreaterThanOrEqual(120);
    expect(outcome.attempts?.map(({ waitedMs }) => waitedMs >= 120)).toEqual([false, true]);
    expect(outcome.attempts?.[0]?.waitedMs).toBe(0);
  });
});

test("the deadline ends a try that is under way, whoever of a chain is asked just then", async () => {
  const server = await startScript(() => undefined);
  const chain = createFallbackEngine([failing("first"), tavilyAt(server, "second")]);
  const outcome = await withRetry(chain, { deadlineMs: 150 }).search("q");
  expect(outcome).toMatchObject({
    status: "failed",
    failure: {
      kind: "timeout",
      message:
        "first > second did not answer within the 0.2 s that a search may take with its retries. Ask again, or allow more time.",
    },
  });
  expect(told(outcome)).toEqual(["first > second engine timeout"]);
});

test("the deadline tells what failed before", async () => {
  const server = await startScript(refused(500), () => undefined);
  let time = 0;
  const outcome = await withRetry(tavilyAt(server), {
    clock: () => time,
    wait: async () => {
      time = 29_900;
    },
  }).search("q");
  expect(outcome).toMatchObject({
    failure: {
      kind: "timeout",
      message: `tavily did not answer within the 30 s that a search may take with its retries. Ask again, or allow more time. Before that: Tavily at ${server.url}/search answered with HTTP status 500. Ask again later.`,
    },
  });
  expect(told(outcome)).toEqual(["tavily engine server-error", "tavily engine timeout"]);
});

test("an abort while it waits ends it at once", async () => {
  const server = await startScript(refused(429, { "retry-after": "20" }));
  const controller = new AbortController();
  const search = withRetry(tavilyAt(server)).search("q", { signal: controller.signal });
  await server.asked;
  setTimeout(() => controller.abort(), 50);
  await expect(search).rejects.toMatchObject({ name: "AbortError" });
  expect(server.times).toHaveLength(1);
});

test.each([-3_600_000, 3_600_000])("a clock that jumps by %i ms changes nothing", async (jump) => {
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    const server = await startScript((response) => {
      vi.setSystemTime(Date.now() + jump);
      response.writeHead(500).end();
    }, found);
    const outcome = await withRetry(tavilyAt(server), { backoffMs: 1 }).search("q");
    expect(told(outcome)).toEqual(["tavily engine server-error", "tavily engine found"]);
    for (const { waitedMs, milliseconds } of outcome.attempts ?? []) {
      expect(waitedMs + milliseconds).toBeLessThan(60_000);
      expect(Math.min(waitedMs, milliseconds)).toBeGreaterThanOrEqual(0);
    }
  } finally {
    vi.useRealTimers();
  }
});

test.each([{ attempts: 0 }, { deadlineMs: 0 }, { backoffMs: -1 }, { attempts: Number.NaN }])(
  "refuses %j",
  (options) => {
    const engine: SearchEngine = { name: "inner", search: async () => ({ status: "nothing" }) };
    expect(() => withRetry(engine, options)).toThrow(
      "Retries need at least 1 attempt, a deadline above 0 ms and a backoff of 0 ms or more.",
    );
  },
);
