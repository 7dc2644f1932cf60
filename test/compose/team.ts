import { InMemoryStore, MemorySaver } from "@langchain/langgraph";
import { createResearchTeam, type ResearchTeamParts } from "../../src/compose/team/research-team.ts";
import { createScriptedModel, type ScriptedStep } from "../../src/model/scripted.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { call, FIXED, pagesEngine } from "../graph/agent.ts";

/** A researcher that searches for the last word of its question and cites what it found. */
export function say(prompt: string): string {
  const about = /(\w+)\?(?:\s|<)/.exec(prompt.slice(prompt.lastIndexOf("<|im_start|>user")))?.[1] ?? "";
  return prompt.includes(`All about ${about}.`) ? `</think>\n\n${about} is so [1].` : call(about);
}

export const QUESTION = "What is one? What is two? What is three?";
export const FOUND = ["one", "two", "three"].map(
  (name, index) => `## What is ${name}?\n\n${name} is so [[${index + 1}]](https://example.org/${name}).`,
);

export function team(steps: readonly ScriptedStep[], parts: Partial<ResearchTeamParts> = {}) {
  const engine = pagesEngine();
  const model = createScriptedModel(steps);
  const graph = createResearchTeam(
    { protocol: qwq, model, engine, planner: "rule", ...FIXED, ...parts },
    { checkpointer: new MemorySaver(), store: new InMemoryStore() },
  );
  return { graph, model, asked: engine.asked };
}

export const always = (line: ScriptedStep): ScriptedStep[] => Array.from({ length: 20 }, () => line);
