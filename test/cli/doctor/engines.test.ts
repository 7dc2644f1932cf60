import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { startProxy } from "../../net/proxy-server.ts";
import { unusedUrl } from "../../servers/completions.ts";
import { startEndpoint } from "../../servers/endpoint.ts";
import { bravePage, jsonAnswer, startEngineServer, tavilyPage } from "../../servers/engines.ts";
import { doctor } from "./run.ts";
import { createStage } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const KEYS = { TAVILY_API_KEY: "tvly-canary-0123", BRAVE_API_KEY: "BSA-canary-0123" };

/** What is said of engines and of their files. */
async function lines(environment: Readonly<Record<string, string>>) {
  const { exitCode, out } = await doctor({ AGENTIC_RAG_DISCOVER: "off", ...environment });
  expect(out).not.toContain("canary");
  const about = /^\w+ +(?:engine|search cache|recording|replay)/;
  return { exitCode, lines: out.split("\n").filter((line) => about.test(line)) };
}

test("every engine that is set up is asked; one that is not chosen fails nothing", async () => {
  const tavily = await startEngineServer(jsonAnswer({ detail: { error: KEYS.TAVILY_API_KEY } }, 401));
  const brave = await startEngineServer(bravePage("B"));
  const servers = { ...KEYS, TAVILY_BASE_URL: tavily.url, BRAVE_BASE_URL: brave.url };
  const refused = expect.stringMatching(
    /^failed {3}engine tavily: Tavily at \S+ answered with HTTP status 401 .* The key is TAVILY_API_KEY\.$/,
  );
  const found = 'ok       engine brave: found 1 source for "open source" in 0.1 s';
  expect(await lines({ ...servers, AGENTIC_RAG_ENGINE: "brave,tavily" })).toEqual({
    exitCode: 1,
    lines: [found, refused],
  });
  expect(await lines({ ...servers, AGENTIC_RAG_ENGINE: "brave" })).toEqual({
    exitCode: 0,
    lines: [found, expect.stringMatching(/^warning {2}engine tavily: .* It is set up, but not chosen\.$/)],
  });
  const { lines: chosen } = await lines(servers);
  expect(chosen).toEqual([refused, `${found}; choose it with --engine brave`]);
  // once each time, and past the cache
  expect([tavily.requests.length, brave.requests.length]).toEqual([3, 3]);
});

test("free engines are asked only when they are chosen; what is to be set is named", async () => {
  const gone = await unusedUrl();
  const addresses = { WIKIPEDIA_BASE_URL: gone, DUCKDUCKGO_BASE_URL: gone };
  expect((await lines(addresses)).lines).toEqual([expect.stringContaining("engine local: found 3 sources")]);
  expect((await lines({ ...addresses, AGENTIC_RAG_ENGINE: "wikipedia" })).lines).toEqual([
    expect.stringMatching(
      /^failed {3}engine wikipedia: .* \(ECONNREFUSED\)\. The address is WIKIPEDIA_BASE_URL\.$/,
    ),
  ]);
  const proxy = `http://127.0.0.1:${new URL(gone).port}`;
  const proxied = { ...KEYS, TAVILY_BASE_URL: "http://tavily.example", HTTP_PROXY: proxy };
  expect((await lines({ ...proxied, AGENTIC_RAG_ENGINE: "tavily" })).lines[0]).toMatch(
    /the proxy is not there \(PROXY_UNREACHABLE\)\. Proxies are named by HTTP_PROXY, HTTPS_PROXY and NO_PROXY\.$/,
  );
});

test("the files of searches: a cache, a recording, a replay; missing, damaged, of another program", async () => {
  const folder = await temporaryFolder();
  const tavily = await startEngineServer(tavilyPage("A"));
  const servers = { TAVILY_API_KEY: KEYS.TAVILY_API_KEY, TAVILY_BASE_URL: tavily.url };
  const cache = join(folder, "cache.sqlite");
  const tape = join(folder, "searches.jsonl");
  const files = { ...servers, AGENTIC_RAG_SEARCH_CACHE: cache, AGENTIC_RAG_RECORD: tape };
  const engine = 'ok       engine tavily: found 1 source for "open source" in 0.1 s';
  expect(await lines(files)).toEqual({
    exitCode: 0,
    lines: [`ok       search cache: ${cache}`, `ok       recording: ${tape} will be begun`, engine],
  });

  await writeFile(cache, "no database at all, but long enough to be taken for one".repeat(50));
  await writeFile(tape, "something else\n");
  const damaged = await lines(files);
  expect(damaged.exitCode).toBe(1);
  expect(damaged.lines).toEqual([
    expect.stringMatching(
      /^warning {2}search cache: The search cache \S+ is damaged .* a new one is begun\.$/,
    ),
    expect.stringMatching(/^failed {3}recording: \S+ is not a recording of searches: line 1 should be /),
    engine,
  ]);
  expect(await readFile(tape, "utf8")).toBe("something else\n");

  const replay = { AGENTIC_RAG_REPLAY: join(folder, "none.jsonl") };
  expect(await lines(replay)).toEqual({
    exitCode: 1,
    lines: [expect.stringMatching(/^failed {3}replay: There is no recording at \S+none\.jsonl\. /)],
  });
  const taped = createStage({
    environment: { ...servers, AGENTIC_RAG_RECORD: join(folder, "none.jsonl") },
  });
  expect(await runProgram(["search", "Q"], taped.surroundings)).toBe(0);
  expect(await lines(replay)).toEqual({
    exitCode: 0,
    lines: [expect.stringMatching(/^ok {7}replay: \S+: 1 search, no engine is asked$/)],
  });
});

const CLAUDE = {
  AGENTIC_RAG_MODEL: "claude-sonnet-4-5",
  AGENTIC_RAG_MODEL_API_KEY: "sk-ant-canary-0123456789",
  AGENTIC_RAG_MODEL_DIALECT: "anthropic",
};

async function startClaude() {
  return startEndpoint({
    completions: "missing",
    chat: "missing",
    messages: (_, text) => ({ text }),
    facts: { "/v1/models?limit=1000": { data: [{ id: "claude-sonnet-4-5" }], has_more: false } },
  });
}

test.each(["", "/v1"])("Anthropic's models are listed as it wants to be asked (%j)", async (route) => {
  const endpoint = await startClaude();
  const url = endpoint.url.replace(/\/v1$/, route);
  const { out, exitCode } = await doctor({ ...CLAUDE, AGENTIC_RAG_MODEL_URL: url });
  expect(out).toContain("ok       model list: claude-sonnet-4-5 is served\n");
  expect(out).toMatch(/ok {7}model: claude-sonnet-4-5 at \S+ answered in 0\.1 s/);
  expect(exitCode).toBe(0);
  for (const { headers } of endpoint.requests) {
    expect(headers).toMatchObject({
      "x-api-key": CLAUDE.AGENTIC_RAG_MODEL_API_KEY,
      "anthropic-version": "2023-06-01",
    });
    expect(headers).not.toHaveProperty("authorization");
  }
});

test("probe finds the only model of Anthropic's list, and setup offers it", async () => {
  const endpoint = await startClaude();
  const { AGENTIC_RAG_MODEL: _name, ...environment } = CLAUDE;
  const named = { ...environment, AGENTIC_RAG_MODEL_URL: endpoint.url };
  const probed = createStage({ environment: named });
  expect(await runProgram(["probe"], probed.surroundings)).toBe(0);
  expect(probed.out()).toContain("AGENTIC_RAG_MODEL=claude-sonnet-4-5\n");

  const folder = await temporaryFolder();
  const stdin = "\n\n1\nlocal\nnone\nyes\n";
  const setup = createStage({ environment: named, folder, stdin });
  expect([await runProgram(["setup"], setup.surroundings), setup.err()]).toEqual([0, ""]);
  expect(setup.out()).toContain("It serves:\n  1  claude-sonnet-4-5\n");
  expect(await readFile(join(folder, ".env"), "utf8")).toContain("AGENTIC_RAG_MODEL_DIALECT=anthropic\n");
  const keys = endpoint.requests.map(({ headers }) => [headers["x-api-key"], headers.authorization]);
  expect(keys.filter(([key, bearer]) => key === undefined || bearer !== undefined)).toEqual([]);
});

test("setup asks for what each engine of a chain needs, through the proxy, and writes it", async () => {
  const tavily = await startEngineServer(tavilyPage("A"));
  const brave = await startEngineServer(bravePage("B"));
  const proxy = await startProxy({ targetPort: Number(new URL(brave.url).port) });
  const folder = await temporaryFolder();
  const stdin = ["none", "tavily,brave", KEYS.TAVILY_API_KEY, KEYS.BRAVE_API_KEY, "yes", ""].join("\n");
  const environment = {
    TAVILY_BASE_URL: tavily.url,
    BRAVE_BASE_URL: "http://brave.example",
    HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
  };
  const stage = createStage({ environment, folder, stdin });
  expect([await runProgram(["setup"], stage.surroundings), stage.err()]).toEqual([0, ""]);
  expect(stage.out()).toContain("tavily's key (from https://app.tavily.com):\nbrave's key (from ");
  expect(stage.out()).toMatch(/engine tavily: found 1 source .*\nengine brave: found 1 source /);
  expect(stage.out()).not.toContain("canary");
  expect(await readFile(join(folder, ".env"), "utf8")).toBe(
    [
      "AGENTIC_RAG_ENGINE=tavily,brave",
      `TAVILY_API_KEY=${KEYS.TAVILY_API_KEY}`,
      `BRAVE_API_KEY=${KEYS.BRAVE_API_KEY}`,
      "",
    ].join("\n"),
  );
  expect(proxy.seen).toEqual([expect.stringMatching(/^GET http:\/\/brave\.example\/web\/search\?/)]);
});
