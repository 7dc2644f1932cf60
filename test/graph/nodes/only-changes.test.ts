import { expect, test } from "vitest";
import { call, scripted, thread } from "../agent.ts";

const ANSWER = "I know.\n</think>\n\nIt is **7** [1].";

test("each step writes what it changes, and the last one all that a run came to", async () => {
  const { agent } = scripted([`Let me look.\n${call("a")}`, ANSWER, ANSWER]);
  const written = async (question: string): Promise<readonly string[]> => {
    const steps: string[] = [];
    for await (const update of await agent.stream({ question }, { ...thread(), streamMode: "updates" })) {
      for (const [node, channels] of Object.entries(update))
        steps.push(`${node}: ${Object.keys(channels).toSorted().join(" ")}`);
    }
    return steps;
  };
  // a new thread has nothing that would have to be set back
  expect(await written("Q?")).toEqual([
    "generate: generations messageId messages opening transcript usage",
    "parse-tool-call: call",
    "web-search: queries searches sources transcript usage",
    "generate: call generations messageId transcript usage",
    "finalize: answer answered citations messages note rawAnswer stopReason uncited",
  ]);
  // what the first question has left is
  expect(await written("R?")).toEqual([
    "generate: answer answered citations generations messageId messages note opening queries rawAnswer searches sources stopReason transcript usage",
    "finalize: answer answered citations messages note rawAnswer stopReason uncited",
  ]);
});
