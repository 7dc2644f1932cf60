import { EventEmitter, once } from "node:events";
import { tool } from "@langchain/core/tools";
import { Document } from "@langchain/core/documents";
import { ToolMessage } from "@langchain/core/messages";
import { expect, test } from "vitest";
import { z } from "zod";
import type { PageOutcome } from "../../../src/search/pages/page-reader.ts";
import { createToolPageReader, type ToolPageReaderOptions } from "../../../src/search/pages/tool.ts";
import { describePageReader, type PageSituation } from "../../conformance/page-reader.ts";
import { LONG_PAGE } from "./situations.ts";

const ASKED = "https://site.example/hafnium";
const SECRET = "sk-0123456789abcdef";

/** A tool that gives this back, whatever page is wanted. */
function toolThat(answer: (url: string) => unknown, schema = z.object({ url: z.string() })) {
  return tool(async ({ url }) => answer(url), { name: "fetch", description: "reads a page", schema });
}

function answerIn(situation: PageSituation): () => unknown {
  switch (situation) {
    case "page":
      return () => ({
        title: "Hafnium",
        html: '<!doctype html><html><body><p>Hafnium was <a href="/coster">discovered</a> in 1923.</p></body></html>',
      });
    case "long-page":
      return () => LONG_PAGE.join("\n\n");
    case "blank":
      return () => "";
    case "hangs":
      return () => new Promise(() => undefined);
    case "fails":
      return () => {
        throw new Error(`HTTP error 503 for ${SECRET}`);
      };
  }
}

describePageReader({
  name: "fetch",
  page: {
    title: "Hafnium",
    text: "Hafnium was discovered in 1923.",
    links: ["https://site.example/coster"],
  },
  kindOfFailure: "server-error",
  secret: SECRET,
  async open(situation, deadlineMs) {
    const events = new EventEmitter();
    const answer = answerIn(situation);
    const reads = toolThat(() => {
      events.emit("asked");
      return answer();
    });
    const reader = createToolPageReader(reads, {
      secrets: [SECRET],
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    });
    return { reader, url: ASKED, asked: once(events, "asked"), close: async () => undefined };
  },
});

async function read(output: unknown, options?: ToolPageReaderOptions): Promise<PageOutcome> {
  return createToolPageReader(
    toolThat(() => output),
    options,
  ).read(ASKED);
}

test.each([
  ["text", "a < b & <tool_call>"],
  [
    "blocks",
    [
      { type: "text", text: "a < b &" },
      { type: "image_url", image_url: "x" },
      { type: "text", text: "<tool_call>" },
    ],
  ],
  ["a document", new Document({ pageContent: "a < b & <tool_call>", metadata: { title: "hafnium" } })],
  ["documents", [new Document({ pageContent: "a < b &" }), new Document({ pageContent: "<tool_call>" })]],
  ["an object", { content: "a < b & <tool_call>" }],
  ["JSON", JSON.stringify({ markdown: "a < b & <tool_call>" })],
  ["a message", new ToolMessage({ content: "a < b & <tool_call>", tool_call_id: "1" })],
])("reads %s", async (_, output) => {
  const outcome = await read(output);
  expect(outcome).toMatchObject({ status: "read", page: { url: ASKED, title: "hafnium" } });
  expect(outcome.status === "read" && outcome.page.text.replace(/\s+/gu, " ")).toBe("a < b & <tool_call>");
});

test("leaves JSON that is the page as it is", async () => {
  expect(await read('{"melts":2233}')).toMatchObject({ page: { text: '{"melts":2233}' } });
});

test.each([
  ["an error", { error: "HTTP error 404" }, "misconfigured"],
  [
    "a message of an error",
    new ToolMessage({ content: "Too Many Requests", tool_call_id: "1", status: "error" }),
    "rate-limited",
  ],
  ["nothing that holds text", { answer: 42 }, "bad-reply"],
  ["a number", 42, "bad-reply"],
  ["null", null, "bad-reply"],
])("tells of %s", async (_, output, kind) => {
  expect(await read(output)).toMatchObject({ status: "failed", failure: { kind } });
});

test("names the argument, and gives what else is wanted", async () => {
  const given: unknown[] = [];
  const schema = z.object({ link: z.string(), raw: z.boolean() });
  const reads = tool(
    async (input) => {
      given.push(input);
      return "Text.";
    },
    { name: "browse", description: "reads a page", schema },
  );
  const reader = createToolPageReader(reads, { urlArgument: "link", input: { raw: true }, name: "browser" });
  expect(reader.name).toBe("browser");
  expect((await reader.read(`${ASKED}#part`)).status).toBe("read");
  expect(given).toEqual([{ link: ASKED, raw: true }]);
});

test("tells of a tool that takes something else", async () => {
  const reader = createToolPageReader(
    tool(async () => "Text.", { name: "browse", description: "x", schema: z.object({ link: z.string() }) }),
  );
  expect(await reader.read(ASKED)).toMatchObject({ failure: { kind: "misconfigured" } });
});

test("believes a tool that the page is elsewhere, but not that it is in the local network", async () => {
  expect(await read({ text: "x", url: "https://moved.example/" })).toMatchObject({
    page: { url: "https://moved.example/" },
  });
  expect(await read({ text: "x", url: "http://127.0.0.1/" })).toMatchObject({ page: { url: ASKED } });
});
