import { condenseBetween } from "../condense.ts";
import { readAnswer } from "../reading/answer.ts";
import { neutralise } from "../neutralise.ts";
import { readPlainCall } from "./call.ts";
import { fieldText, ANSWER_NOW, numberedByTitle, oneLine, replyText, type Document } from "./reply.ts";
import { positionAfter } from "../reading/position.ts";
import type { HeardResult, Protocol, ToolReply } from "../protocol.ts";
import type { TagGrammar } from "../reading/tag-grammar.ts";
import { createReasonInDocuments } from "./reason-in-documents.ts";
import { createTaggedReader } from "../reading/tagged-reader.ts";
import { lastUserText } from "../reading/turns.ts";

const TAGS = ["think", "search", "information", "answer", "tool_call", "tool_response"];

const grammar: TagGrammar = {
  think: { open: "<think>", close: "</think>" },
  call: { open: "<search>", close: "</search>" },
  response: { open: "<information>", close: "</information>" },
  answer: { open: "<answer>", close: "</answer>" },
  turnEnds: ["<|im_end|>", "<|im_start|>", "<|endoftext|>"],
  beginsCall: () => undefined,
  isWholeCall: (body) => body.trim() !== "" && !body.trim().includes("\n"),
};

/** The prompt that Search-R1's checkpoints were trained on, to the letter (Apache-2.0, PeterGriffinJin/Search-R1). */
const PROMPT =
  "Answer the given question. You must conduct reasoning inside <think> and </think> first every time you get new information. After reasoning, if you find you lack some knowledge, you can call a search engine by <search> query </search> and it will return the top searched results between <information> and </information>. You can search as many times as your want. If you find no further external knowledge needed, you can directly provide the answer inside <answer> and </answer>, without detailed illustrations. For example, <answer> Beijing </answer>. Question: ";

/** What its rollouts splice after an action that is neither a search nor an answer, to the letter. */
const INVALID_ACTION =
  "\nMy previous action is invalid. If I want to search, I should put the query between <search> and </search>. If I want to give the final answer, I should put the answer between <answer> and </answer>. Let me try again.\n";

function respond(reply: ToolReply): string {
  if (reply.kind === "fault") return INVALID_ACTION;
  const body =
    reply.kind === "spent"
      ? ANSWER_NOW
      : reply.queries.map((query) => replyText(query, documentsText)).join("\n");
  return `\n\n${grammar.response.open}${neutralise(body, TAGS)}${grammar.response.close}\n\n`;
}

/** Documents as in training: counted anew in each response, the title in quotes. */
function documentsText(results: readonly Document[]): string {
  return results
    .map(({ title, text }, at) => `Doc ${at + 1}(Title: "${fieldText(title)}") ${fieldText(text)}`)
    .join("\n");
}

function hearResults(continuation: string): readonly HeardResult[] {
  return numberedByTitle(
    [...continuation.matchAll(/<information>([\s\S]*?)<\/information>/g)].flatMap(([, body = ""]) =>
      [...body.matchAll(/^Doc \d+\(Title: "(.*?)"\) (.*)$/gm)].map(([, title = "", text = ""]) => ({
        title,
        text,
      })),
    ),
  );
}

/**
 * Search-R1 (arXiv 2503.09516): `<search> query </search>` in mid-reasoning, documents between `<information>` tags
 * in the same turn, a short answer between `<answer>` tags.
 */
export const searchR1: Protocol = {
  name: "search-r1",
  callPattern: /<search>(.*?)<\/search>\s*$/s,
  stop: [grammar.call.close, grammar.answer?.close ?? "", grammar.response.open],
  answerStop: [grammar.call.open, grammar.answer?.close ?? "", grammar.response.open],
  citesSources: false,
  open({ question, history }) {
    const asked = neutralise(question, TAGS).trim();
    return {
      messages: [
        ...history.map(({ role, content }) => ({ role, content: neutralise(content, TAGS) })),
        { role: "user", content: `${PROMPT}${asked.endsWith("?") ? asked : `${asked}?`}\n` },
      ],
      prefix: "",
    };
  },
  reader: (before, options) => createTaggedReader(grammar, before, options),
  readCall: (generated, closedByModel) => readPlainCall(grammar.call, generated, closedByModel),
  respond,
  nudge(before, cause) {
    if (cause === "undecided") return INVALID_ACTION;
    const { mode } = positionAfter(before, grammar);
    if (mode === "answer") return "";
    return mode === "think" ? "\n</think>\n\n<answer>" : "\n\n<answer>";
  },
  answer: (segments) => readAnswer(grammar, segments),
  condense: (response, maxLength) => condenseBetween(grammar.response, response, maxLength),
  digestSide: createReasonInDocuments({ tags: TAGS, cites: false }),
  modelSide: {
    question: (messages) => {
      const text = lastUserText(messages);
      return (text.startsWith(PROMPT) ? text.slice(PROMPT.length) : text).trim();
    },
    results: hearResults,
    searchesLeft: () => null,
    call: (query) => `${grammar.call.open} ${neutralise(oneLine(query), TAGS)} ${grammar.call.close}`,
    answer: (text) => `\n<answer> ${neutralise(text, TAGS)} </answer>`,
  },
};
