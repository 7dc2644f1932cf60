import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { assemble } from "../../src/assemble/assemble.ts";
import { protocols } from "../../src/protocol/index.ts";
import { readSettings, SETTINGS } from "../../src/settings/settings.ts";

const EMPTY_ENGINES = {
  tavily: {},
  brave: {},
  serper: {},
  exa: {},
  jina: {},
  searxng: {},
  http: {},
  retriever: {},
  wikipedia: {},
  duckduckgo: {},
  mcp: { env: {} },
};

test("an empty environment is the offline reader over the shipped articles", () => {
  expect(readSettings({})).toEqual({
    model: { family: "offline", discover: true },
    documents: [],
    indexing: { exclude: [], maxFileBytes: 20_000_000 },
    protocol: "qwq",
    choosable: { engines: ["local"], models: [] },
    concurrency: { total: 8, perCaller: 4 },
    leaseSeconds: 15,
    search: {
      engines: ["local"],
      named: false,
      ...EMPTY_ENGINES,
      cache: "memory",
      cacheHours: 24,
      attempts: 3,
    },
    sampling: {},
    limits: {
      maxSearches: 5,
      maxPages: 0,
      maxTokens: 32_768,
      maxSeconds: 600,
      maxRepairs: 3,
      maxRepeats: 3,
      maxResults: 5,
      maxResponseBytes: 24_000,
      condenseResults: false,
      mendAnswer: false,
    },
  });
});

test("a server, an engine's key, and numbers as text", () => {
  const settings = readSettings({
    AGENTIC_RAG_MODEL_URL: " http://127.0.0.1:8000/v1/ ",
    AGENTIC_RAG_MODEL: "Qwen/QwQ-32B",
    TAVILY_API_KEY: "tvly-canary",
    AGENTIC_RAG_MAX_SEARCHES: "0",
    AGENTIC_RAG_TOP_K: "none",
    AGENTIC_RAG_SEED: "",
  });
  expect(settings).toMatchObject({
    model: {
      family: "auto",
      dialect: "auto",
      baseUrl: "http://127.0.0.1:8000/v1",
      name: "Qwen/QwQ-32B",
      template: "auto",
    },
    search: { engines: ["tavily"], named: false },
    limits: { maxSearches: 0 },
    sampling: { topK: null },
  });
  expect(settings.search.tavily.apiKey?.reveal()).toBe("tvly-canary");
  for (const shown of [
    inspect(settings, { depth: 9, showHidden: true }),
    JSON.stringify(settings),
    String(settings.search.tavily.apiKey),
  ]) {
    expect(shown).not.toContain("canary");
  }
});

test("every wrong setting is named at once, with what it is for", () => {
  expect(() =>
    readSettings({
      AGENTIC_RAG_ENGINE: "altavista",
      AGENTIC_RAG_MAX_TOKENS: "many",
      SEARXNG_BASE_URL: "ftp://me:secret@x",
      AGENTIC_RAG_MODEL_URL: "http://127.0.0.1:1/v1",
      AGENTIC_RAG_MODEL_FAMILY: "telepathy",
    }),
  ).toThrow(
    [
      `AGENTIC_RAG_MODEL_FAMILY (it is "telepathy"): Invalid option: expected one of "auto"|"completions"|"chat-prefix"|"native-tools"|"responses"|"gguf"|"offline". It is for: how the model's turn is continued: auto, completions, chat-prefix, native-tools, responses, gguf, offline; auto finds out.`,
      'AGENTIC_RAG_ENGINE (it is "altavista"): there is no engine "altavista". It is for: where searches go, or several with commas between, the next one where one fails: local, tavily, brave, serper, exa, searxng, retriever, http, jina, wikipedia, duckduckgo, mcp:<command or address>#<tool>.',
      'SEARXNG_BASE_URL (it is "ftp://[hidden]@x"): must be an http or https address. It is for: address of a SearXNG instance, for the engine searxng.',
      'AGENTIC_RAG_MAX_TOKENS (it is "many"): must be a number. It is for: tokens the model may write for a question (32768).',
      "AGENTIC_RAG_MODEL_URL is set, but not AGENTIC_RAG_MODEL. Set it to the model's name as the server lists it under /models.",
    ].join("\n"),
  );
});

const SERVER = { AGENTIC_RAG_MODEL_URL: "http://127.0.0.1:1/v1", AGENTIC_RAG_MODEL: "x" };

test.each([
  [{ AGENTIC_RAG_MODEL: "x" }, "AGENTIC_RAG_MODEL is set, but not AGENTIC_RAG_MODEL_URL."],
  [
    { AGENTIC_RAG_MODEL_URL: "http://127.0.0.1:1/v1" },
    "AGENTIC_RAG_MODEL_URL is set, but not AGENTIC_RAG_MODEL.",
  ],
  [
    { AGENTIC_RAG_MODEL_FAMILY: "completions", AGENTIC_RAG_MODEL_DIALECT: "vllm" },
    "AGENTIC_RAG_MODEL_FAMILY and AGENTIC_RAG_MODEL_DIALECT are set, but not AGENTIC_RAG_MODEL_URL.",
  ],
  [
    { AGENTIC_RAG_MODEL_FAMILY: "gguf" },
    "AGENTIC_RAG_MODEL_FAMILY is gguf, but AGENTIC_RAG_GGUF is not set. Set it to the path of a GGUF file.",
  ],
  [
    { ...SERVER, AGENTIC_RAG_GGUF: "a.gguf" },
    "AGENTIC_RAG_MODEL_URL and AGENTIC_RAG_GGUF are both set. Leave one of them out, or set AGENTIC_RAG_MODEL_FAMILY to gguf.",
  ],
  [
    { ...SERVER, AGENTIC_RAG_MODEL_FAMILY: "completions", AGENTIC_RAG_MODEL_DIALECT: "deepseek" },
    "AGENTIC_RAG_MODEL_FAMILY is completions, which a server of the dialect deepseek does not have. Set it to chat-prefix, or to auto.",
  ],
  [
    { AGENTIC_RAG_PROTOCOL: "search-r1", AGENTIC_RAG_MEND_ANSWER: "on" },
    "AGENTIC_RAG_MEND_ANSWER is on, but an answer of the protocol search-r1 has an end of its own and cannot be written again. Set AGENTIC_RAG_PROTOCOL to qwq, or leave AGENTIC_RAG_MEND_ANSWER off.",
  ],
])("half a model, two, or what has no effect is refused: %o", (environment, message) => {
  expect(() => readSettings(environment)).toThrow(message);
});

test.each([
  [
    { AGENTIC_RAG_GGUF: "/m/a.gguf", AGENTIC_RAG_GGUF_LORA: "/m/lora.gguf" },
    { family: "gguf", file: "/m/a.gguf", lora: "/m/lora.gguf", template: "auto" },
  ],
  [{ AGENTIC_RAG_GGUF: "/m/a.gguf" }, { family: "gguf", file: "/m/a.gguf", template: "auto" }],
  [
    { AGENTIC_RAG_GGUF: "a.gguf", AGENTIC_RAG_CHAT_TEMPLATE: "auto" },
    { family: "gguf", file: "a.gguf", template: "auto" },
  ],
  [
    { AGENTIC_RAG_GGUF: "a.gguf", AGENTIC_RAG_CHAT_TEMPLATE: "own.jinja" },
    { family: "gguf", file: "a.gguf", template: "own.jinja" },
  ],
  [
    { AGENTIC_RAG_GGUF: "a.gguf", AGENTIC_RAG_PROTOCOL: "r1-searcher" },
    { family: "gguf", file: "a.gguf", template: "raw" },
  ],
  [
    {
      ...SERVER,
      AGENTIC_RAG_GGUF: "a.gguf",
      AGENTIC_RAG_MODEL_FAMILY: "gguf",
      AGENTIC_RAG_CHAT_TEMPLATE: "server",
    },
    { family: "gguf", file: "a.gguf", name: "x", template: "server" },
  ],
  [
    { ...SERVER, AGENTIC_RAG_MODEL_FAMILY: "chat-prefix", AGENTIC_RAG_MODEL_DIALECT: "deepseek" },
    { family: "chat-prefix", dialect: "deepseek", baseUrl: "http://127.0.0.1:1/v1", name: "x" },
  ],
  [
    {
      ...SERVER,
      AGENTIC_RAG_MODEL_STREAM: "off",
      AGENTIC_RAG_MODEL_BODY:
        '{"reasoning_effort": "none", "chat_template_kwargs": {"enable_thinking": true}}',
    },
    {
      stream: "off",
      body: { reasoning_effort: "none", chat_template_kwargs: { enable_thinking: true } },
    },
  ],
  [
    {
      ...SERVER,
      AGENTIC_RAG_MODEL_FAMILY: "responses",
      AGENTIC_RAG_MODEL_REASONING: "high",
      AGENTIC_RAG_MODEL_STORE: "on",
    },
    { family: "responses", reasoning: "high", store: true },
  ],
  [
    { ...SERVER, AGENTIC_RAG_MODEL_FAMILY: "offline" },
    { family: "offline", discover: false },
  ],
  [{ AGENTIC_RAG_DISCOVER: "off" }, { family: "offline", discover: false }],
  [{ AGENTIC_RAG_MODEL_FAMILY: "auto" }, { family: "offline", discover: true }],
])("the model of %o", (environment, model) => {
  expect(readSettings(environment).model).toMatchObject(model);
});

test.each([
  [{ XDG_CACHE_HOME: "/cache", HOME: "/home/me" }, "/cache/agentic-rag/probes.json"],
  [{ XDG_CACHE_HOME: "relative", HOME: "/home/me" }, "/home/me/.cache/agentic-rag/probes.json"],
  [{ HOME: "/home/me" }, "/home/me/.cache/agentic-rag/probes.json"],
  [{ HOME: "" }, undefined],
])("where probes are kept: %o", (environment, file) => {
  expect(readSettings(environment).probeCache).toBe(file);
});

test.each([
  [{ AGENTIC_RAG_ENGINE: "tavily" }, "The search engine tavily needs the setting TAVILY_API_KEY."],
  [{ AGENTIC_RAG_ENGINE: "http" }, "The search engine http needs the setting HTTP_SEARCH_URL."],
  [
    { HTTP_SEARCH_URL: "https://x.example/?q={query}" },
    "HTTP_SEARCH_URL is set without HTTP_SEARCH_RESULTS, which says where in the reply the results are.",
  ],
  [{ AGENTIC_RAG_ENGINE: "searxng" }, "The search engine searxng needs the setting SEARXNG_BASE_URL."],
  [{ AGENTIC_RAG_ENGINE: "retriever" }, "The search engine retriever needs the setting RETRIEVER_BASE_URL."],
  [
    {
      AGENTIC_RAG_MODEL_URL: "http://127.0.0.1:1/v1",
      AGENTIC_RAG_MODEL: "x",
      AGENTIC_RAG_CHAT_TEMPLATE: "/no/file",
    },
    'AGENTIC_RAG_CHAT_TEMPLATE names the file "/no/file", which cannot be read.',
  ],
])("assembling says what the choice needs: %o", (environment, message) => {
  expect(() => assemble(readSettings(environment))).toThrow(message);
});

test("mending is refused for exactly the protocols that cannot do it", () => {
  const refused = Object.values(protocols).filter(({ name }) => {
    const environment = { AGENTIC_RAG_PROTOCOL: name, AGENTIC_RAG_MEND_ANSWER: "on" };
    try {
      return !readSettings(environment).limits.mendAnswer;
    } catch {
      return true;
    }
  });
  expect(refused).toEqual(Object.values(protocols).filter(({ mendSide }) => mendSide === undefined));
});

test(".env.example lists every setting with what it is for", () => {
  const listed = SETTINGS.map(({ name, about }) => `# ${about}\n# ${name}=`).join("\n\n");
  expect(readFileSync(new URL("../../.env.example", import.meta.url), "utf8")).toBe(
    `# Copy to .env and uncomment what you need. \`agentic-rag doctor\` checks it.\n\n${listed}\n`,
  );
});

test("every setting says what it is for", () => {
  expect(SETTINGS.filter(({ about }) => about === "")).toEqual([]);
  expect(SETTINGS.filter(({ secret }) => secret === true).map(({ name }) => name)).toEqual([
    "AGENTIC_RAG_MODEL_API_KEY",
    "AGENTIC_RAG_EMBEDDING_KEY",
    "TAVILY_API_KEY",
    "BRAVE_API_KEY",
    "SERPER_API_KEY",
    "EXA_API_KEY",
    "HTTP_SEARCH_API_KEY",
    "JINA_API_KEY",
    "AGENTIC_RAG_MCP_KEY",
    "AGENTIC_RAG_RERANK_KEY",
    "HTTP_PROXY",
    "HTTPS_PROXY",
  ]);
});
