import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runProgram } from "../../src/cli/program.ts";
import { unusedUrl, type ServerReply } from "../servers/completions.ts";
import { world } from "../servers/world.ts";
import { call } from "./scripts.ts";
import { createStage, type StageOptions } from "./surroundings.ts";

const SAID = [`Let me look.\n${call("a")}`, "I know.\n</think>\n\nIt is **7** [1]."];
const ANSWER = "It is **7** [[1]](https://example.org/a).";

/** Runs the program with a model that says these things, over an engine that finds a page about each query. */
async function run(args: readonly string[], replies: readonly ServerReply[], options: StageOptions = {}) {
  const { completions, tavily, environment: named } = await world(replies);
  const environment = { ...named, ...options.environment };
  return { ...(await start(args, { ...options, environment })), completions, tavily };
}

async function start(args: readonly string[], options: StageOptions = {}) {
  const stage = createStage(options);
  const exitCode = await runProgram(args, stage.surroundings);
  return { exitCode, out: stage.out(), err: stage.err(), listening: stage.listening() };
}

test("an answer ends with 0", async () => {
  const { exitCode, out, err, listening } = await run(["Q?"], SAID);
  expect(out).toBe(
    'It is **7** [1].\n\nSources\n[1] About a\n    https://example.org/a\n\nNot supported by [1]: It is **7**. ("7" is not what the source gives)\n',
  );
  expect(err.split("\n\n").slice(0, 2).join("\n\n")).toMatch(
    /^QwQ-32B at 127\.0\.0\.1:\d+ answers, searching tavily\.\n\nLet me look\.$/,
  );
  expect({ exitCode, listening }).toEqual({ exitCode: 0, listening: 0 });
});

test("--quiet gives the checked answer alone", async () => {
  expect(await run(["-q", "Q?"], SAID)).toMatchObject({ exitCode: 0, out: `${ANSWER}\n`, err: "" });
});

test("--json gives one object with everything", async () => {
  const { exitCode, out, err } = await run(["--json", "Q?"], SAID);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
  const told: Record<string, unknown> = JSON.parse(out);
  expect(Object.keys(told)).toEqual([
    "question",
    "answer",
    "rawAnswer",
    "answered",
    "citations",
    "uncited",
    "sources",
    "stopReason",
    "searches",
    "queries",
    "pages",
    "readings",
    "usage",
    "transcript",
    "generations",
    "opening",
    "protocol",
    "model",
    "engine",
    "note",
  ]);
  expect(told).toMatchObject({
    question: "Q?",
    answer: ANSWER,
    citations: [
      { number: 1, title: "About a", url: "https://example.org/a", sentence: "It is **7**.", known: true },
    ],
    sources: [{ number: 1, title: "About a", url: "https://example.org/a", text: "All about a." }],
    stopReason: "answered",
    searches: 1,
    queries: [{ query: "a", engine: "tavily", status: "found", sources: [1], reason: "" }],
    pages: 0,
    readings: [],
    usage: { modelRequests: 2, estimated: false },
    protocol: "qwq",
    model: { family: "completions", name: "QwQ-32B" },
    engine: "tavily",
  });
  expect(told["transcript"]).toEqual([
    { origin: "runtime", text: "<think>\n" },
    { origin: "model", text: SAID[0] },
    { origin: "search", text: expect.stringContaining("All about a.") },
    { origin: "model", text: SAID[1] },
  ]);
});

test("a question comes from stdin when there are no words, or for a dash", async () => {
  const answer = ["</think>\n\nYes."];
  for (const args of [[], ["-"], ["ask"], ["ask", "-"]]) {
    const { exitCode, out, completions } = await run(args, answer, { stdin: "What is\nit?\n" });
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: "Yes.\n" });
    expect(completions.requests[0]?.body.prompt).toContain("<|im_start|>user\nWhat is\nit?<|im_end|>");
  }
});

test("options win over the environment", async () => {
  const { completions, out } = await run(
    [
      "--model",
      "Other",
      "--seed",
      "7",
      "--temperature",
      "none",
      "--date",
      "2025-03-06",
      "--max-searches",
      "0",
      "Q?",
    ],
    ["</think>\n\nYes."],
    { environment: { AGENTIC_RAG_MAX_SEARCHES: "3", AGENTIC_RAG_SEED: "1" } },
  );
  expect(out).toBe("Yes.\n");
  const { body } = completions.requests[0]!;
  expect(body).toMatchObject({ model: "Other", seed: 7 });
  expect(body).not.toHaveProperty("temperature");
  expect(body.prompt).toContain("Today is 2025-03-06.");
  expect(body.prompt).toContain("No search is available for this question.");
});

test("an answer under a spent budget ends with 0, a statement that there is none with 1", async () => {
  const refused = [call("a"), call("b"), "</think>\n\nIt is 7 [1]."];
  const answered = await run(["--max-searches", "1", "-q", "Q?"], refused);
  expect(answered).toMatchObject({ exitCode: 0, out: "It is 7 [[1]](https://example.org/a).\n", err: "" });

  const silent = await run(["-q", "Q?"], ["Hmm.", "Well.", ""]);
  expect(silent).toMatchObject({
    exitCode: 1,
    out: "",
    err: "There is no answer: the model stopped without writing one, also when it was asked again. It wrote no call in 3 tries: it may not know how searches are asked for. Take a larger model, or one that was trained to call tools; `agentic-rag doctor` tries whether it does.\n",
  });
});

test("a model that fails ends with 1 and says why, in JSON too", async () => {
  const url = await unusedUrl();
  const environment = { AGENTIC_RAG_MODEL_URL: url };
  const message = `No connection to the model server at ${url} (ECONNREFUSED). Start it, or correct the base URL.`;
  const shown = await run(["Q?"], [], { environment });
  expect(shown).toMatchObject({ exitCode: 1, out: "" });
  expect(shown.err).toBe(
    [
      `QwQ-32B at ${new URL(url).host} answers, searching tavily.`,
      `There is no answer: the model could not go on: ${message.replace(url, `\`${url}\``)}`,
      "To find out what is wrong with the model's server: agentic-rag doctor",
      shown.err.split("\n\n").at(-1),
    ].join("\n\n"),
  );

  const json = await run(["--json", "Q?"], [], { environment });
  expect(JSON.parse(json.out)).toMatchObject({
    question: "Q?",
    stopReason: "model-error",
    failure: { code: "model-unreachable", message },
  });
  expect(json).toMatchObject({ exitCode: 1, err: "" });
});

test("an answer without any search that worked ends with 1", async () => {
  const { exitCode, out, err } = await run(["Q?"], [call("a"), "</think>\n\nPerhaps 7."], {
    environment: { TAVILY_BASE_URL: await unusedUrl() },
  });
  expect({ exitCode, out }).toEqual({
    exitCode: 1,
    out: "Perhaps 7.\n\nEvery search of this run failed, so no source stands behind this.\n",
  });
  expect(err).toContain(
    "\nEvery search failed, so no source supports this. To find out why: agentic-rag doctor\n",
  );
});

test("without any configuration the offline reader answers from the shipped articles, and says so", async () => {
  const { exitCode, out, err } = await start(["Which licence does QwQ-32B have?"]);
  expect(err.split("\n").slice(0, 3)).toEqual([
    "The offline extractive reader (no language model) answers from the shipped articles.",
    "For a small model that reasons and searches, about 3 GB: ollama pull qwen3:4b",
    "For searches of the web, with a key such as Tavily's: agentic-rag setup",
  ]);
  expect(out).toMatch(/Apache 2\.0 licence.* \[\d\][\s\S]*\n\nSources\n\[\d\] /);
  expect(exitCode).toBe(0);
});

const folder = await mkdtemp(join(tmpdir(), "agentic-rag-cli-"));
await mkdir(join(folder, "my docs"));
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  [["ask"], 'There is no question. Give one: agentic-rag ask "…", or pipe it in.'],
  [
    ["chat", "extra"],
    'chat takes no words: agentic-rag chat\nA question that begins with "chat" is asked by: agentic-rag ask "chat extra"',
  ],
  [["--date", "6 March", "Q?"], '--date must be a date such as 2025-03-06 (it is "6 March").'],
  [
    ["--docs", "my docs", "--engine", "tavily", "Q?"],
    "--docs is searched by the engine local, not by tavily. Leave out --docs or --engine.",
  ],
  [
    ["--docs", "my docs", "Q?"],
    `The folder ${folder}/my docs has no index yet. Build it: agentic-rag index '${folder}/my docs'`,
  ],
  [["--docs", "none", "Q?"], `There is no folder ${folder}/none. Correct --docs or AGENTIC_RAG_DOCUMENTS.`],
  [
    ["--model", "QwQ-32B", "Q?"],
    "--model is set, but not AGENTIC_RAG_MODEL_URL. Set it to the address of the model's server, such as http://127.0.0.1:8000/v1.",
  ],
  [
    ["--engine", "tavily", "Q?"],
    "The search engine tavily needs the setting TAVILY_API_KEY. Set it, or choose another engine with AGENTIC_RAG_ENGINE.",
  ],
  [["chat", "--max-searches", "many"], expect.stringMatching(/^--max-searches \(it is "many"\): /)],
])("%j ends with 2", async (args, message) => {
  expect(await start(args, { folder })).toEqual({
    exitCode: 2,
    out: "",
    err: typeof message === "string" ? `${message}\n` : message,
    listening: 0,
  });
});

test("a mistake is JSON too, where JSON is wanted", async () => {
  const settings = await start(["--json", "--engine", "yahoo", "Q?"]);
  expect(JSON.parse(settings.out)).toMatchObject({
    question: "Q?",
    answer: "",
    stopReason: null,
    engine: null,
    error: { code: "settings-invalid", message: expect.stringMatching(/^--engine \(it is "yahoo"\): /) },
  });
  const both = await start(["--json", "-q", "Q?"]);
  expect(both.err).toBe("--json and --quiet exclude each other.\n");
  const usage = await start(["--json", "--jsno"]);
  expect(usage.exitCode).toBe(2);
  expect(JSON.parse(usage.out)).toEqual({ error: { code: "usage", message: usage.err.trimEnd() } });
});

test("no error shows a key", async () => {
  const key = "tvly-a-key-in-the-address";
  const { err } = await start(["--engine", key, "Q?"], { environment: { TAVILY_API_KEY: key } });
  expect(err).toMatch(/^--engine \(it is "\[hidden\]"\): /);
});

test("help and version need nothing", async () => {
  expect(await start(["--version"])).toMatchObject({ exitCode: 0, out: "0.1.0\n", err: "" });
  const help = await start(["help", "index"]);
  expect(help.out.split("\n")[0]).toBe(
    "Make a folder of documents searchable, or bring its index up to date.",
  );
  expect((await start([], { terminal: true })).out).toBe((await start(["--help"])).out);
});
