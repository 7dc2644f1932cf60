import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { startWireServer } from "../../servers/wire-server.ts";
import { unusedUrl } from "../../servers/completions.ts";
import { startEndpoint } from "../../servers/endpoint.ts";
import { startTavilyServer } from "../../servers/tavily.ts";
import { doctor } from "./run.ts";
import { createStage } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const LIST = { "/v1/models": { object: "list", data: [{ id: "QwQ-32B" }, { id: "other" }] } };

test("nothing set: the offline reader and the shipped articles", async () => {
  const { exitCode, out, err } = await doctor({});
  expect(out.replace(/\d+ shipped/, "68 shipped")).toMatchInlineSnapshot(`
    "ok       node: 20.19.0
    ok       settings: none is set, the defaults hold
    warning  model: no language model is set, so the offline extractive reader answers. Run agentic-rag setup, or set AGENTIC_RAG_MODEL_URL (such as http://127.0.0.1:1/v1) and AGENTIC_RAG_MODEL.
    ok       documents: the 68 shipped articles
    ok       engine local: found 3 sources for "open source" in 0.1 s

    Nothing failed, 1 warning.
    "
  `);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
});

test("everything set and well", async () => {
  const server = await startEndpoint({ facts: LIST });
  const tavily = await startTavilyServer();
  onTestFinished(() => tavily.close());
  const searxng = await startWireServer((response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ results: [{ title: "A", url: "https://example.org/a", content: "a" }] }));
  });
  onTestFinished(() => searxng.close());
  const { exitCode, out } = await doctor({
    AGENTIC_RAG_MODEL_URL: server.url,
    AGENTIC_RAG_MODEL: "QwQ-32B",
    AGENTIC_RAG_MODEL_API_KEY: "sk-very-secret",
    TAVILY_API_KEY: "tvly-secret-key",
    TAVILY_BASE_URL: tavily.url,
    SEARXNG_BASE_URL: searxng.url,
  });
  expect(out.replace(/\d+ shipped/, "68 shipped")).toMatchInlineSnapshot(`
    "ok       node: 20.19.0
    ok       settings: set: AGENTIC_RAG_MODEL_URL, AGENTIC_RAG_MODEL, AGENTIC_RAG_MODEL_API_KEY, TAVILY_API_KEY, TAVILY_BASE_URL, SEARXNG_BASE_URL
    ok       model list: QwQ-32B is served
    ok       model family: completions over generic: /completions was seen to continue raw text. It goes without token ids: the turn is tokenised anew at each step; without counts of cache hits. To have it so without probing: AGENTIC_RAG_MODEL_FAMILY=completions, AGENTIC_RAG_MODEL_DIALECT=generic.
    ok       chat template: chatml, as the model's name says
    ok       model: QwQ-32B at http://127.0.0.1:1/v1 answered in 0.1 s
    ok       trial call: the model searches when it is asked to
    ok       documents: the 68 shipped articles
    ok       engine tavily: found 1 source for "open source" in 0.1 s
    ok       engine searxng: found 1 source for "open source" in 0.1 s; choose it with --engine searxng

    Nothing failed, 0 warnings.
    "
  `);
  expect(exitCode).toBe(0);
  expect(server.routes().filter((route) => route.startsWith("POST"))).toEqual([
    // the probe, then the model as a run asks it
    ...["/completions", "/completions"].map((path) => `POST /v1${path}`),
    ...Array.from({ length: 4 }, () => "POST /v1/chat/completions"),
    // and the trial call
    ...["/completions", "/completions"].map((path) => `POST /v1${path}`),
  ]);
  expect(new Set(server.requests.map(({ headers }) => headers.authorization))).toEqual(
    new Set(["Bearer sk-very-secret"]),
  );
  expect(tavily.queries).toEqual(["open source"]);
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
    warning  model list: The name QwQ-32B is not checked: No connection to the model server at http://127.0.0.1:1/v1 (ECONNREFUSED). Start it, or correct the base URL.
    failed   model: No connection to the model server at http://127.0.0.1:1/v1 (ECONNREFUSED). Start it, or correct the base URL.
    ok       documents: the 68 shipped articles
    failed   engine searxng: SearXNG at http://127.0.0.1:1/v1/search refused the connection: nothing listens there (ECONNREFUSED). The address is SEARXNG_BASE_URL.

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
    failed   settings: AGENTIC_RAG_ENGINE (it is "yahoo"): there is no engine "yahoo". It is for: where searches go, or several with commas between, the next one where one fails: local, tavily, brave, serper, exa, searxng, retriever, http, jina, wikipedia, duckduckgo, mcp:<command or address>#<tool>.
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
    warning  model: no language model is set, so the offline extractive reader answers. Run agentic-rag setup, or set AGENTIC_RAG_MODEL_URL (such as http://127.0.0.1:1/v1) and AGENTIC_RAG_MODEL.
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
    failed   settings: AGENTIC_RAG_CHAT_TEMPLATE names the file "/nowhere/qwq.jinja", which cannot be read. Use auto, chatml, raw, server, or the path of a Jinja chat template.
    ok       documents: the 68 shipped articles
    ok       engine local: found 3 sources for "open source" in 0.1 s

    1 check failed, 0 warnings.
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
