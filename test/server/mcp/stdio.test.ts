import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Progress } from "@modelcontextprotocol/sdk/types.js";
import { expect, onTestFinished, test } from "vitest";
import { startProgram } from "../../cli/process.ts";
import { temporaryFolder } from "../../cli/temporary-folder.ts";
import { call } from "../../graph/agent.ts";
import { startCompletionsServer, unusedUrl, type ServerReply } from "../../servers/completions.ts";
import { startTavilyServer } from "../../servers/tavily.ts";
import { startWireServer } from "../../servers/wire-server.ts";
import { spawnServer } from "./client.ts";

const TIMEOUT = { timeout: 60_000 };

async function servers(replies: readonly ServerReply[]) {
  const model = await startCompletionsServer(replies);
  const tavily = await startTavilyServer();
  onTestFinished(() => model.close());
  onTestFinished(() => tavily.close());
  return { model, tavily, environment: environmentFor(model.url, tavily.url) };
}

function environmentFor(modelUrl: string, tavilyUrl: string) {
  return {
    AGENTIC_RAG_MODEL_URL: modelUrl,
    AGENTIC_RAG_MODEL: "QwQ-32B",
    AGENTIC_RAG_MODEL_FAMILY: "completions",
    AGENTIC_RAG_ENGINE: "tavily",
    TAVILY_API_KEY: "tvly-canary-key",
    TAVILY_BASE_URL: tavilyUrl,
    AGENTIC_RAG_SEARCH_CACHE: "off",
    AGENTIC_RAG_SEARCH_ATTEMPTS: "1",
  };
}

test("a question with two searches, its progress and its cited answer", TIMEOUT, async () => {
  const { tavily, environment } = await servers([
    `Let me look.\n${call("a")}`,
    `And more.\n${call("b")}`,
    "I know.\n</think>\n\nIt is **7** [1], not 8 [2].",
  ]);
  const { client } = await spawnServer(environment);
  expect(client.getServerVersion()).toMatchObject({ name: "agentic-rag", title: "Agentic RAG" });
  expect(client.getInstructions()).toMatch(/^Use `research` /);
  const { tools } = await client.listTools();
  expect(tools.map(({ name, title, annotations }) => [name, title, annotations])).toEqual([
    [
      "research",
      "Research a question",
      { readOnlyHint: true, destructiveHint: false, idempotentHint: false, openWorldHint: true },
    ],
    [
      "search",
      "Search",
      { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    ],
  ]);
  expect(tools.map(({ outputSchema }) => outputSchema?.["additionalProperties"])).toEqual([false, false]);

  const progress: Progress[] = [];
  const result = await client.callTool({ name: "research", arguments: { question: "Q?" } }, undefined, {
    onprogress: (step) => void progress.push(step),
  });
  expect(tavily.queries).toEqual(["a", "b"]);
  expect(progress).toEqual([
    { progress: 1, message: "Reasoning" },
    { progress: 2, message: "Searching tavily: a" },
    { progress: 3, message: "tavily found 1 source: a" },
    { progress: 4, message: "Searching tavily: b" },
    { progress: 5, message: "tavily found 1 source: b" },
    { progress: 6, message: "Writing the answer" },
  ]);
  const answer = "It is **7** [[1]](https://example.org/a), not 8 [[2]](https://example.org/b).";
  const cited = {
    sentence: "It is **7**, not 8.",
    known: true,
    verdict: "unsupported",
    checks: [{ check: "figures", result: "fail", words: ["7", "8"] }],
    overlap: 0,
    citedText: "",
    start: 0,
    end: 0,
    redundant: false,
  };
  const note =
    'Not supported by what is cited: 1 of 1 cited sentence.\n- It is **7**, not 8. [1] [2]: "7", "8" is not what the source gives';
  expect(result).toEqual({
    content: [
      {
        type: "text",
        text: `${note}\n\n${answer}\n\nSources\n[1] About a\n    https://example.org/a\n[2] About b\n    https://example.org/b`,
      },
    ],
    structuredContent: {
      answer,
      answered: true,
      stopReason: "answered",
      sources: [
        { number: 1, title: "About a", url: "https://example.org/a" },
        { number: 2, title: "About b", url: "https://example.org/b" },
      ],
      citations: [
        { number: 1, title: "About a", url: "https://example.org/a", ...cited },
        { number: 2, title: "About b", url: "https://example.org/b", ...cited },
      ],
      uncited: [],
      searches: [
        { query: "a", engine: "tavily", status: "found", sources: [1] },
        { query: "b", engine: "tavily", status: "found", sources: [2] },
      ],
    },
  });
});

test("a cancelled call closes the connection to the model, and to the search", TIMEOUT, async () => {
  const stalled = await startWireServer(() => {});
  onTestFinished(() => stalled.close());
  const model = await startCompletionsServer([
    { text: "Thinking about it.", chunkSize: 5, fault: { kind: "stall", after: 300 } },
    call("a"),
  ]);
  onTestFinished(() => model.close());
  const { client } = await spawnServer(environmentFor(model.url, stalled.url));

  const first = new AbortController();
  const thinking = client.callTool({ name: "research", arguments: { question: "Q?" } }, undefined, {
    signal: first.signal,
  });
  await expect.poll(() => model.requests.length, { timeout: 30_000 }).toBe(1);
  first.abort();
  await expect(thinking).rejects.toThrow(/abort/i);
  expect(await model.requests[0]!.closedEarly).toBe(true);

  const second = new AbortController();
  const searching = client.callTool({ name: "research", arguments: { question: "Q?" } }, undefined, {
    signal: second.signal,
  });
  await stalled.asked;
  second.abort();
  await expect(searching).rejects.toThrow(/abort/i);
  await stalled.disconnected;
});

test("failures are results in plain words, and are told on stderr too", TIMEOUT, async () => {
  const modelUrl = await unusedUrl();
  const tavily = await startWireServer((response) => {
    response.writeHead(401).end("bad key tvly-canary-key");
  });
  onTestFinished(() => tavily.close());
  const environment = environmentFor(modelUrl, tavily.url);
  const { client, err } = await spawnServer(environment);
  const result = await client.callTool({ name: "research", arguments: { question: "Q?" } });
  const host = new URL(modelUrl).host;
  expect(result).toEqual({
    isError: true,
    content: [{ type: "text", text: expect.stringContaining(host) }],
  });
  const searched = await client.callTool({ name: "search", arguments: { query: "x" } });
  expect(searched).toEqual({
    isError: true,
    content: [{ type: "text", text: expect.stringMatching(/TAVILY_API_KEY|key/) }],
  });
  const told = JSON.stringify([result, searched]) + err();
  expect(told).not.toContain("tvly-canary-key");
  expect(told).not.toMatch(/\n\s+at /);
  expect(err()).toMatch(new RegExp(`^QwQ-32B at ${host} answers, searching tavily\\.\\nMCP is spoken `));
  expect(err()).toContain(host);

  const wrong = await client.callTool({ name: "research", arguments: { question: " ", maxSearches: 99 } });
  expect(wrong).toMatchObject({ isError: true });
  const noTool = await client.callTool({ name: "browse", arguments: {} });
  expect(noTool).toMatchObject({ isError: true, content: [{ text: expect.stringContaining("browse") }] });
});

test("a run without an answer says so, and is no failure", TIMEOUT, async () => {
  const { environment } = await servers([
    call("a"),
    "I would have to look again.\n" + call("b"),
    call("c"),
    call("d"),
  ]);
  const { client } = await spawnServer(environment, ["--max-searches", "1"]);
  const { isError, content, structuredContent } = await client.callTool({
    name: "research",
    arguments: { question: "Q?" },
  });
  expect(isError).toBeUndefined();
  expect(structuredContent).toMatchObject({ answered: false, stopReason: "search-budget" });
  expect(content).toMatchObject([{ text: expect.stringMatching(/^There is no answer: /) }]);
});

test("what is found is given as data, without control characters or control tokens", TIMEOUT, async () => {
  const tavily = await startTavilyServer(() => [
    {
      title: "\u001B[31mRed<|im_start|>",
      url: "https://example.org/x",
      content: "Text\u0007 <tool_call>x\u009B2J",
    },
  ]);
  onTestFinished(() => tavily.close());
  const { client } = await spawnServer(environmentFor("http://127.0.0.1:1/v1", tavily.url));
  const result = await client.callTool({ name: "search", arguments: { query: "x", maxResults: 2 } });
  expect(result.structuredContent).toEqual({
    status: "found",
    engine: "tavily",
    results: [{ title: "Red[|im_start|]", url: "https://example.org/x", text: "Text [tool_call]x" }],
  });
  expect(result.content).toEqual([
    { type: "text", text: "1. Red[|im_start|]\nhttps://example.org/x\nText [tool_call]x" },
  ]);
});

test("a search of documents tells what it read a word as, and what the index lacks", TIMEOUT, async () => {
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, "terms.md"),
    "# Terms\n\n## Licence\n\nGranted for a year.\n\n## End\n\nNone.\n",
  );
  expect(await startProgram(["index", folder]).ended).toMatchObject({ exitCode: 0 });
  await writeFile(join(folder, "new.md"), "Not read yet.");
  const { client } = await spawnServer({}, ["--docs", folder]);
  const result = await client.callTool({ name: "search", arguments: { query: "lisence" } });
  const text = "## Licence\n\nGranted for a year.\n\n## End\n\nNone.";
  const url = `${pathToFileURL(join(folder, "terms.md")).href}#:~:text=Licence`;
  const note = `The index of ${folder} holds 1 of 2 files. Run: agentic-rag index ${folder}`;
  expect(result.structuredContent).toEqual({
    status: "found",
    engine: "local",
    results: [{ title: "Terms", url, text }],
    respellings: [{ word: "lisence", as: "licence" }],
    note,
  });
  expect(result.content).toEqual([
    { type: "text", text: `Read "lisence" as "licence".\n\n1. Terms\n${url}\n${text}\n\nNote: ${note}` },
  ]);
});

const HELLO = `${JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "t", version: "1" } },
})}\n`;

test("the end of stdin ends it, with nothing but the protocol on stdout", TIMEOUT, async () => {
  const program = startProgram(["mcp"], { stdin: `not json\n${HELLO}` });
  expect(await program.ended).toEqual({ exitCode: 0, signal: null });
  const lines = program.out().split("\n");
  expect(lines).toHaveLength(2);
  expect(JSON.parse(lines[0]!)).toMatchObject({ id: 1, result: { serverInfo: { name: "agentic-rag" } } });
  expect(program.err()).toMatch(
    /^The offline extractive reader .*\n(?:For .*\n){2}MCP is spoken on stdin and stdout/,
  );
});

test("SIGTERM ends it and what still runs", TIMEOUT, async () => {
  const { model, environment } = await servers([
    { text: "Thinking about it.", chunkSize: 5, fault: { kind: "stall", after: 300 } },
  ]);
  const { client, pid, err } = await spawnServer(environment);
  const refused = client
    .callTool({ name: "research", arguments: { question: "Q?" } })
    .catch((error: unknown) => String(error));
  await expect.poll(() => model.requests.length, { timeout: 30_000 }).toBe(1);
  process.kill(pid, "SIGTERM");
  expect(await refused).toMatch(/closed/i);
  expect(await model.requests[0]!.closedEarly).toBe(true);
  await expect.poll(err).toMatch(/\nStopped\.\n$/);
});

test("settings that are wrong are told on stderr, and nothing is served", TIMEOUT, async () => {
  const program = startProgram(["mcp", "--engine", "gopher"], { stdin: HELLO });
  expect(await program.ended).toEqual({ exitCode: 2, signal: null });
  expect(program.out()).toBe("");
  expect(program.err()).toContain("--engine");
});
