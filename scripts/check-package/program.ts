import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expectThat } from "./run.ts";

/** What a project needs besides the package: the README's install line. */
export const PEERS = ["@langchain/langgraph", "@langchain/core", "zod"] as const;

const PROGRAM = `import { assemble, createAgenticRag, readSettings } from "langgraph-agentic-rag";

const graph = createAgenticRag(assemble(readSettings(process.env)));
const { answer, stopReason } = await graph.invoke({ question: "Under which licence is QwQ-32B published?" });
console.log(JSON.stringify({ answer, stopReason }));
`;

/** Writes a program that asks the shipped articles through the library. */
export function writeProgram(project: string): string {
  const file = join(project, "main.js");
  writeFileSync(file, PROGRAM);
  return file;
}

/** What the program writes is the answer. */
export function expectAnswer(out: string): void {
  expectThat(
    out.includes('"stopReason":"answered"') && out.includes("Apache 2.0"),
    `The question was not answered from the shipped articles:\n${out}`,
  );
}
