import { expect, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { startCompletionsServer, type ServerReply } from "../../servers/completions.ts";
import { world } from "../../servers/world.ts";
import { call } from "../scripts.ts";
import { startProgram } from "../process.ts";
import { createStage } from "../surroundings.ts";

const TIMEOUT = { timeout: 60_000 };

async function chat(lines: readonly string[], replies: readonly ServerReply[]) {
  const { completions, environment } = await world(replies);
  const stage = createStage({
    stdin: lines.map((line) => `${line}\n`).join(""),
    environment,
  });
  const exitCode = await runProgram(["chat"], stage.surroundings);
  const prompts = completions.requests.map(({ body }) => body.prompt);
  return { exitCode, out: stage.out(), err: stage.err(), prompts, listening: stage.listening() };
}

/** What a prompt says between the instructions and the turn that is open. */
function conversation(prompt: string | undefined): string | undefined {
  return prompt?.replace(/^<\|im_start\|>system[\s\S]*?<\|im_end\|>\n/, "");
}

test("a question knows the one before and its answer", async () => {
  const { exitCode, out, prompts, listening } = await chat(
    ["Who wrote it?", "", "And when?"],
    [call("author"), "</think>\n\nAnn wrote it [1].", "</think>\n\nIn 1990."],
  );
  expect(out).toBe(
    "\nAnn wrote it [1].\n\nSources\n[1] About author\n    https://example.org/author\n\nNot supported by [1]: Ann wrote it. (the source says nothing of it)\n\nIn 1990.\n",
  );
  expect(conversation(prompts[2])).toBe(
    [
      "<|im_start|>user\nWho wrote it?<|im_end|>",
      "<|im_start|>assistant\nAnn wrote it.<|im_end|>",
      "<|im_start|>user\nAnd when?<|im_end|>",
      "<|im_start|>assistant\n<think>\n",
    ].join("\n"),
  );
  expect({ exitCode, listening }).toEqual({ exitCode: 0, listening: 0 });
});

test("commands: help, sources, new, quit, and what is none", async () => {
  const { out, err, prompts } = await chat(
    ["/sources", "One?", "/sources", "/new", "Two?", "/what", "/exti", "/exit", "Three?"],
    [call("one"), "</think>\n\nOne [1].", "</think>\n\nTwo."],
  );
  const list = "Sources\n[1] About one\n    https://example.org/one\n";
  expect(out).toBe(`There are no sources yet.\n\nOne [1].\n\n${list}${list}\nTwo.\n`);
  expect(conversation(prompts[2])).toBe("<|im_start|>user\nTwo?<|im_end|>\n<|im_start|>assistant\n<think>\n");
  expect(err).toContain("\n> /new\nA new conversation begins.\n");
  expect(err).toContain("\n> /what\nThere is no command /what. Type /help.\n");
  expect(err).toContain("\n> /exti\nThere is no command /exti. Did you mean /exit? Type /help.\n");
  expect(prompts.length).toBe(3);
});

test("a question without an answer does not end the conversation, but is remembered in the exit code", async () => {
  const { exitCode, out, err } = await chat(
    ["One?", "Two?"],
    [{ status: 400, body: "no" }, "</think>\n\nTwo."],
  );
  expect(out).toBe("\nTwo.\n");
  expect(err).toContain("There is no answer: the model could not go on: ");
  expect(exitCode).toBe(1);
});

test("a signal stops the answer and ends the conversation", async () => {
  await using server = await startCompletionsServer([{ text: "Long", fault: { kind: "stall", after: 100 } }]);
  const stage = createStage({
    stdin: "One?\nTwo?\n",
    environment: {
      AGENTIC_RAG_MODEL_URL: server.url,
      AGENTIC_RAG_MODEL: "QwQ-32B",
      AGENTIC_RAG_MODEL_FAMILY: "completions",
    },
  });
  const ended = runProgram(["chat"], stage.surroundings);
  await expect.poll(() => server.requests.length, { timeout: 10_000 }).toBe(1);
  stage.send("SIGTERM");
  expect(await ended).toBe(143);
  expect(await server.requests[0]!.closedEarly).toBe(true);
  expect(server.requests.length).toBe(1);
});

test("small talk without a model comes without a note that it has no source", TIMEOUT, async () => {
  const program = startProgram(["ask", "--json", "Thanks a lot!"], {
    environment: { HOME: "/nowhere", AGENTIC_RAG_DISCOVER: "off" },
  });
  expect(await program.ended).toMatchObject({ exitCode: 0 });
  const told = JSON.parse(program.out());
  expect(told).toMatchObject({ answered: true, uncited: [], queries: [] });
  expect(told.answer).toMatch(/^You are welcome\. Ask me what your documents say/u);
  expect(told).not.toHaveProperty("note");
});
