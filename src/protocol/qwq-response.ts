import { neutralise, unmarkCitations } from "./neutralise.ts";
import type { BudgetName, HeardResult, NumberedResult, QueryReply, ToolReply } from "./protocol.ts";
import { QWQ_TAGS } from "./qwq-prompt.ts";

const HOW_TO_WRITE =
  'Write one JSON object between the tags, in this form: {"action": "web_search", "action_input": {"query": "what you are looking for"}}';
const HOW_TO_CALL = 'Call "web_search" with a "query": a text, or a list of texts.';

const SHOWN_BEFORE = "(shown above)";

/** What stands between the response tags. Neutralised as a whole, as the last step. */
export function respondTo(reply: ToolReply): string {
  return neutralise(bodyOf(reply), QWQ_TAGS);
}

function bodyOf(reply: ToolReply): string {
  switch (reply.kind) {
    case "results":
      return [...reply.queries.map((query) => queryText(query, reply.queries.length > 1)), left(reply)].join(
        "\n\n",
      );
    case "fault":
      return `The call was not run. ${reply.detail} ${reply.nativeTools === true ? HOW_TO_CALL : HOW_TO_WRITE}`;
    case "spent":
      return `${SPENT[reply.budget]} The call was not run, and no further call will be. Write the final answer now, from the sources above; say what they leave open.\n\nSearches left: 0.`;
  }
}

const SPENT: Record<BudgetName, string> = {
  search: "All searches for this question are used up.",
  token: "The room for reasoning on this question is used up.",
  time: "The time for this question is used up.",
  repair: "Too many calls for this question could not be read.",
  repeat: "Too many queries for this question were asked before.",
  repetition: "The reasoning on this question repeats itself.",
};

function left({ searchesLeft }: { searchesLeft: number }): string {
  return searchesLeft > 0
    ? `Searches left: ${searchesLeft}.`
    : "Searches left: 0. Go on to the final answer with what you have.";
}

function queryText(reply: QueryReply, named: boolean): string {
  const query = `"${oneLine(reply.query)}"`;
  const sources = reply.results.map((result) => sourceText(result, reply.status === "repeated")).join("\n\n");
  switch (reply.status) {
    case "found":
      return named ? `Results for ${query}:\n\n${sources}` : sources;
    case "nothing":
      return `Nothing was found for ${query}.`;
    case "failed":
      return `The search for ${query} failed: ${oneLine(reply.reason ?? "no reason given.")} Nothing is known from it.`;
    case "repeated":
      return `${query} was searched before and was not run again. ${
        sources === "" ? "It had found nothing." : `It had found:\n\n${sources}`
      }`;
    case "not-run":
      return `${query} was not run: no searches are left.`;
  }
}

function sourceText({ number, title, url, text, date, shownBefore }: NumberedResult, again: boolean): string {
  const name = oneLine(title) === "" ? "Untitled" : oneLine(title);
  const head = `[${number}] ${name}${date === undefined ? "" : ` (${oneLine(date)})`}`;
  const body = shownBefore || again ? SHOWN_BEFORE : unmarkCitations(text.trim());
  return [head, ...(url === "" ? [] : [url.trim().replaceAll(/\s+/g, "%20")]), body].join("\n");
}

/** A field that stands on one line of ours must not begin another. */
function oneLine(text: string): string {
  return unmarkCitations(text.replaceAll(/\s+/g, " ").trim());
}

/** What follows the text of a source: the lines about other queries of the call, and what is left. */
const AFTERWORD =
  /(?:\n\n(?:Searches left: \d|Results for "|Nothing was found for "|The search for "|"[^\n]*" was (?:searched before|not run))[^\n]*)+$/;

/** Reads `respondTo`'s results back, as a model does. */
export function hearResults(continuation: string): readonly HeardResult[] {
  return responses(continuation).flatMap((body) => {
    const heads = [...body.matchAll(/^\[(\d+)\] (.*)$/gm)];
    return heads.flatMap((head, at) => {
      const end = heads[at + 1]?.index ?? body.length;
      const text = body
        .slice(head.index + head[0].length, end)
        .replace(/^\n(?:https?|file):\S*(?=\n)/, "")
        .trimEnd()
        .replace(AFTERWORD, "")
        .trim();
      return text === SHOWN_BEFORE ? [] : [{ number: Number(head[1]), title: head[2] ?? "", text }];
    });
  });
}

/** What the last response that tells it says; the line is the last of its response, whatever a page wrote above it. */
export function hearSearchesLeft(continuation: string): number | null {
  const told = responses(continuation).flatMap(
    (body) => /\n\nSearches left: (\d+)\.[^\n]*$/.exec(body)?.[1] ?? [],
  );
  const last = told.at(-1);
  return last === undefined ? null : Number(last);
}

function responses(continuation: string): readonly string[] {
  return [...continuation.matchAll(/<tool_response>\n([\s\S]*?)\n<\/tool_response>/g)].map(
    (match) => match[1] ?? "",
  );
}
