import type { ServerResponse } from "node:http";
import { inspect } from "node:util";
import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { assemble } from "../../src/assemble/assemble.ts";
import { runProgram } from "../../src/cli/program.ts";
import { createAgenticRag } from "../../src/graph/graph.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { startWireServer } from "../servers/wire-server.ts";
import { unusedUrl } from "../servers/completions.ts";
import { createStage } from "./surroundings.ts";

const KEY = "sk-canary-0123456789abcdef";

/** Every way in which a run speaks to a model's server with a key. */
const FAMILIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  auto: {},
  completions: { AGENTIC_RAG_MODEL_FAMILY: "completions" },
  "completions, ollama": { AGENTIC_RAG_MODEL_FAMILY: "completions", AGENTIC_RAG_MODEL_DIALECT: "ollama" },
  "chat-prefix": { AGENTIC_RAG_MODEL_FAMILY: "chat-prefix", AGENTIC_RAG_MODEL_DIALECT: "vllm" },
  "native-tools": { AGENTIC_RAG_MODEL_FAMILY: "native-tools" },
  "chat-prefix, anthropic": {
    AGENTIC_RAG_MODEL_FAMILY: "chat-prefix",
    AGENTIC_RAG_MODEL_DIALECT: "anthropic",
  },
  "native-tools, anthropic": {
    AGENTIC_RAG_MODEL_FAMILY: "native-tools",
    AGENTIC_RAG_MODEL_DIALECT: "anthropic",
  },
};

const STREAM = { "content-type": "text/event-stream" };

/** What a server that repeats all that it was sent does with a request. */
const FAULTS: Readonly<Record<string, (response: ServerResponse, said: string, path: string) => void>> = {
  "a key that is refused": failing(401),
  "a limit": failing(429),
  "a server error": failing(500),
  "a page": (response, said) =>
    response.writeHead(200, { "content-type": "text/html" }).end(`<title>${said}</title><p>${said}</p>`),
  "an error in the stream": (response, said) =>
    response
      .writeHead(200, STREAM)
      .end(
        `event: error\ndata: ${JSON.stringify({ type: "error", error: { type: "x", message: said, code: 400 } })}\n\n`,
      ),
  "an end that is not known": (response, _said, path) =>
    path === "/api/generate"
      ? response
          .writeHead(200, { "content-type": "application/x-ndjson" })
          .end(`${JSON.stringify({ done: true, done_reason: KEY })}\n`)
      : response
          .writeHead(200, STREAM)
          .end(`data: ${JSON.stringify({ choices: [{ text: "", delta: {}, finish_reason: KEY }] })}\n\n`),
  "a content type": (response, said) => response.writeHead(200, { "content-type": said }).end("{}"),
  "a redirect": (response, said) =>
    response
      .writeHead(302, { location: `/login/${KEY}?key=${KEY}&said=${encodeURIComponent(said)}` })
      .end(said),
};

function failing(status: number) {
  return (response: ServerResponse, said: string): void => {
    const headers = { "content-type": "application/json", "retry-after": "3600", "x-should-retry": "false" };
    response
      .writeHead(status, headers)
      .end(JSON.stringify({ error: { message: said, type: said, code: status } }));
  };
}

/** Everything of a run in the graph that somebody may keep: events, states, checkpoints, traces, and what it throws. */
async function graphTraces(environment: Readonly<Record<string, string>>): Promise<unknown> {
  const parts = assemble(readSettings(environment));
  const saver = new MemorySaver();
  const agent = createAgenticRag(parts, { checkpointer: saver });
  const config = { configurable: { thread_id: "canary" } };
  const traces: unknown[] = [];
  const note = (...what: readonly unknown[]): void => void traces.push(what);
  const callbacks = [
    {
      handleChatModelStart: note,
      handleLLMStart: note,
      handleLLMNewToken: note,
      handleLLMEnd: note,
      handleLLMError: note,
      handleChainStart: note,
      handleChainEnd: note,
      handleChainError: note,
      handleCustomEvent: note,
    },
  ];
  const streamMode: ("values" | "updates" | "messages" | "custom" | "debug")[] = [
    "values",
    "updates",
    "messages",
    "custom",
    "debug",
  ];
  for await (const event of await agent.stream({ question: "Q?" }, { ...config, callbacks, streamMode })) {
    traces.push(event);
  }
  const checkpoints: unknown[] = [];
  for await (const tuple of saver.list(config)) checkpoints.push(tuple);
  const { values } = await agent.getState(config);
  expect(values).toMatchObject({
    answered: false,
    stopReason: expect.stringMatching(/^(?:model-error|no-answer)$/),
  });
  return [traces, checkpoints, values, saver.storage, saver.writes, parts];
}

/** Every text within a value, however deep: hidden properties, entries of maps and what is kept as bytes, too. */
function* textsIn(value: unknown): Generator<string> {
  // each object once: what holds another many times over would be told as many times
  const seen = new Set<unknown>();
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === "string") yield next;
    if ((typeof next !== "object" && typeof next !== "function") || next === null || seen.has(next)) continue;
    seen.add(next);
    if (next instanceof Uint8Array) {
      yield Buffer.from(next).toString();
      continue;
    }
    yield inspect(next, { depth: 0, showHidden: true, maxArrayLength: 0, maxStringLength: null });
    if (next instanceof Map || next instanceof Set) left.push(...[...next].flat());
    for (const name of Reflect.ownKeys(next)) left.push(Reflect.getOwnPropertyDescriptor(next, name)?.value);
  }
}

/** All that a command writes. */
async function commandTraces(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const stage = createStage({ environment });
  const exitCode = await runProgram(args, stage.surroundings);
  expect([0, 1]).toContain(exitCode);
  const written = stage.out() + stage.err();
  expect(written).not.toBe("");
  return written;
}

/** Where the key is shown: what stands in front of it. */
async function shownAt(
  baseUrl: string,
  environment: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const all = {
    AGENTIC_RAG_MODEL_URL: baseUrl,
    AGENTIC_RAG_MODEL: "QwQ-32B",
    AGENTIC_RAG_MODEL_API_KEY: KEY,
    AGENTIC_RAG_DISCOVER: "off",
    ...environment,
  };
  const traces = await Promise.all([
    graphTraces(all),
    ...[["--json", "Q?"], ["doctor"], ["probe", "--json"]].map((args) => commandTraces(args, all)),
  ]);
  return [...textsIn(traces)].flatMap((text) => {
    // the half of a key is too much
    const at = text.indexOf(KEY.slice(0, 16));
    return at < 0 ? [] : [text.slice(Math.max(0, at - 200), at + 40)];
  });
}

describe.each(Object.entries(FAMILIES))("a key is shown nowhere: %s", (_family, environment) => {
  test.concurrent.each(Object.entries(FAULTS))("%s", async (_fault, answer) => {
    const server = await startWireServer((response, { headers, path }) => {
      const { authorization = "", "x-api-key": key = "" } = headers;
      answer(response, `Authorization: ${authorization} x-api-key: ${String(key)}`, path);
    });
    try {
      expect(await shownAt(`${server.url}/v1`, environment)).toEqual([]);
      const sent = server.requests.map(({ headers }) =>
        [headers.authorization, headers["x-api-key"]].join(" "),
      );
      expect(sent.filter((header) => header.includes(KEY)).length).toBeGreaterThan(0);
    } finally {
      await server.close();
    }
  });

  test.concurrent("nobody there", async () => {
    expect(await shownAt(await unusedUrl(), environment)).toEqual([]);
  });
});
