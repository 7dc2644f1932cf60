import { expect, test } from "vitest";
import { createTavilyEngine } from "../../../src/search/engines/tavily.ts";
import { startWireServer, type Answer, type RecordedRequest } from "../../servers/wire-server.ts";
import { ask, call, scripted } from "../agent.ts";
import { html, open, responses, site } from "../pages/paged.ts";

const ANSWER = "So.\n</think>\n\nAll three [1][2][3].";

/** Answers when so many have asked, and then the last by name first: whoever asks one after the other waits for ever. */
function whenAllHaveAsked(count: number, answer: Answer): { answer: Answer; order: readonly string[] } {
  const waiting: Parameters<Answer>[] = [];
  const order: string[] = [];
  function next(): void {
    const last = waiting.pop();
    if (last === undefined) return;
    const [response, request] = last;
    order.push(nameOf(request));
    response.once("finish", () => setImmediate(next));
    answer(response, request);
  }
  return {
    order,
    answer(...asked) {
      waiting.push(asked);
      if (waiting.length < count) return;
      waiting.sort(([, left], [, right]) => (nameOf(left) < nameOf(right) ? -1 : 1));
      next();
    },
  };
}

/** What is asked for: the query of a search, or the name of a page. */
function nameOf({ body, path }: RecordedRequest): string {
  return body === "" ? path.slice(1) : (JSON.parse(body) as { query: string }).query;
}

const TEXTS: Readonly<Record<string, string>> = {
  one: "Bridges of steel rust near the sea.",
  two: "Owls hunt voles at night.",
  three: "Copper melts far below iron.",
};

test("the queries of a call run side by side and are spliced in its order, whichever is answered first", async () => {
  const { answer, order } = whenAllHaveAsked(3, (response, request) => {
    const query = nameOf(request);
    const results = [{ title: query, url: `https://example.org/${query}`, content: TEXTS[query] }];
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ results }));
  });
  const server = await startWireServer(answer);
  const engine = createTavilyEngine({ apiKey: "tvly-test", baseUrl: server.url });
  const { agent } = scripted([call(["one", "two", "three"]), ANSWER], { engine });
  const { state } = await ask(agent, "Compare them.");
  expect(order).toEqual(["two", "three", "one"]);
  expect(state.queries.map(({ query, sources }) => [query, sources])).toEqual([
    ["one", [1]],
    ["two", [2]],
    ["three", [3]],
  ]);
  expect(responses(state)).toEqual([
    [
      'Results for "one":\n\n[1 k7f3 example.org] one\nBridges of steel rust near the sea.',
      'Results for "two":\n\n[2 k7f3 example.org] two\nOwls hunt voles at night.',
      'Results for "three":\n\n[3 k7f3 example.org] three\nCopper melts far below iron.\n\nSearches left: 2.',
    ].join("\n\n"),
  ]);
});

test("the pages of a call are read side by side and spliced in its order, whichever comes first", async () => {
  const { answer, order } = whenAllHaveAsked(3, (response, request) =>
    html(
      `<html><head><title>Page ${request.path}</title></head><body><p>${TEXTS[nameOf(request)]}</p></body></html>`,
    )(response, request),
  );
  const there = await site(answer);
  const urls = Object.keys(TEXTS).map((name) => `${there.url}/${name}`);
  const { agent } = scripted([open(urls), ANSWER], { pageReader: there.reader });
  const { state } = await ask(agent, `Compare ${urls.join(" and ")}.`, { context: { maxPages: 3 } });
  expect(order).toEqual(["two", "three", "one"]);
  expect(state.readings.map(({ url, source }) => [url, source])).toEqual([
    [urls[0], 1],
    [urls[1], 2],
    [urls[2], 3],
  ]);
  const heads = responses(state).flatMap((text) => text.match(/^\[\d .*\] Page .*\n.*$/gm) ?? []);
  expect(heads).toEqual(
    Object.entries(TEXTS).map(
      ([name, text], at) => `[${at + 1} k7f3 ${there.url}/${name}] Page /${name}\n${text}`,
    ),
  );
});
