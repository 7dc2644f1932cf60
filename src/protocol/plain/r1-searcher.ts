import { condenseBetween } from "../condense.ts";
import { readAnswer } from "../reading/answer.ts";
import { neutralise } from "../neutralise.ts";
import { readPlainCall } from "./call.ts";
import { ANSWER_NOW, fieldText, numberedByTitle, oneLine, replyText, type Document } from "./reply.ts";
import { positionAfter } from "../reading/position.ts";
import type { HeardResult, Protocol, ToolReply, Turn } from "../protocol.ts";
import type { TagGrammar } from "../reading/tag-grammar.ts";
import { createReasonInDocuments } from "./reason-in-documents.ts";
import { createTaggedReader } from "../reading/tagged-reader.ts";
import { lastUserText } from "../reading/turns.ts";

const TAGS = ["think", "answer", "tool_call", "tool_response"];

const THINK = { open: "<think>", close: "</think>" } as const;
const CALL = { open: "<|begin_of_query|>", close: "<|end_of_query|>" } as const;
const RESPONSE = { open: "<|begin_of_documents|>", close: "<|end_of_documents|>" } as const;
const ANSWER = { open: "<answer>", close: "</answer>" } as const;

const grammar: TagGrammar = {
  think: THINK,
  call: CALL,
  response: RESPONSE,
  answer: ANSWER,
  turnEnds: ["<|im_end|>", "<|im_start|>", "<|endoftext|>"],
  beginsCall: () => undefined,
  isWholeCall: (body) => body.trim() !== "" && !body.trim().includes("\n"),
};

/**
 * The prompt that R1-Searcher's checkpoints are evaluated with, to the letter (MIT, RUCAIBox/R1-Searcher,
 * evaluation/eval_search_loacl.py, `base_prompt_v0`).
 */
const PROMPT = `The User asks a question, and the Assistant solves it.
The Assistant first thinks about the reasoning process in the mind and then provides the User with the final answer.
The output format of reasoning process and final answer are enclosed within <think> </think> and <answer> </answer> tags, respectively, i.e., "<think> reasoning process here </think>

<answer> final answer here </answer>".
During the thinking process, the Assistant can perform searching for uncertain knowledge if necessary with the format of "<|begin_of_query|> search query (only keywords) here <|end_of_query|>". **A query must involve only a single triple**.
Then, the system will provide the Assistant with helpful information with the format of "<|begin_of_documents|> ...search results... <|end_of_documents|>".

`;

const USER = "User:";
const ASSISTANT = "Assistant: ";

/** What R1-Searcher splices where its retriever found nothing. */
const NOTHING = "None";

/** A line that would be read as a turn, in a prompt where nothing but its first word makes it one. */
const FORGED_TURN = /(?<!\s)[^\S\n\r\u2028\u2029]*[\n\r\u2028\u2029]\s*(?=(?:user|assistant)\s*:)/gi;

function harmless(text: string): string {
  return neutralise(text.replaceAll(FORGED_TURN, " "), TAGS);
}

function conversation(history: readonly Turn[], question: string): string {
  const earlier = history.map(
    ({ role, content }) => `${role === "assistant" ? ASSISTANT : USER}${harmless(content).trim()}\n`,
  );
  return `${earlier.join("")}${USER}${harmless(question).trim()}\n${ASSISTANT}`;
}

function respond(reply: ToolReply): string {
  const body = harmless(bodyOf(reply));
  return `\n\n${RESPONSE.open}\n${body}${body === NOTHING ? "" : "\n"}${RESPONSE.close}\n\n`;
}

function bodyOf(reply: ToolReply): string {
  switch (reply.kind) {
    case "results":
      return reply.queries.map((query) => replyText(query, documentsText, NOTHING)).join("\n");
    case "fault":
      return `The search was not run. ${reply.detail}`;
    case "spent":
      return ANSWER_NOW;
  }
}

/** Documents as in training: counted anew in each response, three spaces between title and text. */
function documentsText(results: readonly Document[]): string {
  return results
    .map(({ title, text }, at) => `(${at + 1})${fieldText(title)}   ${fieldText(text)}`)
    .join("\n");
}

function hearResults(continuation: string): readonly HeardResult[] {
  const responses = continuation.matchAll(/<\|begin_of_documents\|>\n([\s\S]*?)\n<\|end_of_documents\|>/g);
  return numberedByTitle(
    [...responses].flatMap(([, body = ""]) =>
      [...body.matchAll(/^\(\d+\)(.*?) {3}(.*)$/gm)].map(([, title = "", text = ""]) => ({ title, text })),
    ),
  );
}

/**
 * R1-Searcher (arXiv 2503.05592), the checkpoint of the base model: `<|begin_of_query|> keywords<|end_of_query|>` in
 * mid-reasoning, numbered documents in the same turn, a short answer between `<answer>` tags. Its prompt has no chat
 * template: it is one user turn, whole to its last byte with the template `raw`, in which earlier questions and
 * answers stand as further turns.
 */
export const r1Searcher: Protocol = {
  name: "r1-searcher",
  callPattern: /<\|begin_of_query\|>(.*?)<\|end_of_query\|>\s*$/s,
  stop: [CALL.close, ANSWER.close, RESPONSE.open, "<|im_end|>"],
  answerStop: [CALL.open, ANSWER.close, RESPONSE.open, "<|im_end|>"],
  citesSources: false,
  open: ({ question, history }) => ({
    messages: [{ role: "user", content: PROMPT + conversation(history, question) }],
    prefix: THINK.open,
  }),
  reader: (before, options) => createTaggedReader(grammar, before, options),
  readCall: (generated, closedByModel) => readPlainCall(CALL, generated, closedByModel),
  respond,
  nudge(before, cause) {
    const { mode } = positionAfter(before, grammar);
    if (mode === "answer") return "";
    if (mode === "text") return `\n\n${ANSWER.open}`;
    return cause === "undecided"
      ? "\n\nIf I need to look something up, I search for it now. Otherwise I give the final answer.\n"
      : `\n${THINK.close}\n\n${ANSWER.open}`;
  },
  answer: (segments) => readAnswer(grammar, segments),
  condense: (response, maxLength) => condenseBetween(RESPONSE, response, maxLength),
  digestSide: createReasonInDocuments({ tags: TAGS, cites: false }),
  modelSide: {
    question: (messages) => {
      const text = lastUserText(messages);
      const at = text.lastIndexOf(`\n${USER}`);
      if (!text.startsWith(PROMPT) || !text.endsWith(`\n${ASSISTANT}`)) return text.trim();
      return text.slice(at + 1 + USER.length, -ASSISTANT.length).trim();
    },
    results: hearResults,
    searchesLeft: () => null,
    call: (query) => `${CALL.open} ${neutralise(oneLine(query), TAGS)}${CALL.close}`,
    answer: (text) => `\n${THINK.close}\n\n${ANSWER.open} ${neutralise(text, TAGS)} ${ANSWER.close}`,
  },
};
