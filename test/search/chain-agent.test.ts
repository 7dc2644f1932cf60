import { expect, test } from "vitest";
import { createFallbackEngine } from "../../src/search/around/fallback.ts";
import { createRetrieverEngine } from "../../src/search/engines/retriever.ts";
import { withRetry } from "../../src/search/around/retry.ts";
import { createSearxngEngine } from "../../src/search/engines/searxng.ts";
import { createTavilyEngine } from "../../src/search/engines/tavily.ts";
import { ask, call, scripted, transcriptText } from "../graph/agent.ts";
import { json, readFixture, SECRET } from "./engines/wire/http-harness.ts";
import { refused, startNothing, startScript } from "./around/wrapped.ts";

test("the first engine is down, the second one asks to wait in vain, the third one answers", async () => {
  const gone = await startNothing();
  const limited = await startScript(refused(429, { "retry-after": "1" }));
  const well = await startScript(json(readFixture("retriever-found.json")));
  const chain = createFallbackEngine([
    withRetry(createTavilyEngine({ apiKey: SECRET, baseUrl: gone }), { attempts: 2, backoffMs: 0 }),
    withRetry(createSearxngEngine({ baseUrl: limited.url }), { attempts: 2, backoffMs: 0 }),
    withRetry(createRetrieverEngine({ baseUrl: well.url }), { attempts: 2, backoffMs: 0 }),
  ]);
  expect(chain.name).toBe("tavily > searxng > retriever");
  const { agent } = scripted(
    [call("who discovered hafnium"), "So it is.\n</think>\n\nHafnium was discovered in 1923 [1]."],
    { engine: chain },
  );
  const { state, events } = await ask(agent, "When was hafnium discovered?");

  expect(state).toMatchObject({
    stopReason: "answered",
    answered: true,
    answer: "Hafnium was discovered in 1923 [1].",
    searches: 1,
  });
  expect(transcriptText(state)).toContain("Hafnium was discovered in 1923.");

  // both requests, and at least the second between them that was asked for
  expect(limited.times).toHaveLength(2);
  expect(limited.times[1]! - limited.times[0]!).toBeGreaterThanOrEqual(1000);
  expect(well.times).toHaveLength(1);
  expect(well.times[0]!).toBeGreaterThan(limited.times[1]!);

  const down = `Tavily at ${gone}/search refused the connection: nothing listens there (ECONNREFUSED).`;
  const wait = `SearXNG at ${limited.url}/search answered with HTTP status 429. Wait, or set \`server: limiter: false\` in its settings.yml if it serves only you.`;
  expect(state.queries).toHaveLength(1);
  expect(state.queries[0]).toMatchObject({
    query: "who discovered hafnium",
    engine: "retriever",
    status: "found",
    reason: "",
    attempts: [
      { engine: "tavily", from: "engine", status: "failed", kind: "unreachable", reason: down, waitedMs: 0 },
      { engine: "tavily", from: "engine", status: "failed", kind: "unreachable", reason: down },
      {
        engine: "searxng",
        from: "engine",
        status: "failed",
        kind: "rate-limited",
        reason: wait,
        waitedMs: 0,
      },
      { engine: "searxng", from: "engine", status: "failed", kind: "rate-limited", reason: wait },
      { engine: "retriever", from: "engine", status: "found", kind: "", reason: "", waitedMs: 0 },
    ],
  });
  expect(state.queries[0]!.attempts[3]!.waitedMs).toBeGreaterThanOrEqual(1000);
  expect(events.filter(({ type }) => type === "search-end")).toMatchObject([
    { engine: "retriever", status: "found", attempts: state.queries[0]!.attempts },
  ]);
});

test("all engines are down: the model is told of each one why, and the record has all of them", async () => {
  const [one, two] = [await startNothing(), await startNothing()];
  const chain = createFallbackEngine([
    createTavilyEngine({ apiKey: SECRET, baseUrl: one }),
    createSearxngEngine({ baseUrl: two }),
  ]);
  const { agent } = scripted([call("q"), "No luck.\n</think>\n\nI could not search."], { engine: chain });
  const { state } = await ask(agent, "Anything?");
  const reason = `No engine of tavily > searxng answered. tavily: Tavily at ${one}/search refused the connection: nothing listens there (ECONNREFUSED). searxng: SearXNG at ${two}/search refused the connection: nothing listens there (ECONNREFUSED).`;
  expect(state.queries[0]).toMatchObject({ status: "failed", reason, sources: [] });
  expect(state.queries[0]!.attempts.map(({ engine }) => engine)).toEqual(["tavily", "searxng"]);
  expect(transcriptText(state)).toContain(reason);
});
