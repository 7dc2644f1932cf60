import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { streamText } from "ai";
import { expect, test } from "vitest";
import { searchR1 } from "../../../src/protocol/plain/search-r1.ts";
import { call, scripted, served } from "../../graph/agent.ts";
import { startOpenAiServer } from "./server.ts";

const SAID = [
  `Let me look.\n${call(["alpha", "beta"])}`,
  `And more.\n${call("gamma")}`,
  "I know.\n</think>\n\nIt is **7** [1][3]. Not 8 [9], see ![x](https://evil.example/?q).",
];
const ANSWER = "It is **7** [[1]](https://example.org/alpha)[[3]](https://example.org/gamma). Not 8, see x.";
const QUESTION = { model: "agentic-rag", messages: [{ role: "user" as const, content: "Q?" }] };

/** The data of the events of a stream, with its id put out. */
function events(wire: string): readonly string[] {
  return wire
    .replaceAll(/chatcmpl-[0-9a-f]{32}/g, "ID")
    .split("\n\n")
    .filter((event) => event !== "");
}

function line(choice: object, more: object = {}): string {
  const head = { id: "ID", object: "chat.completion.chunk", created: 1_795_348_800, model: "agentic-rag" };
  return `data: ${JSON.stringify({ ...head, choices: [{ index: 0, ...choice }], ...more })}`;
}

const delta = (value: object, more?: object): string =>
  line({ delta: value, logprobs: null, finish_reason: null }, more);

test("the stream on the wire, event by event", async () => {
  const { agent } = scripted([`Look.\n${call("a")}`, "Know.\n</think>\n\nIt is **7** [1]."]);
  const { post } = await startOpenAiServer({ agents: { "agentic-rag": agent } });
  const response = await post({ ...QUESTION, stream: true });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(response.headers.get("x-request-id")).toMatch(/^chatcmpl-[0-9a-f]{32}$/);
  const source = { number: 1, title: "About a", url: "https://example.org/a" };
  const search = { query: "a", engine: "pages" };
  expect(events(await response.text())).toEqual([
    delta({ role: "assistant", content: "" }),
    delta({ reasoning_content: "Look.\n" }),
    delta(
      {},
      {
        agentic_rag: { type: "search-start", ...search },
        event: { type: "status", data: { description: "Searching pages: a", done: false } },
      },
    ),
    delta(
      {},
      {
        agentic_rag: { type: "search-end", ...search, status: "found", sources: [source], milliseconds: 0 },
        event: { type: "status", data: { description: "pages found 1 source: a", done: true } },
      },
    ),
    delta({ reasoning_content: "Know.\n" }),
    delta({ content: "It is **7**" }),
    delta({ content: " [[1]](https://example.org/a)" }),
    delta({ content: "." }),
    delta({
      annotations: [
        {
          type: "url_citation",
          url_citation: {
            url: source.url,
            title: source.title,
            start_index: 12,
            end_index: 40,
            verdict: "unsupported",
          },
        },
      ],
    }),
    line(
      { delta: {}, logprobs: null, finish_reason: "stop" },
      {
        agentic_rag: {
          answered: true,
          stopReason: "answered",
          note: NOTE,
          searches: [{ ...search, status: "found", sources: [1], milliseconds: 0 }],
          sources: [source],
          citations: [
            {
              number: 1,
              title: source.title,
              url: source.url,
              sentence: "It is **7**.",
              known: true,
              verdict: "unsupported",
              checks: [{ check: "figures", result: "fail", words: ["7"] }],
              overlap: 0,
              citedText: "",
              start: 0,
              end: 0,
              redundant: false,
            },
          ],
          uncited: [],
          modelRequests: 2,
          usageEstimated: true,
          milliseconds: 0,
          ignored: [],
        },
        event: { type: "status", data: { description: NOTE, done: true } },
      },
    ),
    "data: [DONE]",
  ]);
});

const NOTE = "Sentences of this answer: 1 of 1 cited not supported by what they cite.";

test("OpenAI's own client streams it: two searches, the checked answer, spans, usage", async () => {
  const { agent } = await served(SAID.map((text) => ({ text, chunkSize: 3, apart: true })));
  const { client } = await startOpenAiServer({ agents: { "agentic-rag": agent } });
  const seen = { reasoning: "", content: "", searches: [] as string[], finish: "", spans: [] as unknown[] };
  let usage: unknown;
  let pieces = 0;
  for await (const chunk of await client.chat.completions.create({
    ...QUESTION,
    stream: true,
    stream_options: { include_usage: true },
  })) {
    expect(chunk).toHaveProperty("usage");
    usage = chunk.usage ?? undefined;
    const choice = chunk.choices[0];
    if (choice === undefined) continue;
    const { content, ...more } = choice.delta as {
      content?: string;
      reasoning_content?: string;
      annotations?: { url_citation: { url: string; start_index: number; end_index: number } }[];
    };
    seen.content += content ?? "";
    if (content !== undefined && content !== "") pieces += 1;
    seen.reasoning += more.reasoning_content ?? "";
    seen.finish ||= choice.finish_reason ?? "";
    const note = (chunk as { agentic_rag?: { type?: string; query: string } }).agentic_rag;
    if (note?.type === "search-end") seen.searches.push(note.query);
    seen.spans.push(
      ...(more.annotations ?? []).map(({ url_citation: { url, start_index, end_index } }) => [
        url,
        seen.content.slice(start_index, end_index),
      ]),
    );
  }
  expect(seen).toEqual({
    reasoning: "Let me look.\nAnd more.\nI know.\n",
    content: ANSWER,
    searches: ["alpha", "beta", "gamma"],
    finish: "stop",
    spans: [
      ["https://example.org/alpha", "[[1]](https://example.org/alpha)"],
      ["https://example.org/gamma", "[[3]](https://example.org/gamma)"],
    ],
  });
  expect(pieces).toBeGreaterThan(5);
  expect(usage).toEqual({
    prompt_tokens: expect.any(Number),
    completion_tokens: expect.any(Number),
    total_tokens: expect.any(Number),
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: expect.any(Number) },
  });
});

test("and gets it whole: content, reasoning, spans, usage that adds up, how it came about", async () => {
  const { agent } = await served([...SAID]);
  const { client } = await startOpenAiServer({ agents: { "agentic-rag": agent } });
  const completion = await client.chat.completions.create({ ...QUESTION, stop: ["x"], tools: [] });
  const message = completion.choices[0]!.message;
  expect(completion).toMatchObject({
    object: "chat.completion",
    created: 1_795_348_800,
    model: "agentic-rag",
    choices: [{ index: 0, finish_reason: "stop", logprobs: null }],
    agentic_rag: {
      answered: true,
      stopReason: "answered",
      searches: [
        { query: "alpha", engine: "tavily", status: "found", sources: [1] },
        { query: "beta", engine: "tavily", status: "found", sources: [2] },
        { query: "gamma", engine: "tavily", status: "found", sources: [3] },
      ],
      sources: [
        { number: 1, title: "About alpha", url: "https://example.org/alpha" },
        { number: 2, title: "About beta", url: "https://example.org/beta" },
        { number: 3, title: "About gamma", url: "https://example.org/gamma" },
      ],
      ignored: ["stop"],
    },
  });
  expect(message).toMatchObject({
    role: "assistant",
    content: ANSWER,
    refusal: null,
    reasoning_content: "Let me look.\nAnd more.\nI know.\n",
  });
  expect(
    message.annotations?.map(({ url_citation: { title, start_index: start, end_index: end } }) => [
      title,
      message.content?.slice(start, end),
    ]),
  ).toEqual([
    ["About alpha", "[[1]](https://example.org/alpha)"],
    ["About gamma", "[[3]](https://example.org/gamma)"],
  ]);
  const { prompt_tokens: prompt, completion_tokens: written, total_tokens: total } = completion.usage!;
  expect(total).toBe(prompt + written);
});

test("the AI SDK reads the same stream", async () => {
  const { agent } = await served(SAID.map((text) => ({ text, chunkSize: 5 })));
  const { url } = await startOpenAiServer({ agents: { "agentic-rag": agent } });
  const provider = createOpenAICompatible({ name: "agentic-rag", baseURL: url });
  const result = streamText({ model: provider("agentic-rag"), prompt: "Q?", maxRetries: 0 });
  expect(await result.text).toBe(ANSWER);
  expect(await result.reasoningText).toBe("Let me look.\nAnd more.\nI know.\n");
  expect(await result.finishReason).toBe("stop");
});

test("where the model was not asked for marks, the sentence that a source supports is annotated", async () => {
  const said = ["<think>Hm.</think><search>alpha</search>", "<answer>All about alpha. Or not so!</answer>"];
  const { agent } = scripted(said, { protocol: searchR1 });
  const { client } = await startOpenAiServer({ agents: { "search-r1": agent } });
  const stream = await client.chat.completions.create({ ...QUESTION, model: "search-r1", stream: true });
  let content = "";
  const spans: string[] = [];
  for await (const { choices } of stream) {
    const piece = choices[0]!.delta as {
      content?: string;
      annotations?: { url_citation: { start_index: number; end_index: number } }[];
    };
    content += piece.content ?? "";
    spans.push(
      ...(piece.annotations ?? []).map(({ url_citation: at }) => content.slice(at.start_index, at.end_index)),
    );
  }
  expect(content).toBe("All about alpha [[1]](https://example.org/alpha). Or not so!");
  expect(spans).toEqual(["[[1]](https://example.org/alpha)"]);
});

test("the plain word that there is no answer is content, and says why it ended", async () => {
  const said = ["Hm.", "", ""];
  const { client } = await startOpenAiServer({ agents: { "agentic-rag": scripted(said).agent } });
  const whole = await client.chat.completions.create(QUESTION);
  expect(whole.choices[0]!.message.content).toBe(
    "There is no answer: the model stopped without writing one, also when it was asked again. It wrote no call in 3 tries: it may not know how searches are asked for. Take a larger model, or one that was trained to call tools; `agentic-rag doctor` tries whether it does.",
  );
  expect(whole).toMatchObject({ agentic_rag: { answered: false, stopReason: "no-answer" } });
  const { post } = await startOpenAiServer({ agents: { "agentic-rag": scripted(said).agent } });
  const wire = await (await post({ ...QUESTION, stream: true })).text();
  expect(wire).toContain('"delta":{"content":"There is no answer: the model stopped');
  expect(wire).toContain('"finish_reason":"stop"');
});

test("a run that a budget cut short ends by length", async () => {
  const { agent } = await served([
    { text: "Thinking and", finishReason: "length", stop: "ignore" },
    { text: "It is 7.", usage: false },
  ]);
  const { client } = await startOpenAiServer({ agents: { "agentic-rag": agent } });
  const { choices } = await client.chat.completions.create({ ...QUESTION, max_tokens: 100 });
  expect(choices[0]).toMatchObject({ finish_reason: "length", message: { content: "It is 7." } });
});

const model = (id: string) => ({
  id,
  object: "model",
  created: 1_795_348_800,
  owned_by: "langgraph-agentic-rag",
});

test("models are listed and found by name", async () => {
  const { agent } = scripted([]);
  const { client, url } = await startOpenAiServer({ agents: { "agentic-rag": agent, "search-r1": agent } });
  expect((await client.models.list()).data).toEqual([model("agentic-rag"), model("search-r1")]);
  expect(await client.models.retrieve("search-r1")).toEqual(model("search-r1"));
  const unknown = await fetch(`${url}/models/gpt/4`);
  expect([unknown.status, await unknown.json()]).toEqual([
    404,
    {
      error: {
        message: 'There is no model "gpt/4" here. Choose one of: agentic-rag, search-r1.',
        type: "invalid_request_error",
        param: "model",
        code: "model_not_found",
      },
    },
  ]);
});
