import { fakeModel } from "@langchain/core/testing";
import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { describe, expect, test } from "vitest";
import type { ResearchTeamParts } from "../../src/compose/team/research-team.ts";
import { createOfflineModel } from "../../src/model/offline/offline.ts";
import { createScriptedModel } from "../../src/model/scripted.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { thread } from "../graph/agent.ts";
import { always, QUESTION, say, team } from "./team.ts";

const planOf = async (parts: Partial<ResearchTeamParts>, context = {}) => {
  const { graph, model } = team(always(say), parts);
  const { plan } = await graph.invoke(
    { question: "Tell me all." },
    { ...thread(), context: context as never },
  );
  return { plan, model };
};

describe("who plans", () => {
  test("by default the researchers' own model does, without tools and with the run's settings", async () => {
    const model = createScriptedModel([
      "Two things.\n</think>\n\n- What is one?\n- What is two?",
      ...always(say),
    ]);
    const { plan } = await planOf({ model, planner: undefined as never }, { model: "other", temperature: 0 });
    expect(plan).toMatchObject({
      by: "model",
      parts: [
        { number: 1, question: "What is one?" },
        { number: 2, question: "What is two?" },
      ],
    });
    expect(model.calls[0]?.options).toMatchObject({
      modelName: "other",
      sampling: { temperature: 0 },
      calls: false,
      maxTokens: 4096,
    });
  });

  test("the planner is shown what was said before, without reasoning and marks", async () => {
    const model = createScriptedModel(["Ask.\n</think>\n\n- What is one?", ...always(say)]);
    const { graph } = team([], { model, planner: undefined as never });
    const messages = [
      new HumanMessage("What is zero?"),
      new AIMessage("<think>\nSecret thoughts.\n</think>\n\nZero is nothing [1]."),
      new HumanMessage("And one?"),
    ];
    const output = await graph.invoke({ messages }, thread());
    expect(model.calls[0]?.prompt).toContain(
      "user\nWhat is zero?<|im_end|>\n<|im_start|>assistant\nZero is nothing.<|im_end|>\n<|im_start|>user\n",
    );
    expect(model.calls[0]?.prompt).not.toContain("Secret");
    expect(output.messages.map(({ text }) => text).slice(2)).toEqual([
      "And one?",
      "one is so [[1]](https://example.org/one).",
    ]);
  });

  test("any chat model can; where it fails, the rule does and says why", async () => {
    const planner = fakeModel().respond(new AIMessage("- What is one?"));
    expect((await planOf({ planner })).plan).toMatchObject({
      by: "model",
      parts: [{ question: "What is one?" }],
    });
    expect((await planOf({ planner: fakeModel().respond(new Error("No credit.")) })).plan).toMatchObject({
      by: "rule",
      problem: "The model that plans failed: No credit.",
      parts: [{ question: "Tell me all." }],
    });
    expect((await planOf({ planner: fakeModel().respond(new AIMessage("No.")) })).plan).toMatchObject({
      by: "rule",
      problem: "The model wrote no plan.",
    });
  });

  test("the offline reader plans by the rule", async () => {
    const model = createOfflineModel({ side: qwq.modelSide });
    const { plan } = await planOf({ model, planner: undefined as never });
    expect(plan).toEqual({ by: "rule", problem: "", parts: [{ number: 1, question: "Tell me all." }] });
  });

  test("a run says how many parts there may be", async () => {
    const { graph } = team(always(say));
    const output = await graph.invoke(
      { question: QUESTION },
      { ...thread(), context: { maxParts: 1 } as never },
    );
    expect(output.plan?.parts).toEqual([{ number: 1, question: QUESTION }]);
  });
});
