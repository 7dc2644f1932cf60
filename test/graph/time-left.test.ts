import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createScriptedModel } from "../../src/model/scripted.ts";
import { withRateLimit } from "../../src/search/around/rate-limit.ts";
import { withRetry } from "../../src/search/around/retry.ts";
import type { SearchEngine } from "../../src/search/engine.ts";
import { createSearxngEngine } from "../../src/search/engines/searxng.ts";
import type { PageReader } from "../../src/search/pages/page-reader.ts";
import { openWireServer } from "../servers/wire-server.ts";
import { ask, call, pagesEngine, scripted } from "./agent.ts";

const TIMED = { clock: () => performance.now() };
const TOLD =
  '\n<tool_response>\nThe search for "x" failed: It was not answered in the time that was left for searching. Nothing is known from it.\n\nSearches left: 4.\n</tool_response>\n';
const NUDGE =
  "\n\nI have used up what I was given for this. I will answer now from what I have.\n</think>\n\n";

/** Never answers; `heeds`: it ends when it is told to. */
function hanging(heeds: boolean): SearchEngine {
  return {
    name: "hanging",
    search: (_query, { signal } = {}) =>
      new Promise((_resolve, reject) => {
        if (heeds) signal?.addEventListener("abort", () => reject(new DOMException("gone", "AbortError")));
      }),
  };
}

const limited: SearchEngine = {
  name: "limited",
  search: async () => ({
    status: "failed",
    failure: { kind: "rate-limited", message: "Too many searches.", retryAfterMs: 20_000 },
  }),
};

/** Lets the virtual time pass that the run needs. */
async function finished<Value>(run: Promise<Value>): Promise<Value> {
  const passing = setInterval(() => void vi.advanceTimersByTimeAsync(100), 1);
  try {
    return await run;
  } finally {
    clearInterval(passing);
  }
}

describe("on a virtual clock", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each<[string, SearchEngine]>([
    ["hangs", hanging(true)],
    ["hangs, and ignores that it is given up", hanging(false)],
    ["waits to try again", withRetry(limited, { attempts: 3, deadlineMs: 60_000 })],
    [
      "waits for its turn",
      (() => {
        const engine = withRateLimit(pagesEngine(), { requests: 1, perMs: 20_000 });
        void engine.search("another run's");
        return engine;
      })(),
    ],
  ])("an engine that %s leaves the model a fifth of the time to answer in", async (_what, engine) => {
    const begun = performance.now();
    const { agent, model } = scripted([call("x"), "From memory: 7."], { engine, ...TIMED });
    const { state } = await finished(ask(agent, "Q?", { context: { maxSeconds: 10 } }));
    expect(model.calls[1]!.prompt.slice(-(TOLD + NUDGE).length)).toBe(TOLD + NUDGE);
    expect(state).toMatchObject({ stopReason: "time-budget", answered: true, searches: 1 });
    expect(state.answer).toMatch(/^From memory: 7\./);
    expect(state.queries).toMatchObject([{ query: "x", status: "failed", attempts: [{ kind: "timeout" }] }]);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test("of several searches, those that came count", async () => {
    const engine: SearchEngine = {
      name: "half",
      search: (query, options) =>
        query === "x" ? hanging(true).search(query, options) : pagesEngine().search(query),
    };
    const { agent } = scripted([call(["y", "x"]), "It is [1]."], { engine, ...TIMED });
    const { state } = await finished(ask(agent, "Q?", { context: { maxSeconds: 10 } }));
    expect(state.queries.map(({ query, status }) => [query, status])).toEqual([
      ["y", "found"],
      ["x", "failed"],
    ]);
    expect(state.answer).toBe("It is [[1]](https://example.org/y).");
  });

  test("a search gets what the ones before it left", async () => {
    const waited: number[] = [];
    const engine: SearchEngine = {
      name: "slow",
      search: async (query, options) => {
        const begun = performance.now();
        const ends = new Promise((resolve) => options?.signal?.addEventListener("abort", resolve));
        await Promise.race([ends, new Promise((resolve) => setTimeout(resolve, 5000))]);
        waited.push(performance.now() - begun);
        return pagesEngine().search(query);
      },
    };
    const { agent } = scripted([call("a"), call("b"), "It is [1]."], { engine, ...TIMED });
    const { state } = await finished(ask(agent, "Q?", { context: { maxSeconds: 10 } }));
    expect(waited).toEqual([5000, 3000]);
    expect(state.queries.map(({ status }) => status)).toEqual(["found", "failed"]);
    expect(state).toMatchObject({ stopReason: "time-budget", answered: true });
  });

  test("a page that hangs is given up likewise", async () => {
    const pageReader: PageReader = { name: "hanging", read: () => new Promise(() => undefined) };
    const open =
      '<tool_call>\n{"action": "open_url", "action_input": {"url": "https://example.org/x"}}\n</tool_call>';
    const { agent, model } = scripted([call("x"), open, "It is [1]."], { pageReader, ...TIMED });
    const { state } = await finished(ask(agent, "Q?", { context: { maxSeconds: 10, maxPages: 2 } }));
    expect(model.calls[2]!.prompt).toContain("It was not answered in the time that was left for searching.");
    expect(state).toMatchObject({ stopReason: "time-budget", answered: true });
    expect(state.readings).toMatchObject([{ status: "failed", kind: "timeout" }]);
  });

  test("a model that does not say what it is ends the run in its time", async () => {
    const model = createScriptedModel([]);
    vi.spyOn(model, "describe").mockReturnValue(new Promise(() => undefined));
    const { agent } = scripted([], { model, ...TIMED });
    const { state } = await finished(ask(agent, "Q?", { context: { maxSeconds: 10 } }));
    expect(state).toMatchObject({ stopReason: "model-error", failure: { code: "model-timeout" } });
    expect(state.usage.milliseconds).toBe(8000);
  });
});

test("a server that holds the connection open is hung up on, and the model answers", async () => {
  const server = await openWireServer(() => undefined);
  try {
    const engine = withRetry(createSearxngEngine({ baseUrl: server.url }), {
      attempts: 2,
      deadlineMs: 30_000,
    });
    const { agent, model } = scripted([call("x"), "From memory: 7."], { engine, ...TIMED });
    const { state } = await ask(agent, "Q?", { context: { maxSeconds: 3 } });
    expect(model.calls[1]!.prompt.slice(-(TOLD + NUDGE).length)).toBe(TOLD + NUDGE);
    expect(state).toMatchObject({ stopReason: "time-budget", answered: true, searches: 1 });
  } finally {
    await server.close();
  }
});
