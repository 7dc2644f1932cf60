import { DynamicStructuredTool, tool } from "@langchain/core/tools";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createLangChainEngine } from "../../../src/search/langchain/langchain.ts";
import { search } from "./search.ts";

const FOUND = {
  status: "found",
  results: [{ title: "A", url: "https://example.com/a", text: "Text of A." }],
};

function structured(
  schema: z.ZodObject | Record<string, unknown>,
  asked: unknown[] = [],
): DynamicStructuredTool {
  return new DynamicStructuredTool({
    name: "my-search",
    description: "",
    schema: schema as z.ZodObject,
    async func(input) {
      asked.push(input);
      return JSON.stringify(FOUND.results);
    },
  });
}

describe("gives a tool the query", () => {
  test.each([
    [z.object({ query: z.string(), topic: z.enum(["general", "news"]).optional() }), { query: "hafnium" }],
    [z.object({ q: z.string().trim(), count: z.number().default(5) }), { q: "hafnium", count: 5 }],
    [z.object({ input: z.string().optional(), question: z.string() }), { question: "hafnium" }],
    [
      {
        type: "object",
        properties: { limit: { type: "number" }, query: { type: "string" } },
        required: ["query"],
      },
      { query: "hafnium" },
    ],
    [
      { type: "object", properties: { wanted: { type: "string" } }, required: ["wanted"] },
      { wanted: "hafnium" },
    ],
  ])("in the field that its schema has for it", async (schema, input) => {
    const asked: unknown[] = [];
    expect(await search(structured(schema, asked), " hafnium ")).toEqual(FOUND);
    expect(asked).toEqual([input]);
  });

  test("as a string when that is its schema", async () => {
    const asked: string[] = [];
    const source = tool(
      (query: string) => {
        asked.push(query);
        return "Found.";
      },
      { name: "t", description: "", schema: z.string() },
    );
    await search(source, "hafnium");
    expect(asked).toEqual(["hafnium"]);
  });

  test.each([
    [z.object({ query: z.string(), apiVersion: z.string() })],
    [z.object({ city: z.string() })],
    [{ type: "object", properties: { query: {}, site: {} }, required: ["query", "site"] }],
    [{ type: "object" }],
  ])("or says that it has no field for it", async (schema) => {
    expect(await search(structured(schema))).toEqual({
      status: "failed",
      failure: {
        kind: "misconfigured",
        message:
          "my-search was not asked: its schema has no field for a query alone. Say with `toInput` what it is to be given.",
      },
    });
  });

  test("as the options say", async () => {
    const asked: unknown[] = [];
    const source = structured(z.object({ city: z.string(), n: z.number() }), asked);
    const engine = createLangChainEngine({ source, toInput: (city, n) => ({ city, n }), name: "cities" });
    expect(engine.name).toBe("cities");
    await engine.search("hafnium", { maxResults: 7 });
    expect(asked).toEqual([{ city: "hafnium", n: 7 }]);
  });
});
