import type { RemoteGraph } from "@langchain/langgraph/remote";
import { Client as LangGraphClient } from "@langchain/langgraph-sdk";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { answerText, untilAnswer } from "./answer-text.ts";
import { connect } from "./mcp/client.ts";
import { startOneServer, type Held, type OneServer } from "./one-server.ts";
import { connectRemote, createParent, parentResult } from "./parent-graph.ts";
import { ask as send, KEYS, STRANGERS } from "./visitors.ts";

/** After a client has left, the connection to the model is closed within so many milliseconds. */
const SOON = 2000;

const ANSWERED = { answered: true, stopReason: "answered", searches: 2 };
const deltaSchema = z.object({
  content: z.string().optional(),
  reasoning_content: z.string().optional(),
  annotations: z.array(z.object({ url_citation: z.object({ url: z.string() }) })).optional(),
});
const DEVELOPMENT = { config: "langgraph.json", stranger: 200, told: "connected" } as const;
const PRODUCTION = {
  config: "langgraph.production.json",
  stranger: 401,
  told: "An API key is needed",
} as const;

const completion = ({ question }: Held) => ({
  model: "agentic-rag",
  messages: [{ role: "user" as const, content: question }],
});
const research = ({ question }: Held) => ({ name: "research", arguments: { question } });
const onThread = () => ({ configurable: { thread_id: crypto.randomUUID() } });

describe.each([PRODUCTION, DEVELOPMENT])("one server on $config", ({ config, stranger, told }) => {
  let server: OneServer;
  let openai: OpenAI;
  let langgraph: LangGraphClient;
  let remote: RemoteGraph;

  beforeAll(async () => {
    server = await startOneServer(config);
    openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: KEYS.alice, maxRetries: 0 });
    const options = { apiUrl: server.url, apiKey: KEYS.alice, callerOptions: { maxRetries: 0 } };
    langgraph = new LangGraphClient(options);
    remote = connectRemote(options);
  }, 90_000);

  afterAll(() => server?.close());

  const mcp = (key: string = KEYS.alice) => {
    const headers = { authorization: `Bearer ${key}` };
    return new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), { requestInit: { headers } });
  };

  describe("the OpenAI client", () => {
    test("streams the answer while the model still writes it", async () => {
      const held = server.ask();
      const seen = { reasoning: "", content: "", spans: [] as string[] };
      const stream = await openai.chat.completions.create({ ...completion(held), stream: true });
      for await (const { choices } of stream) {
        const delta = deltaSchema.parse(choices[0]?.delta);
        seen.reasoning += delta.reasoning_content ?? "";
        seen.content += delta.content ?? "";
        if (seen.content !== "") held.release();
        seen.spans.push(...(delta.annotations ?? []).map(({ url_citation: { url } }) => url));
      }
      expect(seen).toEqual({ reasoning: held.reasoning, content: held.answer, spans: held.urls });
      expect(held.sent()).toEqual(held.queries);
      expect(held.requests()).toBe(3);
    });

    test("gets the answer whole", async () => {
      const held = server.ask();
      held.release();
      const { choices } = await openai.chat.completions.create(completion(held));
      const { content, annotations } = choices[0]?.message ?? {};
      expect([content, annotations?.map(({ url_citation: { url } }) => url)]).toEqual([
        held.answer,
        held.urls,
      ]);
      expect(held.sent()).toEqual(held.queries);
    });

    test("leaves in the middle of the answer", async () => {
      const held = server.ask();
      const stream = await openai.chat.completions.create({ ...completion(held), stream: true });
      for await (const { choices } of stream) if ((choices[0]?.delta.content ?? "") !== "") break;
      expect(await held.end(SOON)).toBe("closed");
    });

    test("leaves while it waits for the whole answer", async () => {
      const held = server.ask();
      const leave = new AbortController();
      const asked = openai.chat.completions.create(completion(held), { signal: leave.signal }).catch(String);
      await expect.poll(() => held.requests()).toBe(3);
      leave.abort();
      expect(await asked).toMatch(/abort/i);
      expect(await held.end(SOON)).toBe("closed");
    });
  });

  describe("an MCP client", () => {
    test("is told how it goes while the model still writes, and gets the answer", async () => {
      const client = await connect(mcp());
      const held = server.ask();
      const messages: unknown[] = [];
      const { structuredContent } = await client.callTool(research(held), undefined, {
        onprogress: ({ message }) => {
          messages.push(message);
          if (message === "Writing the answer") held.release();
        },
      });
      const [first, second] = held.queries;
      expect(messages).toEqual([
        "Reasoning",
        `Searching tavily: ${first}`,
        `tavily found 1 source: ${first}`,
        `Searching tavily: ${second}`,
        `tavily found 1 source: ${second}`,
        "Writing the answer",
      ]);
      expect(structuredContent).toMatchObject({
        answer: held.answer,
        answered: true,
        citations: held.urls.map((url) => ({ url, known: true })),
        searches: held.queries.map((query) => ({ query, status: "found" })),
      });
      expect(held.sent()).toEqual(held.queries);
    });

    test("cancels its call", async () => {
      const client = await connect(mcp());
      const held = server.ask();
      const stop = new AbortController();
      const asked = client.callTool(research(held), undefined, {
        signal: stop.signal,
        onprogress: ({ message }) => {
          if (message === "Writing the answer") stop.abort();
        },
      });
      await expect(asked).rejects.toThrow(/abort/i);
      expect(await held.end(SOON)).toBe("closed");
    });

    test("leaves without a word", async () => {
      const client = await connect(mcp());
      const held = server.ask();
      const asked = client.callTool(research(held)).catch(String);
      await expect.poll(() => held.requests()).toBe(3);
      await client.close();
      await asked;
      expect(await held.end(SOON)).toBe("closed");
    });
  });

  test("lets in who has a key where keys are asked for, and nobody under another name", async () => {
    const body = { jsonrpc: "2.0", id: 1, method: "tools/list" };
    const statusFor = async (headers: Readonly<Record<string, string>>, path = "/mcp") => {
      const accept = "application/json, text/event-stream";
      const asked = { method: "POST", path, body, headers: { accept, ...headers } };
      return (await send(server.url, asked)).status;
    };
    const key = { authorization: `Bearer ${KEYS.bob}` };
    expect(await statusFor(key)).toBe(200);
    for (const [name, headers] of Object.entries(STRANGERS)) {
      expect([name, await statusFor(headers)]).toEqual([name, stranger]);
    }
    for (const path of ["/mcp", "/v1/chat/completions"]) {
      expect(await statusFor({ ...key, host: "attacker.example" }, path)).toBe(421);
    }
    expect(await statusFor({ ...key, origin: "https://attacker.example" })).toBe(403);
    const connected = connect(mcp("a key that nobody has")).then(() => "connected", String);
    expect(await connected).toContain(told);
  });

  describe("the LangGraph SDK", () => {
    test.each(["custom", "messages-tuple", "messages"] as const)("streams as %s", async (streamMode) => {
      const held = server.ask();
      const { thread_id: thread } = await langgraph.threads.create();
      const input = { question: held.question };
      let written = "";
      for await (const { event, data } of langgraph.runs.stream(thread, "agentic-rag", {
        input,
        streamMode: [streamMode],
      })) {
        if (event === "error") throw new Error(JSON.stringify(data));
        written = answerText(event, data, written);
        if (written !== "") held.release();
      }
      expect(written).toBe(held.written);
      const { values } = await langgraph.threads.getState(thread);
      expect(values).toMatchObject({
        ...ANSWERED,
        answer: held.answer,
        citations: held.urls.map((url) => ({ url })),
      });
      expect(held.sent()).toEqual(held.queries);
    });

    test("leaves a run that is to end with its client", async () => {
      const held = server.ask();
      const { thread_id: thread } = await langgraph.threads.create();
      const leave = new AbortController();
      const stream = langgraph.runs.stream(thread, "agentic-rag", {
        input: { question: held.question },
        streamMode: ["custom"],
        onDisconnect: "cancel",
        signal: leave.signal,
      });
      await untilAnswer(stream, () => leave.abort());
      expect(await held.end(SOON)).toBe("closed");
    });

    test("cancels a run by its id", async () => {
      const held = server.ask();
      const { thread_id: thread } = await langgraph.threads.create();
      let run = "";
      const stream = langgraph.runs.stream(thread, "agentic-rag", {
        input: { question: held.question },
        streamMode: ["custom"],
        onRunCreated: ({ run_id: id }) => (run = id),
      });
      await untilAnswer(stream, () => langgraph.runs.cancel(thread, run));
      expect(await held.end(SOON)).toBe("closed");
    });
  });

  describe("RemoteGraph", () => {
    test("streams the answer while the model still writes it", async () => {
      const held = server.ask();
      const place = onThread();
      let written = "";
      for await (const [mode, data] of await remote.stream(
        { question: held.question },
        { ...place, streamMode: ["custom", "values"] },
      )) {
        if (mode === "custom") written = answerText(mode, data, written);
        if (written !== "") held.release();
      }
      expect(written).toBe(held.written);
      expect((await remote.getState(place)).values).toMatchObject({ ...ANSWERED, answer: held.answer });
      expect(held.sent()).toEqual(held.queries);
    });

    test("gives the whole result, with or without a thread, however few steps and whatever else is asked for", async () => {
      const around = { recursionLimit: 3, tags: ["mine"], metadata: { mine: 1 } };
      for (const place of [onThread().configurable, {}]) {
        const held = server.ask();
        held.release();
        const options = { ...around, configurable: { ...place, mine: "not for others" } };
        const result = await remote.invoke({ question: held.question }, options);
        expect(result).toMatchObject({ ...ANSWERED, answer: held.answer });
        expect(held.sent()).toEqual(held.queries);
      }
    });

    test("is a node of another graph, which streams what it does", async () => {
      const held = server.ask();
      let written = "";
      let result: unknown;
      const stream = await createParent(remote).stream(
        { question: held.question },
        { ...onThread(), streamMode: ["custom", "values"], subgraphs: true },
      );
      for await (const [place, mode, data] of stream) {
        if (place.length === 0) result = data;
        else written = answerText(mode, data, written);
        if (written !== "") held.release();
      }
      expect(written).toBe(held.written);
      const { messages, ...rest } = parentResult.parse(result);
      expect(rest).toEqual({ question: held.question, answer: held.answer });
      expect(messages.map(({ type, text }) => [type, text])).toEqual([
        ["human", held.question],
        ["ai", held.answer],
      ]);
      expect(held.sent()).toEqual(held.queries);
    });

    test.each(["by itself", "as a node"])("leaves in the middle of the answer, %s", async (how) => {
      const held = server.ask();
      const leave = new AbortController();
      const left = (async () => {
        const input = { question: held.question };
        const options = { ...onThread(), subgraphs: true as const, signal: leave.signal };
        const stream =
          how === "as a node"
            ? await createParent(remote).stream(input, { ...options, streamMode: "custom" })
            : await remote.stream(input, { ...options, streamMode: "custom" });
        for await (const [, data] of stream) if (answerText("custom", data, "") !== "") leave.abort();
      })();
      await expect(left).rejects.toThrow(/abort/i);
      expect(await held.end(SOON)).toBe("closed");
    });
  });
});
