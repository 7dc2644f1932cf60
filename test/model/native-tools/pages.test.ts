import { MemorySaver } from "@langchain/langgraph";
import { expect, onTestFinished, test } from "vitest";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { ask, FIXED, pagesEngine } from "../../graph/agent.ts";
import { knownPages } from "../../graph/pages/paged.ts";
import { startChatServer, type ChatReply } from "../../servers/chat.ts";
import { overOpenAi } from "./openai.ts";

/** The agent of the family over a chat server, with a reader of pages. */
async function served(replies: readonly ChatReply[]) {
  const server = await startChatServer(replies.map((reply) => ({ ...reply, dialect: "generic" })));
  onTestFinished(() => server.close());
  const engine = pagesEngine();
  const { reader, asked: opened } = knownPages();
  const agent = createAgenticRag(
    { protocol: qwq, model: overOpenAi(server.url), engine, pageReader: reader, ...FIXED },
    { checkpointer: new MemorySaver() },
  );
  return { agent, opened, asked: engine.asked, requests: server.requests };
}

const search = { name: "web_search", arguments: '{"query":"a"}' };
const page = { name: "open_url", arguments: '{"url":"https://example.org/a"}' };
const SAID = { text: "Seven [1]." };
const context = { maxPages: 2 };

test("the second tool is offered, called and answered under its own name", async () => {
  const { agent, opened, requests } = await served([{ calls: [search] }, { calls: [page] }, SAID]);
  const { state } = await ask(agent, "Q?", { context });
  expect(opened.map(({ url }) => url)).toEqual(["https://example.org/a"]);
  expect(state).toMatchObject({ searches: 1, pages: 1, repairs: 0, stopReason: "answered" });
  expect(requests[0]?.body["tools"]).toMatchObject([
    { function: { name: "web_search" } },
    {
      type: "function",
      function: {
        name: "open_url",
        parameters: { type: "object", properties: { url: { type: "string" } }, required: ["url"] },
      },
    },
  ]);
  const prompts = requests.map(({ body }) => body.messages);
  for (const at of [1, 2]) expect(prompts[at]?.slice(0, -2)).toEqual(prompts[at - 1]);
  expect(prompts[2]?.slice(-2)).toEqual([
    {
      role: "assistant",
      content: "",
      tool_calls: [{ id: "search002", type: "function", function: page }],
    },
    {
      role: "tool",
      name: "open_url",
      tool_call_id: "search002",
      content:
        "[1 k7f3 https://example.org/a] Page https://example.org/a\nWhat https://example.org/a says.\n\nSearches left: 4. Pages left: 1.",
    },
  ]);
});

test("several pages at once are one call", async () => {
  const other = { name: "open_url", arguments: '{"url":["https://example.org/b"]}' };
  const { agent, opened } = await served([
    { calls: [{ ...search, arguments: '{"query":["a","b"]}' }] },
    { calls: [page, other] },
    SAID,
  ]);
  const { state } = await ask(agent, "Q?", { context });
  expect(opened.map(({ url }) => url)).toEqual(["https://example.org/a", "https://example.org/b"]);
  expect(state.pages).toBe(2);
});

test("both tools at once are explained in the words of tools, and neither is run", async () => {
  const { agent, opened, asked, requests } = await served([{ calls: [search, page] }, SAID]);
  const { state } = await ask(agent, "Q?", { context });
  expect([opened, asked]).toEqual([[], []]);
  expect(state.repairs).toBe(1);
  expect(JSON.stringify(requests[1]?.body.messages)).toContain(
    String.raw`One call is for one tool: for \"web_search\" or for \"open_url\". Call \"web_search\" with a \"query\": a text, or a list of texts. Or call \"open_url\" with a \"url\".`,
  );
});

test.each(['{"url":"https://example.org/a', '{"url":'])(
  "a call cut off at %s opens nothing",
  async (written) => {
    const { agent, opened } = await served([{ calls: [{ ...page, arguments: written }] }, SAID]);
    const { state } = await ask(agent, "Open https://example.org/a", { context });
    expect(opened).toEqual([]);
    expect(state.pages).toBe(0);
  },
);

test("it is not offered where no page may be opened, and opens none", async () => {
  const { agent, opened, requests } = await served([{ calls: [page] }, SAID]);
  const { state } = await ask(agent, "Open https://example.org/a");
  expect(opened).toEqual([]);
  expect(requests[0]?.body["tools"]).toMatchObject([{ function: { name: "web_search" } }]);
  expect(JSON.stringify(requests[1]?.body.messages)).toContain("the only tool is");
  expect(state.repairs).toBe(1);
});
