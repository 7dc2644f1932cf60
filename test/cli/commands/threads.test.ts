import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ServerReply } from "../../servers/completions.ts";
import type { Found } from "../../servers/tavily.ts";
import { world } from "../../servers/world.ts";
import { runProgram } from "../../../src/cli/program.ts";
import { startProgram, type Program } from "../process.ts";
import { call } from "../scripts.ts";
import { createStage } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { Terminal } from "../terminal/screen.ts";

const TIMEOUT = { timeout: 90_000 };
const ANSWER = "</think>\n\nApples [1].";
const SHOWN = "Apples [1].\n\nSources\n[1] About apples\n    https://example.org/apples\n";

/** Says nothing for ever. */
const STALLS: ServerReply = { text: "Thinking.", fault: { kind: "stall", after: 100 } };

async function stage(replies: readonly ServerReply[], found?: Found) {
  const { completions, tavily, environment: named } = await world(replies, found);
  const folder = await temporaryFolder();
  const environment = { ...named, AGENTIC_RAG_LEASE_SECONDS: "1", HOME: folder };
  const start = (args: readonly string[], stdin = "", more = {}): Program =>
    startProgram(args, { environment: { ...environment, ...more }, stdin });
  const run = async (args: readonly string[], stdin = "", more = {}) => {
    const program = start(args, stdin, more);
    const { exitCode } = await program.ended;
    return { exitCode, out: program.out(), err: program.err() };
  };
  return { folder, requests: completions.requests, queries: tavily.queries, start, run };
}

/** Tries again while the lease of a dead process has not run out. */
async function untilFree(run: () => Promise<{ exitCode: unknown; out: string; err: string }>) {
  for (let tries = 0; tries < 20; tries += 1) {
    const ended = await run();
    if (!ended.err.includes("is driven by process")) return ended;
  }
  throw new Error("the lease of a dead process does not run out");
}

test("a run that is killed goes on with resume, to the same answer, and searches once", TIMEOUT, async () => {
  const { run, start, requests, queries, folder } = await stage([call("apples"), STALLS, ANSWER]);
  const killed = start(["ask", "--thread", "fruit", "Which fruit?"]);
  await expect.poll(() => requests.length, { timeout: 30_000 }).toBe(2);
  killed.child.kill("SIGKILL");
  expect(await killed.ended).toEqual({ exitCode: null, signal: "SIGKILL" });
  const resumed = await untilFree(() => run(["resume", "fruit"]));
  expect(resumed).toMatchObject({ exitCode: 0, out: SHOWN });
  expect(resumed.err).toContain("Which fruit?\n");
  expect(requests[2]?.body.prompt).toBe(requests[1]?.body.prompt);
  expect(queries).toEqual(["apples"]);
  // an answer that is there is shown again, and nothing is asked
  expect(await run(["resume", "-q", "fruit"])).toEqual({
    exitCode: 0,
    out: "Apples [[1]](https://example.org/apples).\n",
    err: "",
  });
  expect(await run(["threads", "show", "fruit"])).toEqual({
    exitCode: 0,
    out: `> Which fruit?\n\n${SHOWN}`,
    err: "",
  });
  expect(JSON.parse((await run(["threads", "show", "--json", "fruit"])).out)).toMatchObject({
    thread: "fruit",
    status: "finished",
    messages: [
      { role: "user", content: "Which fruit?" },
      { role: "assistant", content: "Apples [[1]](https://example.org/apples)." },
    ],
    citations: [{ number: 1, url: "https://example.org/apples" }],
    sources: [{ number: 1, title: "About apples" }],
  });
  const terminal = new Terminal(30);
  const { surroundings } = createStage({ environment: { HOME: folder } });
  await runProgram(["threads"], { ...surroundings, stdout: terminal });
  expect(terminal.text).toBe("THREAD  STATUS    LAST      Q…\nfruit   finished  just now  W…\n");
  expect(await run(["threads", "show", "frut"])).toMatchObject({ exitCode: 1, out: "" });
  const listed = await run(["threads", "--json"]);
  expect(JSON.parse(listed.out)).toMatchObject({
    threads: [
      { threadId: "fruit", question: "Which fruit?", status: "finished", attempts: 3, leasedUntil: 0 },
    ],
  });
});

test("SIGTERM ends a run after its step with 0, and resume --all finishes it", TIMEOUT, async () => {
  let program: Program | undefined;
  const { run, start, queries } = await stage([call("apples"), ANSWER], (query) => {
    program?.child.kill("SIGTERM");
    return [{ title: `About ${query}`, url: `https://example.org/${query}`, content: "Round." }];
  });
  program = start(["ask", "--thread", "fruit", "Which fruit?"]);
  expect(await program.ended).toEqual({ exitCode: 0, signal: null });
  expect(program.out()).toBe("");
  expect(program.err()).toMatch(
    /\nStopped\. What was done is kept\. To finish the answer: agentic-rag resume fruit\n$/,
  );
  const shown = await run(["threads", "show", "fruit"]);
  expect(shown.out).toMatch(/^> Which fruit\?\n\n[^]*There is no answer yet\.\n$/);
  const listed = await run(["threads"]);
  expect(listed.out).toBe(
    "THREAD  STATUS       LAST      QUESTION\nfruit   interrupted  just now  Which fruit?\n",
  );
  expect(await run(["resume", "--all"])).toMatchObject({ exitCode: 0, out: SHOWN });
  expect(queries).toEqual(["apples"]);
  expect(await run(["resume", "--all"])).toEqual({
    exitCode: 0,
    out: "",
    err: "There is nothing to resume.\n",
  });
});

test("one process drives a thread, the other is told", TIMEOUT, async () => {
  const { run, start, requests } = await stage([STALLS]);
  const first = start(["ask", "--thread", "fruit", "Which fruit?"]);
  await expect.poll(() => requests.length, { timeout: 30_000 }).toBe(1);
  const second = await run(["resume", "--json", "fruit"]);
  expect(second.exitCode).toBe(1);
  expect(JSON.parse(second.out)).toMatchObject({ question: "Which fruit?", error: { code: "thread-busy" } });
  expect(second.err).toMatch(
    new RegExp(
      `^The thread "fruit" is driven by process ${first.child.pid} on \\S+, at least until \\S+Z\\. Wait`,
    ),
  );
  const third = await run(["threads", "--delete", "fruit"]);
  expect([third.exitCode, third.err.slice(0, 29)]).toEqual([1, 'The thread "fruit" is driven ']);
  first.child.kill("SIGINT");
  expect(await first.ended).toEqual({ exitCode: 130, signal: null });
});

test("chat keeps its thread, tells its name, and goes on with it", TIMEOUT, async () => {
  const { run, requests, folder } = await stage(["</think>\n\nAnn wrote it.", "</think>\n\nIn 1990."]);
  const first = await run(["chat"], "Who wrote it?\n");
  expect(first.exitCode).toBe(0);
  const name =
    /\nKept as (\d{8}-[0-9a-f]{8})\. To go on: agentic-rag chat --thread \1\n$/.exec(first.err)?.[1] ?? "";
  const second = await run(["chat", "--thread", name], "When?\n");
  expect(second.out).toBe("\nIn 1990.\n");
  expect(requests[1]?.body.prompt).toContain(
    "<|im_start|>assistant\nAnn wrote it.<|im_end|>\n<|im_start|>user\nWhen?",
  );
  const listed = await run(["threads"], "", {
    AGENTIC_RAG_DATABASE: `${folder}/.local/state/agentic-rag/threads.sqlite`,
  });
  expect(listed.out).toContain(`${name}  finished  just now  When?\n`);
  expect(await run(["threads", "--delete", name])).toEqual({
    exitCode: 0,
    out: `${name} is forgotten.\n`,
    err: "",
  });
  expect((await run(["threads"])).out).toBe("There are no threads yet.\n");
  expect(await run(["resume", name])).toEqual({
    exitCode: 1,
    out: "",
    err: `There is no thread "${name}". To see which there are: agentic-rag threads.\n`,
  });
});

test("chat --no-history keeps nothing, and says nothing of it", TIMEOUT, async () => {
  const { run } = await stage(["</think>\n\nAnn wrote it."]);
  const ended = await run(["chat", "--no-history"], "Who wrote it?\n");
  expect([ended.exitCode, ended.out]).toEqual([0, "\nAnn wrote it.\n"]);
  expect(ended.err).not.toContain("Kept as");
  expect((await run(["threads"])).out).toBe("There are no threads yet.\n");
});

test("SIGTERM ends a chat with 0 after the step, and says how the answer is finished", TIMEOUT, async () => {
  let program: Program | undefined;
  const { run, start } = await stage([call("apples"), ANSWER], (query) => {
    program?.child.kill("SIGTERM");
    return [{ title: `About ${query}`, url: `https://example.org/${query}`, content: "Round." }];
  });
  program = start(["chat", "--thread", "fruit"], "Which fruit?\nAnd which nut?\n");
  expect(await program.ended).toEqual({ exitCode: 0, signal: null });
  expect(program.err()).toMatch(/\nStopped\. What was done is kept\. [^\n]* agentic-rag resume fruit\n$/);
  expect(await run(["resume", "fruit"])).toMatchObject({ exitCode: 0, out: SHOWN });
});

test(
  "a database that cannot be used is told; where nobody chose it, chat goes on without",
  TIMEOUT,
  async () => {
    const { run, folder } = await stage(["</think>\n\nYes."]);
    mkdirSync(join(folder, ".local", "state", "agentic-rag"), { recursive: true });
    const file = join(folder, ".local", "state", "agentic-rag", "threads.sqlite");
    writeFileSync(file, "this is a letter to a friend, and no database. ".repeat(100));
    const message = `The store ${file} is no database. Choose another file.\n`;
    expect(await run(["threads"])).toEqual({ exitCode: 1, out: "", err: message });
    expect(await run(["chat"], "Q?\n", { AGENTIC_RAG_DATABASE: file })).toEqual({
      exitCode: 1,
      out: "",
      err: message,
    });
    const ended = await run(["chat"], "Q?\n");
    expect([ended.exitCode, ended.out]).toEqual([0, "\nYes.\n"]);
    expect(ended.err).toContain(`This conversation is not kept: ${message}`);
  },
);

test("without a home there is no place for threads", TIMEOUT, async () => {
  const { run } = await stage([]);
  expect(await run(["ask", "--thread", "fruit", "Q?"], "", { HOME: "" })).toEqual({
    exitCode: 2,
    out: "",
    err: "There is no place to keep threads: HOME is not set. Name a file in AGENTIC_RAG_DATABASE.\n",
  });
});

test("nothing of a thread that was deleted is left in the files of the database", TIMEOUT, async () => {
  const { run, folder } = await stage([call("canary-query"), ANSWER]);
  const state = join(folder, ".local/state/agentic-rag");
  const kept = () =>
    readdirSync(state)
      .filter((name) => name.startsWith("threads.sqlite"))
      .map((name) => readFileSync(join(state, name), "latin1"))
      .join("");
  await run(["ask", "--thread", "fruit", "Which canary-question?"]);
  expect(kept()).toContain("canary-question");
  await run(["threads", "--delete", "fruit"]);
  for (const left of ["canary-query", "canary-question"]) expect(kept()).not.toContain(left);
});
