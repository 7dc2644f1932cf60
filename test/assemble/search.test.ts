import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assembleSearch, type AssembledSearch } from "../../src/assemble/search.ts";
import { assemble, proxyFetchOf } from "../../src/assemble/assemble.ts";
import { createAgenticRag } from "../../src/graph/graph.ts";
import { createScriptedModel } from "../../src/model/scripted.ts";
import { protocols } from "../../src/protocol/index.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { call } from "../cli/scripts.ts";
import { temporaryFolder } from "../cli/temporary-folder.ts";
import { startProxy } from "../net/proxy-server.ts";
import { bravePage, jsonAnswer, startEngineServer, tavilyPage } from "../servers/engines.ts";
import { unusedUrl } from "../servers/completions.ts";

const TAVILY = { TAVILY_API_KEY: "tvly-0123456789" };
const BRAVE = { BRAVE_API_KEY: "BSA-0123456789" };

function searchBy(environment: Readonly<Record<string, string>>, problems: string[] = []): AssembledSearch {
  const settings = readSettings(environment);
  const fetch = proxyFetchOf(settings);
  return assembleSearch(settings, {
    ...(fetch !== undefined && { fetch }),
    onProblem: (problem) => problems.push(problem),
  });
}

test("the first engine that has what it needs is taken, in a stated order", () => {
  const all = {
    JINA_API_KEY: "jina-0123456789",
    RETRIEVER_BASE_URL: "http://127.0.0.1:1",
    SEARXNG_BASE_URL: "http://127.0.0.1:1",
    EXA_API_KEY: "exa-0123456789",
    SERPER_API_KEY: "serper-0123456789",
    ...BRAVE,
    ...TAVILY,
  };
  const order: string[] = [];
  const left: Record<string, string> = { ...all };
  for (;;) {
    const { engine } = searchBy(left);
    order.push(engine.name);
    const [gone] = Object.keys(left).filter((name) => name.toLowerCase().startsWith(engine.name));
    if (gone === undefined) break;
    delete left[gone];
  }
  expect(order).toEqual(["tavily", "brave", "serper", "exa", "searxng", "retriever", "jina", "local"]);
  expect(Object.keys(searchBy(all).engines).sort()).toEqual([...order, "wikipedia", "duckduckgo"].toSorted());
});

test("every engine is made from its settings, and asked where they say", async () => {
  const server = await startEngineServer(jsonAnswer({ detail: "no" }, 400));
  const names = [
    "tavily",
    "brave",
    "serper",
    "exa",
    "searxng",
    "retriever",
    "jina",
    "wikipedia",
    "duckduckgo",
  ];
  const addresses = Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_BASE_URL`, server.url]));
  const { engines } = searchBy({
    ...addresses,
    ...TAVILY,
    ...BRAVE,
    SERPER_API_KEY: "serper-0123456789",
    EXA_API_KEY: "exa-0123456789",
    JINA_API_KEY: "jina-0123456789",
    RETRIEVER_API: "re-search",
    DUCKDUCKGO_REGION: "de-de",
  });
  for (const name of names) {
    expect(await engines[name]?.().search("x")).toMatchObject({ status: "failed" });
  }
  expect(server.requests.map(({ method, path }) => `${method} ${path.split("?", 1)[0]}`)).toEqual([
    "POST /search",
    "GET /web/search",
    "POST /search",
    "POST /search",
    "GET /search",
    "POST /search",
    "GET /",
    "GET /api.php",
    "POST /html/",
  ]);
  const version: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(server.requests[7]?.headers["user-agent"]).toBe(
    `langgraph-agentic-rag/${(version as { version: string }).version}`,
  );
  expect(new URLSearchParams(server.requests[8]?.body).get("kl")).toBe("de-de");
  expect(JSON.parse(server.requests[5]?.body ?? "")).toEqual({ query: "x", top_n: 5, return_score: false });
});

test("all that a chain lacks is named at once", () => {
  expect(() => searchBy({ AGENTIC_RAG_ENGINE: "tavily, local,searxng" })).toThrow(
    [
      "The search engine tavily needs the setting TAVILY_API_KEY. Set it, or choose another engine with AGENTIC_RAG_ENGINE.",
      "The search engine searxng needs the setting SEARXNG_BASE_URL. Set it, or choose another engine with AGENTIC_RAG_ENGINE.",
    ].join("\n"),
  );
});

test("a hit neither waits nor is tried, whoever of the chain answered; a failure is not kept", async () => {
  const tavily = await startEngineServer(jsonAnswer({ detail: "no" }, 401));
  const brave = await startEngineServer(bravePage("B"));
  const { engine, engines, close } = searchBy({
    ...TAVILY,
    ...BRAVE,
    TAVILY_BASE_URL: tavily.url,
    BRAVE_BASE_URL: brave.url,
    AGENTIC_RAG_ENGINE: "tavily,brave",
    // a second search of the same engine would have to wait for a thousand seconds, and so fails
    AGENTIC_RAG_SEARCH_RATE: "0.001",
  });
  expect(engine.name).toBe("tavily > brave");
  const trail = async (query: string) =>
    (await engine.search(query)).attempts?.map(({ engine: name, from, status }) => [name, from, status]);
  expect(await trail("Q")).toEqual([
    ["tavily", "engine", "failed"],
    ["brave", "engine", "found"],
  ]);
  // tavily, set aside for its key, comes last now
  expect(await trail(" q ")).toEqual([["brave", "cache", "found"]]);
  expect((await engines["brave"]?.().search("Q"))?.attempts).toMatchObject([{ from: "cache" }]);
  expect(await engine.search("other")).toMatchObject({ status: "failed", failure: { kind: "rate-limited" } });
  expect([tavily.requests.length, brave.requests.length]).toEqual([1, 1]);
  close();
});

test("without a cache each search is sent; what mends by waiting as often as it is set", async () => {
  const tavily = await startEngineServer(
    jsonAnswer({ detail: "no" }, 500),
    jsonAnswer({ detail: "no" }, 500),
    tavilyPage("A"),
  );
  const environment = { ...TAVILY, TAVILY_BASE_URL: tavily.url, AGENTIC_RAG_SEARCH_CACHE: "off" };
  const twice = searchBy({ ...environment, AGENTIC_RAG_SEARCH_ATTEMPTS: "2" }).engine;
  expect(await twice.search("Q")).toMatchObject({ status: "failed", failure: { kind: "server-error" } });
  expect(tavily.requests).toHaveLength(2);
  expect(await twice.search("Q")).toMatchObject({ status: "found" });
  expect(await twice.search("Q")).toMatchObject({ status: "found" });
  expect(tavily.requests).toHaveLength(4);
});

test("the time that is set is that of the whole search", async () => {
  const silent = await startEngineServer(() => undefined);
  const { engine } = searchBy({
    ...TAVILY,
    TAVILY_BASE_URL: silent.url,
    AGENTIC_RAG_SEARCH_SECONDS: "0.2",
    AGENTIC_RAG_SEARCH_ATTEMPTS: "1",
  });
  expect(await engine.search("Q")).toMatchObject({ status: "failed", failure: { kind: "timeout" } });
  expect(silent.requests).toHaveLength(1);
});

test("a cache on the disk is shared by processes, and by nobody with another address", async () => {
  const folder = await temporaryFolder();
  const tavily = await startEngineServer(tavilyPage("A"));
  const environment = {
    ...TAVILY,
    TAVILY_BASE_URL: tavily.url,
    AGENTIC_RAG_SEARCH_CACHE: "disk",
    XDG_CACHE_HOME: folder,
  };
  const first = searchBy(environment);
  await first.engine.search("Q");
  first.close();
  const second = searchBy(environment);
  expect((await second.engine.search("Q")).attempts).toMatchObject([{ from: "cache", status: "found" }]);
  second.close();
  const other = searchBy({ ...environment, TAVILY_BASE_URL: `${tavily.url}/other` });
  expect((await other.engine.search("Q")).attempts).toMatchObject([{ from: "engine" }]);
  other.close();
  expect(tavily.requests).toHaveLength(2);
  expect(readFileSync(join(folder, "agentic-rag", "searches.sqlite")).toString("latin1")).not.toContain(
    TAVILY.TAVILY_API_KEY,
  );
});

test("a cache file that cannot be used is told, and ends no search", async () => {
  const tavily = await startEngineServer(tavilyPage("A"));
  const problems: string[] = [];
  const environment = { ...TAVILY, TAVILY_BASE_URL: tavily.url };
  const folder = await temporaryFolder();
  await writeFile(join(folder, "no-folder"), "");
  const file = join(folder, "no-folder", "c.sqlite");
  const { engine, close } = searchBy({ ...environment, AGENTIC_RAG_SEARCH_CACHE: file }, problems);
  expect(await engine.search("Q")).toMatchObject({ status: "found" });
  expect(problems).toEqual([
    expect.stringMatching(/^The search cache \S+no-folder\/c\.sqlite cannot be opened\. /),
  ]);
  close();
});

test("what is recorded, cached answers too, is replayed without a key and without a server", async () => {
  const folder = await temporaryFolder();
  const file = join(folder, "searches.jsonl");
  const gone = await unusedUrl();
  const brave = await startEngineServer(bravePage("B"));
  const chain = {
    ...TAVILY,
    ...BRAVE,
    TAVILY_BASE_URL: gone,
    BRAVE_BASE_URL: brave.url,
    AGENTIC_RAG_ENGINE: "tavily,brave",
    AGENTIC_RAG_SEARCH_ATTEMPTS: "1",
  };
  const recording = searchBy({ ...chain, AGENTIC_RAG_RECORD: file });
  const said = await recording.engine.search("Q");
  await recording.engine.search("Q");
  expect(brave.requests).toHaveLength(1);
  expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(3);

  for (const named of [{}, { AGENTIC_RAG_ENGINE: "tavily,brave" }]) {
    const { engine } = searchBy({ ...named, AGENTIC_RAG_REPLAY: file });
    expect(engine.name).toBe("tavily > brave");
    const replayed = await engine.search("Q");
    expect(replayed).toMatchObject({ attempts: [{ engine: "brave", from: "recording" }] });
    expect({ ...replayed, attempts: [] }).toEqual({ ...said, attempts: [] });
    expect(await engine.search("other")).toMatchObject({ status: "failed" });
  }
  expect(brave.requests).toHaveLength(1);
});

test("a run chooses any engine that is set up, or the chain, by its name", async () => {
  const tavily = await startEngineServer(tavilyPage("A"));
  const brave = await startEngineServer(bravePage("B"));
  const parts = assemble(
    readSettings({
      ...TAVILY,
      ...BRAVE,
      TAVILY_BASE_URL: tavily.url,
      BRAVE_BASE_URL: brave.url,
      AGENTIC_RAG_ENGINE: "tavily,local",
    }),
  );
  const engineOf = async (engine?: string) => {
    const model = createScriptedModel([call("q"), "</think>\n\nYes [1]."]);
    const agent = createAgenticRag({ ...parts, protocol: protocols.qwq, model });
    const { queries } = await agent.invoke(
      { question: "Q?" },
      engine === undefined ? {} : { context: { engine } },
    );
    return queries.map((query) => query.engine);
  };
  expect(await engineOf()).toEqual(["tavily"]);
  expect(await engineOf("brave")).toEqual(["brave"]);
  expect(await engineOf("local")).toEqual(["local"]);
  expect(await engineOf("tavily > local")).toEqual(["tavily"]);
  await expect(engineOf("exa")).rejects.toThrow('There is no search engine "exa".');
});

test("engines and models are asked through the proxy that the environment names", async () => {
  const tavily = await startEngineServer(tavilyPage("A"));
  const proxy = await startProxy({ targetPort: Number(new URL(tavily.url).port) });
  const settings = readSettings({
    ...TAVILY,
    TAVILY_BASE_URL: "http://tavily.example",
    http_proxy: `http://me:secret@127.0.0.1:${proxy.port}`,
    AGENTIC_RAG_MODEL_URL: "http://model.example/v1",
    AGENTIC_RAG_MODEL: "QwQ-32B",
    AGENTIC_RAG_MODEL_FAMILY: "completions",
  });
  expect(JSON.stringify(settings)).not.toContain("me:secret");
  const { engine, model, protocol } = assemble(settings);
  expect(await engine.search("Q")).toMatchObject({ status: "found" });
  const made = typeof model === "function" ? model(protocol) : model;
  const said = made.continueText([{ role: "user", content: "Hello" }], {});
  await expect(said.next()).rejects.toMatchObject({ name: "AgenticRagError" });
  const basic = `Basic ${Buffer.from("me:secret").toString("base64")}`;
  expect(proxy.seen[0]).toBe(`POST http://tavily.example/search ${basic}`);
  expect(proxy.seen.slice(1).join("\n")).toContain("http://model.example/v1/completions");
});

test.each([
  [{ AGENTIC_RAG_ENGINE: "tavily,tavily" }, "an engine is named twice"],
  [
    { AGENTIC_RAG_ENGINE: "local,alta,vista" },
    'AGENTIC_RAG_ENGINE (it is "local,alta,vista"): there is no engine "alta" and "vista".',
  ],
  [{ AGENTIC_RAG_SEARCH_CACHE: "disc" }, "must be off, memory, disk, or the path of a file"],
  [{ AGENTIC_RAG_SEARCH_CACHE: "disk" }, "AGENTIC_RAG_SEARCH_CACHE is disk, but neither HOME nor "],
  [{ AGENTIC_RAG_SEARCH_ATTEMPTS: "0" }, "AGENTIC_RAG_SEARCH_ATTEMPTS"],
  [{ AGENTIC_RAG_RECORD: "a", AGENTIC_RAG_REPLAY: "b" }, "are both set. Leave one of them out."],
  [{ HTTPS_PROXY: "ftp://me:secret@p" }, "The proxy in HTTPS_PROXY is not an http(s) address."],
  [{ WIKIPEDIA_LANGUAGE: "English" }, "must be a language as Wikipedia's address has it"],
  [{ RETRIEVER_API: "x" }, "RETRIEVER_API"],
])("settings of searching that are wrong say so: %j", (environment, message) => {
  const reading = (): unknown => readSettings({ AGENTIC_RAG_MAX_TOKENS: "many", ...environment });
  expect(reading).toThrow(message);
  expect(reading).toThrow("AGENTIC_RAG_MAX_TOKENS");
  expect(reading).not.toThrow("secret");
});
