import { expect, test } from "vitest";
import { AgenticRagError } from "../../src/errors.ts";
import type { ModelDescription } from "../../src/model/model.ts";
import { ScriptedModel } from "../../src/model/scripted.ts";
import { ask, scripted } from "./agent.ts";

/** Says of itself what it is told to. */
class Described extends ScriptedModel {
  readonly asked: (AbortSignal | undefined)[] = [];
  readonly #answers: (() => ModelDescription)[];

  constructor(answers: readonly (() => ModelDescription)[]) {
    super(["</think>\n\nOne.", "</think>\n\nTwo."]);
    this.#answers = [...answers];
  }

  override async describe(signal?: AbortSignal): Promise<ModelDescription> {
    this.asked.push(signal);
    return this.#answers.shift()!();
  }
}

function unreachable(): never {
  throw new AgenticRagError("model-unreachable", "No connection.");
}

/** The prompt of a question for a model of a family. */
async function promptOf(family: string): Promise<string> {
  const { agent } = scripted([], { model: new Described([() => ({ family, name: "x" })]) });
  const { state } = await ask(agent, "Q?");
  return state.opening?.messages.map(({ content }) => content).join("\n") ?? "";
}

const PROVEN = { family: "chat-prefix", name: "qwq", dialect: "vllm", continues: "proven" } as const;

test("what the model is found to be is asked once a question, recorded and told", async () => {
  const model = new Described([() => PROVEN, () => ({ family: "completions", name: "qwq" })]);
  const { agent } = scripted([], { model });
  const first = await ask(agent, "Q?");
  expect(first.state.opening?.model).toEqual(PROVEN);
  expect(first.events[0]).toEqual({
    type: "run-start",
    question: "Q?",
    protocol: "qwq",
    model: "qwq",
    family: "chat-prefix",
    dialect: "vllm",
    continues: "proven",
    engine: "pages",
  });
  const second = await ask(agent, "And?", { context: { model: "other" } });
  expect(second.state.opening?.model).toEqual({ family: "completions", name: "other" });
  expect(model.asked.map((signal) => signal instanceof AbortSignal)).toEqual([true, true]);
});

test("when that cannot be found out, the run ends with the failure and asks nothing more", async () => {
  const model = new Described([unreachable, () => PROVEN]);
  const { agent } = scripted([], { model });
  const { state } = await ask(agent, "Q?");
  expect(state).toMatchObject({
    answered: false,
    stopReason: "model-error",
    failure: { code: "model-unreachable", message: "No connection." },
    opening: { model: { family: "scripted", name: model.modelName } },
    usage: { modelRequests: 0 },
  });
  const next = await ask(agent, "And?");
  expect(next.state).toMatchObject({ answered: true, answer: "One.", failure: null });
});

test("a model with native tools is not told how to write a call", async () => {
  expect(await promptOf("completions")).toContain("<tool_call>");
  expect(await promptOf("native-tools")).not.toContain("<tool_call>");
});

test.each<[template: string, name: string, dialect: string | undefined]>([
  ["<tool_call>\n<function={{ t.name }}>", "finetune-7b", "qwen-xml"],
  ["<minimax:tool_call>", "finetune-7b", "minimax"],
  ['<tool_call>\n{"name": {{ t.name }}', "finetune-7b", "hermes"],
  ['<tool_call>\n{"name": {{ t.name }}', "QwQ-32B", undefined],
  ["[INST]{{ m.content }}[/INST]", "finetune-7b", undefined],
])(
  "the template %j of %s asks for calls in the dialect %s, and is not recorded",
  async (chatTemplate, name, dialect) => {
    const described = (): ModelDescription => ({ family: "completions", name, chatTemplate });
    const { agent } = scripted([], { model: new Described([described, described]) });
    const { state } = await ask(agent, "Q?");
    expect(state.opening?.dialect).toBe(dialect);
    expect(state.opening?.model).toEqual({ family: "completions", name });
    // another model at the same endpoint has another template
    const other = await ask(agent, "And?", { context: { model: "other" } });
    expect(other.state.opening?.dialect).toBeUndefined();
  },
);
