import { STATUS_CODES } from "node:http";
import type { SearchEngine } from "../../src/search/engine.ts";
import { createBraveEngine } from "../../src/search/engines/brave.ts";
import { createSearxngEngine } from "../../src/search/engines/searxng.ts";
import { createTavilyEngine } from "../../src/search/engines/tavily.ts";
import { startWireServer } from "../servers/wire-server.ts";

/** What a page says in each of its fields. */
export interface HostilePage {
  readonly title: string;
  readonly url: string;
  readonly content: string;
  readonly date?: string;
}

/** Instead of results: how the server refuses. */
export interface Refusal {
  readonly status: number;
  readonly body: string;
  readonly reason?: string;
  readonly location?: string;
}

export const ENGINES = ["tavily", "searxng", "brave"] as const;
type EngineName = (typeof ENGINES)[number];

export interface HostileSearch extends AsyncDisposable {
  readonly engine: SearchEngine;
  readonly url: string;
  /** Every query that arrived, in order. */
  readonly queries: readonly string[];
  /** Everything that arrived: paths, headers and bodies. */
  readonly received: () => string;
}

/** A search service on the loopback, of the shape of `name`, that gives the pages of somebody who means harm. */
export async function startHostileSearch(
  name: EngineName,
  found: (query: string) => readonly HostilePage[] | Refusal,
): Promise<HostileSearch> {
  const queries: string[] = [];
  const server = await startWireServer((response, { path, body }) => {
    const query =
      name === "tavily"
        ? (JSON.parse(body) as { query: string }).query
        : (new URL(path, "http://x").searchParams.get("q") ?? "");
    queries.push(query);
    const reply = found(query);
    if ("status" in reply) {
      response.writeHead(reply.status, reply.reason ?? STATUS_CODES[reply.status] ?? "", {
        "content-type": "application/json",
        ...(reply.location !== undefined && { location: reply.location }),
      });
      response.end(reply.body);
      return;
    }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(wire[name](reply)));
  });
  const baseUrl = server.url;
  const http = { maxReplyBytes: 80_000_000 };
  return {
    url: baseUrl,
    engine: {
      tavily: () => createTavilyEngine({ apiKey: "tvly-canary-4711", baseUrl, ...http }),
      searxng: () => createSearxngEngine({ baseUrl, ...http }),
      brave: () => createBraveEngine({ apiKey: "brave-canary-4711", baseUrl, ...http }),
    }[name](),
    queries,
    received: () => server.requests.map((request) => JSON.stringify(request)).join("\n"),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

const wire: Record<EngineName, (pages: readonly HostilePage[]) => unknown> = {
  tavily: (pages) => ({
    results: pages.map(({ title, url, content, date }) => ({
      title,
      url,
      content,
      score: 0.9,
      raw_content: null,
      published_date: date,
    })),
    response_time: 0.1,
  }),
  searxng: (pages) => ({
    results: pages.map(({ title, url, content, date }) => ({ title, url, content, publishedDate: date })),
    unresponsive_engines: [],
  }),
  brave: (pages) => ({
    type: "search",
    web: {
      results: pages.map(({ title, url, content, date }) => ({
        title,
        url,
        description: content,
        page_age: date,
        age: date,
      })),
    },
  }),
};
