import { expect, test } from "vitest";
import { createRetrieverEngine } from "../../../src/search/engines/retriever.ts";
import { describeHttpSearchEngine } from "../../conformance/search-engine.ts";
import { createHttpHarness, json, readFixture, SECRET } from "./wire/http-harness.ts";
import { startWireServer, type WireServer } from "../../servers/wire-server.ts";

describeHttpSearchEngine(
  createHttpHarness({
    name: "retriever",
    results: [
      { title: "Hafnium", url: "", text: "Hafnium was discovered in 1923.\nIts symbol is Hf." },
      { title: "George de Hevesy", url: "", text: "He won the Nobel Prize in 1943." },
    ],
    resultsOfNulls: [{ title: "", url: "", text: "Only text." }],
    create: (baseUrl, options) =>
      createRetrieverEngine({ ...options, baseUrl, headers: { authorization: SECRET } }),
  }),
);

async function start(body: string, status?: number): Promise<WireServer> {
  return startWireServer(json(body, status));
}

test.each(["", "/", "/retrieve"])("sends exactly this to a base URL that ends with %j", async (ending) => {
  const server = await start(readFixture("retriever-found.json"));
  await createRetrieverEngine({ baseUrl: server.url + ending }).search("who discovered hafnium", {
    maxResults: 3,
  });
  expect(server.requests).toHaveLength(1);
  expect(server.requests[0]).toMatchObject({
    method: "POST",
    path: "/retrieve",
    headers: { "content-type": "application/json" },
    body: '{"queries":["who discovered hafnium"],"topk":3,"return_scores":true}',
  });
});

test.each([
  [
    "search-r1-rerank",
    "/retrieve",
    '{"queries":["q"],"topk_retrieval":10,"topk_rerank":2,"return_scores":true}',
    '{"result":[[{"document":"\\"Hafnium\\"\\nA metal.","score":3.1}]]}',
  ],
  [
    "re-search",
    "/search",
    '{"query":"q","top_n":2,"return_score":false}',
    '[{"id":"7","contents":"\\"Hafnium\\"\\nA metal."}]',
  ],
  [
    "re-search",
    "/search",
    '{"query":"q","top_n":2,"return_score":false}',
    '[[{"id":"7","contents":"\\"Hafnium\\"\\nA metal."}],[0.5]]',
  ],
  [
    "r1-searcher",
    "/queries",
    '{"queries":["q"],"k":2}',
    '{"queries":["q"],"answers":[["12 Hafnium\\nA metal."]]}',
  ],
  ["zerosearch", "/retrieve", '{"query":"q","top_k":2}', '[{"text":"A metal.","title":"Hafnium"}]'],
] as const)("speaks to the server of %s", async (api, path, body, reply) => {
  const server = await start(reply);
  const engine = createRetrieverEngine({ baseUrl: server.url, api });
  expect(await engine.search("q", { maxResults: 2 })).toEqual({
    status: "found",
    results: [{ title: "Hafnium", url: "", text: "A metal." }],
  });
  expect(server.requests).toMatchObject([{ method: "POST", path, body }]);
});

test.each(["[]", "[[],[]]", '{"result":[[]]}', '{"answers":[[]]}'])("takes %s for nothing", async (reply) => {
  const server = await start(reply);
  expect(await createRetrieverEngine({ baseUrl: server.url }).search("q")).toEqual({ status: "nothing" });
});

test("asks for 100 documents at most", async () => {
  const server = await start(readFixture("retriever-found.json"));
  await createRetrieverEngine({ baseUrl: server.url }).search("q", { maxResults: Number.POSITIVE_INFINITY });
  expect(server.requests[0]!.body).toBe('{"queries":["q"],"topk":100,"return_scores":true}');
});

test("reads every documented form of a document", async () => {
  const server = await start(readFixture("retriever-variants.json"));
  expect(await createRetrieverEngine({ baseUrl: server.url }).search("q")).toEqual({
    status: "found",
    results: [
      { title: "Hafnium", url: "", text: "Discovered in 1923." },
      { title: "Zirconium", url: "", text: "Above hafnium in the table." },
      { title: "", url: "", text: "A text of one line." },
      { title: "Bare", url: "https://example.com/bare", text: "A document without a wrapping." },
    ],
  });
});

test("keeps a long first line as text", async () => {
  const contents = `${"long ".repeat(100)}\nrest`;
  const server = await start(JSON.stringify({ result: [[{ document: { contents } }]] }));
  expect(await createRetrieverEngine({ baseUrl: server.url }).search("q")).toEqual({
    status: "found",
    results: [{ title: "", url: "", text: contents }],
  });
});

test("repeats what FastAPI says about a request it does not take", async () => {
  const detail = [{ type: "missing", loc: ["body", "topk_retrieval"], msg: "Field required" }];
  const server = await start(JSON.stringify({ detail }), 422);
  expect(await createRetrieverEngine({ baseUrl: server.url }).search("q")).toEqual({
    status: "failed",
    failure: {
      kind: "rejected",
      status: 422,
      message: `The retriever at ${server.url}/retrieve answered with HTTP status 422 (body.topk_retrieval: Field required). Change the query or the options of the engine.`,
    },
  });
});
