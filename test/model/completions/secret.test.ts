import { inspect } from "node:util";
import { HumanMessage } from "@langchain/core/messages";
import type { Serialized } from "@langchain/core/load/serializable";
import { expect, test } from "vitest";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import { json, startCompletionsServer } from "../../servers/completions.ts";
import { collectUntilError } from "../collect.ts";
import { KEY } from "../key.ts";

test.each([
  ["a text", KEY],
  ["a secret", { reveal: () => KEY }],
])("a key given as %s is sent and shown nowhere", async (_, apiKey) => {
  await using server = await startCompletionsServer(["Hi"]);
  const model = createCompletionsModel({
    baseUrl: server.url,
    modelName: "qwq",
    apiKey,
    headers: { "x-gateway-key": KEY },
  });
  const traced: Serialized[] = [];
  await model.invoke([new HumanMessage("Hello")], {
    callbacks: [{ handleChatModelStart: (llm) => void traced.push(llm) }],
  });
  expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  expect(server.requests[0]?.headers["x-gateway-key"]).toBe(KEY);

  expect(traced).toHaveLength(1);
  const shown = [
    JSON.stringify(traced),
    JSON.stringify(model),
    JSON.stringify(model.toJSON()),
    JSON.stringify(Object.entries(model)),
    JSON.stringify(model.serialize()),
    inspect(model, { depth: null, showHidden: true, getters: true }),
  ];
  for (const text of shown) expect(text).not.toContain(KEY);
});

test.each([401, 403, 400, 429, 500])(
  "a server that repeats the key with %i does not make it seen",
  async (status) => {
    await using server = await startCompletionsServer([
      { status, ...json({ error: { message: `Incorrect API key provided: ${KEY}. See the docs.` } }) },
    ]);
    const model = createCompletionsModel({
      baseUrl: server.url,
      modelName: "qwq",
      apiKey: KEY,
      maxRetries: 0,
    });
    const { error } = await collectUntilError(model);
    expect(error).toBeInstanceOf(Error);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(KEY);
  },
);

test("a key that cannot be sent is refused without being shown", async () => {
  const model = createCompletionsModel({
    baseUrl: "http://127.0.0.1:9/v1",
    modelName: "qwq",
    apiKey: `${KEY}\n${KEY}`,
  });
  const { error } = await collectUntilError(model);
  expect(error).toMatchObject({
    code: "settings-invalid",
    message: "The model's API key contains characters that cannot be sent, such as a line break. Correct it.",
  });
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain(KEY);
});

test("white space around a key, as a pasted line has it, is not sent", async () => {
  await using server = await startCompletionsServer(["Hi"]);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", apiKey: ` ${KEY}\n` });
  await collectUntilError(model);
  expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
});
