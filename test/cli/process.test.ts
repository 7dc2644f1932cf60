import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startCompletionsServer, type CompletionsServer } from "../servers/completions.ts";
import { startProgram, type ProgramOptions } from "./process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const TIMEOUT = { timeout: 60_000 };

async function run(args: readonly string[], options: ProgramOptions = {}) {
  const program = startProgram(args, options);
  const { exitCode } = await program.ended;
  return { exitCode, out: program.out(), err: program.err() };
}

function settings(server: CompletionsServer) {
  return {
    AGENTIC_RAG_MODEL_URL: server.url,
    AGENTIC_RAG_MODEL: "QwQ-32B",
    AGENTIC_RAG_MODEL_FAMILY: "completions",
  };
}

test("a question on stdin is answered without any configuration", TIMEOUT, async () => {
  const { exitCode, out } = await run([], { stdin: "Which licence does QwQ-32B have?\n" });
  expect(out).toMatch(/Apache 2\.0 licence.* \[\d\][\s\S]*\n\nSources\n\[\d\] /);
  expect(exitCode).toBe(0);
});

test("a wrong option ends with 2", TIMEOUT, async () => {
  expect(await run(["--engin", "local", "Q?"])).toEqual({
    exitCode: 2,
    out: "",
    err: "There is no option --engin. Did you mean --engine? A question that begins with a dash goes behind --. See agentic-rag --help.\n",
  });
});

test(".env in the working directory is read, and a real variable wins", TIMEOUT, async () => {
  await using server = await startCompletionsServer(["</think>\n\nYes."]);
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, ".env"),
    `AGENTIC_RAG_MODEL_URL=${server.url}\nAGENTIC_RAG_MODEL=from-file\nAGENTIC_RAG_MODEL_FAMILY=completions\nAGENTIC_RAG_SEED=3\n`,
  );
  const environment = { AGENTIC_RAG_MODEL: "from-environment" };
  expect(await run(["-q", "Q?"], { folder, environment })).toEqual({ exitCode: 0, out: "Yes.\n", err: "" });
  expect(server.requests[0]?.body).toMatchObject({ model: "from-environment", seed: 3 });
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s in mid-stream closes the connection and ends with %i", TIMEOUT, async (name, code) => {
  await using server = await startCompletionsServer([
    { text: "Thinking about it at length.", chunkSize: 5, fault: { kind: "stall", after: 800 } },
  ]);
  const program = startProgram(["Q?"], { environment: settings(server) });
  await expect.poll(program.err, { timeout: 30_000 }).toContain("Think");
  program.child.kill(name);
  expect(await program.ended).toEqual({ exitCode: code, signal: null });
  expect(await server.requests[0]!.closedEarly).toBe(true);
  expect(program.err()).toMatch(/\nStopped\.\n$/);
  expect(program.out()).toBe("");
});

test("a reader that leaves early ends the program quietly", TIMEOUT, async () => {
  await using server = await startCompletionsServer(["</think>\n\nYes."]);
  const program = startProgram(["--json", "Q?"], { environment: settings(server) });
  program.child.stdout?.destroy();
  expect(await program.ended).toEqual({ exitCode: 0, signal: null });
  expect(program.err()).toBe("");
});

test("questions piped into chat are one conversation", TIMEOUT, async () => {
  await using server = await startCompletionsServer(["</think>\n\nAnn wrote it.", "</think>\n\nIn 1990."]);
  const program = startProgram(["chat"], { environment: settings(server), stdin: "Who wrote it?\nWhen?\n" });
  expect(await program.ended).toEqual({ exitCode: 0, signal: null });
  expect(program.out()).toBe("\nAnn wrote it.\n\nIn 1990.\n");
  expect(server.requests[1]?.body.prompt).toContain(
    "<|im_start|>user\nWho wrote it?<|im_end|>\n<|im_start|>assistant\nAnn wrote it.<|im_end|>\n<|im_start|>user\nWhen?<|im_end|>\n",
  );
});

test("a failure is told without a stack, unless that is wanted", TIMEOUT, async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "file"), "");
  const plain = await run(["index", "file"], { folder });
  expect(plain).toEqual({
    exitCode: 2,
    out: "",
    err: `The folder of documents ${folder}/file cannot be read (ENOTDIR). Name an existing folder.\n`,
  });
  const debug = await run(["index", "file"], { folder, environment: { AGENTIC_RAG_DEBUG: "1" } });
  expect(debug.err).toMatch(/^The folder of documents [^\n]*\nAgenticRagError: [\s\S]*\n {4}at /);
});
