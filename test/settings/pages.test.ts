import { expect, test } from "vitest";
import { assemble } from "../../src/assemble/assemble.ts";
import { createAgenticRag } from "../../src/graph/graph.ts";
import { readSettings } from "../../src/settings/settings.ts";

test("pages, the size of a response and condensing are settings", () => {
  const settings = readSettings({
    AGENTIC_RAG_MAX_PAGES: "3",
    AGENTIC_RAG_MAX_RESPONSE_BYTES: "9000",
    AGENTIC_RAG_CONDENSE_RESULTS: "on",
  });
  expect(settings.limits).toMatchObject({ maxPages: 3, maxResponseBytes: 9000, condenseResults: true });
  expect(readSettings({ AGENTIC_RAG_CONDENSE_RESULTS: "off" }).limits.condenseResults).toBe(false);
  expect(() =>
    readSettings({
      AGENTIC_RAG_MAX_PAGES: "51",
      AGENTIC_RAG_MAX_RESPONSE_BYTES: "10",
      AGENTIC_RAG_CONDENSE_RESULTS: "yes",
    }),
  ).toThrow(/AGENTIC_RAG_MAX_PAGES.*\nAGENTIC_RAG_MAX_RESPONSE_BYTES.*\nAGENTIC_RAG_CONDENSE_RESULTS/);
});

test("pages are read where the settings allow any, by a reader that goes into no private network", async () => {
  const { pageReader } = assemble(readSettings({ AGENTIC_RAG_MAX_PAGES: "1" }));
  expect(pageReader?.name).toBe("web");
  expect(await pageReader?.read("http://127.0.0.1/")).toMatchObject({
    status: "failed",
    failure: { kind: "forbidden-address" },
  });
});

test("where they allow none, a run cannot switch it on", async () => {
  const parts = assemble(readSettings({}));
  expect(parts).not.toHaveProperty("pageReader");
  const agent = createAgenticRag(parts);
  await expect(agent.invoke({ question: "Q?" }, { context: { maxPages: 1 } as never })).rejects.toMatchObject(
    {
      code: "settings-invalid",
    },
  );
});
