const ESC = String.fromCharCode(0x1b);
const CSI = String.fromCharCode(0x9b);
const BEL = String.fromCharCode(0x07);

/** Terminal sequences: OSC up to its end (title, links), CSI (colour, cursor). What is left of a broken one loses its ESC below. */
const ANSI = new RegExp(
  `${ESC}\\][^${ESC}${BEL}]*(?:${BEL}|${ESC}\\\\)|(?:${ESC}\\[|${CSI})[0-?]*[ -/]*[@-~]`,
  "gu",
);

/** Line ends of other systems, form feed and vertical tab: a line end all the same. */
const LINE_ENDS = /\r\n?|[\f\v\u0085]/gu;

/**
 * What no reader sees: control characters but `\n` and `\t`, lone surrogates, zero-width space, word joiner and
 * invisible operators, byte order mark, soft hyphen, directional overrides and isolates, tag characters.
 * ZWJ, ZWNJ and a single variation selector stay: emoji, Persian and Indic scripts are spelled with them.
 */
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cs}\u200B\u2060-\u206F\uFEFF\u00AD\u202A-\u202E\u{E0000}-\u{E007F}]/gu;

/** One variation selector chooses a glyph; a run of them only carries hidden bytes. */
const SELECTOR_RUN = /([\uFE00-\uFE0F\u{E0100}-\u{E01EF}])[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]+/gu;

/** Removes what no reader sees; text without such characters comes back as it is. Linear time. */
export function cleanText(text: string): string {
  return text.replace(ANSI, "").replace(LINE_ENDS, "\n").replace(UNSEEN, "").replace(SELECTOR_RUN, "$1");
}

/** The same as one line: every run of white space is one space, none at the ends. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/gu, " ").trim();
}
