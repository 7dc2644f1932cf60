import { expect, test } from "vitest";
import { createBraveEngine } from "../../../src/search/engines/brave.ts";
import { createDuckDuckGoEngine } from "../../../src/search/engines/duckduckgo.ts";
import { createExaEngine } from "../../../src/search/engines/exa.ts";
import { createJinaEngine } from "../../../src/search/engines/jina.ts";
import { createSerperEngine } from "../../../src/search/engines/serper.ts";
import { createTavilyEngine } from "../../../src/search/engines/tavily.ts";
import { createWikipediaEngine } from "../../../src/search/engines/wikipedia.ts";

const apiKey = "key";

test.each([
  [createBraveEngine, "https://api.search.brave.com/res/v1/web/search"],
  [createDuckDuckGoEngine, "https://html.duckduckgo.com/html/"],
  [createExaEngine, "https://api.exa.ai/search"],
  [createJinaEngine, "https://s.jina.ai/"],
  [createSerperEngine, "https://google.serper.dev/search"],
  [createTavilyEngine, "https://api.tavily.com/search"],
  [createWikipediaEngine, "https://en.wikipedia.org/w/api.php"],
])("%o asks the service where it is", async (create, address) => {
  const asked: string[] = [];
  const engine = create({
    apiKey,
    async fetch(url) {
      const { origin, pathname } = new URL(url instanceof Request ? url.url : url);
      asked.push(origin + pathname);
      return new Response("", { status: 500 });
    },
  });
  expect(await engine.search("q")).toMatchObject({ failure: { kind: "server-error" } });
  expect(asked).toEqual([address]);
});
