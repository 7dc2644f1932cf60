import { createOpenAI } from "@ai-sdk/openai";
import { generateText, Output } from "ai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { createPlainModel } from "../../../src/compose/plain-model.ts";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { call, FIXED, pagesEngine, scripted } from "../../graph/agent.ts";
import { startCompletionsServer, type ServerReply } from "../../servers/completions.ts";
import { startOpenAiServer } from "./server.ts";

const Mill = z.object({ name: z.string(), built: z.number().int(), sources: z.array(z.string()) });
const MILL = { name: "Ardell", built: 1821, sources: ["https://example.org/mill"] };
const SAID = [call("mill"), "Hm.\n</think>\n\nThe mill at Ardell is of 1821 [1]."];
const ANSWER = "The mill at Ardell is of 1821 [[1]](https://example.org/mill).";
const messages = [
  { role: "system" as const, content: "Use years of our era." },
  { role: "user" as const, content: "What of the mill?" },
];
const QUESTION = { model: "it", messages };
const ASKED = { model: "it", instructions: "Use years of our era.", input: "What of the mill?" };

async function answering(replies: readonly ServerReply[], maxTokens = 1000) {
  const completions = await startCompletionsServer(replies);
  onTestFinished(() => completions.close());
  const model = createCompletionsModel({
    baseUrl: completions.url,
    modelName: "QwQ-32B",
    dialect: "llamacpp",
    maxRetries: 0,
  });
  const agent = createAgenticRag({ protocol: qwq, model, engine: pagesEngine(), ...FIXED });
  const server = await startOpenAiServer({
    agents: { it: agent },
    plainModels: { it: createPlainModel({ model, protocol: qwq })! },
    ceilings: { maxSearches: 4, maxTokens },
  });
  return { ...server, completions };
}

test("chat completions: one more request, held to the schema; the answer itself stays beside it", async () => {
  const json = `\`\`\`json\n${JSON.stringify(MILL, null, 2)}\n\`\`\``;
  const { client, completions } = await answering([...SAID, json]);
  const reply = await client.chat.completions.parse({
    ...QUESTION,
    response_format: zodResponseFormat(Mill, "mill"),
  });
  const [choice] = reply.choices;
  expect(choice).toMatchObject({
    finish_reason: "stop",
    message: { content: JSON.stringify(MILL), parsed: MILL, refusal: null, annotations: [] },
  });
  expect(reply).toMatchObject({
    agentic_rag: {
      answered: true,
      answer: ANSWER,
      citations: [{ url: "https://example.org/mill" }],
      modelRequests: 3,
    },
  });
  const [, , last] = completions.requests;
  expect(last!.body).toMatchObject({
    temperature: 0,
    json_schema: { type: "object", required: ["name", "built", "sources"] },
  });
  expect(last!.body.prompt).toContain("Use years of our era.");
  expect(last!.body.prompt).toContain(
    `Question: What of the mill?\n\nAnswer: ${ANSWER}\n\nSources:\n[1] About mill https://example.org/mill`,
  );
});

test("streamed, it comes in one piece behind the reasoning and the searches, and no other content before it", async () => {
  const { client } = await answering([...SAID, JSON.stringify(MILL)]);
  const stream = await client.chat.completions.create({
    ...QUESTION,
    response_format: zodResponseFormat(Mill, "mill"),
    stream: true,
  });
  const contents: string[] = [];
  let reasoning = "";
  for await (const { choices } of stream) {
    const delta = choices[0]?.delta as { content?: string; reasoning_content?: string };
    reasoning += delta.reasoning_content ?? "";
    if (delta.content) contents.push(delta.content);
  }
  expect([reasoning, contents]).toEqual(["Hm.\n", [JSON.stringify(MILL)]]);
});

test("responses: parsed by OpenAI's client, streamed, and by the AI SDK as an object", async () => {
  const replies = [...SAID, JSON.stringify(MILL)];
  const { client, url } = await answering([...replies, ...replies, ...replies]);
  const text = { format: zodTextFormat(Mill, "mill") };
  const whole = await client.responses.parse({ ...ASKED, text });
  expect(whole).toMatchObject({
    status: "completed",
    output_parsed: MILL,
    text,
    agentic_rag: { answer: ANSWER },
  });
  const stream = client.responses.stream({ ...ASKED, text });
  expect((await stream.finalResponse()).output_parsed).toEqual(MILL);
  const { output } = await generateText({
    model: createOpenAI({ baseURL: url, apiKey: "none" })("it"),
    prompt: "What of the mill?",
    output: Output.object({ schema: Mill }),
    maxRetries: 0,
  });
  expect(output).toEqual(MILL);
});

test.each([
  ["no JSON", "I would rather not.", "what the model wrote is no JSON"],
  ["another form", '{"name": "Ardell", "built": "1821", "sources": []}', '#/built: Instance type "string" is invalid'],
  ["cut short", { text: '{"name": "Ard', finishReason: "length" }, "the token limit came before its end"],
] as const)("a model that writes %s: refused in words, the answer stays", async (_, written, why) => {
  const { client } = await answering([...SAID, written, ...SAID, written, ...SAID, written, ...SAID, written]);
  const format = zodResponseFormat(Mill, "mill");
  const refusal = expect.stringContaining(`could not be put into the form that was asked for: ${why}`) as string;
  const reply = await client.chat.completions.parse({ ...QUESTION, response_format: format });
  expect(reply.choices[0]!.message).toMatchObject({ content: null, refusal, parsed: null });
  expect(reply).toMatchObject({ agentic_rag: { answered: true, answer: ANSWER } });
  const stream = await client.chat.completions.create({ ...QUESTION, response_format: format, stream: true });
  let told = "";
  for await (const { choices } of stream) told += choices[0]?.delta.refusal ?? "";
  expect(told).toEqual(refusal);
  const text = { format: zodTextFormat(Mill, "mill") };
  for (const response of [
    await client.responses.create({ ...ASKED, text }),
    await client.responses.stream({ ...ASKED, text }).finalResponse(),
  ])
    expect(response).toMatchObject({ status: "completed", output: expect.arrayContaining([expect.objectContaining({ type: "message", content: [expect.objectContaining({ type: "refusal", refusal })] })]) as object });
}); // prettier-ignore

test("where there is no answer, nothing is put into a form", async () => {
  const { client, completions } = await answering(["x\n</think>\n\nNot found in the sources."]);
  const reply = await client.chat.completions.create({
    ...QUESTION,
    response_format: { type: "json_object" },
  });
  expect(reply).toMatchObject({
    choices: [{ message: { content: null, refusal: "Not found in the sources." } }],
    agentic_rag: { answered: false, stopReason: "not-found" },
  });
  expect(completions.requests).toHaveLength(1);
});

test("a model alone answers in the form at once", async () => {
  const { client, completions } = await answering(['{"title": "Mills"}', "Mills"]);
  const asked = { model: "it-plain", messages, response_format: { type: "json_object" as const } };
  expect((await client.chat.completions.create(asked)).choices[0]!.message.content).toBe('{"title":"Mills"}');
  expect((await client.chat.completions.create(asked)).choices[0]!.message.refusal).toContain("is no JSON");
  expect(completions.requests[0]!.body["json_schema"]).toEqual({ type: "object" });
});

const schemaOf = (schema: unknown) => ({ type: "json_schema", json_schema: { name: "a", schema } });

test.each([
  ["no schema's name", { type: "json_schema", json_schema: {} }, "response_format.json_schema.name"],
  ["no schema at all", { type: "json_schema" }, "response_format.json_schema"],
  ["a schema that is a text", schemaOf("object"), "response_format.json_schema.schema"],
  ["a reference to nothing", schemaOf({ $ref: "#/$defs/none" }), "response_format.json_schema.schema"],
  ["a reference to itself", schemaOf({ $ref: "#" }), "response_format.json_schema.schema"],
  ["a form of no kind", { type: "grammar" }, "response_format"],
])("%s is refused before anything is asked", async (_, format, param) => {
  const { post, respond, completions } = await answering([]);
  const chat = await post({ ...QUESTION, response_format: format });
  expect([chat.status, await chat.json()]).toMatchObject([400, { error: { param } }]);
  const { json_schema: inner, ...rest } = format as { json_schema?: object };
  const response = await respond({ ...ASKED, text: { format: { ...rest, ...inner } } });
  expect(response.status).toBe(400);
  expect(completions.requests).toEqual([]);
});

test("a pattern that never ends is stopped", async () => {
  const schema = { type: "object", properties: { a: { pattern: "^(a+)+$" } } };
  const { client } = await answering([...SAID, JSON.stringify({ a: `${"a".repeat(40)}!` })]);
  const reply = await client.chat.completions.create({
    ...QUESTION,
    response_format: { type: "json_schema", json_schema: { name: "a", schema } },
  });
  expect(reply.choices[0]!.message.refusal).toContain("timed out");
});

test("without a language model it is refused, and says so", async () => {
  const { post, respond } = await startOpenAiServer({ agents: { it: scripted([]).agent } });
  const chat = await post({ ...QUESTION, response_format: { type: "json_object" } });
  const response = await respond({ ...ASKED, text: { format: { type: "json_object" } } });
  for (const [reply, param] of [
    [chat, "response_format"],
    [response, "text.format"],
  ] as const)
    expect([reply.status, await reply.json()]).toMatchObject([
      400,
      {
        error: {
          code: "unsupported_value",
          param,
          message: expect.stringContaining("Without a language model") as string,
        },
      },
    ]);
});

test("what is left of the token budget is all that it may take", async () => {
  const { client, completions } = await answering([...SAID, JSON.stringify(MILL)], 400);
  await client.chat.completions.create({ ...QUESTION, response_format: { type: "json_object" } });
  const limits = completions.requests.map(({ body }) => body["max_tokens"] as number);
  expect(limits.at(-1)).toBeLessThan(400 - limits.length);
});
