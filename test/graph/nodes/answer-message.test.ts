import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import { describe, expect, test } from "vitest";
import { createResearchAgent } from "../../../src/compose/research-agent.ts";
import { createResearchTeam } from "../../../src/compose/team/research-team.ts";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import { createScriptedModel } from "../../../src/model/scripted.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { call, FIXED, pagesEngine, scripted, thread } from "../agent.ts";

const SAID = [call("a"), "Hm.\n</think>\n\nIt is so [1]."];
const USED = {
  input_tokens: expect.any(Number) as number,
  output_tokens: expect.any(Number) as number,
  total_tokens: expect.any(Number) as number,
  input_token_details: { cache_read: 0 },
};
const parts = () => ({
  protocol: qwq,
  model: createScriptedModel(SAID),
  engine: pagesEngine(),
  planner: "rule" as const,
  ...FIXED,
});

/** The last message as it is written down and sent. */
function written(messages: readonly BaseMessage[]): unknown {
  const last = messages.at(-1);
  expect(AIMessage.isInstance(last)).toBe(true);
  return (JSON.parse(JSON.stringify(last)) as { kwargs: unknown }).kwargs;
}

describe("the answer as a message has a name, what it used and how the run ended, also where it was written down", () => {
  test("of the agent, from a checkpoint", async () => {
    const { agent } = scripted(SAID);
    await agent.invoke({ question: "Q?" }, thread());
    const { messages } = (await agent.getState(thread())).values as { messages: BaseMessage[] };
    expect(written(messages)).toMatchObject({
      name: "agentic-rag",
      usage_metadata: USED,
      response_metadata: { answered: true, stopReason: "answered", model_name: "scripted" },
    });
  });

  test("of an agent of another name", async () => {
    const { messages } = await createAgenticRag(parts(), { name: "search-r1" }).invoke({ question: "Q?" });
    expect(written(messages)).toMatchObject({ name: "search-r1", usage_metadata: USED });
  });

  test("of a member of a team", async () => {
    const member = createResearchAgent(createAgenticRag(parts()), { name: "research" });
    const { messages } = await member.invoke({ messages: [{ role: "user", content: "Q?" }] });
    expect(written(messages)).toMatchObject({
      name: "research",
      usage_metadata: USED,
      response_metadata: { answered: true, stopReason: "answered", sources: [{ number: 1 }] },
    });
  });

  test("of a team of researchers", async () => {
    const { messages } = await createResearchTeam(parts()).invoke({ question: "What is a?" });
    expect(written(messages)).toMatchObject({
      name: "research-team",
      usage_metadata: USED,
      response_metadata: { answered: true },
    });
  });
});
