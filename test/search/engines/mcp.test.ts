import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { assembleSearch } from "../../../src/assemble/search.ts";
import { createMcpEngine, type McpOptions } from "../../../src/search/engines/mcp.ts";
import { readSettings } from "../../../src/settings/settings.ts";
import { MAIN } from "../../cli/process.ts";
import { pagesEngine, scripted } from "../../graph/agent.ts";
import { freePort } from "../../servers/free-port.ts";
import { startMcpServer } from "../../server/mcp/http-server.ts";

const SERVER = `"${process.execPath}" "${fileURLToPath(new URL("mcp-server.mjs", import.meta.url))}"`;
const KEY = "sk-canary-31415926";

function open(options: Partial<McpOptions> = {}) {
  const made = createMcpEngine({ server: SERVER, ...options });
  onTestFinished(() => made.close());
  return made;
}

const TWO = [
  { title: "One", url: "https://example.org/1", text: "First: it is 7." },
  { title: "Two", url: "https://example.org/2", text: "Second.\nMore of it." },
];

describe("a server that a command starts", () => {
  test.each(["tavily_search", "brave_web_search", "duckduckgo_search", "markdown_search", "json_search"])(
    "%s: results with addresses",
    async (tool) => {
      const outcome = await open({ tool }).search("alpha");
      expect(outcome).toEqual({ status: "found", results: TWO });
    },
  );

  test("structured results are taken, so many are asked for, and no bad address passes", async () => {
    const outcome = await open({ tool: "structured_search" }).search("alpha", { maxResults: 3 });
    expect(outcome).toEqual({
      status: "found",
      results: [
        { title: "About alpha", url: "https://example.org/1", text: "Asked for 3." },
        { title: "Bad", url: "", text: "No address." },
      ],
    });
  });

  test("prose is one text without an address; a word that there is nothing is nothing", async () => {
    expect(await open({ tool: "prose" }).search("a")).toMatchObject({
      results: [{ url: "", text: expect.stringContaining("a sentence of prose") }],
    });
    expect(await open({ tool: "empty_search" }).search("a")).toEqual({ status: "nothing" });
  });

  test.each([
    ["failing_search", {}, "unauthorized", "[key]"],
    ["limited_search", {}, "rate-limited", "slow down"],
    ["hanging_search", { deadlineMs: 3000 }, "timeout", "did not answer within 3 s"],
    ["ending_search", {}, "unreachable", "ended"],
    ["two_fields", {}, "misconfigured", "no field for a query"],
    ["missing", {}, "misconfigured", 'does not have a tool "missing". It has: tavily_search, '],
    ["other", { server: "no-such-command-here x" }, "misconfigured", 'no command "no-such-command-here"'],
  ] as const)("%s fails with a kind, and no key", async (tool, more, kind, words) => {
    const outcome = await open({ tool, env: { SECRET_API_KEY: KEY }, ...more }).search("alpha");
    expect(outcome).toMatchObject({
      status: "failed",
      failure: { kind, message: expect.stringContaining(words) },
    });
    expect(JSON.stringify(outcome)).not.toContain(KEY);
  });

  test("one that has gone is started again; an abort is an abort", async () => {
    const ending = open({ tool: "ending_search" });
    for (const _ of [1, 2])
      expect(await ending.search("a")).toMatchObject({ status: "failed", failure: { kind: "unreachable" } });
    const abort = new AbortController();
    const hanging = open({ tool: "hanging_search" }).search("a", { signal: abort.signal });
    setTimeout(() => abort.abort(), 500);
    await expect(hanging).rejects.toMatchObject({ name: "AbortError" });
  });
});

test("our own tool `search` over HTTP, as a person sets it, with a key", async () => {
  const url = await startMcpServer({ agent: scripted([]).agent, engine: pagesEngine() });
  const environment = { AGENTIC_RAG_ENGINE: `mcp:${url.href}#search`, AGENTIC_RAG_MCP_KEY: KEY };
  const { engine: assembled, engines, close } = assembleSearch(readSettings(environment));
  onTestFinished(close);
  expect(Object.keys(engines)[0]).toBe(`mcp:${url.host}#search`);
  expect(await assembled.search("alpha")).toMatchObject({
    status: "found",
    results: [{ title: "About alpha", url: "https://example.org/alpha", text: "All about alpha." }],
    attempts: [{ engine: `mcp:${url.host}#search` }],
  });
});

test(
  "our own command over stdio, without a tool's name where one tool searches",
  { timeout: 60_000 },
  async () => {
    const outcome = await open({
      server: `"${process.execPath}" "${MAIN}" mcp`,
      env: { AGENTIC_RAG_ENGINE: "local", AGENTIC_RAG_DISCOVER: "off" },
      deadlineMs: 50_000,
    }).search("QwQ-32B");
    expect(outcome).toMatchObject({ status: "found" });
    expect(outcome.status === "found" && outcome.results[0]?.url).toMatch(/^https:/);
  },
);

test("nothing listens there", async () => {
  const port = await freePort();
  const outcome = await open({ server: `http://127.0.0.1:${port}/mcp`, tool: "search" }).search("alpha");
  expect(outcome).toMatchObject({ status: "failed", failure: { kind: "unreachable" } });
});

const engine = (value: string) => readSettings({ AGENTIC_RAG_ENGINE: value }).choosable.engines;

test("what others see of a setting holds no argument, path or key of it", () => {
  expect(engine("mcp:npx -y tavily-mcp --key sk-1#tavily_search,local")).toEqual([
    "mcp:npx#tavily_search",
    "local",
  ]);
  expect(engine("mcp:https://u:p@mcp.example.org/x?apiKey=sk-1#find")).toEqual(["mcp:mcp.example.org#find"]);
  expect(engine('mcp:"/opt/my tools/run" --a')).toEqual(["mcp:run"]);
  expect(() => readSettings({ AGENTIC_RAG_ENGINE: "mcp:" })).toThrow('there is no engine "mcp:"');
});
