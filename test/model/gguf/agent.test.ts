import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import type { GgufModel } from "../../../src/model/gguf/gguf.ts";
import {
  ContinuationModel,
  type ContinuationOptions,
  type ModelChunk,
  type ModelUsage,
  type PromptMessage,
} from "../../../src/model/model.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { ask, FIXED, pagesEngine } from "../../graph/agent.ts";
import { SAID_TEXTS, script } from "../../engine/scenario.ts";
import { notHere, tinyModel } from "./here.ts";

describe.skipIf(notHere !== "")(`an agent over a GGUF file${notHere}`, () => {
  test("searches three times, answers, and evaluates only what each step adds", async () => {
    const tiny = tinyModel(script);
    const { model, steps } = recorded(tiny.model);
    const engine = pagesEngine();
    const agent = createAgenticRag(
      { protocol: qwq, model, engine, ...FIXED },
      { checkpointer: new MemorySaver() },
    );
    const { state } = await ask(agent, "Which three facts?");

    expect(engine.asked).toEqual(["llama.cpp prompt cache", "slot similarity", "token ids"]);
    expect(state.stopReason).toBe("answered");
    const said = state.transcript.filter(({ origin }) => origin === "model");
    expect(said.map(({ text }) => text)).toEqual(SAID_TEXTS);
    expect(said.filter(({ tokenIds }) => tokenIds === undefined)).toEqual([]);

    expect(steps.map(({ cachedTokens }) => cachedTokens)[0]).toBe(0);
    // what was added, and the token that ended the last step: nothing had followed it yet
    expect(steps.slice(1).map(evaluated)).toEqual(
      steps.slice(1).map((step, at) => appended(steps[at]!, step) + 1),
    );
    // what the engine has counted is what was told: the prompts, and each token that another one followed
    const meter = tiny.sequences[0]!.tokenMeter.getState();
    expect(meter.usedInputTokens + meter.usedOutputTokens).toBe(
      steps.reduce((sum, step) => sum + evaluated(step) + step.completionTokens! - 1, 0),
    );
  });
});

/** A model that hands everything on, with a list of what each request came to. */
function recorded(model: GgufModel): { model: ContinuationModel; steps: readonly ModelUsage[] } {
  const steps: ModelUsage[] = [];
  class Recorded extends ContinuationModel {
    readonly family = model.family;
    readonly modelName = model.modelName;
    override async *continueText(
      messages: readonly PromptMessage[],
      options: ContinuationOptions,
    ): AsyncGenerator<ModelChunk> {
      for await (const chunk of model.continueText(messages, options)) {
        if (chunk.type === "end") steps.push(chunk.usage);
        yield chunk;
      }
    }
  }
  return { model: new Recorded({}), steps };
}

function evaluated({ promptTokens, cachedTokens }: ModelUsage): number {
  return promptTokens! - cachedTokens!;
}

/** Tokens of a step's prompt that neither the last step's prompt nor its reply had. */
function appended(last: ModelUsage, { promptTokens }: ModelUsage): number {
  return promptTokens! - last.promptTokens! - last.completionTokens!;
}
