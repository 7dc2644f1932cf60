import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import type { PageRun } from "../../../src/page/run.ts";
import { startEngineServer } from "../../servers/completions-engine.ts";
import type { Found } from "../../servers/tavily.ts";
import { world } from "../../servers/world.ts";
import { call } from "../scripts.ts";
import { createStage, type Stage } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const bodyOf = (text: string) => /<tool_call>([^]*)<\/tool_call>/.exec(text)?.[1] ?? "";
const asks = (query: string, thought: string) => [
  thought,
  "<tool_call>",
  bodyOf(call(query)),
  "</tool_call>",
];
const REPLIES = [
  asks("apples", "Let me look.\n"),
  asks("Apples", "Once more.\n"),
  ["Now pears.\n", "<tool_call>", "{broken", "</tool_call>"],
  asks("pears", "Properly.\n"),
  ["I know.\n", "</think>", "\n\nAll about apples [1], and pears [2].", "<|im_end|>"],
];

async function stage(
  replies: readonly (readonly string[])[] = REPLIES,
  answer?: (query: string, running: Stage) => ReturnType<Found>,
) {
  const folder = await temporaryFolder();
  const server = await startEngineServer({ dialect: "vllm", replies: replies.map((reply) => [...reply]) });
  onTestFinished(() => server[Symbol.asyncDispose]());
  let running: Stage | undefined;
  const found = answer && ((query: string) => (running === undefined ? [] : answer(query, running)));
  const { environment } = await world([], found);
  const run = async (args: readonly string[]) => {
    const one = createStage({
      environment: {
        ...environment,
        AGENTIC_RAG_MODEL_URL: server.url,
        AGENTIC_RAG_DATABASE: "threads.sqlite",
      },
      folder,
    });
    running = one;
    const exitCode = await runProgram(args, one.surroundings);
    return { exitCode, out: one.out(), err: one.err() };
  };
  const runsIn = async (file: string): Promise<readonly PageRun[]> => {
    const html = await readFile(join(folder, file), "utf8");
    const [, data = ""] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html) ?? [];
    return (JSON.parse(data) as { runs: PageRun[] }).runs;
  };
  return { folder, run, runsIn };
}

/** Times are of this machine, and boundaries of the run: what was measured is told as true. */
function timeless(run: PageRun | undefined): unknown {
  return JSON.parse(
    JSON.stringify(run, (key, value: unknown) =>
      key === "milliseconds" || key === "finishedAt" ? value !== undefined : value,
    ).replaceAll(/\[(\d) \w{4} example/g, "[$1 bound example"),
  );
}

const spliced = (number: number, query: string, left: number) => ({
  kind: "splice",
  sources: [number],
  text: `\n<tool_response>\n[${number} bound example.org] About ${query}\nAll about ${query}.\n\nSearches left: ${left}.\n</tool_response>\n`,
});

const thought = (text: string, promptTokens: number) => ({
  kind: "reasoning",
  text,
  promptTokens,
  completionTokens: 4,
  cachedTokens: 0,
  estimated: false,
  milliseconds: true,
});

const source = (number: number, what: string) => ({
  number,
  title: `About ${what}`,
  url: `https://example.org/${what}`,
  text: `All about ${what}.`,
});

test("--report has the steps of the run in their order, with what each took", async () => {
  const { run, runsIn } = await stage();
  const asked = await run([
    "ask",
    "-q",
    "--report",
    "run.html",
    "--save",
    "runs.jsonl",
    "--thread",
    "fruit",
    "Q?",
  ]);
  expect(asked).toMatchObject({ exitCode: 0, err: "" });
  const [page] = await runsIn("run.html");
  const found = {
    engine: "tavily",
    status: "found",
    reason: "",
    attempts: 1,
    cached: false,
    milliseconds: true,
  };
  expect((timeless(page) as PageRun).steps).toEqual([
    thought("Let me look.\n", 767),
    { kind: "search", queries: [{ ...found, query: "apples", sources: [1] }] },
    spliced(1, "apples", 4),
    thought("Once more.\n", 847),
    { kind: "search", queries: [{ query: "Apples", status: "repeated", sources: [1] }] },
    {
      kind: "repair",
      text: '"Apples" was searched before and was not run again. It had found:\n\n[1 bound example.org] About apples\n(shown above)\n\nSearches left: 4.',
    },
    thought("Now pears.\n", 990),
    {
      kind: "repair",
      text: 'The call was not run. A call needs the fields "action" and "action_input". Write one JSON object between the tags, in this form: {"action": "web_search", "action_input": {"query": "what you are looking for"}}',
      detail: 'A call needs the fields "action" and "action_input".',
    },
    thought("Properly.\n", 1208),
    { kind: "search", queries: [{ ...found, query: "pears", sources: [2] }] },
    spliced(2, "pears", 3),
    thought("I know.\n", 1286),
    { kind: "answer", text: "All about apples [1], and pears [2]." },
  ]);
  const { steps: _, turn: __, answer: ___, ...rest } = timeless(page) as PageRun;
  expect(rest).toEqual({
    question: "Q?",
    status: "ended",
    answered: true,
    stopReason: "answered",
    model: "QwQ-32B",
    engine: "tavily",
    protocol: "qwq",
    finishedAt: true,
    sources: [source(1, "apples"), source(2, "pears")],
    usage: {
      modelRequests: 5,
      promptTokens: 5098,
      completionTokens: 20,
      cachedTokens: 0,
      estimated: false,
      milliseconds: true,
    },
  });
  // the same from the file of runs and from the thread
  expect(await run(["view", "runs.jsonl", "--report", "view.html"])).toEqual({
    exitCode: 0,
    out: "",
    err: "1 run written to view.html\n",
  });
  const [viewed] = await runsIn("view.html");
  expect({ ...viewed, id: undefined, finishedAt: undefined }).toEqual({
    ...page,
    id: undefined,
    finishedAt: undefined,
  });
  expect(await run(["threads", "show", "fruit", "--report", "thread.html"])).toMatchObject({ exitCode: 0 });
  const [kept] = await runsIn("thread.html");
  expect({ ...kept, id: undefined, earlier: undefined }).toEqual({
    ...page,
    id: undefined,
    finishedAt: undefined,
  });
});

test("a thread's report begins with what was said before, and one of a run without an answer says so", async () => {
  const { run, runsIn, folder } = await stage([["</think>", "\n\nOne.", "<|im_end|>"]]);
  await run(["ask", "-q", "--thread", "t", "First?"]);
  const failed = await run(["ask", "--thread", "t", "--report", "run.html", "Second?"]);
  expect(failed.exitCode).toBe(1);
  const [page] = await runsIn("run.html");
  expect(page).toMatchObject({
    question: "Second?",
    status: "ended",
    answered: false,
    stopReason: "no-answer",
  });
  expect(await readFile(join(folder, "run.html"), "utf8")).toContain(
    ">No answer. The model wrote no answer.<",
  );
  await run(["threads", "show", "t", "--report", "thread.html"]);
  const [thread] = await runsIn("thread.html");
  expect(thread?.earlier).toEqual([
    { role: "user", text: "First?" },
    { role: "assistant", text: "One." },
  ]);
});

test("what is not in an older file is left out; one run of several is chosen by its number", async () => {
  const { run, runsIn, folder } = await stage();
  await run(["ask", "-q", "--save", "runs.jsonl", "Q?"]);
  const [line = ""] = (await readFile(join(folder, "runs.jsonl"), "utf8")).split("\n");
  const {
    readings: _,
    uncited: __,
    ...old
  } = JSON.parse(line) as Record<string, unknown> & {
    generations: { usage?: unknown }[];
  };
  const older = {
    ...old,
    id: "older",
    question: "Older?",
    generations: old.generations.map(({ usage: ___, ...rest }) => rest),
    queries: [{ query: "apples" }, { query: "pears" }],
  };
  await writeFile(join(folder, "two.jsonl"), `${line}\n${JSON.stringify(older)}\n`);
  await run(["view", "two.jsonl", "--run", "2", "--report", "one.html"]);
  const [page, ...more] = await runsIn("one.html");
  expect(more).toEqual([]);
  expect(page?.id).toBe("older");
  expect(page?.steps.slice(0, 2)).toEqual([
    { kind: "reasoning", text: "Let me look.\n" },
    { kind: "search", queries: [{ query: "apples", status: "found", sources: [] }] },
  ]);
  await run(["view", "two.jsonl", "--report", "all.html"]);
  expect((await runsIn("all.html")).map(({ question }) => question)).toEqual(["Q?", "Older?"]);
  expect(await run(["view", "two.jsonl", "--run", "3"])).toMatchObject({
    exitCode: 2,
    err: "There are 2 runs, and none with the number 3.\n",
  });
});

test("a run that a person stops is written as far as it got, and one that never began is not", async () => {
  const { run, runsIn, folder } = await stage([asks("apples", "Let me look.\n")], (query, running) => {
    running.send("SIGINT");
    return [{ title: query, url: "https://example.org/", content: query }];
  });
  expect(await run(["ask", "--report", "run.html", "Q?"])).toMatchObject({ exitCode: 130 });
  const [page] = await runsIn("run.html");
  expect(page?.steps.map((step) => (step.kind === "search" ? step.queries : step.kind))).toEqual([
    "reasoning",
    [{ query: "apples", status: "asked", sources: [] }],
  ]);
  expect(await readFile(join(folder, "run.html"), "utf8")).toContain(">No answer. Stopped.<");
  expect(await run(["ask", "--report", "none.html", "--engine", "nosuch", "Q?"])).toMatchObject({
    exitCode: 2,
  });
  await expect(readFile(join(folder, "none.html"), "utf8")).rejects.toThrow("ENOENT");
});

test("where there are no runs nothing is shown, and nothing is written", async () => {
  const { run, folder } = await stage([]);
  await writeFile(join(folder, "empty.jsonl"), "");
  const none = { exitCode: 1, out: "", err: "There are no runs there.\n" };
  for (const from of [["empty.jsonl"], ["--queue", "nosuch"], ["--all"]]) {
    expect(await run(["view", ...from])).toEqual(none);
    expect(await run(["view", ...from, "--run", "1"])).toEqual(none);
    expect(await run(["view", ...from, "--report", "none.html"])).toEqual(none);
  }
  await expect(readFile(join(folder, "none.html"), "utf8")).rejects.toThrow("ENOENT");
});

test("a file that cannot be written is told before anything is asked", async () => {
  const { run } = await stage([]);
  for (const args of [
    ["ask", "Q?"],
    ["view", "x.jsonl"],
  ]) {
    expect(await run([...args, "--report", "no/where.html"])).toEqual({
      exitCode: 2,
      out: "",
      err: "--report cannot be written: no/where.html (ENOENT). Name a file in a folder that is there and may be written to.\n",
    });
  }
  expect(await run(["threads", "--report", "x.html"])).toMatchObject({ exitCode: 2 });
  expect(await run(["resume", "--all", "--report", "x.html"])).toMatchObject({ exitCode: 2 });
});
