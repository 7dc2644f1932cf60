import { condenseBetween, replaceBetween } from "../condense.ts";
import { begunQueries } from "../dialects/begun-call.ts";
import { endsInValue, isQuotedAt, isWholeBody } from "../dialects/call-body.ts";
import { TURN_ENDS } from "../dialects/channels.ts";
import { readWrittenCall } from "../dialects/read-call.ts";
import { CALL_FORMS, CALL_PATTERN, RUNTIME_CLOSE } from "../dialects/table.ts";
import { readAnswer } from "../reading/answer.ts";
import { ALL_CONTROL_TOKENS } from "../../text/control-tokens.ts";
import { neutralise, wellFormed } from "../neutralise.ts";
import { positionAfter } from "../reading/position.ts";
import type { SpliceTags } from "../../turn.ts";
import type { Protocol } from "../protocol.ts";
import { createQwqNativeSide } from "./native.ts";
import { QWQ_TAGS, qwqOpening } from "./prompt.ts";
import { hearResults, hearSearchesLeft, respondTo, respondToPages, withPlainMarks } from "./response.ts";
import { createReasonInDocuments } from "../plain/reason-in-documents.ts";
import type { TagGrammar } from "../reading/tag-grammar.ts";
import { createTaggedReader } from "../reading/tagged-reader.ts";
import { lastUserText } from "../reading/turns.ts";

const CALL = { open: "<tool_call>", close: RUNTIME_CLOSE } as const;
const RESPONSE = { open: "<tool_response>", close: "</tool_response>" } as const;

const grammar: TagGrammar = {
  think: { open: "<think>", close: "</think>" },
  call: CALL,
  response: RESPONSE,
  // models of the Tongyi line close with it
  answer: { open: "<answer>", close: "</answer>" },
  answersFreely: true,
  turnEnds: TURN_ENDS,
  forms: CALL_FORMS.map((form) => ({
    ...form,
    isWhole: isWholeBody,
    isQuotedAt,
    endsInValue,
  })),
  dialects: true,
};

const readerOf: Protocol["reader"] = (before, options) =>
  createTaggedReader(grammar, positionAfter(before, grammar), options);

const spliceTags: SpliceTags = {
  think: "<think>\n",
  answer: "\n</think>\n\n",
  open: `\n${RESPONSE.open}\n`,
  close: `\n${RESPONSE.close}\n`,
  turnEnd: "<|im_end|>",
};

function spliced(response: string): string {
  return spliceTags.open + response + spliceTags.close;
}

/**
 * The protocol of the QwQ-32B agentic-RAG experiment: a JSON call between `<tool_call>` tags in mid-reasoning, the
 * results between `<tool_response>` tags in the same assistant turn. Both JSON dialects are read: the experiment's
 * `{"action", "action_input"}` and the `{"name", "arguments"}` of Hermes, in which QwQ and Qwen3 were trained.
 */
const UNSUPPORTED = "I check my answer. The sources that I cite do not support this:";
const AGAIN =
  "I write the whole answer again, only with what the sources say, and leave out or correct what they do not.";

export const qwq: Protocol = {
  name: "qwq",
  callPattern: CALL_PATTERN,
  stop: [CALL.close, RESPONSE.open, spliceTags.turnEnd],
  answerStop: [RESPONSE.open, spliceTags.turnEnd],
  citesSources: true,
  open: (options) => qwqOpening(options, spliceTags.think),
  reader: readerOf,
  readCall: readWrittenCall,
  begunQueries,
  respond: (reply, controlTokens) => spliced(respondTo(reply, controlTokens)),
  nudge(before, cause) {
    const { mode, fence } = positionAfter(before, grammar);
    // a fence that was left open would make text of all that follows
    const closing = fence === null ? "" : `\n${fence.mark.repeat(fence.length)}`;
    if (mode !== "think") return cause === "no-answer" || cause === "undecided" ? "\n\n" : "";
    if (cause === "undecided")
      return `${closing}\n\nIf I need to look something up, I write the call now. Otherwise I answer.\n`;
    const why =
      cause === "no-answer" ? "I have thought enough." : "I have used up what I was given for this.";
    return `${closing}\n\n${why} I will answer now from what I have.${spliceTags.answer}`;
  },
  answer(segments) {
    const answer = readAnswer(grammar, segments);
    const others = segments.flatMap(({ origin, text }) => (origin === "model" ? [] : [text]));
    return answer === null ? null : withPlainMarks(answer, others.join(""));
  },
  condense: (response, maxLength) => condenseBetween(RESPONSE, response, maxLength),
  omit: (response, words) => replaceBetween(RESPONSE, response, words),
  spliceTags,
  nativeSide: createQwqNativeSide(grammar, readWrittenCall),
  pageSide: { respond: (reply, controlTokens) => spliced(respondToPages(reply, controlTokens)) },
  mendSide: {
    tell(unsupported, controlTokens = ALL_CONTROL_TOKENS) {
      const list = unsupported.map(({ sentence, why }) => `- "${sentence}": ${why}`).join("\n");
      return `\n\n${wellFormed(neutralise(`${UNSUPPORTED}\n${list}\n${AGAIN}`, QWQ_TAGS, controlTokens))}\n\n`;
    },
  },
  digestSide: createReasonInDocuments({ tags: QWQ_TAGS, cites: true }),
  modelSide: {
    question: lastUserText,
    results: hearResults,
    searchesLeft: hearSearchesLeft,
    // an escaped bracket keeps a query about these very tags in one piece
    call: (query) =>
      `${CALL.open}\n{"action": "web_search", "action_input": {"query": ${JSON.stringify(query).replaceAll("<", String.raw`\u003c`)}}}\n${CALL.close}`,
    answer: (text) => `\n</think>\n\n${neutralise(text, QWQ_TAGS)}`,
  },
};
