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
 * invisible operators, byte order mark, soft hyphen, fillers, directional overrides and isolates, tag characters.
 * Joiners, direction marks and variation selectors stay one by one: emoji, Persian, Indic and mixed scripts are spelled
 * with them.
 */
const UNSEEN_SIGNS = String.raw`[\p{Cc}--[\n\t]]\p{Cs}\u00AD\u061C\u180E\u200B\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF0-\uFFFB\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E00FF}\u{E01F0}-\u{E0FFF}`;
const UNSEEN = new RegExp(`[${UNSEEN_SIGNS}]`, "gv");

const JOINERS = String.raw`\u200C-\u200F`;
const SELECTORS = String.raw`\uFE00-\uFE0F\u{E0100}-\u{E01EF}`;

/** One joiner joins, one selector chooses a glyph; a run of them only carries hidden bytes. */
const RUN = new RegExp(`([${JOINERS}])[${JOINERS}]+|([${SELECTORS}])[${SELECTORS}]+`, "gu");

/** What each of the above has at least one of: most texts have none. */
const SUSPECT = new RegExp(`[${UNSEEN_SIGNS}${JOINERS}${SELECTORS}]`, "v");

/** Removes what no reader sees; text without such characters comes back as it is. Linear time. */
export function cleanText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text.replace(ANSI, "").replace(LINE_ENDS, "\n").replace(UNSEEN, "").replace(RUN, "$1$2");
}

/** The same as one line: every run of white space is one space, none at the ends. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/gu, " ").trim();
}
