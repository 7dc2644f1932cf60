import type { ResponseOutputMessage, ResponseStreamEvent } from "openai/resources/responses/responses";
import { expect, test } from "vitest";
import type { AgenticRagParts } from "../../../../src/graph/parts.ts";
import { searchR1 } from "../../../../src/protocol/plain/search-r1.ts";
import type { SearchEngine } from "../../../../src/search/engine.ts";
import { call, scripted, served } from "../../../graph/agent.ts";
import { startOpenAiServer } from "../server.ts";

const SAID = [
  `Let me look.\n${call(["alpha", "beta"])}`,
  `And more.\n${call("gamma")}`,
  "I know.\n</think>\n\nIt is 🚀 **7** [1][3]. Not 8 [9].",
];
const ANSWER = "It is 🚀 **7** [[1]](https://example.org/alpha)[[3]](https://example.org/gamma). Not 8.";
const QUESTION = { model: "agentic-rag", input: "Q?" };

/** The events of a stream, with the id of their response put out. */
function events(wire: string): readonly ResponseStreamEvent[] {
  return wire
    .replaceAll(/(resp|msg|rs|ws)_[0-9a-f]{32}/g, "$1_ID")
    .split("\n\n")
    .filter((text) => text !== "")
    .map((text) => {
      const [, type, data = ""] = /^event: (\S+)\ndata: (.*)$/.exec(text) ?? [];
      const event = JSON.parse(data) as ResponseStreamEvent;
      expect(event.type).toBe(type);
      return event;
    });
}

/** The events of a thought that comes in one piece. */
function thought(index: number, text: string) {
  const id = `rs_ID000${index}`;
  const at = { item_id: id, output_index: index };
  const item = { id, type: "reasoning", summary: [{ type: "summary_text", text }] };
  return [
    { type: "response.output_item.added", output_index: index, item: { ...item, summary: [] } },
    {
      type: "response.reasoning_summary_part.added",
      ...at,
      summary_index: 0,
      part: { type: "summary_text", text: "" },
    },
    { type: "response.reasoning_summary_text.delta", ...at, summary_index: 0, delta: text },
    { type: "response.reasoning_summary_text.done", ...at, summary_index: 0, text },
    {
      type: "response.reasoning_summary_part.done",
      ...at,
      summary_index: 0,
      part: { type: "summary_text", text },
    },
    { type: "response.output_item.done", output_index: index, item },
  ];
}

test("the stream on the wire: one item a search, numbers without a gap, the response at the end", async () => {
  const { agent } = scripted([`Look.\n${call("a")}`, "Know.\n</think>\n\nIt is so [1]."]);
  const { respond } = await startOpenAiServer({ agents: { "agentic-rag": agent } });
  const response = await respond({ ...QUESTION, stream: true, metadata: { mine: "1" } });
  expect([response.status, response.headers.get("content-type")]).toEqual([
    200,
    "text/event-stream; charset=utf-8",
  ]);
  expect(response.headers.get("x-request-id")).toMatch(/^resp_[0-9a-f]{32}$/);
  const told = events(await response.text());
  expect(told.map(({ sequence_number: number }) => number)).toEqual(told.map((_, index) => index));
  const url = "https://example.org/a";
  const action = { type: "search", query: "a", queries: ["a"] };
  const search = { id: "ws_ID0001", type: "web_search_call", status: "in_progress", action };
  const found = { ...search, status: "completed", action: { ...action, sources: [{ type: "url", url }] } };
  const searched = { item_id: search.id, output_index: 1 };
  const text = `It is so [[1]](${url}).`;
  const message = {
    id: "msg_ID0003",
    type: "message",
    role: "assistant",
    status: "in_progress",
    content: [],
  };
  const said = { item_id: message.id, output_index: 3, content_index: 0 };
  const citation = {
    type: "url_citation",
    url,
    title: "About a",
    start_index: 9,
    end_index: 37,
    verdict: expect.any(String) as string,
  };
  const part = { type: "output_text", text, annotations: [citation], logprobs: [] };
  const whole = { ...message, status: "completed", content: [part] };
  const output = [thought(0, "Look.\n")[5]?.item, found, thought(2, "Know.\n")[5]?.item, whole];
  const head = {
    id: "resp_ID",
    object: "response",
    created_at: 1_795_348_800,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: null,
    metadata: { mine: "1" },
    model: "agentic-rag",
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: "auto" },
    store: false,
    temperature: null,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [{ type: "web_search" }],
    top_p: null,
    truncation: "disabled",
  };
  const begun = { ...head, status: "in_progress", output: [], usage: null };
  const deltas = ["It is so", ` [[1]](${url})`, "."].map((delta) => ({
    type: "response.output_text.delta",
    ...said,
    delta,
    logprobs: [],
  }));
  expect(told.map((event) => ({ ...event, sequence_number: undefined }))).toEqual([
    { type: "response.created", response: begun },
    { type: "response.in_progress", response: begun },
    ...thought(0, "Look.\n"),
    { type: "response.output_item.added", output_index: 1, item: search },
    { type: "response.web_search_call.in_progress", ...searched },
    { type: "response.web_search_call.searching", ...searched },
    { type: "response.web_search_call.completed", ...searched },
    { type: "response.output_item.done", output_index: 1, item: found },
    ...thought(2, "Know.\n"),
    { type: "response.output_item.added", output_index: 3, item: message },
    { type: "response.content_part.added", ...said, part: { ...part, text: "", annotations: [] } },
    ...deltas,
    { type: "response.output_text.annotation.added", ...said, annotation_index: 0, annotation: citation },
    { type: "response.output_text.done", ...said, text, logprobs: [] },
    { type: "response.content_part.done", ...said, part },
    { type: "response.output_item.done", output_index: 3, item: whole },
    {
      type: "response.completed",
      response: {
        ...head,
        status: "completed",
        output,
        usage: expect.any(Object) as object,
        agentic_rag: expect.objectContaining({ answered: true, stopReason: "answered" }) as object,
      },
    },
  ]);
});

test("OpenAI's client: whole and streamed say the same, spans are of UTF-16 units, usage adds up", async () => {
  const replies = SAID.map((text) => ({ text, chunkSize: 3, apart: true }));
  const { agent } = await served([...replies, ...replies]);
  const { client } = await startOpenAiServer({ agents: { "agentic-rag": agent } });
  const whole = await client.responses.create({ ...QUESTION, tools: [{ type: "web_search" }] });
  const stream = client.responses.stream(QUESTION);
  const pieces: string[] = [];
  for await (const event of stream) if (event.type === "response.output_text.delta") pieces.push(event.delta);
  expect(pieces.join("")).toBe(ANSWER);
  expect(pieces.length).toBeGreaterThan(3);
  for (const response of [whole, await stream.finalResponse()]) {
    expect(response).toMatchObject({
      status: "completed",
      incomplete_details: null,
      output_text: ANSWER,
      agentic_rag: { answered: true, ignored: [] },
    });
    expect(response.output.map(({ type }) => type)).toEqual([
      "reasoning",
      "web_search_call",
      "web_search_call",
      "reasoning",
      "web_search_call",
      "reasoning",
      "message",
    ]);
    const queries = response.output.flatMap((item) =>
      item.type === "web_search_call" && item.action.type === "search"
        ? [[item.status, item.action.query, item.action.sources?.map(({ url }) => url)]]
        : [],
    );
    expect(queries).toEqual(
      ["alpha", "beta", "gamma"].map((name) => ["completed", name, [`https://example.org/${name}`]]),
    );
    const { content } = response.output.at(-1) as ResponseOutputMessage;
    const [part] = content;
    const spans = part?.type === "output_text" ? part.annotations : [];
    expect(
      spans.map((span) => span.type === "url_citation" && ANSWER.slice(span.start_index, span.end_index)),
    ).toEqual(["[[1]](https://example.org/alpha)", "[[3]](https://example.org/gamma)"]);
    const { input_tokens: given, output_tokens: written, total_tokens: total } = response.usage!;
    expect(total).toBe(given + written);
    expect(response.usage).toMatchObject({
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: expect.any(Number) as number },
    });
  }
});

test("usage has what the model's server counts: cached tokens, and reasoning where it tells", async () => {
  const usage = { prompt_tokens: 50, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 40 } };
  const { agent } = await served([{ text: "x\n</think>\n\nYes.", usage }]);
  const { client } = await startOpenAiServer({ agents: { "agentic-rag": agent } });
  expect((await client.responses.create(QUESTION)).usage).toEqual({
    input_tokens: 50,
    input_tokens_details: { cached_tokens: 40, cache_write_tokens: 0 },
    output_tokens: 9,
    output_tokens_details: { reasoning_tokens: 8 },
    total_tokens: 59,
  });
});

test("what was said before a call is a message of its own; the last one is the answer", async () => {
  const first = "The mill is old, and this is said with a mark [1].";
  const said = [call("a"), `</think>\n\n${first}\n${call("b")}`, "It was built in 1821 [2]."];
  const { client } = await startOpenAiServer({ agents: { "agentic-rag": scripted(said).agent } });
  const { output } = await client.responses.create(QUESTION);
  const texts = output.flatMap((item) => (item.type === "message" ? item.content : []));
  expect(output.map(({ type }) => type)).toEqual([
    "web_search_call",
    "message",
    "web_search_call",
    "message",
  ]);
  expect(texts.map((part) => part.type === "output_text" && [part.text, part.annotations.length])).toEqual([
    ["The mill is old, and this is said with a mark [[1]](https://example.org/a).", 1],
    ["It was built in 1821 [[2]](https://example.org/b).", 1],
  ]);
});

/** How each search of a streamed response ends. */
async function searchesOf(
  said: readonly string[],
  parts: Partial<AgenticRagParts>,
): Promise<readonly string[]> {
  const { agent } = scripted(said, parts);
  const { respond } = await startOpenAiServer({ agents: { "agentic-rag": agent } });
  const wire = await (await respond({ ...QUESTION, stream: true })).text();
  expect(wire).not.toContain("/srv/x");
  return events(wire).flatMap((event) =>
    event.type === "response.output_item.done" && event.item.type === "web_search_call"
      ? [event.item.status]
      : event.type === "response.web_search_call.completed"
        ? [event.type]
        : [],
  );
}

test("a search that failed is one, a query that was asked before is none", async () => {
  const broken: SearchEngine = {
    name: "broken",
    search: async () => ({ status: "failed", failure: { kind: "server-error", message: "/srv/x" } }),
  };
  const answer = "</think>\n\nI do not know, but think so.";
  expect(await searchesOf([call("a"), answer], { engine: broken })).toEqual(["failed"]);
  expect(await searchesOf([call("a"), call("a"), answer], {})).toEqual([
    "response.web_search_call.completed",
    "completed",
  ]);
});

test("a model that was not asked for marks is cited where a source supports it", async () => {
  const said = ["<think>Hm.</think><search>alpha</search>", "<answer>All about alpha. Or not so!</answer>"];
  const { agent } = scripted(said, { protocol: searchR1 });
  const { client } = await startOpenAiServer({ agents: { "search-r1": agent } });
  const { output, output_text: text } = await client.responses.create({ model: "search-r1", input: "Q?" });
  const { content } = output.at(-1) as ResponseOutputMessage;
  expect(text).toBe("All about alpha [[1]](https://example.org/alpha). Or not so!");
  expect(content[0]).toMatchObject({ annotations: [{ start_index: 16, end_index: 48 }] });
});
