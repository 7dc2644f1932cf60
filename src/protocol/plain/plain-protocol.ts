import { condenseBetween, replaceBetween } from "../condense.ts";
import { ALL_CONTROL_TOKENS } from "../../text/control-tokens.ts";
import { openUnder } from "../instructions.ts";
import { neutralise, wellFormed } from "../neutralise.ts";
import type {
  BudgetName,
  HeardResult,
  Opening,
  OpenOptions,
  Protocol,
  Segment,
  ToolReply,
  Turn,
} from "../protocol.ts";
import { readAnswer } from "../reading/answer.ts";
import { positionAfter } from "../reading/position.ts";
import type { GrammarForm, Mode, TagGrammar, TagPair } from "../reading/tag-grammar.ts";
import { createTaggedReader } from "../reading/tagged-reader.ts";
import { lastUserText } from "../reading/turns.ts";
import { unboxed, unboxingReader } from "./boxed.ts";
import { readPlainCall } from "./call.ts";
import { createReasonInDocuments } from "./reason-in-documents.ts";
import { numberedByTitle, oneLine } from "./reply.ts";

/** What sets one protocol apart from the others whose calls are a bare query between two tags. */
export interface PlainProtocolSpec {
  readonly name: string;
  /** The names of the tags, without brackets, that text from outside must not hold; control tokens never pass. */
  readonly tags: readonly string[];
  readonly grammar: Pick<TagGrammar, "think" | "call" | "response" | "answer">;
  /** Stop strings besides the closing tags. Default: none. */
  readonly stop?: readonly string[];
  /** The last box of an answer is for a grader: a person reads what it holds. */
  readonly boxed?: boolean;
  /** Neutralises text from outside; default: by `tags`. */
  readonly harmless?: (text: string, controlTokens: readonly string[]) => string;
  readonly open: (options: PlainOpenOptions) => Opening;
  /** The question in the last user turn of such a prompt. */
  readonly question: (prompt: string) => string;
  /** What a call is answered with: the text around the body, and the body before it is neutralised. */
  readonly respond: (reply: ToolReply) => string | Spliced;
  readonly nudge: (mode: Mode, cause: NudgeCause, before: string) => string;
  /** Reads `respond`'s results back: the documents of one response, or all results with numbers of their own. */
  readonly hear: (continuation: string) => readonly Pick<HeardResult, "title" | "text" | "number">[];
  /** How the model writes a query and an answer, in text that is neutralised already. */
  readonly writes: { readonly call: (query: string) => string; readonly answer: (text: string) => string };
  /** The answer, where it may stand elsewhere than behind the reasoning or between its tags. */
  readonly answer?: (segments: readonly Segment[], read: string | null) => string | null;
}

/** Options of a question whose text and history are neutralised. */
export type PlainOpenOptions = Pick<OpenOptions, "question" | "history" | "maxSearches">;

export type NudgeCause = BudgetName | "undecided" | "no-answer";

/** A response: `body` comes from outside and is neutralised, what stands around it is ours. */
export interface Spliced {
  readonly before: string;
  readonly body: string;
  readonly after: string;
}

/** A protocol whose call is one query between two tags, without any form, and whose response stands in the same turn. */
export function createPlainProtocol(spec: PlainProtocolSpec): Protocol {
  const { name, tags, boxed = false, writes } = spec;
  const grammar: TagGrammar = {
    ...spec.grammar,
    turnEnds: ["<|im_end|>", "<|im_start|>", "<|endoftext|>"],
    answersFreely: spec.grammar.answer === null,
    forms: [formOf(spec.grammar.call)],
    dialects: false,
  };
  const { call, response, answer } = grammar;
  const harmless = (text: string, controlTokens: readonly string[] = ALL_CONTROL_TOKENS): string =>
    wellFormed(spec.harmless?.(text, controlTokens) ?? neutralise(text, tags, controlTokens));
  const ends = [...(answer === null ? [] : [answer.close]), response.open, ...(spec.stop ?? [])];
  return {
    name,
    callPattern: patternBetween(call),
    stop: [call.close, ...ends],
    answerStop: ends,
    citesSources: false,
    open: ({ question, history: conversation, maxSearches, controlTokens }) =>
      openUnder(
        conversation.map(({ role, content }): Turn => ({ role, content: harmless(content, controlTokens) })),
        (history) => spec.open({ question: harmless(question, controlTokens), history, maxSearches }),
      ),
    reader(before, options) {
      const reader = createTaggedReader(grammar, positionAfter(before, grammar), options);
      return boxed ? unboxingReader(reader) : reader;
    },
    readCall: (generated, closedByModel) => readPlainCall(call, generated, closedByModel),
    respond(reply, controlTokens) {
      const spliced = spec.respond(reply);
      if (typeof spliced === "string") return spliced;
      return `${spliced.before}${harmless(spliced.body, controlTokens)}${spliced.after}`;
    },
    nudge: (before, cause) => spec.nudge(positionAfter(before, grammar).mode, cause, before),
    answer(segments) {
      const written = readAnswer(grammar, segments);
      const read = boxed ? unboxed(written) : written;
      return spec.answer === undefined ? read : spec.answer(segments, read);
    },
    condense: (text, maxLength) => condenseBetween(response, text, maxLength),
    omit: (text, words) => replaceBetween(response, text, words),
    digestSide: createReasonInDocuments({ tags, cites: false }),
    modelSide: {
      question: (messages) => spec.question(lastUserText(messages)).trim(),
      results: spec.hear,
      searchesLeft: () => null,
      call: (query) => writes.call(neutralise(oneLine(query), tags)),
      answer: (text) => writes.answer(neutralise(text, tags)),
    },
  };
}

/**
 * Reads documents that carry no numbers off a turn, each in the first two groups of `document`, in all responses; they
 * are numbered as the run counts them, by first appearance.
 */
export function hearDocuments(
  { open, close }: TagPair,
  document: RegExp,
): (continuation: string) => readonly HeardResult[] {
  return (continuation) =>
    numberedByTitle(
      between(continuation, open, close).flatMap((body) =>
        [...body.matchAll(document)].map(([, title = "", text = ""]) => ({ title, text })),
      ),
    );
}

/** What stands between each opening tag and the closing tag behind it. */
export function between(text: string, open: string, close: string): readonly string[] {
  const bodies: string[] = [];
  let start = text.indexOf(open);
  while (start >= 0) {
    const end = text.indexOf(close, start + open.length);
    if (end < 0) break;
    bodies.push(text.slice(start + open.length, end));
    start = text.indexOf(open, end);
  }
  return bodies;
}

/** Only its closing tag tells a bare query from a mention of its opening tag. */
function formOf({ open, close }: TagPair): GrammarForm {
  return {
    open,
    close,
    begins: () => undefined,
    isWhole: (body) => body.trim() !== "" && !/\n\s*\n/.test(body.trim()),
    isQuotedAt: () => false,
    endsInValue: () => false,
  };
}

function patternBetween({ open, close }: TagPair): RegExp {
  return new RegExp(`${escaped(open)}(.*?)${escaped(close)}\\s*$`, "s");
}

function escaped(text: string): string {
  return text.replaceAll(/[|/\\{}()[\]^$+*?.]/g, String.raw`\$&`);
}
