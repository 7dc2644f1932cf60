import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { script, SAID_TEXTS } from "../engine/scenario.ts";
import { createTinyGguf } from "../engine/tiny-gguf.ts";
import { notHere } from "../model/gguf/here.ts";
import { doctor } from "./doctor/run.ts";
import { startProgram } from "./process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describe.skipIf(notHere !== "")(`a GGUF file in this process${notHere}`, () => {
  test("doctor looks at the file and at what runs it, and asks the model", { timeout: 60_000 }, async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "Tiny.gguf"), createTinyGguf(script));
    const { exitCode, out } = await doctor({ AGENTIC_RAG_GGUF: "Tiny.gguf" }, { folder });
    const lines = out.replaceAll(folder, "/folder").split("\n").slice(2, 6);
    expect(lines).toEqual([
      expect.stringMatching(/^ok {7}gguf file: \/folder\/Tiny\.gguf, [\d.]+ kB$/),
      "ok       node-llama-cpp: is installed and runs here",
      "ok       chat template: the file's own, else ChatML",
      "ok       model: Tiny at /folder/Tiny.gguf answered in 0.1 s",
    ]);
    expect(exitCode).toBe(0);
  });

  test("a question is answered by it, and the process ends", { timeout: 60_000 }, async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "Tiny.gguf"), createTinyGguf(script));
    const program = startProgram(["ask", "--json", "--gguf", "Tiny.gguf", "Which three facts?"], { folder });
    expect(await program.ended).toEqual({ exitCode: 0, signal: null });
    const told = JSON.parse(program.out()) as { transcript: { origin: string; text: string }[] };
    expect(told).toMatchObject({
      answered: true,
      searches: 3,
      model: { family: "gguf", name: "Tiny" },
    });
    expect(told.transcript.filter(({ origin }) => origin === "model").map(({ text }) => text)).toEqual(
      SAID_TEXTS,
    );
  });
});
