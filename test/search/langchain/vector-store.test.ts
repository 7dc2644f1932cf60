import { Document } from "@langchain/core/documents";
import { FakeVectorStore, SyntheticEmbeddings } from "@langchain/core/utils/testing";
import { expect, test } from "vitest";
import { createLangChainEngine } from "../../../src/search/langchain/langchain.ts";

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
