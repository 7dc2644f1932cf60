import { between, createPlainProtocol, type NudgeCause, type Spliced } from "./plain-protocol.ts";
import { lastBoxed } from "./boxed.ts";
import { oneLine } from "./reply.ts";
import type { Mode } from "../reading/tag-grammar.ts";
import type { BudgetName, HeardResult, NumberedResult, QueryReply, Segment, ToolReply } from "../protocol.ts";
import { QWQ_TAGS } from "../qwq/prompt.ts";

const CALL = { open: "<|begin_search_query|>", close: "<|end_search_query|>" } as const;
const RESPONSE = { open: "<|begin_search_result|>", close: "<|end_search_result|>" } as const;

/** What Search-o1 tells a model about multi-hop questions, to the letter (MIT, RUC-NLPIR/Search-o1, scripts/prompts.py). */
function instruction(maxSearches: number): string {
  return `You are a reasoning assistant with the ability to perform web searches to help you answer the user's question accurately. You have special tools:

- To perform a search: write <|begin_search_query|> your query here <|end_search_query|>.
Then, the system will search and analyze relevant web pages, then provide you with helpful information in the format <|begin_search_result|> ...search results... <|end_search_result|>.

You can repeat the search process multiple times if necessary. The maximum number of search attempts is limited to ${maxSearches}.

Once you have all the information you need, continue your reasoning.

Example:
Question: "Alice David is the voice of Lara Croft in a video game developed by which company?"
Assistant thinking steps:
- I need to find out who voices Lara Croft in the video game.
- Then, I need to determine which company developed that video game.

Assistant:
<|begin_search_query|>Alice David Lara Croft voice<|end_search_query|>

(System returns processed information from relevant web pages)

Assistant thinks: The search results indicate that Alice David is the voice of Lara Croft in a specific video game. Now, I need to find out which company developed that game.

Assistant:
<|begin_search_query|>video game developed by Alice David Lara Croft<|end_search_query|>

(System returns processed information from relevant web pages)

Assistant continues reasoning with the new information...

Remember:
- Use <|begin_search_query|> to request a web search and end with <|end_search_query|>.
- When done searching, continue your reasoning.

`;
}

/** The task as Search-o1 gives it to QwQ, to the letter; the question and an empty line follow. */
const TASK = String.raw`Please answer the following question. You should provide your final answer in the format \boxed{YOUR_ANSWER}.

Question:
`;

/** Search-o1's own words, to the letter, where it has any. */
const LIMIT = "The maximum search limit is exceeded. You are not allowed to search.";
const REPEATED = "You have searched this query. Please refer to previous results.";
const NOTHING = "No helpful information found.";

const SPENT: Record<BudgetName, string> = {
  search: LIMIT,
  page: LIMIT,
  token:
    "The room for reasoning is used up. You are not allowed to search. Please give the final answer now.",
  time: "The time for this question is used up. You are not allowed to search. Please give the final answer now.",
  repair:
    "Too many searches could not be read. You are not allowed to search. Please give the final answer now.",
  repetition:
    "The reasoning repeats itself. You are not allowed to search. Please give the final answer now.",
  repeat:
    "Too many queries were searched before. You are not allowed to search. Please give the final answer now.",
};

/** What stands for a text that an earlier page says as well. */
const SAME_TEXT = /^\((?:shown above|same text as Web Page \d+)(?:, but for:)?\) ?/;

function respond(reply: ToolReply): Spliced {
  switch (reply.kind) {
    case "fault":
      return notice(
        `The search was not run. ${reply.detail} A search is one query on one line, between the two query tags.`,
      );
    case "spent":
      return notice(SPENT[reply.budget]);
    case "results": {
      const body = reply.queries.map(queryText).join("\n\n");
      const isNotice = reply.queries.every(({ status }) => status === "repeated" || status === "not-run");
      return isNotice
        ? notice(body)
        : { before: `\n\n${RESPONSE.open}`, body, after: `${RESPONSE.close}\n\n` };
    }
  }
}

function notice(body: string): Spliced {
  return { before: `\n${RESPONSE.open}\n`, body, after: `\n${RESPONSE.close}\n` };
}

function queryText({ status, results, digest, reason }: QueryReply): string {
  switch (status) {
    case "found":
      if (digest !== undefined) return oneLine(digest);
      return results.length === 0 ? NOTHING : results.map(pageText).join("\n\n");
    case "nothing":
      return NOTHING;
    case "repeated":
      return REPEATED;
    case "failed":
      return `The search failed: ${oneLine(reason ?? "no reason given.")}`;
    case "not-run":
      return LIMIT;
  }
}

/**
 * Search-o1 has the same model condense the pages into a few lines first; without such a digest they stand as they were
 * found, each on two lines, so that no page can begin another.
 */
function pageText({ number, title, text, date, shownBefore, echo }: NumberedResult): string {
  const name = oneLine(title) === "" ? "Untitled" : oneLine(title);
  const head = `**Web Page ${number}:** ${name}${date === undefined ? "" : ` (${oneLine(date)})`}`;
  if (shownBefore) return `${head}\n(shown above)`;
  if (echo === undefined) return `${head}\n${oneLine(text)}`;
  const told = echo.of === number ? "shown above" : `same text as Web Page ${echo.of}`;
  return `${head}\n${echo.rest === "" ? `(${told})` : `(${told}, but for:) ${oneLine(echo.rest)}`}`;
}

function hear(continuation: string): readonly HeardResult[] {
  return between(continuation, RESPONSE.open, RESPONSE.close)
    .flatMap((body) => [...body.matchAll(/^\*\*Web Page (\d+):\*\* (.*)\n(.*)$/gm)])
    .map(([, number, title = "", text = ""]) => ({
      number: Number(number),
      title,
      text: text.replace(SAME_TEXT, ""),
    }))
    .filter(({ text }) => text !== "");
}

/** What stands after the reasoning, or else the last box in it: QwQ at times ends with that. */
function answer(segments: readonly Segment[], read: string | null): string | null {
  return read ?? boxIn(segments.map(({ origin, text }) => (origin === "model" ? text : "\n")).join(""));
}

/** The last box that a model filled; the prompt's own, quoted, is none. */
function boxIn(reasoning: string): string | null {
  const box = lastBoxed(reasoning)?.trim() ?? "";
  return box === "" || box === "YOUR_ANSWER" ? null : box;
}

function nudge(mode: Mode, cause: NudgeCause, before: string): string {
  const isUndecided = cause === "undecided";
  if (mode !== "think") return isUndecided || cause === "no-answer" ? "\n\n" : "";
  const sinceResult = before.slice(before.lastIndexOf(RESPONSE.close) + 1);
  if (isUndecided && boxIn(sinceResult) === null)
    return "\n\nIf I need to look something up, I search for it now. Otherwise I answer.\n";
  return isUndecided
    ? "\n</think>\n\n"
    : "\n\nI will answer now from the information that I have.\n</think>\n\n";
}

/**
 * Search-o1 (arXiv 2501.05366), with which QwQ-32B searches without being trained to: plain-text tags in
 * mid-reasoning, the answer after the reasoning, boxed. QwQ's template opens the reasoning. The box is for a grader:
 * what a person reads, in the stream and at the end, is what it holds.
 */
export const searchO1 = createPlainProtocol({
  name: "search-o1",
  tags: QWQ_TAGS,
  grammar: {
    think: { open: "<think>", close: "</think>" },
    call: CALL,
    response: RESPONSE,
    answer: null,
  },
  stop: ["<|im_end|>"],
  boxed: true,
  open: ({ question, history, maxSearches }) => ({
    messages: [
      ...history,
      { role: "user", content: `${instruction(maxSearches)}${TASK}${question.trim()}\n\n` },
    ],
    prefix: "<think>\n",
  }),
  question(prompt) {
    const at = prompt.indexOf(TASK);
    return at < 0 ? prompt : prompt.slice(at + TASK.length);
  },
  respond,
  nudge,
  hear,
  answer,
  writes: {
    call: (query) => `${CALL.open}${query}${CALL.close}`,
    answer: (text) => `\n</think>\n\n${text}`,
  },
});
