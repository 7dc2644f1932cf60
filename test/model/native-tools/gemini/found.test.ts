import { expect, test } from "vitest";
import { assemble } from "../../../../src/assemble/assemble.ts";
import { listModels } from "../../../../src/model/completions/describe.ts";
import { knownDialect } from "../../../../src/model/server/dialects.ts";
import { readSettings } from "../../../../src/settings/settings.ts";
import { doctor } from "../../../cli/doctor/run.ts";
import { startWireServer } from "../../../servers/wire-server.ts";
import { collect, HELLO, textOf } from "../../collect.ts";
import { KEY } from "../../key.ts";
import { startGemini } from "./twin.ts";

const HOST = "https://generativelanguage.googleapis.com";

test.each([
  [HOST, "google"],
  [`${HOST}/v1beta`, "google"],
  [`${HOST}/v1beta/openai`, "gemini"],
  [`${HOST}/v1beta/openai/`, "gemini"],
] as const)("%s is %s", (address, dialect) => {
  expect(knownDialect(address)).toBe(dialect);
});

/** A server of the settings, with their names. */
const settings = (url: string) => ({
  AGENTIC_RAG_MODEL_URL: url,
  AGENTIC_RAG_MODEL: "gemini-3-pro",
  AGENTIC_RAG_MODEL_API_KEY: KEY,
  AGENTIC_RAG_MODEL_DIALECT: "google",
});

test.each(["", "/v1beta"])("auto finds that it takes tools, at an address that ends in %j", async (path) => {
  const twin = await startGemini();
  const { model, protocol } = assemble(readSettings(settings(twin.url.replace(/\/v1beta$/, path))));
  const made = typeof model === "function" ? model(protocol) : model;
  expect(textOf(await collect(made, {}, HELLO))).toContain('{"query": "one"}');
  expect(await made.describe()).toMatchObject({
    family: "native-tools",
    dialect: "google",
    continues: "replayed",
    reason: "Nothing there was seen to continue a turn, and the chat takes tools, of which it called one.",
  });
  expect(twin.refused).toEqual([]);
});

test("its models are listed as it wants to be asked, and doctor names the one that is set", async () => {
  const list = { models: [{ name: "models/gemini-3-pro", inputTokenLimit: 1_048_576 }] };
  const server = await startWireServer((response, { headers, path }) => {
    const isRight = headers["x-goog-api-key"] === KEY && path === "/v1beta/models?pageSize=1000";
    response.writeHead(isRight ? 200 : 400, { "content-type": "application/json" });
    response.end(JSON.stringify(isRight ? list : {}));
  });
  const baseUrl = `${server.url}/v1beta`;
  expect(await listModels({ baseUrl, apiKey: KEY, dialect: "google" })).toEqual([
    { id: "gemini-3-pro", contextTokens: 1_048_576 },
  ]);
  const { out } = await doctor(settings(baseUrl));
  expect(out).toContain("ok       model list: gemini-3-pro is served");
  expect(out).not.toContain(KEY);
});

test.each([
  ["responses", "AGENTIC_RAG_MODEL_FAMILY is responses, which a server of the dialect google does not have"],
  ["chat-prefix", "AGENTIC_RAG_MODEL_FAMILY is chat-prefix, which a server of the dialect google does not"],
  ["completions", "AGENTIC_RAG_MODEL_FAMILY is completions, which a server of the dialect google does not"],
])("%s is no family of it", (family, words) => {
  expect(() => readSettings({ ...settings(HOST), AGENTIC_RAG_MODEL_FAMILY: family })).toThrow(words);
});
