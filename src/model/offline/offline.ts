import { throwIfAborted } from "../../net/abort.ts";
import type { ModelSide } from "../../turn.ts";
import {
  ContinuationModel,
  type ContinuationOptions,
  type ModelChunk,
  type PromptMessage,
} from "../model.ts";
import { languageOf } from "../../text/language.ts";
import { findStop } from "../exchange/stop-strings.ts";
import { readSources } from "./sources.ts";
import { concludeParts, readParts, termsOf } from "./parts.ts";
import { neededTerms, type Question, type Term } from "./question.ts";
import { readAsMeant } from "./respelling.ts";
import { listed, smallTalk, withRespellings } from "./wording.ts";

export interface OfflineOptions {
  /** How the protocol of the run is heard and written. */
  readonly side: ModelSide;
  /** @default 3 */
  readonly maxSearches?: number;
}

const CHARACTERS_PER_TOKEN = 4;
const MAX_QUERY_TERMS = 12;

/**
 * No language model at all: an extractive reader that follows the same protocol as a trained one. It searches for the
 * words of the question, and answers with the sentences, items, rows and pairs of the sources that hold what is asked
 * for, each cited; where none does it shows the closest passage as such, or says that nothing was found, in the
 * question's language. Deterministic, without network and without delay. It counts no tokens and reports none;
 * `maxTokens` is taken as four characters each.
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
  const asked = side.question(messages);
  const earlier = earlierQuestions(messages, side);
  const parts = readParts(asked, earlier);
  const closing = restOfClosing(before, side);
  const begin = (reason: string): string => (closing.begun ? "" : reason);
  const greeting = smallTalk(asked, languageOf(asked));
  if (greeting !== undefined)
    return begin("This asks for nothing from the sources.") + closing.text(greeting);

  const sources = readSources(side.results(before));
  const meant = readAsMeant(asked, earlier, parts, sources);
  const conclusion = concludeParts(meant.parts, sources);
  const queries = queriesFor(parts).slice(0, maxSearches);
  // white space aside: a protocol may write it otherwise when it puts a call together
  const said = withoutSpace(before);
  const sent = queries.filter((query) => said.includes(withoutSpace(side.call(query))));
  const next = queries.find((query) => !sent.includes(query));
  const maySearch = next !== undefined && side.searchesLeft(before) !== 0 && !closing.begun;
  if (maySearch && sent.length === 0) {
    const about = listed(
      neededTerms(termsOf(parts)).map(({ text }) => text),
      "en",
      "and",
    );
    return `The question is about ${about}. I will look for sources that speak of this.\n\n${side.call(next)}`;
  }
  if (maySearch && !conclusion.whole) {
    return `What was found so far does not answer the question. I will search again, for ${next}.\n\n${side.call(next)}`;
  }
  return (
    begin(REASONS[conclusion.kind]) +
    closing.text(withRespellings(conclusion, meant.respellings, languageOf(asked)))
  );
}

const REASONS = {
  answer: "The sources hold an answer. I will quote what says it.",
  passage: "No sentence of the sources answers this outright. I will show what comes closest.",
  "not-found": "The sources do not carry an answer, so I will say that.",
} as const;

/** What was asked before in this conversation, oldest first. */
function earlierQuestions(messages: readonly PromptMessage[], side: ModelSide): readonly string[] {
  const users = messages.flatMap(({ role }, at) => (role === "user" ? [at] : []));
  return users.slice(0, -1).map((at) => side.question(messages.slice(0, at + 1)));
}

/** The words of all parts, then those of each; for a single one fewer and fewer of them. */
function queriesFor(parts: readonly Question[]): string[] {
  const each = parts.map(({ terms }) => triesOf(terms));
  const tries =
    parts.length === 1
      ? (each[0] ?? [])
      : [termsOf(parts), ...each.flatMap(([all = []]) => [all]), ...each.flat()];
  const queries = tries.map((some) => some.slice(0, MAX_QUERY_TERMS).map(({ text }) => text));
  const sets = queries.map((words) => words.toSorted().join(" "));
  return queries
    .map((words) => words.join(" "))
    .filter((query, at) => query !== "" && sets.indexOf(sets[at] ?? "") === at);
}

/** All words first, then the names alone, then each of them, or else the most telling word. */
function triesOf(terms: readonly Term[]): readonly (readonly Term[])[] {
  const needed = neededTerms(terms);
  const names = needed.filter(({ kind }) => kind === "name");
  const longest = [...needed].sort((a, b) => b.text.length - a.text.length);
  return [
    terms,
    names.length > 0 ? names : needed,
    ...(names.length > 1 ? names.map((name) => [name]) : []),
    needed,
    longest.slice(0, 2),
  ];
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
