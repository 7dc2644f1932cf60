import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runProgram } from "../../src/cli/program.ts";
import { json, unusedUrl, type PlainReply } from "../servers/completions.ts";
import { completionWire } from "../servers/completions-wire.ts";
import { startTavilyServer } from "../servers/tavily.ts";
import { startWireServer } from "../search/wire-server.ts";
import { createStage, type StageOptions } from "./surroundings.ts";
import { temporaryFolder } from "./temporary-folder.ts";

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
  expect(out.replace(/\d+ shipped/, "68 shipped")).toMatchInlineSnapshot(`
    "ok       node: 20.19.0
    ok       settings: none is set, the defaults hold
    warning  model: no language model is set, so the offline extractive reader answers. Set AGENTIC_RAG_MODEL_URL (such as http://127.0.0.1:1/v1) and AGENTIC_RAG_MODEL.
    ok       documents: the 68 shipped articles
    ok       engine local: found 3 sources for "open source" in 0.1 s

    Nothing failed, 1 warning.
    "
  `);
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
  expect(out.replace(/\d+ shipped/, "68 shipped")).toMatchInlineSnapshot(`
    "ok       node: 20.19.0
    ok       settings: set: AGENTIC_RAG_MODEL_URL, AGENTIC_RAG_MODEL, AGENTIC_RAG_MODEL_API_KEY, TAVILY_API_KEY, TAVILY_BASE_URL, SEARXNG_BASE_URL
    ok       chat template: chatml
    ok       model list: QwQ-32B is served
    ok       model: QwQ-32B at http://127.0.0.1:1/v1 answered in 0.1 s
    ok       documents: the 68 shipped articles
    ok       engine tavily: found 1 source for "open source" in 0.1 s
    ok       engine searxng: SEARXNG_BASE_URL is set; choose it with --engine searxng (not asked)

    Nothing failed, 0 warnings.
    "
  `);
  expect(exitCode).toBe(0);
  expect(server.requests.map(({ method, path, headers }) => [method, path, headers.authorization])).toEqual([
    ["GET", "/v1/models", "Bearer sk-very-secret"],
    ["POST", "/v1/completions", "Bearer sk-very-secret"],
  ]);
  expect(tavily.queries).toEqual(["open source"]);
});

test("a server without a list of models is asked all the same", async () => {
  const { exitCode, lines } = await model({ completion: HELLO });
  expect(lines).toMatchInlineSnapshot(`
    [
      "warning  model list: http://127.0.0.1:1/v1/models answers 404, so the name QwQ-32B is not checked.",
      "ok       model: QwQ-32B at http://127.0.0.1:1/v1 answered in 0.1 s",
    ]
  `);
  expect(exitCode).toBe(0);
});

test("a name that is not in the list is a warning while the model answers to it", async () => {
  const { exitCode, lines } = await model({ list: json({ data: [{ id: "other" }] }), completion: HELLO });
  expect(lines).toMatchInlineSnapshot(`
    [
      "warning  model list: QwQ-32B is not in the list of http://127.0.0.1:1/v1/models. Set AGENTIC_RAG_MODEL to one of: other.",
      "ok       model: QwQ-32B at http://127.0.0.1:1/v1 answered in 0.1 s",
    ]
  `);
  expect(exitCode).toBe(0);
});

test("a name that the server does not have", async () => {
  const { exitCode, lines } = await model({
    list: json({ data: [{ id: "other" }] }),
    completion: { status: 404, ...json({ error: { message: "The model `QwQ-32B` does not exist." } }) },
  });
  expect(lines).toMatchInlineSnapshot(`
    [
      "warning  model list: QwQ-32B is not in the list of http://127.0.0.1:1/v1/models. Set AGENTIC_RAG_MODEL to one of: other.",
      "failed   model: The model server at http://127.0.0.1:1/v1 has no /completions there, or no model "QwQ-32B" (404: The model \`QwQ-32B\` does not exist.). Check the base URL (it mostly ends in /v1) and the model name.",
    ]
  `);
  expect(exitCode).toBe(1);
});

test("a key that is refused", async () => {
  const refused = { status: 401, ...json({ error: { message: "bad key sk-very-secret" } }) };
  const { exitCode, lines } = await model({ list: refused, completion: refused });
  expect(lines).toMatchInlineSnapshot(`
    [
      "warning  model list: http://127.0.0.1:1/v1/models answers 401, so the name QwQ-32B is not checked.",
      "failed   model: The model server at http://127.0.0.1:1/v1 refused the key (401). Set AGENTIC_RAG_MODEL_API_KEY to a valid one.",
    ]
  `);
  expect(exitCode).toBe(1);
});

test("an address without completions", async () => {
  const { exitCode, lines } = await model({});
  expect(lines).toMatchInlineSnapshot(`
    [
      "warning  model list: http://127.0.0.1:1/v1/models answers 404, so the name QwQ-32B is not checked.",
      "failed   model: The model server at http://127.0.0.1:1/v1 has no /completions there, or no model "QwQ-32B" (404: Not Found). Check the base URL (it mostly ends in /v1) and the model name.",
    ]
  `);
  expect(exitCode).toBe(1);
});

test("an address that is a web page", async () => {
  const page = {
    headers: { "content-type": "text/html" },
    body: "<html><title>Welcome \u001B[31m</title><body>It works</body></html>",
  };
  const { exitCode, lines } = await model({ list: page, completion: page });
  expect(lines).toMatchInlineSnapshot(`
    [
      "warning  model list: http://127.0.0.1:1/v1/models does not answer with a list of models. Check AGENTIC_RAG_MODEL_URL.",
      "failed   model: The model server at http://127.0.0.1:1/v1 answered with text/html instead of an event stream: "Welcome [31m". Check that the base URL is a completions endpoint.",
    ]
  `);
  expect(exitCode).toBe(1);
});

test("a server that is not there, and an engine that is not there", async () => {
  const url = await unusedUrl();
  const { exitCode, out } = await doctor({
    AGENTIC_RAG_MODEL_URL: url,
    AGENTIC_RAG_MODEL: "QwQ-32B",
    SEARXNG_BASE_URL: url,
  });
  expect(out.replace(/\d+ shipped/, "68 shipped")).toMatchInlineSnapshot(`
    "ok       node: 20.19.0
    ok       settings: set: AGENTIC_RAG_MODEL_URL, AGENTIC_RAG_MODEL, SEARXNG_BASE_URL
    ok       chat template: chatml
    warning  model list: http://127.0.0.1:1/v1/models cannot be asked, so the name QwQ-32B is not checked.
    failed   model: No connection to the model server at http://127.0.0.1:1/v1 (ECONNREFUSED). Start it, or correct the base URL.
    ok       documents: the 68 shipped articles
    failed   engine searxng: SearXNG at http://127.0.0.1:1/v1/search refused the connection: nothing listens there (ECONNREFUSED).

    2 checks failed, 1 warning.
    "
  `);
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
  expect(out).toMatchInlineSnapshot(`
    "failed   node: 20.11.1 is too old. Install Node 20.19 or newer.
    failed   settings: AGENTIC_RAG_ENGINE (it is "yahoo"): Invalid option: expected one of "local"|"tavily"|"searxng"|"retriever". It is for: where searches go: local, tavily, searxng, retriever.
    failed   settings: AGENTIC_RAG_MAX_SEARCHES (it is "many"): must be a number. It is for: searches for a question (5).
    warning  settings: AGENTIC_RAG_FAVOURITE_COLOUR is no setting and does nothing. See agentic-rag --help for those there are.
    warning  settings: AGENTIC_RAG_MODEL_UR is no setting and does nothing. Did you mean AGENTIC_RAG_MODEL_URL?

    3 checks failed, 2 warnings.
    "
  `);
  expect(exitCode).toBe(1);
});

test("what the chosen engine lacks does not hide the rest", async () => {
  const { exitCode, out } = await doctor({ AGENTIC_RAG_ENGINE: "tavily" });
  expect(out.replace(/\d+ shipped/, "68 shipped")).toMatchInlineSnapshot(`
    "ok       node: 20.19.0
    ok       settings: set: AGENTIC_RAG_ENGINE
    warning  model: no language model is set, so the offline extractive reader answers. Set AGENTIC_RAG_MODEL_URL (such as http://127.0.0.1:1/v1) and AGENTIC_RAG_MODEL.
    ok       documents: the 68 shipped articles
    failed   settings: The search engine tavily needs the setting TAVILY_API_KEY. Set it, or choose another engine with AGENTIC_RAG_ENGINE.

    1 check failed, 1 warning.
    "
  `);
  expect(exitCode).toBe(1);
});

test("a chat template that is not there", async () => {
  const { exitCode, out } = await doctor({
    AGENTIC_RAG_MODEL_URL: "http://127.0.0.1:1/v1",
    AGENTIC_RAG_MODEL: "QwQ-32B",
    AGENTIC_RAG_CHAT_TEMPLATE: "/nowhere/qwq.jinja",
  });
  expect(out.replace(/\d+ shipped/, "68 shipped")).toMatchInlineSnapshot(`
    "ok       node: 20.19.0
    ok       settings: set: AGENTIC_RAG_MODEL_URL, AGENTIC_RAG_MODEL, AGENTIC_RAG_CHAT_TEMPLATE
    failed   settings: AGENTIC_RAG_CHAT_TEMPLATE names the file "/nowhere/qwq.jinja", which cannot be read. Use chatml, raw, or the path of a Jinja chat template.
    ok       documents: the 68 shipped articles
    failed   settings: AGENTIC_RAG_CHAT_TEMPLATE names the file "/nowhere/qwq.jinja", which cannot be read. Use chatml, raw, or the path of a Jinja chat template.

    2 checks failed, 0 warnings.
    "
  `);
  expect(exitCode).toBe(1);
});

test("the documents of --docs: none yet, then some", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "a.md"), "# A\n\nOpen source.");
  const shown = async () => {
    const { exitCode, out } = await doctor({}, { args: ["--docs", "."], folder });
    return { exitCode, lines: out.replaceAll(folder, "/folder").split("\n").slice(3, -3) };
  };
  expect(await shown()).toMatchInlineSnapshot(`
    {
      "exitCode": 1,
      "lines": [
        "failed   documents: /folder has no index yet. Build it: agentic-rag index /folder",
      ],
    }
  `);
  await runProgram(["index", "."], createStage({ folder }).surroundings);
  expect(await shown()).toMatchInlineSnapshot(`
    {
      "exitCode": 0,
      "lines": [
        "ok       documents: /folder: 1 document, 1 passage, written just now",
        "ok       engine local: found 1 source for "open source" in 0.1 s",
      ],
    }
  `);
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
