import type { ToolReply } from "../protocol.ts";
import { createPlainProtocol, hearDocuments } from "./plain-protocol.ts";
import { ANSWER_NOW, oneLine, replyText, type Document } from "./reply.ts";

const THINK = { open: "<think>", close: "</think>" } as const;
const CALL = { open: "<search>", close: "</search>" } as const;
const RESPONSE = { open: "<result>", close: "</result>" } as const;
const ANSWER = { open: "<answer>", close: "</answer>" } as const;

/**
 * The system message that ReSearch's instruct checkpoints were trained on, to the letter (MIT, Agent-RL/ReCall, branch
 * re-search, src/verl/utils/dataset/template.py, `re_search_template_sys`).
 */
const SYSTEM = String.raw`You are a helpful assistant that can solve the given question step by step with the help of the wikipedia search tool. Given a question, you need to first think about the reasoning process in the mind and then provide the answer. During thinking, you can invoke the wikipedia search tool to search for fact information about specific topics if needed. The reasoning process and answer are enclosed within <think> </think> and <answer> </answer> tags respectively, and the search query and result are enclosed within <search> </search> and <result> </result> tags respectively. For example, <think> This is the reasoning process. </think> <search> search query here </search> <result> search result here </result> <think> This is the reasoning process. </think> <answer> The final answer is \[ \boxed{answer here} \] </answer>. In the last part of the answer, the final exact answer is enclosed within \boxed{} with latex format.`;

function bodyOf(reply: ToolReply): string {
  switch (reply.kind) {
    case "results":
      return reply.queries.map((query) => replyText(query, documentsText)).join("\n\n");
    case "fault":
      // what its evaluation says to an empty query, and its training to one that it cannot use
      return reply.fault === "empty-query" ? "nothing to search" : "invalid query";
    case "spent":
      return ANSWER_NOW;
  }
}

/** Documents as in training: without numbers, each its title in quotes on one line and its text on the next. */
function documentsText(results: readonly Document[]): string {
  return results.map(({ title, text }) => `"${oneLine(title)}"\n${oneLine(text)}`).join("\n\n");
}

/**
 * ReSearch (arXiv 2503.19470), its instruct checkpoints: `<search> query </search>` between two thoughts, documents
 * between `<result>` tags in the same turn, an answer between `<answer>` tags whose core is boxed. The box is for a
 * grader: what a person reads, in the stream and at the end, is `The final answer is X`.
 */
export const reSearch = createPlainProtocol({
  name: "re-search",
  tags: ["think", "search", "result", "answer", "tool_call", "tool_response"],
  grammar: { think: THINK, call: CALL, response: RESPONSE, answer: ANSWER },
  boxed: true,
  open: ({ question, history }) => ({
    messages: [{ role: "system", content: SYSTEM }, ...history, { role: "user", content: question }],
    prefix: "",
  }),
  question: (prompt) => prompt,
  respond: (reply) => ({
    before: ` ${RESPONSE.open}\n`,
    body: bodyOf(reply),
    after: `\n${RESPONSE.close}`,
  }),
  nudge(mode, cause) {
    if (mode === "answer") return "";
    if (cause === "undecided")
      return `${mode === "think" ? "" : ` ${THINK.open}`} If I need to look something up, I search for it now. Otherwise I give the answer. ${THINK.close}`;
    return `${mode === "think" ? ` ${THINK.close}` : ""} ${ANSWER.open}`;
  },
  hear: hearDocuments(RESPONSE, /^"(.*)"\n(.*)$/gm),
  writes: {
    call: (query) => `${CALL.open} ${query} ${CALL.close}`,
    answer: (text) => `\n${ANSWER.open} ${text} ${ANSWER.close}`,
  },
});
