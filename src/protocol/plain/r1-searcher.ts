import { neutralise } from "../neutralise.ts";
import type { ToolReply } from "../protocol.ts";
import { createPlainProtocol, hearDocuments, type PlainOpenOptions } from "./plain-protocol.ts";
import { ANSWER_NOW, oneLine, replyText, type Document } from "./reply.ts";

const TAGS = ["think", "answer", "tool_call", "tool_response"];

const THINK = { open: "<think>", close: "</think>" } as const;
const CALL = { open: "<|begin_of_query|>", close: "<|end_of_query|>" } as const;
const RESPONSE = { open: "<|begin_of_documents|>", close: "<|end_of_documents|>" } as const;
const ANSWER = { open: "<answer>", close: "</answer>" } as const;

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

function harmless(text: string, controlTokens: readonly string[]): string {
  return neutralise(text.replaceAll(FORGED_TURN, " "), TAGS, controlTokens);
}

function conversation({ history, question }: PlainOpenOptions): string {
  const earlier = history.map(
    ({ role, content }) => `${role === "assistant" ? ASSISTANT : USER}${content.trim()}\n`,
  );
  return `${earlier.join("")}${USER}${question.trim()}\n${ASSISTANT}`;
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
  return results.map(({ title, text }, at) => `(${at + 1})${oneLine(title)}   ${oneLine(text)}`).join("\n");
}

/**
 * R1-Searcher (arXiv 2503.05592), the checkpoint of the base model: `<|begin_of_query|> keywords<|end_of_query|>` in
 * mid-reasoning, numbered documents in the same turn, a short answer between `<answer>` tags. Its prompt has no chat
 * template: it is one user turn, whole to its last byte with the template `raw`, in which earlier questions and
 * answers stand as further turns.
 */
export const r1Searcher = createPlainProtocol({
  name: "r1-searcher",
  tags: TAGS,
  grammar: { think: THINK, call: CALL, response: RESPONSE, answer: ANSWER },
  stop: ["<|im_end|>"],
  harmless,
  open: (options) => ({
    messages: [{ role: "user", content: PROMPT + conversation(options) }],
    prefix: THINK.open,
  }),
  question(prompt) {
    const at = prompt.lastIndexOf(`\n${USER}`);
    if (!prompt.startsWith(PROMPT) || !prompt.endsWith(`\n${ASSISTANT}`)) return prompt;
    return prompt.slice(at + 1 + USER.length, -ASSISTANT.length);
  },
  respond(reply) {
    const body = bodyOf(reply);
    const after = `${body === NOTHING ? "" : "\n"}${RESPONSE.close}\n\n`;
    return { before: `\n\n${RESPONSE.open}\n`, body, after };
  },
  nudge(mode, cause) {
    if (mode === "answer") return "";
    if (mode === "text") return `\n\n${ANSWER.open}`;
    return cause === "undecided"
      ? "\n\nIf I need to look something up, I search for it now. Otherwise I give the final answer.\n"
      : `\n${THINK.close}\n\n${ANSWER.open}`;
  },
  hear: hearDocuments(RESPONSE, /^\(\d+\)(.*?) {3}(.*)$/gm),
  writes: {
    call: (query) => `${CALL.open} ${query}${CALL.close}`,
    answer: (text) => `\n${THINK.close}\n\n${ANSWER.open} ${text} ${ANSWER.close}`,
  },
});
