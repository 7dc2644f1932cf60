import { ALL_CONTROL_TOKENS } from "../../text/control-tokens.ts";
import { neutralise, wellFormed } from "../neutralise.ts";
import type { PagesReply } from "../protocol.ts";
import type { BudgetName, HeardResult, QueryReply, ToolReply } from "../protocol.ts";
import { PAGE_LINES, pageText } from "./pages.ts";
import { citedShort, digestText, fieldLine, hearSources, sourceTexts, type HeadForm } from "./sources.ts";
import { QWQ_TAGS } from "./prompt.ts";

const HOW_TO_WRITE =
  'Write one JSON object between the tags, in this form: {"action": "web_search", "action_input": {"query": "what you are looking for"}}';
const HOW_TO_CALL = 'Call "web_search" with a "query": a text, or a list of texts.';
const HOW_TO_REPEAT = "Write the call exactly in the form that the instructions show.";
const HOW_TO_WRITE_OPEN = ' To open a page: {"action": "open_url", "action_input": {"url": "its address"}}';
const HOW_TO_CALL_OPEN = ' Or call "open_url" with a "url".';

/** What stands between the response tags. Neutralised as a whole, as the last step. */
export function respondTo(reply: ToolReply, controlTokens: readonly string[] = ALL_CONTROL_TOKENS): string {
  return wellFormed(neutralise(bodyOf(reply), QWQ_TAGS, controlTokens));
}

/** The same for pages that were opened. */
export function respondToPages(
  reply: PagesReply,
  controlTokens: readonly string[] = ALL_CONTROL_TOKENS,
): string {
  const texts = [...reply.pages.map((page) => pageText(page, formOf(reply))), left(reply)];
  return wellFormed(neutralise(texts.join("\n\n"), QWQ_TAGS, controlTokens));
}

function bodyOf(reply: ToolReply): string {
  switch (reply.kind) {
    case "results":
      return [
        ...reply.queries.map((query) => queryText(query, reply.queries.length > 1, formOf(reply))),
        left(reply),
      ].join("\n\n");
    case "fault":
      return `The call was not run. ${fieldLine(reply.detail)} ${howTo(reply)}`;
    case "spent":
      return `${SPENT[reply.budget]} The call was not run, and no further call will be. Write the final answer now, from the sources above; say what they leave open.\n\nSearches left: 0.`;
  }
}

type Told = { readonly [Key in "boundary" | "pagesLeft"]?: PagesReply[Key] | undefined };

function formOf({ boundary = "", pagesLeft }: Told): HeadForm {
  return { boundary, addresses: pagesLeft !== undefined };
}

function howTo({
  nativeTools = false,
  pages = false,
  dialect = "qwq",
}: ToolReply & { kind: "fault" }): string {
  if (!nativeTools && dialect !== "qwq") return HOW_TO_REPEAT;
  const search = nativeTools ? HOW_TO_CALL : HOW_TO_WRITE;
  return search + (pages ? (nativeTools ? HOW_TO_CALL_OPEN : HOW_TO_WRITE_OPEN) : "");
}

const SPENT: Record<BudgetName, string> = {
  search: "All searches for this question are used up.",
  page: "All pages that may be opened for this question are used up.",
  token: "The room for reasoning on this question is used up.",
  time: "The time for this question is used up.",
  repair: "Too many calls for this question could not be read.",
  repeat: "Too many queries for this question were asked before.",
  repetition: "The reasoning on this question repeats itself.",
};

function left({ searchesLeft, pagesLeft }: Told & Pick<PagesReply, "searchesLeft">): string {
  return [
    `Searches left: ${searchesLeft}.`,
    ...(pagesLeft === undefined ? [] : [`Pages left: ${pagesLeft}.`]),
    ...(searchesLeft > 0 || (pagesLeft ?? 0) > 0 ? [] : ["Go on to the final answer with what you have."]),
  ].join(" ");
}

function queryText(reply: QueryReply, named: boolean, form: HeadForm): string {
  const query = `"${fieldLine(reply.query)}"`;
  switch (reply.status) {
    case "found":
      return (named ? `Results for ${query}:\n\n` : "") + foundText(reply, form);
    case "nothing":
      return `Nothing was found for ${query}.`;
    case "failed":
      return `The search for ${query} failed: ${fieldLine(reply.reason ?? "no reason given.")} Nothing is known from it.`;
    case "repeated":
      return `${query} was searched before and was not run again. ${
        reply.results.length === 0 ? "It had found nothing." : `It had found:\n\n${foundText(reply, form)}`
      }`;
    case "not-run":
      return `${query} was not run: no searches are left.`;
  }
}

function foundText({ results, digest }: QueryReply, form: HeadForm): string {
  return digest === undefined ? sourceTexts(results, form) : digestText(results, digest, form);
}

/** What follows the text of a source: the lines about other queries or pages of the call, and what is left. */
const AFTERWORD = new RegExp(
  String.raw`(?:\n\n(?:Searches left: \d|Results for "|Nothing was found for "|The search for "|"[^\n]*" was (?:searched before|not run)|${PAGE_LINES})[^\n]*)+$`,
);

/** Reads `respondTo`'s results back, as a model does. */
export function hearResults(continuation: string): readonly HeardResult[] {
  return responses(continuation).flatMap((body) => hearSources(body, AFTERWORD));
}

/** What the last response that tells it says; the line is the last of its response, whatever a page wrote above it. */
export function hearSearchesLeft(continuation: string): number | null {
  const told = responses(continuation).flatMap(
    (body) => /\n\nSearches left: (\d+)\.[^\n]*$/.exec(body)?.[1] ?? [],
  );
  const last = told.at(-1);
  return last === undefined ? null : Number(last);
}

/** The answer with its marks as they were asked for; some models copy the whole head of a source. */
export function withPlainMarks(answer: string, continuation: string): string {
  return citedShort(answer, responses(continuation));
}

function responses(continuation: string): readonly string[] {
  return [...continuation.matchAll(/<tool_response>\n([\s\S]*?)\n<\/tool_response>/g)].map(
    (match) => match[1] ?? "",
  );
}
