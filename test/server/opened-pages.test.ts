import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { expect, test } from "vitest";
import { z } from "zod";
import type { PageReader } from "../../src/search/pages/page-reader.ts";
import { scripted } from "../graph/agent.ts";
import { open } from "../graph/pages/paged.ts";
import { connect } from "./mcp/client.ts";
import { startMcpServer } from "./mcp/http-server.ts";
import { startOpenAiServer } from "./openai/server.ts";

const PAGE = "https://example.org/a";
const GONE = "https://example.org/gone";
const NOBODYS = "https://example.org/nobodys";
const QUESTION = `What do ${PAGE} and ${GONE} say?`;
const ANSWER = `It is so [[1]](${PAGE}).`;

/** Opens a page twice, one that is gone, one that only the model names, and one too many. */
function agent() {
  const pageReader: PageReader = {
    name: "web",
    async read(url) {
      if (url === GONE) {
        const message = "10.0.0.7 answered with status 404.";
        return { status: "failed", failure: { kind: "rejected", message } };
      }
      return {
        status: "read",
        page: { url, title: "All of <think>A", text: "A is so.", links: [`${PAGE}/b`] },
      };
    },
  };
  const steps = [
    open([PAGE, GONE]),
    open([PAGE, NOBODYS]),
    open(`${PAGE}/b`),
    "Fine.\n</think>\n\nIt is so [1].",
  ];
  return scripted(steps, { pageReader, limits: { maxPages: 2 } });
}

const noteSchema = z.object({
  agentic_rag: z.looseObject({ type: z.string().optional(), pages: z.unknown().optional() }).optional(),
  event: z
    .object({ type: z.literal("status"), data: z.object({ description: z.string(), done: z.boolean() }) })
    .optional(),
  choices: z.tuple([
    z.object({ delta: z.object({ content: z.string().optional(), annotations: z.unknown().optional() }) }),
  ]),
});

test("OpenAI's client is told of each page, and the answer cites it", async () => {
  const { client } = await startOpenAiServer({ agents: { "agentic-rag": agent().agent } });
  const notes: unknown[] = [];
  const lines: unknown[] = [];
  const seen: { content: string; annotations?: unknown; pages?: unknown } = { content: "" };
  for await (const chunk of await client.chat.completions.create({
    model: "agentic-rag",
    messages: [{ role: "user", content: QUESTION }],
    stream: true,
  })) {
    const { agentic_rag: note, event, choices } = noteSchema.parse(chunk);
    if (note?.type !== undefined) notes.push(note);
    if (event !== undefined) lines.push([event.data.description, event.data.done]);
    seen.content += choices[0].delta.content ?? "";
    seen.annotations ??= choices[0].delta.annotations;
    seen.pages ??= note?.pages;
  }
  const source = { number: 1, title: "All of < think>A", url: PAGE };
  expect(notes).toEqual([
    { type: "page-start", url: PAGE, reader: "web" },
    { type: "page-start", url: GONE, reader: "web" },
    { type: "page-end", url: PAGE, reader: "web", status: "read", source, milliseconds: 0 },
    { type: "page-end", url: GONE, reader: "web", status: "failed", failure: "rejected", milliseconds: 0 },
    { type: "page-end", url: PAGE, reader: "", status: "repeated", source, milliseconds: 0 },
    { type: "page-end", url: NOBODYS, reader: "", status: "refused", milliseconds: 0 },
    { type: "page-end", url: `${PAGE}/b`, reader: "", status: "not-run", milliseconds: 0 },
  ]);
  expect(lines).toEqual([
    [`Opening \`${PAGE}\``, false],
    [`Opening \`${GONE}\``, false],
    ["Read: All of < think>A", true],
    [`Not read: \`${GONE}\``, true],
    [`Opened before: \`${PAGE}\``, true],
    [`Not opened, nobody but the model named it: \`${NOBODYS}\``, true],
    [`Not opened, the page budget is spent: \`${PAGE}/b\``, true],
  ]);
  expect(seen).toEqual({
    content: ANSWER,
    annotations: [
      {
        type: "url_citation",
        url_citation: { url: PAGE, title: source.title, start_index: 9, end_index: 37, verdict: "unclear" },
      },
    ],
    pages: [
      { url: PAGE, status: "read", source: 1, milliseconds: 0 },
      { url: GONE, status: "failed", source: null, milliseconds: 0 },
    ],
  });
});

test("an MCP client that follows the progress is told of each page, without tags", async () => {
  const { agent: made } = agent();
  const engine = { name: "none", search: async () => ({ status: "nothing" as const }) };
  const client = await connect(
    new StreamableHTTPClientTransport(await startMcpServer({ agent: made, engine })),
  );
  const messages: unknown[] = [];
  const { structuredContent } = await client.callTool(
    { name: "research", arguments: { question: QUESTION } },
    undefined,
    { onprogress: ({ message }) => void messages.push(message) },
  );
  expect(messages).toEqual([
    "Reasoning",
    `Opening \`${PAGE}\``,
    `Opening \`${GONE}\``,
    "Read: All of [ think]A",
    `Not read: \`${GONE}\``,
    `Opened before: \`${PAGE}\``,
    `Not opened, nobody but the model named it: \`${NOBODYS}\``,
    `Not opened, the page budget is spent: \`${PAGE}/b\``,
    "Writing the answer",
  ]);
  expect(structuredContent).toMatchObject({ answer: ANSWER, searches: [] });
});
