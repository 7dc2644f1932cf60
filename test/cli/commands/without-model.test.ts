import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { createStage } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test.each([
  { AGENTIC_RAG_MODEL_URL: "http://127.0.0.1:1/v1" },
  { AGENTIC_RAG_MODEL_URL: "no address" },
  { AGENTIC_RAG_GGUF: "there-is-none.gguf", AGENTIC_RAG_MODEL_FAMILY: "gguf" },
  { AGENTIC_RAG_MODEL_FAMILY: "mistyped" },
])("commands that ask no model take no notice of what is set of one: %j", async (model) => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "a.txt"), "The wifi password is tangerine.");
  const environment = { ...model, AGENTIC_RAG_DATABASE: "threads.sqlite" };
  for (const args of [["index", "."], ["search", "--docs", ".", "wifi"], ["threads"]]) {
    const stage = createStage({ environment, folder });
    expect([args[0], await runProgram(args, stage.surroundings)]).toEqual([args[0], 0]);
  }
});
