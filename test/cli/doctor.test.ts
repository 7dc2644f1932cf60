import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runProgram } from "../../src/cli/program.ts";
import { json, unusedUrl, type PlainReply } from "../servers/completions.ts";
import { completionWire } from "../servers/completions-wire.ts";
import { startTavilyServer } from "../servers/tavily.ts";
import { startWireServer } from "../search/wire-server.ts";
import { createStage, type StageOptions } from "./surroundings.ts";

const LIST = json({ object: "list", data: [{ id: "QwQ-32B" }, { id: "other" }] });
const HELLO: PlainReply = {
  headers: { "content-type": "text/event-stream" },
  body: completionWire({ text: "Hello" }, { prompt: "" }),
};

/** A model server that answers both routes as it is told. */
async function modelServer(replies: { readonly list?: PlainReply; readonly completion?: PlainReply }) {
  const missing: PlainReply = { status: 404, ...json({ error: { message: "Not Found" } }) };
  const server = await startWireServer((response, { method, path }) => {
    const routes: Record<string, PlainReply | undefined> = {
      "GET /v1/models": replies.list,
      "POST /v1/completions": replies.completion,
    };
    const { status = 200, headers = {}, body } = routes[`${method} ${path}`] ?? missing;
    response.writeHead(status, headers);
    response.end(body);
  });
  onTestFinished(() => server.close());
  return { ...server, url: `${server.url}/v1` };
}

async function doctor(
  environment: Readonly<Record<string, string>>,
  options: StageOptions & { args?: string[] } = {},
) {
  const stage = createStage({ ...options, environment });
  const exitCode = await runProgram(["doctor", ...(options.args ?? [])], stage.surroundings);
  const out = stage
    .out()
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "http://127.0.0.1:1")
    .replaceAll(/[\d.]+ m?s\b/g, "0.1 s");
  return { exitCode, out, err: stage.err() };
}

async function model(replies: Parameters<typeof modelServer>[0]) {
  const server = await modelServer(replies);
  const settings = { AGENTIC_RAG_MODEL_URL: server.url, AGENTIC_RAG_MODEL: "QwQ-32B" };
  const { exitCode, out } = await doctor({ ...settings, AGENTIC_RAG_MODEL_API_KEY: "sk-very-secret" });
  const lines = out.split("\n").filter((line) => /^\w+ +model/.test(line));
  return { exitCode, lines, server };
}

test("nothing set: the offline reader and the shipped articles", async () => {
  const { exitCode, out, err } = await doctor({});
  expect(out.replace(/\d+ shipped/, "68 shipped")).toMatchInlineSnapshot();
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
});

test("everything set and well", async () => {
  const server = await modelServer({ list: LIST, completion: HELLO });
  const tavily = await startTavilyServer();
  onTestFinished(() => tavily.close());
  const { exitCode, out } = await doctor({
    AGENTIC_RAG_MODEL_URL: server.url,
    AGENTIC_RAG_MODEL: "QwQ-32B",
    AGENTIC_RAG_MODEL_API_KEY: "sk-very-secret",
    TAVILY_API_KEY: "tvly-secret-key",
    TAVILY_BASE_URL: tavily.url,
    SEARXNG_BASE_URL: "http://127.0.0.1:9",
  });
  expect(out.replace(/\d+ shipped/, "68 shipped")).toMatchInlineSnapshot();
  expect(exitCode).toBe(0);
  expect(server.requests.map(({ method, path, headers }) => [method, path, headers.authorization])).toEqual([
    ["GET", "/v1/models", "Bearer sk-very-secret"],
    ["POST", "/v1/completions", "Bearer sk-very-secret"],
  ]);
  expect(tavily.queries).toEqual(["open source"]);
});

test("a server without a list of models is asked all the same", async () => {
  const { exitCode, lines } = await model({ completion: HELLO });
  expect(lines).toMatchInlineSnapshot();
  expect(exitCode).toBe(0);
});

test("a name that is not in the list is a warning while the model answers to it", async () => {
  const { exitCode, lines } = await model({ list: json({ data: [{ id: "other" }] }), completion: HELLO });
  expect(lines).toMatchInlineSnapshot();
  expect(exitCode).toBe(0);
});

test("a name that the server does not have", async () => {
  const { exitCode, lines } = await model({
    list: json({ data: [{ id: "other" }] }),
    completion: { status: 404, ...json({ error: { message: "The model `QwQ-32B` does not exist." } }) },
  });
  expect(lines).toMatchInlineSnapshot();
  expect(exitCode).toBe(1);
});

test("a key that is refused", async () => {
  const refused = { status: 401, ...json({ error: { message: "bad key sk-very-secret" } }) };
  const { exitCode, lines } = await model({ list: refused, completion: refused });
  expect(lines).toMatchInlineSnapshot();
  expect(exitCode).toBe(1);
});

test("an address without completions", async () => {
  const { exitCode, lines } = await model({});
  expect(lines).toMatchInlineSnapshot();
  expect(exitCode).toBe(1);
});

test("an address that is a web page", async () => {
  const page = {
    headers: { "content-type": "text/html" },
    body: "<html><title>Welcome \u001B[31m</title><body>It works</body></html>",
  };
  const { exitCode, lines } = await model({ list: page, completion: page });
  expect(lines).toMatchInlineSnapshot();
  expect(exitCode).toBe(1);
});

test("a server that is not there, and an engine that is not there", async () => {
  const url = await unusedUrl();
  const { exitCode, out } = await doctor({
    AGENTIC_RAG_MODEL_URL: url,
    AGENTIC_RAG_MODEL: "QwQ-32B",
    SEARXNG_BASE_URL: url,
  });
  expect(out.replace(/\d+ shipped/, "68 shipped")).toMatchInlineSnapshot();
  expect(exitCode).toBe(1);
});

test("every wrong setting and every unknown name is told, and no key", async () => {
  const { exitCode, out } = await doctor(
    {
      AGENTIC_RAG_ENGINE: "yahoo",
      AGENTIC_RAG_MAX_SEARCHES: "many",
      AGENTIC_RAG_MODEL_UR: "http://127.0.0.1",
      AGENTIC_RAG_FAVOURITE_COLOUR: "blue",
      AGENTIC_RAG_DEBUG: "1",
      TAVILY_API_KEY: "tvly-secret-key",
    },
    { nodeVersion: "20.11.1" },
  );
  expect(out).toMatchInlineSnapshot();
  expect(exitCode).toBe(1);
});

test("what the chosen engine lacks does not hide the rest", async () => {
  const { exitCode, out } = await doctor({ AGENTIC_RAG_ENGINE: "tavily" });
  expect(out.replace(/\d+ shipped/, "68 shipped")).toMatchInlineSnapshot();
  expect(exitCode).toBe(1);
});

test("a chat template that is not there", async () => {
  const { exitCode, out } = await doctor({
    AGENTIC_RAG_MODEL_URL: "http://127.0.0.1:1/v1",
    AGENTIC_RAG_MODEL: "QwQ-32B",
    AGENTIC_RAG_CHAT_TEMPLATE: "/nowhere/qwq.jinja",
  });
  expect(out.replace(/\d+ shipped/, "68 shipped")).toMatchInlineSnapshot();
  expect(exitCode).toBe(1);
});

test("the documents of --docs: none yet, then some", async () => {
  const folder = await mkdtemp(join(tmpdir(), "agentic-rag-"));
  await writeFile(join(folder, "a.md"), "# A\n\nOpen source.");
  const shown = async () => {
    const { exitCode, out } = await doctor({}, { args: ["--docs", "."], folder });
    return { exitCode, lines: out.replaceAll(folder, "/folder").split("\n").slice(3, -3) };
  };
  expect(await shown()).toMatchInlineSnapshot();
  await runProgram(["index", "."], createStage({ folder }).surroundings);
  expect(await shown()).toMatchInlineSnapshot();
});

test("--json gives the checks as data", async () => {
  const { exitCode, out } = await doctor({ AGENTIC_RAG_ENGINE: "yahoo" }, { args: ["--json"] });
  expect(JSON.parse(out)).toEqual({
    ok: false,
    checks: [
      { name: "node", status: "ok", message: "20.19.0" },
      {
        name: "settings",
        status: "failed",
        message: expect.stringMatching(/^AGENTIC_RAG_ENGINE \(it is "yahoo"\): /),
      },
    ],
  });
  expect(exitCode).toBe(1);
});
