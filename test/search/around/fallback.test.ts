import { describe, expect, test } from "vitest";
import type { SearchEngine } from "../../../src/search/engine.ts";
import { createFallbackEngine } from "../../../src/search/around/fallback.ts";
import { withRateLimit } from "../../../src/search/around/rate-limit.ts";
import { withRetry } from "../../../src/search/around/retry.ts";
import { found, nothing, refused, startScript, tavilyAt, TAVILY, told } from "./wrapped.ts";

test("the next engine is asked after a failure, and the record has all of them", async () => {
  const [down, limited, well] = [
    await startScript(refused(500)),
    await startScript(refused(429, { "retry-after": "7" })),
    await startScript(found),
  ];
  const engine = createFallbackEngine([tavilyAt(down, "a"), tavilyAt(limited, "b"), tavilyAt(well, "c")]);
  expect(engine.name).toBe("a > b > c");
  const outcome = await engine.search("q");
  expect(outcome).toMatchObject({ status: "found", results: TAVILY.results });
  expect(told(outcome)).toEqual(["a engine server-error", "b engine rate-limited", "c engine found"]);
  expect(outcome.attempts?.[0]?.failure).toEqual({
    kind: "server-error",
    message: `Tavily at ${down.url}/search answered with HTTP status 500. Ask again later.`,
  });
});

test("the failure of all says of each one why", async () => {
  const [one, two] = [await startScript(refused(500)), await startScript(refused(401))];
  const outcome = await createFallbackEngine([tavilyAt(one, "a"), tavilyAt(two, "b")]).search("q");
  expect(outcome).toMatchObject({
    status: "failed",
    failure: {
      kind: "server-error",
      message: `No engine of a > b answered. a: Tavily at ${one.url}/search answered with HTTP status 500. Ask again later. b: Tavily at ${two.url}/search answered with HTTP status 401. Check the API key.`,
    },
  });
});

test("a chain asks to wait as long as the first of its engines needs", async () => {
  const [one, two] = [
    await startScript(refused(429, { "retry-after": "9" })),
    await startScript(refused(503, { "retry-after": "4" }), found),
  ];
  const chain = createFallbackEngine([tavilyAt(one, "a"), tavilyAt(two, "b")]);
  expect(await chain.search("q")).toMatchObject({ failure: { kind: "server-error", retryAfterMs: 4000 } });
});

test("a chain of which one engine mends is tried again", async () => {
  const [one, two] = [await startScript(refused(503), found), await startScript(refused(401))];
  const chain = createFallbackEngine([tavilyAt(one, "a"), tavilyAt(two, "b")]);
  expect(told(await withRetry(chain, { backoffMs: 0 }).search("q"))).toEqual([
    "a engine server-error",
    "b engine unauthorized",
    "a engine found",
  ]);
});

describe("when an engine found nothing", () => {
  test("that is the answer", async () => {
    const [empty, well] = [await startScript(nothing), await startScript(found)];
    const outcome = await createFallbackEngine([tavilyAt(empty, "a"), tavilyAt(well, "b")]).search("q");
    expect(outcome.status).toBe("nothing");
    expect(told(outcome)).toEqual(["a engine nothing"]);
  });

  test("the next one is asked if wished", async () => {
    const [empty, well] = [await startScript(nothing), await startScript(found)];
    const chain = createFallbackEngine([tavilyAt(empty, "a"), tavilyAt(well, "b")], { onNothing: "next" });
    expect(told(await chain.search("q"))).toEqual(["a engine nothing", "b engine found"]);
  });

  test("and the next one neither, nothing was found", async () => {
    const [one, two] = [await startScript(nothing), await startScript(nothing)];
    const chain = createFallbackEngine([tavilyAt(one, "a"), tavilyAt(two, "b")], { onNothing: "next" });
    const outcome = await chain.search("q");
    expect(outcome.status).toBe("nothing");
    expect(told(outcome)).toEqual(["a engine nothing", "b engine nothing"]);
  });

  test("and the next one fails, the search failed", async () => {
    const [one, two] = [await startScript(nothing), await startScript(refused(500))];
    const chain = createFallbackEngine([tavilyAt(one, "a"), tavilyAt(two, "b")], { onNothing: "next" });
    expect(await chain.search("q")).toMatchObject({
      status: "failed",
      failure: {
        kind: "server-error",
        message: `No engine of a > b answered. a: found nothing. b: Tavily at ${two.url}/search answered with HTTP status 500. Ask again later.`,
      },
    });
  });
});

describe("an engine that failed for good", () => {
  test.each([401, 432, 404])("with status %i is set aside for a while", async (status) => {
    let time = 0;
    const [bad, well] = [await startScript(refused(status), found), await startScript(found)];
    const engines = [tavilyAt(bad, "bad"), tavilyAt(well, "well")];
    const chain = createFallbackEngine(engines, { cooldownMs: 1000, clock: () => time });
    expect(told(await chain.search("1"))).toHaveLength(2);
    time = 999;
    expect(told(await chain.search("2"))).toEqual(["well engine found"]);
    time = 1000;
    expect(told(await chain.search("3"))).toEqual(["bad engine found"]);
    expect(told(await chain.search("4"))).toEqual(["bad engine found"]);
  });

  test.each([997, 998, 999, 1000])(
    "is asked when its time ends while engines are chosen, from %i ms on",
    async (start) => {
      let time = 0;
      const chain = createFallbackEngine([tavilyAt(await startScript(refused(401), found))], {
        cooldownMs: 1000,
        clock: () => time++,
      });
      await chain.search("1");
      time = start;
      expect(told(await chain.search("2"))).toEqual(["tavily engine found"]);
    },
  );

  test.each([429, 500, 400])("but not with status %i", async (status) => {
    const [bad, well] = [await startScript(refused(status)), await startScript(found)];
    const chain = createFallbackEngine([tavilyAt(bad, "bad"), tavilyAt(well, "well")]);
    await chain.search("1");
    expect(told(await chain.search("2"))).toHaveLength(2);
  });

  test("is asked again when all others failed, and named", async () => {
    const [bad, other] = [await startScript(refused(401)), await startScript(found, refused(500))];
    const chain = createFallbackEngine([tavilyAt(bad, "bad"), tavilyAt(other, "other")]);
    await chain.search("1");
    await chain.search("2");
    const outcome = await chain.search("3");
    expect(told(outcome)).toEqual(["other engine server-error", "bad engine unauthorized"]);
    expect(outcome).toMatchObject({
      failure: {
        message: `No engine of bad > other answered. other: Tavily at ${other.url}/search answered with HTTP status 500. Ask again later. bad, which had been set aside: Tavily at ${bad.url}/search answered with HTTP status 401. Check the API key.`,
      },
    });
  });

  test("answers then, and is set aside no longer", async () => {
    const [bad, other] = [await startScript(refused(401), found), await startScript(found, refused(500))];
    const chain = createFallbackEngine([tavilyAt(bad, "bad"), tavilyAt(other, "other")]);
    await chain.search("1");
    await chain.search("2");
    expect(told(await chain.search("3"))).toEqual(["bad engine found"]);
  });
});

test("an abort ends the chain, and the next engine is not asked", async () => {
  const [hanging, well] = [await startScript(() => undefined), await startScript(found)];
  const chain = createFallbackEngine([tavilyAt(hanging, "a"), tavilyAt(well, "b")]);
  const controller = new AbortController();
  const search = chain.search("q", { signal: controller.signal });
  await hanging.asked;
  controller.abort();
  await expect(search).rejects.toMatchObject({ name: "AbortError" });
  expect(well.times).toEqual([]);
});

test("a chain without an engine is refused", () => {
  expect(() => createFallbackEngine([])).toThrow("A chain of search engines needs at least one engine.");
});

test("an engine that its rate limit kept from being asked is no attempt; the failure of all names it", async () => {
  const [one, two] = [await startScript(found), await startScript(found, refused(500))];
  const limit = { requests: 1, perMs: 60_000, maxWaitMs: 0, clock: () => 0 };
  const chain = createFallbackEngine([withRateLimit(tavilyAt(one, "a"), limit), tavilyAt(two, "b")]);
  expect(told(await chain.search("1"))).toEqual(["a engine found"]);
  expect(told(await chain.search("2"))).toEqual(["b engine found"]);
  const outcome = await chain.search("3");
  expect(told(outcome)).toEqual(["b engine server-error"]);
  expect(outcome).toMatchObject({
    failure: { message: expect.stringContaining("a: The rate limit that is set for a has room") },
  });
});

test("the attempts of a wrapper from elsewhere are taken over as they are", async () => {
  const server = await startScript(refused(500), refused(500), found);
  const ours = withRetry(tavilyAt(server), { attempts: 2, backoffMs: 0 });
  const foreign: SearchEngine = {
    name: "foreign",
    search: (query, options) => ours.search(query, options),
  };
  const outcome = await withRetry(createFallbackEngine([foreign]), { backoffMs: 0 }).search("q");
  expect(told(outcome)).toEqual([
    "tavily engine server-error",
    "tavily engine server-error",
    "tavily engine found",
  ]);
});
