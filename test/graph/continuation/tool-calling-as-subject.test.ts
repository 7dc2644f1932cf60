import { MemorySaver } from "@langchain/langgraph";
import { expect, test } from "vitest";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import { createScriptedModel } from "../../../src/model/scripted.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { DIALECT_CALLS } from "../../protocol/qwq/dialect-calls.ts";
import { PROSE } from "../../protocol/qwq/tool-calling-prose.ts";
import { ask, call, FIXED } from "../agent.ts";

/** Half of a page about tool calling, so that none is cut for its length: prose, and examples of all forms of calls. */
const HALVES = [0, 1].map((half) => PROSE.filter((_, at) => at % 2 === half).join("\n\n"));
/** The same as a page that has it in no fence. */
const RAW = DIALECT_CALLS.map(({ text }) => text).join("\n");

/** What is left of a text when brackets may have been exchanged and spaces put in. */
function letters(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/**
 * An answer to the letter, but for spaces that keep HTML from taking a tag for one, its elements, and backticks: some pair
 * with none, and names such as `browser.search` get them.
 */
function unspaced(text: string): string {
  return text.replaceAll(/[ \n]|<\/?(?:code|b)>/g, "").replaceAll(/[`']/g, "");
}

test.each(["ignore", "include", "exclude"] as const)(
  "tool calling as question, source and answer: nothing is executed and nothing is lost (stop strings: %s)",
  async (stop) => {
    for (const page of HALVES) {
      const turns = [`I look.\n${call("tool calling")}`, `So.\n</think>\n\n${page}`];
      const prompts: string[] = [];
      // where a stop string ended the text, the model goes on with the rest of it
      const next = (prompt: string): string => {
        prompts.push(prompt);
        const turn = prompt.slice(prompt.lastIndexOf("<|im_start|>assistant\n<think>\n") + 30);
        const [, written] = turn.split(/<\/tool_response>\n+/);
        return written === undefined ? turns[0]! : turns[1]!.slice(written.length);
      };
      const model = createScriptedModel([next, next, next, next, next], { stop });
      const asked: string[] = [];
      const engine = {
        name: "pages",
        search: (query: string) => {
          asked.push(query);
          const result = { title: "Tool calling", url: "https://example.org/", text: `${page}\n${RAW}` };
          return Promise.resolve({ status: "found" as const, results: [result] });
        },
      };
      const agent = createAgenticRag(
        { protocol: qwq, model, engine, ...FIXED, limits: { maxResponseBytes: 200_000 } },
        { checkpointer: new MemorySaver() },
      );
      const { state } = await ask(agent, `What is this?\n\n${page}\n${RAW}`);
      expect(asked).toEqual(["tool calling"]);
      expect(state).toMatchObject({ stopReason: "answered", searches: 1, repairs: 0, citations: [] });
      expect(unspaced(state.answer)).toBe(unspaced(page));
      const [question, response] = [prompts[0] ?? "", (prompts[1] ?? "").split("<tool_response>").at(-1)];
      expect(letters(question)).toContain(letters(page + RAW));
      expect(letters(response ?? "")).toContain(letters(page + RAW));
    }
  },
);
