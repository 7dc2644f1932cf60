import { onTestFinished } from "vitest";
import { createLangChainEngine, type LangChainOptions } from "../../../src/search/langchain/langchain.ts";
import type { SearchOutcome } from "../../../src/search/engine.ts";
import { type Answer, startWireServer, type WireServer } from "../../servers/wire-server.ts";

/** Sends what a tool asks at an address that it does not let us choose to a server of the test instead. */
export async function startForConstantAddress(answer: Answer): Promise<WireServer> {
  const server = await startWireServer(answer);
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    const asked = new URL(new Request(input).url);
    return fetch(server.url + asked.pathname + asked.search, init);
  };
  onTestFinished(() => {
    globalThis.fetch = fetch;
  });
  return server;
}

/** Asks a retriever or tool through the adapter. */
export function search(
  source: LangChainOptions["source"],
  query = "who discovered hafnium",
): Promise<SearchOutcome> {
  return createLangChainEngine({ source }).search(query, { maxResults: 3 });
}
