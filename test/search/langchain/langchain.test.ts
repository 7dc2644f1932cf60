import { ToolMessage } from "@langchain/core/messages";
import { BaseRetriever } from "@langchain/core/retrievers";
import { DynamicTool, tool } from "@langchain/core/tools";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createLangChainEngine, type LangChainOptions } from "../../../src/search/langchain/langchain.ts";
import { SECRET } from "../engines/wire/http-harness.ts";
import { search } from "./search.ts";

const A = { title: "A", url: "https://example.com/a", text: "Text of A." };
const B = { title: "B", url: "https://example.com/b", text: "Text of B." };
const ITEMS = [
  { title: "A", url: "https://example.com/a", content: "Text of A.", score: 0.9, raw_content: null },
  { title: "B", link: "https://example.com/b", snippet: "Text of B." },
];

function answering(output: unknown): DynamicTool {
  return new DynamicTool({ name: "my-search", description: "Searches.", func: async () => output as string });
}

function throwing(error: unknown): DynamicTool {
  return new DynamicTool({
    name: "my-search",
    description: "",
    async func() {
      throw error;
    },
  });
}

describe("reads", () => {
  test.each([
    ["JSON of a list", JSON.stringify(ITEMS)],
    ["a list", ITEMS],
    ["an object with results", { query: "q", answer: null, error: null, images: [], results: ITEMS }],
    ["JSON of that", JSON.stringify({ results: ITEMS })],
    ["a block of content with JSON", [{ type: "text", text: JSON.stringify(ITEMS) }]],
    ["a message", new ToolMessage({ content: JSON.stringify(ITEMS), tool_call_id: "1" })],
    [
      "documents",
      {
        documents: ITEMS.map((item) => ({
          pageContent: item.content ?? item.snippet,
          metadata: { title: item.title, source: item.url ?? item.link },
        })),
      },
    ],
  ])("%s", async (_name, output) => {
    expect(await search(answering(output))).toEqual({ status: "found", results: [A, B] });
  });

  test.each([
    ["plain text", "Hafnium was discovered in 1923.", ["Hafnium was discovered in 1923."]],
    ["text that begins with a brace", "{hafnium} is a name.", ["{hafnium} is a name."]],
    ["text about errors", "Error handling in Rust is explicit.", ["Error handling in Rust is explicit."]],
    [
      "text about nothing",
      "No results of the vote are known before midnight.\nThey are counted.",
      ["No results of the vote are known before midnight.\nThey are counted."],
    ],
    ["a list of strings", ["one", "", "two"], ["one", "two"]],
    [
      "several blocks of content",
      [{ type: "text", text: "one" }, { type: "image" }, { type: "text", text: "two" }],
      ["one", "two"],
    ],
    ["an object that is one result", { content: "one" }, ["one"]],
    ["a number as text", "42", ["42"]],
  ])("%s as results without a title", async (_name, output, texts) => {
    expect(await search(answering(output))).toEqual({
      status: "found",
      results: texts.map((text) => ({ title: "", url: "", text })),
    });
  });

  test.each([
    "",
    " \n",
    "[]",
    '{"results":[]}',
    "No results found for q.",
    "No good search result found",
    [],
    { error: "No search results found for 'q'. Suggestions: …" },
  ])("%j as nothing", async (output) => {
    expect(await search(answering(output))).toEqual({ status: "nothing" });
  });

  test.each([[{}], [[{}, null, 3]], [null], [undefined], [3], [{ web: { results: ITEMS } }]])(
    "%j as no results, and not as nothing",
    async (output) => {
      expect(await search(answering(output))).toEqual({
        status: "failed",
        failure: {
          kind: "bad-reply",
          message:
            "my-search returned something that holds no results. Use a tool that searches, or say with `toResults` where they are.",
        },
      });
    },
  );

  test("another form by `toResults`, which is given what was in the message and the JSON", async () => {
    const hits = { web: [{ name: "A", uri: "https://example.com/a", body: "Text of A." }] };
    const hitsSchema = z.object({
      web: z.array(z.object({ name: z.string(), uri: z.string(), body: z.string() })),
    });
    const engine = createLangChainEngine({
      source: answering(
        new ToolMessage({ content: [{ type: "text", text: JSON.stringify(hits) }], tool_call_id: "1" }),
      ),
      toResults: (output) =>
        hitsSchema.parse(output).web.map(({ name, uri, body }) => ({ title: name, url: uri, text: body })),
    });
    expect(await engine.search("q")).toEqual({ status: "found", results: [A] });
  });

  test("no file that a tool names", async () => {
    const items = [{ title: "A", url: "file:///etc/passwd", content: "x" }];
    expect(await search(answering(items))).toEqual({
      status: "found",
      results: [{ title: "A", url: "", text: "x" }],
    });
    expect(await search(answering([{ title: "A", source: "/etc/passwd", content: "x" }]))).toMatchObject({
      results: [{ url: "" }],
    });
  });

  test("100,000 items, and keeps five", async () => {
    const many = Array.from({ length: 100_000 }, (_, at) => ({ title: `T${at}`, content: `x${at}` }));
    expect(await createLangChainEngine({ source: answering(many) }).search("q")).toEqual({
      status: "found",
      results: many.slice(0, 5).map(({ title, content }) => ({ title, url: "", text: content })),
    });
  });
});

describe("an error that is returned", () => {
  test.each([
    [{ error: "Error 401: bad key" }, "server-error"],
    [{ error: "Request failed with status code 429" }, "rate-limited"],
    [{ error: { message: "Invalid API key" } }, "unauthorized"],
    ['{"error":"This request exceeds your usage limit."}', "quota-exceeded"],
    ["Error: connect timeout", "timeout"],
    ["Error while searching: 503 error", "server-error"],
    ["SearchError: something", "server-error"],
    [new ToolMessage({ content: "Too many requests", status: "error", tool_call_id: "1" }), "rate-limited"],
  ])("%j is a failure", async (output, kind) => {
    expect(await search(answering(output))).toMatchObject({ status: "failed", failure: { kind } });
  });

  test("is told in one line, short, without keys", async () => {
    const source = Object.assign(answering(`Error: ${SECRET}\n\u001b[31m${"x ".repeat(1000)}`), {
      client: { apiKey: SECRET },
    });
    expect(await search(source)).toEqual({
      status: "failed",
      failure: {
        kind: "server-error",
        message: `my-search failed (Error: [key] ${"x ".repeat(141)}…). Ask again later.`,
      },
    });
  });
});

function withStatus(status: object): Error {
  return Object.assign(new Error("No."), status);
}

describe("an error that is thrown", () => {
  test.each([
    [withStatus({ status: 401 }), { kind: "unauthorized", status: 401 }],
    [withStatus({ statusCode: 402 }), { kind: "quota-exceeded", status: 402 }],
    [withStatus({ response: { status: 429 } }), { kind: "rate-limited", status: 429 }],
    [withStatus({ code: 404 }), { kind: "misconfigured", status: 404 }],
    [new Error("outer", { cause: withStatus({ status: 503 }) }), { kind: "server-error", status: 503 }],
    [new Error("Got 403 error from x: Forbidden"), { kind: "unauthorized", status: 403 }],
    [new Error("failed: 500 Internal Server Error"), { kind: "server-error", status: 500 }],
    [new Error("Too Many Requests"), { kind: "rate-limited", status: 429 }],
    [new Error("found 500 pages about 404"), { kind: "server-error" }],
    [
      new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "ECONNREFUSED" }) }),
      { kind: "unreachable" },
    ],
    [
      new TypeError("fetch failed", {
        cause: new AggregateError([Object.assign(new Error("x"), { code: "ETIMEDOUT" })]),
      }),
      { kind: "unreachable" },
    ],
    [
      new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "CERT_HAS_EXPIRED" }) }),
      { kind: "misconfigured" },
    ],
    [new TypeError("fetch failed"), { kind: "unreachable" }],
    [new DOMException("The operation was aborted due to timeout", "TimeoutError"), { kind: "timeout" }],
    [new DOMException("This operation was aborted", "AbortError"), { kind: "timeout" }],
    [new TypeError("Cannot read properties of undefined (reading 'map')"), { kind: "bad-reply" }],
    [new SyntaxError("Unexpected token '<', \"<!doctype \"... is not valid JSON"), { kind: "bad-reply" }],
    [new Error("MY_API_KEY not set"), { kind: "unauthorized" }],
    ["only words: HTTP 502", { kind: "server-error", status: 502 }],
    [undefined, { kind: "server-error" }],
  ])("%o is a failure", async (error, failure) => {
    const outcome = await search(throwing(error));
    expect(outcome).toEqual({ status: "failed", failure: { message: expect.any(String), ...failure } });
  });

  test("is told without the keys in its address and header, and those that are given", async () => {
    const source = throwing(
      new Error("GET https://x.test/s?q=1&api_key=abc&cx=d Bearer 0123456789 my-password"),
    );
    const engine = createLangChainEngine({ source, secrets: ["my-password"] });
    expect(await engine.search("q")).toEqual({
      status: "failed",
      failure: {
        kind: "server-error",
        message:
          "my-search failed (GET https://x.test/s?q=1&api_key=[key]&cx=[key] Bearer [key] [key]). Ask again later.",
      },
    });
  });
});

class Hanging extends BaseRetriever {
  lc_namespace = ["test"];
  override async _getRelevantDocuments(): Promise<never> {
    return new Promise(() => undefined);
  }
}
const HANGING: readonly LangChainOptions["source"][] = [
  new Hanging(),
  new DynamicTool({
    name: "Hanging",
    description: "",
    func: async () => new Promise<string>(() => undefined),
  }),
];

test.each(HANGING)("ends by its deadline even if the source heeds no signal", async (source) => {
  expect(await createLangChainEngine({ source, deadlineMs: 20 }).search("q")).toEqual({
    status: "failed",
    failure: { kind: "timeout", message: "Hanging did not answer within 0.02 s." },
  });
});

test.each(HANGING)("stops on abort even if the source heeds no signal", async (source) => {
  const controller = new AbortController();
  const outcome = createLangChainEngine({ source }).search("q", { signal: controller.signal });
  setImmediate(() => controller.abort());
  await expect(outcome).rejects.toMatchObject({ name: "AbortError" });
});

test("hands its signal on", async () => {
  let aborted: Promise<unknown> = Promise.resolve();
  const source = tool(
    async (_input: { query: string }, config) => {
      aborted = new Promise((resolve) => config.signal?.addEventListener("abort", resolve));
      return aborted;
    },
    { name: "t", description: "", schema: z.object({ query: z.string() }) },
  );
  expect(await createLangChainEngine({ source, deadlineMs: 20 }).search("q")).toMatchObject({
    failure: { kind: "timeout" },
  });
  await aborted;
});
