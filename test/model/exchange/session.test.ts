import { expect, test } from "vitest";
import { MemorySaver } from "@langchain/langgraph";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import { createChatPrefixModel } from "../../../src/model/chat-prefix/chat-prefix.ts";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import type { ContinuationModel } from "../../../src/model/model.ts";
import { createChatToolsModel } from "../../../src/model/native-tools/chat-tools.ts";
import { createResponsesModel } from "../../../src/model/native-tools/responses/responses.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { FIXED, pagesEngine } from "../../graph/agent.ts";
import { qwqNativeSide as side } from "../native-tools/side.ts";

const SERVER = { baseUrl: "http://127.0.0.1:9/v1", modelName: "m", maxRetries: 0 };
/** Of `thread-a`. */
const DIGEST = "e803d3eff983a08caf3caa8cf3590990";

type Sent = { readonly headers: Headers; readonly body: Record<string, unknown> };

const FAMILIES: readonly (readonly [
  string,
  (options: typeof SERVER & { sessionName: string; fetch: typeof fetch }) => ContinuationModel,
])[] = [
  ["completions", (options) => createCompletionsModel({ ...options, dialect: "vllm" })],
  ["chat-prefix", (options) => createChatPrefixModel({ ...options, dialect: "vllm" })],
  ["native-tools", (options) => createChatToolsModel({ ...options, dialect: "vllm", side })],
  ["responses", (options) => createResponsesModel({ ...options, dialect: "openai", side })],
];

test.each(FAMILIES)("a thread is told by a digest of its id: %s", async (_family, build) => {
  const told: unknown[] = [];
  for (const sessionName of ["prompt_cache_key", "X-SMG-Routing-Key"]) {
    const sent: Sent[] = [];
    const fetch: typeof globalThis.fetch = async (_, init) => {
      const body = JSON.parse(typeof init?.body === "string" ? init.body : "{}") as Sent["body"];
      if (init?.method === "POST") sent.push({ headers: new Headers(init.headers), body });
      return new Response("{}", { status: 400 });
    };
    const agent = createAgenticRag(
      { protocol: qwq, model: build({ ...SERVER, sessionName, fetch }), engine: pagesEngine(), ...FIXED },
      { checkpointer: new MemorySaver() },
    );
    const config = { configurable: { thread_id: "thread-a" } };
    expect(await agent.invoke({ question: "Q?" }, config)).toMatchObject({ stopReason: "model-error" });
    const last = sent.at(-1);
    told.push(last?.body[sessionName] ?? last?.headers.get(sessionName));
    expect(JSON.stringify([last?.body, [...(last?.headers ?? [])]])).not.toContain("thread-a");
  }
  expect(told).toEqual([DIGEST, DIGEST]);
});
