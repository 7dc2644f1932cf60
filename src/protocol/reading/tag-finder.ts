import { CHANNEL_TAGS } from "../dialects/channels.ts";
import type { GrammarForm, TagGrammar } from "./tag-grammar.ts";

/** Finds the literal tags of a grammar in text that may go on. */
export interface TagFinder {
  /** The tag at an index; `undefined` where none stands there, or only its beginning. */
  at(text: string, index: number): string | undefined;
  /** Whether the text behind an index is the beginning of a tag. */
  isBegun(text: string, index: number): boolean;
  /** The first whole tag from an index on, and where the beginning of one stands at the end of the text. */
  next(text: string, from: number): { readonly tag?: string; readonly at: number; readonly begun: boolean };
  /** The first form of calls that a tag opens. */
  opens(tag: string): GrammarForm | undefined;
  /** The first form of calls that a tag closes. */
  closes(tag: string): GrammarForm | undefined;
  /** The tags that end calls. */
  readonly callEnds: readonly string[];
  /** Whether a text begins this tag, and no other one. */
  isOnly(text: string, tag: string): boolean;
  /** Whether a text is the beginning of a tag that a stop string may have cut. */
  isCut(text: string): boolean;
}

const finders = new WeakMap<TagGrammar, TagFinder>();

/** The finder of a grammar; made once. */
export function tagFinder(grammar: TagGrammar): TagFinder {
  const known = finders.get(grammar);
  if (known !== undefined) return known;
  const made = createTagFinder(tagsOf(grammar), grammar.forms);
  finders.set(grammar, made);
  return made;
}

/** Every tag of a grammar. */
function tagsOf({ think, response, answer, turnEnds, forms, dialects }: TagGrammar): readonly string[] {
  const pairs = [think, response, ...(answer === null ? [] : [answer])];
  const tags = [
    ...pairs.flatMap(({ open, close }) => [open, close]),
    ...forms.flatMap(({ open, close }) => (close === null ? [open] : [open, close])),
    ...turnEnds,
    ...(dialects ? Object.keys(CHANNEL_TAGS) : []),
  ];
  return [...new Set(tags)];
}

function createTagFinder(tags: readonly string[], forms: readonly GrammarForm[]): TagFinder {
  const longest = Math.max(...tags.map(({ length }) => length));
  /** Tags by their first sign, and by their first two. */
  const byBeginning = new Map<string, string[]>();
  for (const tag of tags) {
    for (const beginning of [tag.slice(0, 1), tag.slice(0, 2)]) {
      const known = byBeginning.get(beginning);
      if (known === undefined) byBeginning.set(beginning, [tag]);
      else known.push(tag);
    }
  }
  const signs = new Set(tags.map((tag) => tag.charAt(0).replace(/[[\]\\^-]/, String.raw`\$&`)));
  const sign = new RegExp(`[${[...signs].join("")}]`, "g");
  // of equal ones the first stays
  const opening = new Map(forms.map((form) => [form.open, form] as const).toReversed());
  const closing = new Map(forms.map((form) => [form.close, form] as const).toReversed());
  const near = (text: string, index: number): readonly string[] =>
    byBeginning.get(text.slice(index, index + 2)) ?? [];
  const tagAt = (text: string, index: number): string | undefined =>
    near(text, index).find((tag) => text.startsWith(tag, index));
  const isBegun = (text: string, index: number): boolean => {
    const rest = text.length - index;
    if (rest >= longest) return false;
    return near(text, index).some((tag) => rest < tag.length && tag.startsWith(text.slice(index)));
  };
  return {
    at: tagAt,
    isBegun,
    next(text, from) {
      sign.lastIndex = from;
      while (sign.test(text)) {
        const at = sign.lastIndex - 1;
        const tag = tagAt(text, at);
        if (tag !== undefined) return { tag, at, begun: false };
      }
      for (let at = Math.max(from, text.length - longest); at < text.length; at += 1) {
        if (byBeginning.has(text.charAt(at)) && isBegun(text, at)) return { at, begun: true };
      }
      return { at: text.length, begun: false };
    },
    opens: (tag) => opening.get(tag),
    closes: (tag) => closing.get(tag),
    callEnds: [...new Set(forms.flatMap(({ close }) => close ?? []))],
    isOnly: (text, tag) => tag.startsWith(text) && tags.filter((each) => each.startsWith(text)).length === 1,
    isCut: (text) => text.length > (text.startsWith("<|") ? 1 : 2) && isBegun(text, 0),
  };
}
