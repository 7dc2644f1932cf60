import type { Durability } from "../../src/durability/durability.ts";
import { agentOn, call, countingEngine } from "./agent.ts";

/** Where the threads of a golden file stand; each is also the name of its thread. */
export const STANDS = [
  "not begun",
  "before generate",
  "after generate",
  "after parse-tool-call",
  "killed after web-search",
  "after web-search",
  "drained",
  "finished",
] as const;
export type Stand = (typeof STANDS)[number];

export const QUESTION = "Which fruit?";

/** What the model says depends on the prompt alone, so that it goes on wherever a run stands. */
function say(prompt: string): string {
  if (!prompt.includes("All about apples.")) return `I look it up.\n${call("apples")}`;
  return "That will do.\n</think>\n\nApples [1].";
}

export function goldenAgent(durability: Durability) {
  const { engine, queries } = countingEngine();
  return { agent: agentOn(durability, [say, say, say], engine), queries };
}
