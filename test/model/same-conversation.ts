import { MemorySaver } from "@langchain/langgraph";
import { expect } from "vitest";
import { createAgenticRag } from "../../src/graph/graph.ts";
import type { RunState } from "../../src/graph/state.ts";
import type { ContinuationModel } from "../../src/model/model.ts";
import { spansOf } from "../../src/trajectory/spans.ts";
import { maskedTexts } from "../trajectory/run.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { SAID_TEXTS } from "../engine/scenario.ts";
import { ask, FIXED, pagesEngine, scripted } from "../graph/agent.ts";

/** What the model says at each step: the scenario of the scripted GGUF file, so that a real engine can say it. */
export const SAID: readonly string[] = SAID_TEXTS;
export const QUERIES = ["llama.cpp prompt cache", "slot similarity", "token ids"] as const;
/** What it says before each call. */
export const WORDS = SAID.slice(0, 3).map((text) => text.slice(0, text.indexOf("<tool_call>")));
export const [LAST = "", ANSWER = ""] = (SAID[3] ?? "").split("\n</think>\n\n");

/** What does not depend on how a model is asked. */
export type Told = ReturnType<typeof tell>;

function tell({ transcript, answer, citations, stopReason, searches, sources, queries }: RunState) {
  return {
    answer,
    citations,
    stopReason,
    searches,
    sources,
    transcript: transcript.map(({ origin, text }) => ({ origin, text })),
    queries: queries.map(({ query, status }) => ({ query, status })),
  };
}

/** A conversation as one family had it. */
export interface Held {
  readonly told: Told;
  readonly asked: readonly string[];
  /** What does depend on it: how many of the model's texts have ids, and how many prompts were sent as ids. */
  readonly differs: {
    readonly textsWithIds: number;
    readonly idPrompts: number;
    readonly requests: number;
    readonly estimated: boolean;
  };
}

/** The question, asked of an agent of this model. */
export async function hold(model: ContinuationModel): Promise<Held> {
  const engine = pagesEngine();
  const agent = createAgenticRag(
    { protocol: qwq, model, engine, ...FIXED },
    { checkpointer: new MemorySaver() },
  );
  const { state } = await ask(agent, "Which three facts?");
  const withIds = state.transcript.filter(
    ({ origin, tokenIds }) => origin === "model" && tokenIds !== undefined,
  );
  const { text, spans } = spansOf({ segments: state.transcript });
  const { written } = maskedTexts(text, spans);
  const said = state.transcript.filter(({ origin }) => origin === "model");
  expect(text).toBe(state.transcript.map((segment) => segment.text).join(""));
  expect(written).toBe(said.map((segment) => segment.text).join(""));
  return {
    told: tell(state),
    asked: engine.asked,
    differs: {
      textsWithIds: withIds.length,
      idPrompts: state.usage.tokenPrompts,
      requests: state.usage.modelRequests,
      estimated: state.usage.estimated,
    },
  };
}

/** The conversation of a model that says exactly this. */
export async function expected(): Promise<Pick<Held, "told" | "asked">> {
  const { agent, asked } = scripted(SAID);
  const { state } = await ask(agent, "Which three facts?");
  return { told: tell(state), asked };
}
