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
  const firsts = new Set(tags.map((tag) => tag.charAt(0)));
  const beginnings = new Set(
    tags.flatMap((tag) => Array.from({ length: tag.length }, (_, length) => tag.slice(0, length))),
  );
  // of equal ones the first stays
  const opening = new Map(forms.map((form) => [form.open, form] as const).toReversed());
  const closing = new Map(forms.map((form) => [form.close, form] as const).toReversed());
  const any = tags.map((tag) => tag.replaceAll(/[|/\\{}()[\]^$+*?.]/g, String.raw`\$&`)).join("|");
  const pattern = new RegExp(any, "g");
  const here = new RegExp(any, "y");
  const isBegun = (text: string, index: number): boolean =>
    text.length - index < longest && beginnings.has(text.slice(index));
  return {
    at(text, index) {
      here.lastIndex = index;
      return here.test(text) ? text.slice(index, here.lastIndex) : undefined;
    },
    isBegun,
    next(text, from) {
      pattern.lastIndex = from;
      const match = pattern.exec(text);
      if (match !== null) return { tag: match[0], at: match.index, begun: false };
      for (let at = Math.max(from, text.length - longest); at < text.length; at += 1) {
        if (firsts.has(text.charAt(at)) && isBegun(text, at)) return { at, begun: true };
      }
      return { at: text.length, begun: false };
    },
    opens: (tag) => opening.get(tag),
    closes: (tag) => closing.get(tag),
    isOnly: (text, tag) => tag.startsWith(text) && tags.filter((each) => each.startsWith(text)).length === 1,
    isCut: (text) => text.length > (text.startsWith("<|") ? 1 : 2) && isBegun(text, 0),
  };
}
