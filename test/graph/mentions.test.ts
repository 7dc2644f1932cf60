import { describe, expect, test } from "vitest";
import { createScriptedModel } from "../../src/model/scripted.ts";
import { ask, call, scripted } from "./agent.ts";

const ANSWER = [
  "Qwen writes a call between `<tool_call>` and `</tool_call>`:",
  "",
  "```",
  "<tool_call>",
  '{"name": "web_search", "arguments": {"query": "an example"}}',
  "</tool_call>",
  "```",
  "",
  "The result stands in a <tool_response> block, or in `<tool_response>`.",
].join("\n");

describe("an answer about the very tags is whole, and nothing in it is run", () => {
  test.each(["ignore", "include", "exclude"] as const)(
    "by an endpoint that treats stop strings so: %s",
    async (stop) => {
      const text = `The results come in <tool_response> tags, in \`<tool_response>\`.\n</think>\n\n${ANSWER}`;
      // where a stop string ended the text, the model goes on with the rest of it
      const rest = (prompt: string): string => text.slice(prompt.split("<think>\n").at(-1)?.length);
      const model = createScriptedModel([rest, rest, rest], { stop });
      const { agent, asked } = scripted([], { model });
      const { state } = await ask(agent, "How does Qwen write tool calls?");
      expect(asked).toEqual([]);
      // outside code no answer holds anything that HTML could take for a tag
      const answer = ANSWER.replace("a <tool", "a < tool");
      expect(state).toMatchObject({ answer, stopReason: "answered", searches: 0, repairs: 0 });
      expect(model.calls.map(({ options }) => options.stop?.length)).toEqual(
        stop === "ignore" ? [3] : [3, 0],
      );
    },
  );
});

test("what leads up to a call that is refused is no answer", async () => {
  const refused = `\n</think>\n\nI need to search again:\n${call("b")}`;
  const { agent } = scripted([`Hm.\n${call("a")}`, `Hm.\n${call("b")}`, refused, refused, refused], {
    limits: { maxSearches: 1 },
  });
  const { state } = await ask(agent, "Q?");
  expect(state).toMatchObject({ answered: false, stopReason: "search-budget" });
  expect(state.answer).not.toContain("I need to search again");
  expect(state.transcript.filter(({ text }) => text.includes("I need to search again"))).toEqual([]);
});
