import { BM25Retriever } from "@langchain/community/retrievers/bm25";
import { TavilySearchAPIRetriever } from "@langchain/community/retrievers/tavily_search_api";
import { VespaRetriever } from "@langchain/community/retrievers/vespa";
import { Document } from "@langchain/core/documents";
import { FakeVectorStore, SyntheticEmbeddings } from "@langchain/core/utils/testing";
import { expect, test } from "vitest";
import { createLangChainEngine } from "../../../src/search/langchain/langchain.ts";
import { json, readFixture, SECRET } from "../engines/wire/http-harness.ts";
import { startWireServer } from "../../servers/wire-server.ts";
import { search, startForConstantAddress } from "./search.ts";

test("TavilySearchAPIRetriever gives documents with title, source and date", async () => {
  await startForConstantAddress(json(readFixture("tavily-found.json")));
  expect(await search(new TavilySearchAPIRetriever({ apiKey: SECRET, k: 2 }))).toEqual({
    status: "found",
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
  });
});

test("TavilySearchAPIRetriever throws a status that only Tavily has", async () => {
  await startForConstantAddress(json(JSON.stringify({ error: `limit of ${SECRET}` }), 432));
  expect(await search(new TavilySearchAPIRetriever({ apiKey: SECRET }))).toEqual({
    status: "failed",
    failure: {
      kind: "rejected",
      status: 432,
      message:
        "TavilySearchAPIRetriever failed (Request failed with status code 432: limit of [key]). Change the query or the options that it was made with.",
    },
  });
});

test("VespaRetriever gives documents without title and URL", async () => {
  const children = [{ id: "id:doc:1", fields: { content: "Hafnium was discovered in 1923." } }];
  const server = await startWireServer(json(JSON.stringify({ root: { children } })));
  const source = new VespaRetriever({
    url: server.url,
    auth: false,
    query_body: { yql: "select content from paragraph where userQuery()" },
    content_field: "content",
  });
  expect(await search(source)).toEqual({
    status: "found",
    results: [{ title: "", url: "", text: "Hafnium was discovered in 1923." }],
  });
  expect(JSON.parse(server.requests[0]!.body)).toMatchObject({ query: "who discovered hafnium" });
});

const documents = [
  new Document({
    pageContent: "Zirconium is a metal.\n\nIt keeps <b> as it is & so on.",
    metadata: { source: "/notes/zirconium and more.md" },
  }),
  new Document({
    pageContent: "Hafnium was discovered in 1923.",
    metadata: {
      title: "Hafnium",
      url: "https://en.wikipedia.org/wiki/Hafnium",
      published: new Date("2025-03-06T10:00:00Z"),
    },
  }),
];

test("BM25Retriever gives documents of files, whose text stays as it is", async () => {
  expect(await search(BM25Retriever.fromDocuments(documents, { k: 1 }), "zirconium")).toEqual({
    status: "found",
    results: [
      {
        title: "zirconium and more.md",
        url: "file:///notes/zirconium%20and%20more.md",
        text: "Zirconium is a metal.\n\nIt keeps <b> as it is & so on.",
      },
    ],
  });
});

test("a vector store is searched through its retriever, and named after its class", async () => {
  const store = await FakeVectorStore.fromDocuments(documents, new SyntheticEmbeddings({ vectorSize: 8 }));
  const source = store.asRetriever(2);
  expect(createLangChainEngine({ source }).name).toBe("VectorStoreRetriever");
  const outcome = await createLangChainEngine({ source }).search("Hafnium was discovered in 1923.", {
    maxResults: 1,
  });
  expect(outcome).toEqual({
    status: "found",
    results: [
      {
        title: "Hafnium",
        url: "https://en.wikipedia.org/wiki/Hafnium",
        text: "Hafnium was discovered in 1923.",
        date: "2025-03-06",
      },
    ],
  });
});
