import { openWireServer, type WireServer } from "./wire-server.ts";

/** What a Tavily-shaped server finds for a query. */
export type Found = (query: string) => readonly { title: string; url: string; content: string }[];

export interface TavilyServer extends Omit<WireServer, "requests">, AsyncDisposable {
  /** The queries that were asked, in order of arrival. */
  readonly queries: readonly string[];
}

/** A server on the loopback that speaks Tavily's `/search`; by default one result about each query. */
export async function startTavilyServer(found: Found = aboutQuery): Promise<TavilyServer> {
  const queries: string[] = [];
  const server = await openWireServer((response, request) => {
    const { query } = JSON.parse(request.body) as { query: string };
    queries.push(query);
    const results = found(query).map((result) => ({ ...result, score: 0.9, raw_content: null }));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ query, answer: null, images: [], results, response_time: 0.5 }));
  });
  return { ...server, queries, [Symbol.asyncDispose]: () => server.close() };
}

function aboutQuery(query: string) {
  const slug = query.replaceAll(/\W+/g, "-");
  return [{ title: `About ${query}`, url: `https://example.org/${slug}`, content: `All about ${query}.` }];
}
