import { expect } from "vitest";
import { AgenticRagError } from "../../../src/errors.ts";
import type { AgenticRagParts } from "../../../src/graph/parts.ts";
import type { ScriptedStep } from "../../../src/model/scripted.ts";
import type { SearchEngine } from "../../../src/search/engine.ts";
import { call } from "../agent.ts";

export const ANSWER = "I know.\n</think>\n\nIt is **7** [1].";

interface Run {
  readonly steps: readonly ScriptedStep[];
  readonly parts?: Partial<AgenticRagParts>;
  readonly drawn: readonly string[];
}

const failing: SearchEngine = {
  name: "pages",
  search: async () => ({
    status: "failed",
    failure: {
      kind: "unreachable",
      message: "No route to it, tried key sk-canary-1234567890abcdef.",
    },
  }),
};
const nothing: SearchEngine = { name: "pages", search: async () => ({ status: "nothing" }) };

/** Every way in which a step can end. */
export const RUNS: Readonly<Record<string, Run>> = {
  "no search": { steps: ["Easy.\n</think>\n\nAs I said."], drawn: ["human: Q?", "ai: (Easy.\n) As I said."] },
  "a failed search": {
    steps: [call("a"), ANSWER],
    parts: { engine: failing },
    drawn: [
      "human: Q?",
      "ai: web_search(a)",
      expect.stringMatching(/^tool error: No route to it/) as string,
      expect.stringContaining("Every search of this run failed") as string,
    ],
  },
  "nothing found": {
    steps: [call("a"), "So.\n</think>\n\nI cannot tell."],
    parts: { engine: nothing },
    drawn: [
      "human: Q?",
      "ai: web_search(a)",
      "tool success: Nothing was found.",
      "ai: (So.\n) I cannot tell.",
    ],
  },
  "a repeated query": {
    steps: [call("a"), call("A"), ANSWER],
    drawn: [
      "human: Q?",
      "ai: web_search(a)",
      "tool success: 1 About a",
      "ai: web_search(A)",
      "tool success: 1 About a",
      "ai: (I know.\n) It is **7** [[1]](https://example.org/a).",
    ],
  },
  "a spent budget": {
    steps: [call("a"), call("b"), ANSWER],
    parts: { limits: { maxSearches: 1 } },
    drawn: [
      "human: Q?",
      "ai: web_search(a)",
      "tool success: 1 About a",
      "ai: web_search(b)",
      "tool error: It was not run: the search budget is spent.",
      "ai: (I know.\n) It is **7** [[1]](https://example.org/a).",
    ],
  },
  "half of a call beyond the budget": {
    steps: [call(["a", "b"]), ANSWER],
    parts: { limits: { maxSearches: 1 } },
    drawn: [
      "human: Q?",
      "ai: web_search(a) web_search(b)",
      "tool success: 1 About a",
      "tool success: It was not run.",
      "ai: (I know.\n) It is **7** [[1]](https://example.org/a).",
    ],
  },
  "a call that cannot be read": {
    steps: ['Hm.\n<tool_call>\n{"action": "fly", "action_input": {}}\n</tool_call>', call("a"), ANSWER],
    drawn: [
      "human: Q?",
      "ai: (Hm.\n)",
      "ai: web_search(a)",
      "tool success: 1 About a",
      "ai: (I know.\n) It is **7** [[1]](https://example.org/a).",
    ],
  },
  "words that lead up to a call": {
    steps: [`Hm.\n</think>\n\nI look it up.\n${call("a")}`, ANSWER],
    drawn: [
      "human: Q?",
      "ai: (Hm.\nI look it up.\n) web_search(a)",
      "tool success: 1 About a",
      expect.stringContaining("It is **7**") as string,
    ],
  },
  "a model that has to be asked again": {
    steps: ["I wonder.", `Well.\n${call("a")}`, ANSWER],
    drawn: [
      "human: Q?",
      "ai: (I wonder.)",
      "ai: (Well.\n) web_search(a)",
      "tool success: 1 About a",
      expect.stringContaining("It is **7**") as string,
    ],
  },
  "text that is no answer": {
    steps: [
      call("a"),
      ...Array.from({ length: 3 }, () => `Hm.\n</think>\n\n${"It is so and so. ".repeat(200)}`),
    ],
    drawn: [
      "human: Q?",
      "ai: web_search(a)",
      "tool success: 1 About a",
      ...Array.from({ length: 3 }, () => expect.stringMatching(/^ai: \(Hm\.\nIt is so and so\. /) as string),
      expect.stringMatching(/^ai: There is no answer: the model wrote the same piece/) as string,
    ],
  },
  "a model that fails": {
    steps: [`Hm.\n${call("a")}`, new AgenticRagError("model-unreachable", "Nobody is there.")],
    drawn: [
      "human: Q?",
      "ai: (Hm.\n) web_search(a)",
      "tool success: 1 About a",
      expect.stringMatching(
        /^ai: There is no answer: the model could not go on: Nobody is there\./,
      ) as string,
    ],
  },
};
