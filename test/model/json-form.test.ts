import { onTestFinished, expect, test } from "vitest";
import { createChatPrefixModel } from "../../src/model/chat-prefix/chat-prefix.ts";
import { createCompletionsModel } from "../../src/model/completions/completions.ts";
import { generateText } from "../../src/model/generate-text.ts";
import type { ContinuationModel, JsonForm } from "../../src/model/model.ts";
import { createChatToolsModel } from "../../src/model/native-tools/chat-tools.ts";
import { createGeminiModel } from "../../src/model/native-tools/gemini/gemini.ts";
import { createMessagesModel } from "../../src/model/native-tools/messages/messages.ts";
import { createResponsesModel } from "../../src/model/native-tools/responses/responses.ts";
import { json, startCompletionsServer } from "../servers/completions.ts";
import { openWireServer } from "../servers/wire-server.ts";
import { chatmlTemplate } from "../../src/model/template/chat-template.ts";
import { HELLO } from "./collect.ts";
import { qwqNativeSide } from "./native-tools/side.ts";

const FORM: JsonForm = { name: "answer", schema: { type: "object", properties: { a: { type: "string" } } } };
const { schema } = FORM;
const format = { type: "json_schema", json_schema: FORM };

const completions = (dialect: "vllm" | "sglang" | "llamacpp" | "ollama" | "generic") => (baseUrl: string) =>
  createCompletionsModel({ baseUrl, modelName: "QwQ-32B", dialect, template: chatmlTemplate, maxRetries: 0 });
const chat = (dialect: "openai" | "deepseek" | "vllm") => (baseUrl: string) =>
  createChatToolsModel({ baseUrl, modelName: "m", dialect, side: qwqNativeSide, maxRetries: 0 });

const NO_TOOLS = { tools: undefined, tool_choice: undefined };

/** How each family asks for JSON of a schema, and that it offers no tools with it. */
const ROWS: readonly (readonly [string, (url: string) => ContinuationModel, object])[] = [
  ["vLLM", completions("vllm"), { response_format: format }],
  ["SGLang", completions("sglang"), { json_schema: JSON.stringify(schema) }],
  ["llama.cpp", completions("llamacpp"), { json_schema: schema }],
  ["Ollama", completions("ollama"), { format: schema }],
  ["other completions", completions("generic"), { response_format: undefined, json_schema: undefined }],
  [
    "a chat that continues its last message",
    (baseUrl) => createChatPrefixModel({ baseUrl, modelName: "m", dialect: "vllm", maxRetries: 0 }),
    { response_format: format },
  ],
  ["a chat with tools", chat("openai"), { response_format: format, ...NO_TOOLS }],
  ["DeepSeek's", chat("deepseek"), { response_format: { type: "json_object" }, ...NO_TOOLS }],
  [
    "responses",
    (baseUrl) =>
      createResponsesModel({
        baseUrl,
        modelName: "m",
        dialect: "openai",
        side: qwqNativeSide,
        maxRetries: 0,
      }),
    { text: { format: { type: "json_schema", ...FORM } }, ...NO_TOOLS },
  ],
  [
    "Gemini",
    (baseUrl) => createGeminiModel({ baseUrl, modelName: "m", side: qwqNativeSide, maxRetries: 0 }),
    {
      generationConfig: expect.objectContaining({
        responseMimeType: "application/json",
        responseJsonSchema: schema,
      }) as object,
      tools: undefined,
      toolConfig: undefined,
    },
  ],
  [
    "Claude, which is asked in words alone",
    (baseUrl) => createMessagesModel({ baseUrl, modelName: "m", side: qwqNativeSide, maxRetries: 0 }),
    NO_TOOLS,
  ],
];

test.each(ROWS)("%s", async (_, create, wanted) => {
  const server = await openWireServer((response) => response.end());
  onTestFinished(() => server.close());
  await generateText(create(`${server.url}/v1`), HELLO, { form: FORM });
  const asked = server.requests.filter(({ method }) => method === "POST").at(-1);
  const body = JSON.parse(asked?.body ?? "") as Record<string, unknown>;
  expect(Object.fromEntries(Object.keys(wanted).map((name) => [name, body[name]]))).toEqual(wanted);
});

test("a server that does not take it is asked without", async () => {
  const refusal = {
    status: 400,
    ...json({ error: { message: "Unsupported parameter: 'response_format'" } }),
  };
  const server = await startCompletionsServer([refusal, '{"a": "b"}']);
  onTestFinished(() => server.close());
  const model = createCompletionsModel({
    baseUrl: server.url,
    modelName: "QwQ-32B",
    dialect: "vllm",
    maxRetries: 0,
  });
  expect((await generateText(model, HELLO, { form: FORM })).text).toBe('{"a": "b"}');
  expect(server.requests.map(({ body }) => "response_format" in body)).toEqual([true, false]);
});
