import { throwIfAborted } from "../../net/abort.ts";
import { neededTerms, weighEvidence, type Evidence } from "./evidence.ts";
import type { ModelSide } from "../../turn.ts";
import {
  ContinuationModel,
  type ContinuationOptions,
  type ModelChunk,
  type PromptMessage,
} from "../model.ts";
import { readTerms, type Term } from "./question-terms.ts";
import type { CitedSentence } from "./sources.ts";
import { findStop } from "../exchange/stop-strings.ts";

export interface OfflineOptions {
  /** How the protocol of the run is heard and written. */
  readonly side: ModelSide;
  /** @default 3 */
  readonly maxSearches?: number;
}

const CHARACTERS_PER_TOKEN = 4;
const MAX_QUERY_TERMS = 12;
const MAX_LISTED = 6;

/**
 * No language model at all: an extractive reader that follows the same protocol as a trained one. It searches for the
 * words of the question, and answers with the sentences of the sources that speak of them, each cited; where the
 * sources do not carry an answer it says that it was not found. Deterministic, without network and without delay. It
 * counts no tokens and reports none; `maxTokens` is taken as four characters each.
 */
export function createOfflineModel(options: OfflineOptions): OfflineModel {
  return new OfflineModel(options);
}

export class OfflineModel extends ContinuationModel {
  readonly family = "offline";
  readonly modelName = "offline-extractive";
  readonly #options: OfflineOptions;

  constructor(options: OfflineOptions) {
    super({});
    this.#options = options;
  }

  override async *continueText(
    messages: readonly PromptMessage[],
    options: ContinuationOptions,
  ): AsyncGenerator<ModelChunk> {
    throwIfAborted(options.signal);
    const whole = nextText(messages, this.#options);
    const stopped = findStop(whole, options.stop ?? []);
    const text = whole.slice(0, stopped?.index);
    const room = (options.maxTokens ?? Infinity) * CHARACTERS_PER_TOKEN;
    for (const chunk of wordChunks(text.slice(0, room))) {
      throwIfAborted(options.signal);
      yield { type: "text", text: chunk };
    }
    throwIfAborted(options.signal);
    if (text.length > room) yield { type: "end", finishReason: "length", usage: {} };
    else yield { type: "end", finishReason: "stop", stopReason: stopped?.stop ?? null, usage: {} };
  }
}

/** What follows the continuation so far: one more search, or the answer. */
function nextText(messages: readonly PromptMessage[], { side, maxSearches = 3 }: OfflineOptions): string {
  const last = messages.at(-1);
  const before = last?.role === "assistant" ? last.content : "";
  const question = side.question(messages);
  const evidence = weighEvidence(question, side.results(before));
  const terms = readTerms(question);
  const queries = queriesFor(terms).slice(0, maxSearches);
  // white space aside: a protocol may write it otherwise when it puts a call together
  const said = withoutSpace(before);
  const sent = queries.filter((query) => said.includes(withoutSpace(side.call(query))));
  const next = queries.find((query) => !sent.includes(query));
  const closing = restOfClosing(before, side);
  const maySearch = next !== undefined && side.searchesLeft(before) !== 0 && !closing.begun;

  if (maySearch && sent.length === 0) {
    const about = listed(neededTerms(terms), "and");
    return `The question is about ${about}. I will look for sources that speak of this.\n\n${side.call(next)}`;
  }
  const weak = evidence.supporting.length === 0 || (sent.length === 1 && evidence.supporting.length === 1);
  if (maySearch && weak) {
    return `${reasonToSearchOn(evidence)} I will search again, for ${next}.\n\n${side.call(next)}`;
  }

  const answer = evidence.sentences.length === 0 ? notFound(terms, evidence) : citedText(evidence.sentences);
  const reason = closing.begun ? "" : reasonToAnswer(evidence);
  return reason + closing.text(answer);
}

/** All words first, then the names alone, then each of them, or else the most telling word. */
function queriesFor(terms: readonly Term[]): string[] {
  const needed = neededTerms(terms);
  const names = needed.filter(({ kind }) => kind === "name");
  const longest = [...needed].sort((a, b) => b.text.length - a.text.length);
  const tries = [
    terms,
    names.length > 0 ? names : needed,
    ...(names.length > 1 ? names.map((name) => [name]) : []),
    needed,
    longest.slice(0, 2),
  ];
  const queries = tries.map((some) => some.slice(0, MAX_QUERY_TERMS).map(({ text }) => text));
  const sets = queries.map((words) => words.toSorted().join(" "));
  return queries
    .map((words) => words.join(" "))
    .filter((query, at) => query !== "" && sets.indexOf(sets[at] ?? "") === at);
}

function reasonToSearchOn({ supporting, missing }: Evidence): string {
  if (supporting.length > 0) return "Only one source answers this so far.";
  return missing.length > 0
    ? `Nothing found so far speaks of ${listed(missing, "or")}.`
    : "What was found so far does not answer the question.";
}

function reasonToAnswer({ supporting }: Evidence): string {
  if (supporting.length === 0) return "The sources do not carry an answer, so I will say that.";
  const sources =
    supporting.length === 1 ? `Source ${supporting[0]} carries` : `${supporting.length} sources carry`;
  return `${sources} an answer. I will quote the sentences that say most.`;
}

function notFound(terms: readonly Term[], { missing }: Evidence): string {
  if (terms.length === 0) return "Not found in the sources: the question names nothing to look for.";
  return missing.length > 0
    ? `Not found in the sources: they say nothing about ${listed(missing, "or")}.`
    : "Not found in the sources: nothing in them answers this question.";
}

function listed(terms: readonly Term[], conjunction: "and" | "or"): string {
  const texts = terms.slice(0, MAX_LISTED).map(({ text }) => `"${text}"`);
  return texts.length < 2
    ? texts.join("")
    : `${texts.slice(0, -1).join(", ")} ${conjunction} ${texts.at(-1)}`;
}

/** Each sentence with the number of its source before its final mark; a paragraph for each source. */
function citedText(sentences: readonly CitedSentence[]): string {
  const paragraphs = new Map<number, string[]>();
  for (const { number, text } of sentences) {
    const [, body = text, end = ""] = /^(.*?)([.!?。！？]*)$/su.exec(text) ?? [];
    const cited = `${body} [${number}]${end === "" ? "." : end}`;
    paragraphs.set(number, [...(paragraphs.get(number) ?? []), cited]);
  }
  return Array.from(paragraphs.values(), (paragraph) => paragraph.join(" ")).join("\n\n");
}

/** The closing of the reasoning may have been begun by someone else; then only the rest of it is written. */
function restOfClosing(before: string, side: ModelSide): { begun: boolean; text(answer: string): string } {
  const [opening = ""] = side.answer("\u0000").split("\u0000");
  const wanted = opening.trimStart();
  const said = before.trimEnd();
  for (let length = wanted.length; length > 1; length -= 1) {
    const begun = wanted.slice(0, length).trimEnd();
    if (begun.length > 1 && said.endsWith(begun)) {
      return { begun: true, text: (answer) => side.answer(answer).trimStart().slice(length) };
    }
  }
  return { begun: false, text: (answer) => side.answer(answer) };
}

function withoutSpace(text: string): string {
  return text.replaceAll(/\s+/g, "");
}

/** Words with the white space behind them; long runs without spaces in pieces. */
function wordChunks(text: string): string[] {
  return text.match(/\S{1,16}\s*|\s+/gu) ?? [];
}
