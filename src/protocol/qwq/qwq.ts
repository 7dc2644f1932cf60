import { condenseBetween } from "../condense.ts";
import { isBalancedJson, readCallJson } from "../call-json.ts";
import { readAnswer } from "../reading/answer.ts";
import { neutralise } from "../neutralise.ts";
import { positionAfter } from "../reading/position.ts";
import type { CallOptions, CallReading, Protocol } from "../protocol.ts";
import { createQwqNativeSide } from "./native.ts";
import { QWQ_TAGS, qwqMessages } from "./prompt.ts";
import { hearResults, hearSearchesLeft, respondTo, respondToPages, withPlainMarks } from "./response.ts";
import { createReasonInDocuments } from "../plain/reason-in-documents.ts";
import type { TagGrammar } from "../reading/tag-grammar.ts";
import { createTaggedReader } from "../reading/tagged-reader.ts";
import { lastUserText } from "../reading/turns.ts";

const CALL = { open: "<tool_call>", close: "</tool_call>" } as const;
const RESPONSE = { open: "<tool_response>", close: "</tool_response>" } as const;

const grammar: TagGrammar = {
  think: { open: "<think>", close: "</think>" },
  call: CALL,
  response: RESPONSE,
  answer: null,
  turnEnds: ["<|im_end|>", "<|im_start|>", "<|endoftext|>"],
  beginsCall(body) {
    const start = body.trimStart();
    if (/^(?:```\w*\s*)?[{[]/.test(start)) return true;
    return /^(?:`{0,2}|```\w*\s*)$/.test(start) ? undefined : false;
  },
  isWholeCall: isBalancedJson,
};

const readerOf: Protocol["reader"] = (before, options) => createTaggedReader(grammar, before, options);

/** A call may hold the tag's name in its query: so many openings are tried, the last one first. */
const MAX_OPENINGS = 8;

function readCall(generated: string, closedByModel: boolean, options: CallOptions = {}): CallReading {
  if (!closedByModel) {
    return { kind: "fault", fault: "cut-off", detail: "The call was cut off before its end." };
  }
  const end = generated.lastIndexOf(CALL.close);
  const text = end < 0 ? generated : generated.slice(0, end);
  let first: CallReading | undefined;
  let at = text.lastIndexOf(CALL.open);
  for (let tries = 0; at >= 0 && tries < MAX_OPENINGS; tries += 1) {
    const reading = readCallJson(text.slice(at + CALL.open.length), options);
    if (reading.kind !== "fault" || reading.fault !== "malformed") return reading;
    first ??= reading;
    at = at === 0 ? -1 : text.lastIndexOf(CALL.open, at - 1);
  }
  return first ?? { kind: "fault", fault: "malformed", detail: "There is no call in the text." };
}

function spliced(response: string): string {
  return `\n${RESPONSE.open}\n${response}\n${RESPONSE.close}\n`;
}

/**
 * The protocol of the QwQ-32B agentic-RAG experiment: a JSON call between `<tool_call>` tags in mid-reasoning, the
 * results between `<tool_response>` tags in the same assistant turn. Both JSON dialects are read: the experiment's
 * `{"action", "action_input"}` and the `{"name", "arguments"}` of Hermes, in which QwQ and Qwen3 were trained.
 */
export const qwq: Protocol = {
  name: "qwq",
  callPattern: /<tool_call>(.*?)<\/tool_call>\s*$/s,
  stop: [CALL.close, RESPONSE.open, "<|im_end|>"],
  answerStop: [CALL.open, RESPONSE.open, "<|im_end|>"],
  citesSources: true,
  open: (options) => ({ messages: qwqMessages(options), prefix: "<think>\n" }),
  reader: readerOf,
  readCall,
  respond: (reply) => spliced(respondTo(reply)),
  nudge(before, cause) {
    const thinking = positionAfter(before, grammar).mode === "think";
    if (!thinking) return cause === "no-answer" || cause === "undecided" ? "\n\n" : "";
    if (cause === "undecided")
      return "\n\nIf I need to look something up, I write the call now. Otherwise I answer.\n";
    const why =
      cause === "no-answer" ? "I have thought enough." : "I have used up what I was given for this.";
    return `\n\n${why} I will answer now from what I have.\n</think>\n\n`;
  },
  answer(segments) {
    const answer = readAnswer(grammar, segments);
    const others = segments.flatMap(({ origin, text }) => (origin === "model" ? [] : [text]));
    return answer === null ? null : withPlainMarks(answer, others.join(""));
  },
  condense: (response, maxLength) => condenseBetween(RESPONSE, response, maxLength),
  nativeSide: createQwqNativeSide(grammar, { reader: readerOf, readCall }),
  pageSide: { respond: (reply) => spliced(respondToPages(reply)) },
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
