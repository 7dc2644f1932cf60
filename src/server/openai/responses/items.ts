import { annotationsOf } from "../../../citation/annotations.ts";
import type { CheckedCitation, Evidence } from "../../../citation/check.ts";

/** A citation in the text of a message. Indices count UTF-16 units, as in chat completions. */
export type UrlCitation = { readonly type: "url_citation" } & ReturnType<
  typeof annotationsOf
>[number]["url_citation"];

export interface ReasoningItem {
  readonly id: string;
  readonly type: "reasoning";
  readonly summary: readonly { readonly type: "summary_text"; readonly text: string }[];
}

export type SearchAction =
  | {
      readonly type: "search";
      readonly query: string;
      readonly queries: readonly string[];
      readonly sources?: readonly { readonly type: "url"; readonly url: string }[];
    }
  | { readonly type: "open_page"; readonly url: string };

export interface SearchItem {
  readonly id: string;
  readonly type: "web_search_call";
  readonly status: "in_progress" | "completed" | "failed";
  readonly action: SearchAction;
}

export interface TextPart {
  readonly type: "output_text";
  readonly text: string;
  readonly annotations: readonly UrlCitation[];
  readonly logprobs: readonly [];
}

/** Why there is no answer in the form that was asked for. */
export interface RefusalPart {
  readonly type: "refusal";
  readonly refusal: string;
}

export interface MessageItem {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  readonly status: "in_progress" | "completed" | "incomplete";
  readonly content: readonly (TextPart | RefusalPart)[];
}

export type OutputItem = ReasoningItem | SearchItem | MessageItem;

export function textPart(text: string, annotations: readonly UrlCitation[] = []): TextPart {
  return { type: "output_text", text, annotations, logprobs: [] };
}

/** The citations of a message, see `annotationsOf`. */
export function citationsOf(
  text: string,
  sources: readonly Pick<Evidence, "number" | "title" | "url">[],
  citations: readonly CheckedCitation[],
): readonly UrlCitation[] {
  return annotationsOf(text, sources, citations).map(({ type, url_citation: citation }) => ({
    type,
    ...citation,
  }));
}
