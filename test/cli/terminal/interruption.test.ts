import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { interruptible } from "../../../src/cli/terminal/interruption.ts";
import { startCompletionsServer } from "../../servers/completions.ts";
import { createStage } from "../surroundings.ts";

const STALLED = {
  text: "Thinking about it at length.",
  chunkSize: 5,
  fault: { kind: "stall", after: 600 },
} as const;

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s ends a run with %i, and JSON has how far it got", async (name, code) => {
  await using server = await startCompletionsServer([STALLED]);
  const stage = createStage({
    environment: {
      AGENTIC_RAG_MODEL_URL: server.url,
      AGENTIC_RAG_MODEL: "QwQ-32B",
      AGENTIC_RAG_MODEL_FAMILY: "completions",
    },
  });
  const ended = runProgram(["--json", "Q?"], stage.surroundings);
  await expect.poll(() => server.requests.length, { timeout: 10_000 }).toBe(1);
  stage.send(name);
  expect(await ended).toBe(code);
  expect(await server.requests[0]!.closedEarly).toBe(true);
  expect(stage.err()).toBe("Stopped.\n");
  expect(JSON.parse(stage.out())).toMatchObject({
    question: "Q?",
    answer: "",
    stopReason: null,
    error: { code: "interrupted", message: "Stopped." },
  });
  expect(stage.left).toEqual([]);
  expect(stage.listening()).toBe(0);
});

test("a signal ends the wait for a question that is not piped in", async () => {
  const stage = createStage();
  const ended = runProgram(["ask"], { ...stage.surroundings, stdin: new PassThrough() });
  await expect.poll(stage.listening, { interval: 1 }).toBe(1);
  stage.send("SIGINT");
  expect(await ended).toBe(130);
  expect(stage.err()).toBe("Stopped.\n");
});

test("a second signal ends the process at once, whatever the work does", async () => {
  const stage = createStage();
  const work = interruptible(stage.surroundings, async (signal) => {
    stage.send("SIGINT");
    expect(signal.aborted).toBe(true);
    stage.send("SIGTERM");
    return "done";
  });
  await expect(work).rejects.toMatchObject({
    name: "Interruption",
    signalName: "SIGINT",
    message: "Stopped.",
  });
  expect(stage.left).toEqual([143]);
  expect(stage.listening()).toBe(0);
});
