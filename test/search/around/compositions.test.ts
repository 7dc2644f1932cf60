import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createDiskCache } from "../../../src/search/around/cache-disk.ts";
import { withCache } from "../../../src/search/around/cache.ts";
import type { SearchEngine, SearchOutcome, SearchResult } from "../../../src/search/engine.ts";
import { createFallbackEngine } from "../../../src/search/around/fallback.ts";
import { withRateLimit } from "../../../src/search/around/rate-limit.ts";
import { withRecording } from "../../../src/search/around/recording.ts";
import type { Reranker } from "../../../src/search/around/reranker.ts";
import { withReranking } from "../../../src/search/around/reranking.ts";
import { withRetry } from "../../../src/search/around/retry.ts";
import { json } from "../engines/wire/http-harness.ts";
import { createFolder } from "../temporary-folder.ts";
import { refused, tavilyAt, TAVILY } from "./wrapped.ts";
import { type Answer, openWireServer } from "../../servers/wire-server.ts";

const even: Reranker = {
  name: "even",
  score: async (_query, texts) => ({ status: "scored", scores: texts.map(() => 0) }),
};

/** Engines in one another, as a description that can be shrunk and read. */
type Shape =
  | { readonly kind: "engine" }
  | { readonly kind: "retry" | "limit" | "cache" | "disk" | "recording" | "reranking"; readonly of: Shape }
  | { readonly kind: "chain"; readonly of: readonly Shape[]; readonly onNothing: "stop" | "next" };

const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 5, depthSize: "medium" },
    fc.constant<Shape>({ kind: "engine" }),
    fc.record({
      kind: fc.constantFrom(
        "retry" as const,
        "limit" as const,
        "cache" as const,
        "disk" as const,
        "recording" as const,
        "reranking" as const,
      ),
      of: tie("shape"),
    }),
    fc.record({
      kind: fc.constant("chain" as const),
      of: fc.array(tie("shape"), { minLength: 1, maxLength: 3 }),
      onNothing: fc.constantFrom("stop" as const, "next" as const),
    }),
  ),
}));

/** What the service does with a request; the query is in what it finds. */
const BEHAVIOURS = ["found", "nothing", 401, 429, 432, 500, "html", "reset"] as const;
type Behaviour = (typeof BEHAVIOURS)[number];

function answerTo(behaviour: Behaviour, query: string): Answer {
  if (typeof behaviour === "number") return refused(behaviour);
  if (behaviour === "reset") return (response) => response.destroy();
  if (behaviour === "html") return (response) => response.end("<html>");
  const results = behaviour === "found" ? [{ title: query, url: "", content: `All about ${query}.` }] : [];
  return json(JSON.stringify({ results }));
}

interface Built {
  readonly engine: SearchEngine;
  readonly close: () => void;
}

function build(shapeOf: Shape, url: string): Built {
  let engines = 0;
  const closing: (() => void)[] = [];
  function one(part: Shape): SearchEngine {
    switch (part.kind) {
      case "engine":
        // the name goes with each request, so that the server knows who asks
        engines += 1;
        return tavilyAt({ url: `${url}/e${engines}` }, `e${engines}`);
      case "retry":
        return withRetry(one(part.of), { attempts: 2, backoffMs: 0 });
      case "limit":
        return withRateLimit(one(part.of), { requests: 2, perMs: 2 });
      case "cache":
        return withCache(one(part.of));
      case "disk": {
        const store = createDiskCache({ file: join(createFolder(), "cache.sqlite") });
        closing.push(() => store.close());
        return withCache(one(part.of), { store });
      }
      case "recording":
        return withRecording(one(part.of), { file: join(createFolder(), "searches.jsonl") });
      case "reranking":
        return withReranking(one(part.of), { reranker: even });
      case "chain":
        return createFallbackEngine(part.of.map(one), { onNothing: part.onNothing });
    }
  }
  // an engine on its own keeps no record
  const engine = shapeOf.kind === "engine" ? createFallbackEngine([one(shapeOf)]) : one(shapeOf);
  return { engine, close: () => closing.forEach((close) => close()) };
}

function askedOf(outcome: SearchOutcome): readonly string[] {
  return (outcome.attempts ?? []).filter(({ from }) => from === "engine").map(({ engine }) => engine);
}

function aboutQuery(query: string): readonly SearchResult[] {
  return [{ title: query, url: "", text: `All about ${query}.` }];
}

function checkOutcome(outcome: SearchOutcome, query: string): void {
  const last = outcome.attempts?.at(-1);
  expect(last?.status).toBe(outcome.status);
  const results = outcome.status === "found" ? outcome.results : aboutQuery(query);
  expect(results).toEqual(aboutQuery(query));
  for (const { waitedMs, milliseconds, status, failure } of outcome.attempts ?? []) {
    expect(Number.isInteger(waitedMs) && waitedMs >= 0).toBe(true);
    expect(Number.isInteger(milliseconds) && milliseconds >= 0).toBe(true);
    expect(failure !== undefined).toBe(status === "failed");
  }
}

async function withService<Value>(
  script: readonly Behaviour[],
  run: (url: string, requests: readonly string[]) => Promise<Value>,
): Promise<Value> {
  const requests: string[] = [];
  const server = await openWireServer((response, request) => {
    const behaviour = script[requests.length % script.length] ?? "found";
    requests.push(request.path.split("/")[1] ?? "");
    const { query } = JSON.parse(request.body) as { query: string };
    answerTo(behaviour, query)(response, request);
  });
  try {
    return await run(server.url, requests);
  } finally {
    await server.close();
  }
}

const script = fc.array(fc.constantFrom(...BEHAVIOURS), { minLength: 1, maxLength: 6 });
const queries = fc.array(fc.constantFrom("one", "two"), { minLength: 1, maxLength: 4 });

test(
  "whatever lies in what, one search after the other is recorded as it went",
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(shape, script, queries, (shapeOf, behaviours, asked) =>
        withService(behaviours, async (url, requests) => {
          const { engine, close } = build(shapeOf, url);
          for (const query of asked) {
            const before = requests.length;
            const outcome = await engine.search(query);
            checkOutcome(outcome, query);
            expect(askedOf(outcome)).toEqual(requests.slice(before));
          }
          close();
        }),
      ),
      { numRuns: 150 },
    );
  },
);

test(
  "whatever lies in what, searches side by side are recorded as often as the service was asked",
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(shape, script, queries, (shapeOf, behaviours, asked) =>
        withService(behaviours, async (url, requests) => {
          const { engine, close } = build(shapeOf, url);
          const outcomes = await Promise.all(asked.map((query) => engine.search(query)));
          outcomes.forEach((outcome, index) => checkOutcome(outcome, asked[index]!));
          expect(outcomes.flatMap(askedOf).sort()).toEqual([...requests].sort());
          close();
        }),
      ),
      { numRuns: 100 },
    );
  },
);

test(
  "whatever lies in what, an abort ends the search with an AbortError and nobody is asked after it",
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(shape, script, fc.nat(20), (shapeOf, behaviours, turns) =>
        withService(behaviours, async (url, requests) => {
          const { engine, close } = build(shapeOf, url);
          const controller = new AbortController();
          const search = engine.search(TAVILY.query, { signal: controller.signal });
          const ended = search.then(
            () => "answered",
            (error: unknown) => (error instanceof Error ? error.name : "unknown"),
          );
          for (let turn = 0; turn < turns; turn++) await setImmediate();
          controller.abort();
          expect(["answered", "AbortError"]).toContain(await ended);
          await setImmediate();
          const count = requests.length;
          // what an engine had sent before the abort may still arrive
          await engine.search("next", { signal: AbortSignal.abort() }).catch(() => undefined);
          expect(requests.length - count).toBeLessThanOrEqual(1);
          close();
        }),
      ),
      { numRuns: 60 },
    );
  },
);
