import { checkAnswer } from "../../citation/check.ts";
import { refusesOnly } from "../../citation/framing.ts";
import { createPlainModel } from "../../compose/plain-model.ts";
import { AgenticRagError, messageOf } from "../../errors.ts";
import { directPrompt, oneShotPrompt } from "../../eval/baseline-prompts.ts";
import { lastAnswer } from "../../eval/match.ts";
import type { AgenticRagParts } from "../../graph/parts.ts";
import type { RunLimits } from "../../graph/context.ts";
import { HumanMessage } from "@langchain/core/messages";
import { neutralise } from "../../protocol/neutralise.ts";
import type { SearchResult } from "../../search/engine.ts";
import { ALL_CONTROL_TOKENS } from "../../text/control-tokens.ts";
import { verdictOf } from "../../text/verdict.ts";
import { NOTHING_YET, type RunRecord } from "../view/run-record.ts";
import type { RunStates } from "./rollouts.ts";

/** What an agent is set beside: its model alone, the same model with one search, and the offline reader. */
export const BASELINES = ["direct", "one-shot", "offline"] as const;
export type BaselineName = (typeof BASELINES)[number];

export interface BaselineParts extends Pick<AgenticRagParts, "model" | "protocol" | "engine"> {
  readonly limits: Pick<RunLimits, "maxTokens" | "maxSeconds" | "maxResults" | "maxResponseBytes">;
}

/**
 * Runs that are no agent's: the model answers alone (`direct`), or from the results of one search for the question as it is
 * (`one-shot`). `undefined` where there is no model.
 */
export function createBaseline(
  name: Exclude<BaselineName, "offline">,
  parts: BaselineParts,
): RunStates | undefined {
  const { engine, limits, protocol, model: given } = parts;
  const ask = createPlainModel(parts);
  const model = typeof given === "function" ? given(protocol) : given;
  if (ask === null) return undefined;
  return async function* (question, { date, seed }, signal) {
    const begun = performance.now();
    const found = name === "direct" ? NOTHING_FOUND : await searchOnce(parts, question, signal);
    const content =
      name === "direct"
        ? directPrompt(question, date)
        : oneShotPrompt(question, date, shownSources(found.sources, limits.maxResponseBytes));
    const record: RunRecord = {
      ...NOTHING_YET,
      ...found,
      opening: {
        question,
        questionId: "",
        date,
        messages: [{ role: "user", content }],
        protocol: name,
        engine: name === "direct" ? "none" : engine.name,
        model: { family: model.family, name: model.modelName },
      },
    };
    const late = AbortSignal.timeout(limits.maxSeconds * 1000);
    try {
      const {
        content: text,
        usage,
        cut,
      } = await ask({
        messages: [new HumanMessage(content)],
        context: { seed, maxTokens: limits.maxTokens },
        signal: AbortSignal.any([signal, late]),
      });
      const milliseconds = performance.now() - begun;
      yield {
        ...record,
        ...concluded(text, question, found.sources, cut),
        usage: { ...usage, milliseconds },
      };
    } catch (error) {
      if (signal.aborted) throw error;
      const usage = { ...record.usage, milliseconds: performance.now() - begun };
      if (late.aborted) return void (yield { ...record, usage, stopReason: "time-budget" });
      const code = AgenticRagError.isInstance(error) ? error.code : "run-failed";
      yield { ...record, usage, stopReason: "model-error", failure: { code, message: messageOf(error) } };
    }
  };
}

type Found = Pick<RunRecord, "sources" | "queries" | "searches">;

const NOTHING_FOUND: Found = { sources: [], queries: [], searches: 0 };

async function searchOnce(
  { engine, limits }: BaselineParts,
  query: string,
  signal: AbortSignal,
): Promise<Found> {
  const begun = performance.now();
  const outcome = await engine.search(query, { maxResults: limits.maxResults, signal });
  const sources = outcome.status === "found" ? outcome.results.map(numbered) : [];
  return {
    sources,
    searches: 1,
    queries: [
      {
        query,
        engine: engine.name,
        attempts: [],
        status: outcome.status,
        sources: sources.map(({ number }) => number),
        reason: outcome.status === "failed" ? outcome.failure.message : "",
        milliseconds: performance.now() - begun,
      },
    ],
  };
}

function numbered({ title, url, text, date }: SearchResult, at: number): RunRecord["sources"][number] {
  return { number: at + 1, title, url, text, ...(date !== undefined && { date }) };
}

function safe(text: string): string {
  return neutralise(text, ["think", "answer"], ALL_CONTROL_TOKENS);
}

/** Sources as a prompt holds them: nothing in them is a tag or a token, and all fit the bytes of a response. */
function shownSources(sources: RunRecord["sources"], maxBytes: number) {
  const each = Math.floor(maxBytes / Math.max(1, sources.length));
  return sources.map(({ number, title, text }) => ({
    number,
    title: safe(title),
    text: safe(
      Buffer.from(text)
        .subarray(0, each)
        .toString("utf8")
        .replace(/\uFFFD$/, ""),
    ),
  }));
}

/** What the model wrote as the end of a run; an answer in answer tags is what stands in these. */
function concluded(
  text: string,
  question: string,
  sources: RunRecord["sources"],
  cut: boolean,
): Partial<RunRecord> {
  const written = (lastAnswer(text) ?? text).trim();
  const transcript: RunRecord["transcript"] = [{ origin: "model", text }];
  if (written === "") return { transcript, stopReason: cut ? "token-budget" : "no-answer" };
  const { answer, citations, uncited } = checkAnswer(written, sources, question);
  const verdict = verdictOf(written) ?? (citations.length === 0 && refusesOnly(written) ? "not-found" : null);
  return {
    transcript,
    answer,
    rawAnswer: written,
    answered: verdict === null,
    citations,
    uncited: verdict === null ? uncited : [],
    stopReason: verdict ?? (cut ? "token-budget" : "answered"),
  };
}
