import { findMarks } from "../../citation/marks.ts";

export interface Settled {
  /** How much of the text no later text can change the meaning of. */
  readonly length: number;
  /** True when a code block opens behind it. */
  readonly fence: boolean;
}

/** Where a mark or code may begin, whole or cut off by the end of the text. */
const BEGINNING = /[`![【<]|https?:\/\/|h(?:t(?:t(?:ps?(?::\/?)?)?)?)?$/gu;
const INLINE_CODE = /^`[^`\n]{1,1000}`/u;
/** An address with the sentence's signs behind it, which are read with it and do not begin a mark. */
const ADDRESS = /^<?https?:\/\/[^\s<>[\]"'`，。；、）】]{1,2000}>?/u;

/**
 * The beginning of a mark, of code or of an address, up to the end of the text: what follows decides what it is. Of
 * the same shapes and bounds as the marks themselves; matching is linear but for those bounds.
 */
const UNDECIDED = new RegExp(
  [
    // code
    "`{1,2}",
    "`[^`\\n]{1,1000}",
    // an image
    "!(?:\\[[^\\]\\n]{0,500}(?:\\](?:\\([^)\\n]{0,2000}|\\[[^\\]\\n]{0,200})?)?)?",
    // a link, its target, its title
    '\\[\\[?[^[\\]\\n]{0,500}(?:\\]{1,2}(?:\\(<?[^()\\s<>]{0,2000}(?:\\([^()\\s<>]{0,500}(?:\\)[^()\\s<>]{0,500})?)?>?(?:\\s+(?:"[^"\\n]{0,500}"?)?)?)?)?',
    // numbers
    "[[【][\\d\\s,;]{0,500}",
    // an address
    "<?h(?:t(?:t(?:ps?(?::/?)?)?)?)?",
    "<?https?://[^\\s<>[\\]\"'`，。；、）】]{0,2000}",
    "<",
  ]
    .map((shape) => `^(?:${shape})$`)
    .join("|"),
  "u",
);

/** How much of a text that does not begin inside code is settled; all of it if it is `final`. */
export function settledLength(text: string, final: boolean): Settled {
  const ends = new Map(findMarks(text).map(({ start, end }) => [start, end]));
  let past = 0;
  for (const { index } of text.matchAll(BEGINNING)) {
    if (index < past) continue;
    const rest = text.slice(index);
    if (rest.startsWith("```")) return { length: index, fence: true };
    if (!final && UNDECIDED.test(rest)) return { length: withoutSpace(text, index), fence: false };
    const whole = ADDRESS.exec(rest) ?? INLINE_CODE.exec(rest);
    past = whole === null ? (ends.get(index) ?? index) : index + whole[0].length;
  }
  return { length: final ? text.length : withoutSpace(text, text.length), fence: false };
}

/** White space in front of a mark goes with it, as it may have to go when the mark does. */
function withoutSpace(text: string, length: number): number {
  return text.slice(0, length).trimEnd().length;
}
