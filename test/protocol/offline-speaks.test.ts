import { expect, test } from "vitest";
import { createAgenticRag } from "../../src/graph/graph.ts";
import { createOfflineModel } from "../../src/model/offline/offline.ts";
import { protocols } from "../../src/protocol/index.ts";
import type { SearchEngine } from "../../src/search/engine.ts";

const engine: SearchEngine = {
  name: "two-pages",
  search: async () => ({
    status: "found",
    results: [
      {
        title: "Mount Kenya",
        url: "https://example.org/kenya",
        text: "Mount Kenya is 5,199 m high. It lies in Kenya.",
      },
      {
        title: "Kilimanjaro",
        url: "https://example.org/kilimanjaro",
        text: "Kilimanjaro is 5,895 m high and lies in Tanzania.",
      },
    ],
  }),
};

test.each(Object.values(protocols))(
  "the offline reader answers in $name, from the source",
  async (protocol) => {
    const model = createOfflineModel({ side: protocol.modelSide });
    const agent = createAgenticRag({ protocol, model, engine });
    const { answer, stopReason, searches, sources } = await agent.invoke({
      question: "How high is Mount Kenya?",
    });
    expect({ answer, stopReason, searches, sources: sources.map(({ number }) => number) }).toEqual({
      answer: "Mount Kenya is 5,199 m high [[1]](https://example.org/kenya).",
      stopReason: "answered",
      searches: 1,
      sources: [1, 2],
    });
  },
);
