import { expect } from "vitest";
import type {
  SearchEngine,
  SearchFailure,
  SearchOptions,
  SearchOutcome,
} from "../../../src/search/engine.ts";
import { createTavilyEngine } from "../../../src/search/engines/tavily.ts";
import type { HttpSearchEngineHarness } from "../../conformance/search-engine.ts";
import { createHttpHarness, json, readFixture, SECRET } from "../engines/wire/http-harness.ts";
import { type Answer, openWireServer, startWireServer, type WireServer } from "../../servers/wire-server.ts";

/** The engine that wrappers are put around: Tavily on the loopback, in every situation. */
export const TAVILY = createHttpHarness({
  name: "tavily",
  results: [
    {
      title: "Hafnium - Wikipedia",
      url: "https://en.wikipedia.org/wiki/Hafnium",
      text: "Hafnium was discovered in 1923 by Dirk Coster and George de Hevesy in Copenhagen.",
      date: "2025-03-06",
    },
    {
      title: "Hafnium | Royal Society of Chemistry",
      url: "https://www.rsc.org/periodic-table/element/72/hafnium",
      text: "The existence of a missing element below zirconium was predicted.",
    },
  ],
  resultsOfNulls: [{ title: "", url: "https://example.com/a", text: "Only text." }],
  statusKinds: { 432: "quota-exceeded", 433: "quota-exceeded" },
  create: (baseUrl, options) => createTavilyEngine({ ...options, baseUrl, apiKey: SECRET }),
});

/** The same situations, seen through a wrapper. */
export function wrapped(
  wrap: (engine: SearchEngine) => SearchEngine,
  name = "tavily",
): HttpSearchEngineHarness {
  return {
    ...TAVILY,
    name,
    create: (baseUrl, options) => withCheckedAttempts(wrap(TAVILY.create(baseUrl, options))),
    async open(situation, deadlineMs) {
      const subject = await TAVILY.open(situation, deadlineMs);
      return { ...subject, engine: withCheckedAttempts(wrap(subject.engine)) };
    },
  };
}

/** Takes the attempts off each outcome, once they were found to be a record of it. */
export function withCheckedAttempts(engine: SearchEngine): SearchEngine {
  return {
    name: engine.name,
    async search(query: string, options?: SearchOptions): Promise<SearchOutcome> {
      const { attempts, ...outcome } = await engine.search(query, options);
      const last = attempts?.at(-1);
      if (last === undefined) {
        expect(outcome).toMatchObject({ status: "failed", failure: { kind: "rejected" } });
      } else {
        expect(last.status).toBe(outcome.status);
      }
      return outcome;
    },
  };
}

export interface ScriptedServer extends WireServer {
  /** When each request came, in milliseconds of a clock that never jumps. */
  readonly times: readonly number[];
}

/** A server that answers each request with the next answer; the last one repeats. It is closed with the test. */
export async function startScript(...answers: readonly [Answer, ...Answer[]]): Promise<ScriptedServer> {
  const times: number[] = [];
  const server = await startWireServer((response, request) => {
    const answer = answers[Math.min(times.length, answers.length - 1)]!;
    times.push(performance.now());
    answer(response, request);
  });
  return { ...server, times };
}

/** The address of a service that has gone. */
export async function startNothing(): Promise<string> {
  const server = await openWireServer(() => undefined);
  await server.close();
  return server.url;
}

export const found: Answer = json(readFixture("tavily-found.json"));
export const nothing: Answer = json(readFixture("tavily-nothing.json"));

export function refused(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => response.writeHead(status, headers).end();
}

export function tavilyAt(server: Pick<WireServer, "url">, name = "tavily"): SearchEngine {
  return { ...createTavilyEngine({ apiKey: SECRET, baseUrl: server.url }), name };
}

/** An engine of which every search fails before anything else can happen. */
export function failing(name: string): SearchEngine {
  const failure: SearchFailure = { kind: "server-error", message: `${name} is broken.` };
  return { name, search: async () => ({ status: "failed", failure }) };
}

/** What the attempts of an outcome tell, without the times that differ from run to run. */
export function told(outcome: SearchOutcome): readonly string[] {
  return (outcome.attempts ?? []).map(
    ({ engine, from, status, failure }) => `${engine} ${from} ${failure?.kind ?? status}`,
  );
}
