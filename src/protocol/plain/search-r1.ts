import { createPlainProtocol, hearDocuments } from "./plain-protocol.ts";
import { ANSWER_NOW, oneLine, replyText, type Document } from "./reply.ts";

const RESPONSE = { open: "<information>", close: "</information>" } as const;

/** The prompt that Search-R1's checkpoints were trained on, to the letter (Apache-2.0, PeterGriffinJin/Search-R1). */
const PROMPT =
  "Answer the given question. You must conduct reasoning inside <think> and </think> first every time you get new information. After reasoning, if you find you lack some knowledge, you can call a search engine by <search> query </search> and it will return the top searched results between <information> and </information>. You can search as many times as your want. If you find no further external knowledge needed, you can directly provide the answer inside <answer> and </answer>, without detailed illustrations. For example, <answer> Beijing </answer>. Question: ";

/** What its rollouts splice after an action that is neither a search nor an answer, to the letter. */
const INVALID_ACTION =
  "\nMy previous action is invalid. If I want to search, I should put the query between <search> and </search>. If I want to give the final answer, I should put the answer between <answer> and </answer>. Let me try again.\n";

/** Documents as in training: counted anew in each response, the title in quotes. */
function documentsText(results: readonly Document[]): string {
  return results
    .map(({ title, text }, at) => `Doc ${at + 1}(Title: "${oneLine(title)}") ${oneLine(text)}`)
    .join("\n");
}

/**
 * Search-R1 (arXiv 2503.09516): `<search> query </search>` in mid-reasoning, documents between `<information>` tags
 * in the same turn, a short answer between `<answer>` tags.
 */
export const searchR1 = createPlainProtocol({
  name: "search-r1",
  tags: ["think", "search", "information", "answer", "tool_call", "tool_response"],
  grammar: {
    think: { open: "<think>", close: "</think>" },
    call: { open: "<search>", close: "</search>" },
    response: RESPONSE,
    answer: { open: "<answer>", close: "</answer>" },
  },
  open({ question, history }) {
    const asked = question.trim();
    return {
      messages: [
        ...history,
        { role: "user", content: `${PROMPT}${asked.endsWith("?") ? asked : `${asked}?`}\n` },
      ],
      prefix: "",
    };
  },
  question: (prompt) => (prompt.startsWith(PROMPT) ? prompt.slice(PROMPT.length) : prompt),
  respond(reply) {
    if (reply.kind === "fault") return INVALID_ACTION;
    const body =
      reply.kind === "spent"
        ? ANSWER_NOW
        : reply.queries.map((query) => replyText(query, documentsText)).join("\n");
    return { before: `\n\n${RESPONSE.open}`, body, after: `${RESPONSE.close}\n\n` };
  },
  nudge(mode, cause) {
    if (cause === "undecided") return INVALID_ACTION;
    if (mode === "answer") return "";
    return mode === "think" ? "\n</think>\n\n<answer>" : "\n\n<answer>";
  },
  hear: hearDocuments(RESPONSE, /^Doc \d+\(Title: "(.*?)"\) (.*)$/gm),
  writes: {
    call: (query) => `<search> ${query} </search>`,
    answer: (text) => `\n<answer> ${text} </answer>`,
  },
});
