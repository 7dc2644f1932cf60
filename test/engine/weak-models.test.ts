import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runProgram } from "../../src/cli/program.ts";
import { doctor } from "../cli/doctor/run.ts";
import { createStage } from "../cli/surroundings.ts";
import { temporaryFolder } from "../cli/temporary-folder.ts";
import { startLlamaServer, WHY_NO_LLAMA_SERVER } from "./llama-server.ts";
import { createTinyGguf } from "./tiny-gguf.ts";
import { QUESTION, WEAK_MODELS, weakScript, type WeakModel } from "./weak-models.ts";

const why = WHY_NO_LLAMA_SERVER === undefined ? "" : ` (${WHY_NO_LLAMA_SERVER})`;

/** Scripted, so that no processor rounds another token into its replies. */
async function serve(weak: WeakModel, context: number) {
  const folder = await temporaryFolder();
  const model = join(folder, "Weak-F32.gguf");
  await writeFile(model, createTinyGguf(weakScript(weak)));
  const server = await startLlamaServer({ model, context });
  const environment = {
    AGENTIC_RAG_MODEL_URL: server.url,
    AGENTIC_RAG_TEMPERATURE: "0",
    AGENTIC_RAG_MODEL_FAMILY: "completions",
  };
  return { server, folder, environment };
}

async function ask(weak: WeakModel, context: number, question: string) {
  const { server, folder, environment } = await serve(weak, context);
  const stage = createStage({ environment, folder });
  try {
    const exitCode = await runProgram(["ask", "--json", question], stage.surroundings);
    return { exitCode, told: JSON.parse(stage.out()) as { answer: string; failure?: { message: string } } };
  } finally {
    await server.close();
  }
}

const WEAK =
  "may not know how searches are asked for. Take a larger model, or one that was trained to call tools; `agentic-rag doctor` tries whether it does.";

describe.skipIf(why !== "")(`weak models on a real llama-server${why}`, { timeout: 60_000 }, () => {
  test.each([
    ["never calls", "no-answer", "the model stopped without writing one, also when it was asked again."],
    ["loops", "repetition", "the model wrote the same piece over and over."],
    ["echoes", "no-answer", "the model stopped without writing one, also when it was asked again."],
  ] as const)("a model that %s has no answer, and it is said why", async (weak, stopReason, said) => {
    const { exitCode, told } = await ask(weak, 8192, QUESTION);
    expect({ exitCode, ...told }).toMatchObject({ exitCode: 1, answered: false, stopReason });
    expect(told.answer).toBe(`There is no answer: ${said} It wrote no call in 3 tries: it ${WEAK}`);
  });

  test.each(WEAK_MODELS)("doctor warns of a model that %s", async (weak) => {
    const { server, folder, environment } = await serve(weak, 8192);
    const { out } = await doctor(environment, { folder }).finally(() => server.close());
    expect(out).toMatch(/^warning {2}trial call: .*wrote no call in \d+ tokens/m);
  });

  // its 400 tokens are 512 in whole blocks
  test.each(WEAK_MODELS)("a context of 400 tokens holds no question, even for one that %s", async (weak) => {
    const { exitCode, told } = await ask(weak, 400, QUESTION);
    expect({ exitCode, ...told }).toMatchObject({
      exitCode: 1,
      answered: false,
      stopReason: "model-error",
      failure: {
        code: "model-context-overflow",
        message: expect.stringMatching(
          /exceeds the available context size \(512 tokens\).* serve a longer context\.$/,
        ),
      },
    });
    expect(told.answer).toBe(`There is no answer: the model could not go on: ${told.failure?.message}`);
  });

  test.each([
    ["never calls", ""],
    ["loops", " Before that it wrote the same piece over and over."],
    ["echoes", ""],
  ] as const)("one that %s in a context that it fills is told as weak, too", async (weak, looped) => {
    // the question fits, and what it is told when it has not called does not
    const { exitCode, told } = await ask(weak, 1024, `${"please ".repeat(29)}${QUESTION}`);
    expect({ exitCode, ...told }).toMatchObject({
      exitCode: 1,
      answered: false,
      stopReason: "model-error",
      failure: { code: "model-context-overflow" },
    });
    expect(told.answer).toBe(
      `There is no answer: the model could not go on: ${told.failure?.message}${looped} It wrote no call in 1 try: it ${WEAK}`,
    );
  });
});
