import { NAME_START, nameAt, type NameFound, nameTailAt, slashesAt } from "./bare-names.ts";
import { type Fence, openFence, readFence } from "./fence.ts";
import { formulaEnd } from "./formula.ts";
import { htmlAt } from "./html-tags.ts";
import { imageAt, linkAt, type Mark, raisedAt, urlAt } from "./mark-shapes.ts";

/** A part of an answer: text, code (`code-block` goes on with a block that is open), or a mark. Together they are all. */
export type Piece =
  | Mark
  | { readonly kind: "text"; readonly start: number; readonly end: number }
  /** An address without a scheme that a renderer may link by itself: see `nameAt`. */
  | { readonly kind: "name"; readonly start: number; readonly end: number }
  | { readonly kind: "code" | "code-block"; readonly start: number; readonly end: number };

/** What the text so far means for what follows. */
export interface ScanState {
  /** The code block that is open. */
  readonly fence: Fence | null;
  /** How much of a formula is still to be read. */
  readonly formula: number;
  /** The last characters, three at most. */
  readonly before: string;
}

export const SCAN_START: ScanState = { fence: null, formula: 0, before: "" };

export interface Scanned {
  readonly pieces: readonly Piece[];
  /** How much of the text is read: what no later text can change. All of it if it is `final`. */
  readonly length: number;
  readonly state: ScanState;
}

/** Where something may begin that is more than text. */
const SIGN = new RegExp(String.raw`[\x60~![［【<\\$.@/&HhFfWw]|${NAME_START}`, "gu");
/** A reference to a character by its name, of which the longest that has to do with addresses is shorter than this. */
const REFERENCE_BEGUN = /^&[a-z]*$/i;
const MAX_REFERENCE = 40;
const MAX_CODE_LENGTH = 1_000;
const MAX_TICKS = 10;
/** What must not stand in a code span with a `|`: a table's row divides it, and it is none. */
const LIVE = /\]\(|!\[|\]:|<[a-z/!?]|:\/\/|www\./i;

/**
 * Reads an answer into its parts, whole or as it comes: where it is cut changes nothing. Code is what every Markdown
 * reader takes for code; of any other backticks quotation signs are made, so that none can pair up with them.
 */
export function scan(whole: string, from: ScanState, final: boolean): Scanned {
  // half a character waits for its other half
  const text = final ? whole : whole.replace(/[\uD800-\uDBFF]$/, "");
  const pieces: Piece[] = [];
  let { fence, formula } = from;
  let done = 0;
  let at = 0;

  const add = (piece: Piece): void => {
    if (piece.start > done) pieces.push({ kind: "text", start: done, end: piece.start });
    pieces.push(piece);
    done = piece.end;
    at = piece.end;
  };
  const until = (end: number): Scanned => {
    if (end > done) pieces.push({ kind: "text", start: done, end });
    const length = Math.max(end, done);
    const state = { fence, formula: Math.max(0, formula - length), before: beforeAt(length) };
    return { pieces, length, state };
  };
  const beforeAt = (index: number): string =>
    ((index < 3 ? from.before : "") + text.slice(Math.max(0, index - 3), index)).slice(-3);

  for (;;) {
    if (fence !== null) {
      const body = readFence(text, at, fence, final);
      if (body.end > at) add({ kind: "code-block", start: at, end: body.end });
      ({ fence } = body);
      if (body.close !== undefined) {
        add({ kind: "markup", start: body.end, end: body.close.end, text: body.close.text });
      } else if (fence !== null) return until(final ? text.length : done);
      continue;
    }
    SIGN.lastIndex = at;
    const sign = SIGN.exec(text);
    if (sign === null) return until(final ? text.length : settled(text, text.length));
    const before = beforeAt(sign.index);
    if (sign.index >= formula && (sign[0] === "$" || sign[0] === "\\")) {
      const end = formulaEnd(text, sign.index, before.slice(-1), final);
      if (end === "undecided") return until(settled(text, sign.index));
      formula = end ?? formula;
    }
    const found = readAt(text, sign.index, { before, lineBefore: from.before.slice(-1), final });
    if (found === "undecided") return until(settled(text, sign.index));
    if (typeof found === "number") at = found;
    // brackets in a formula are indices
    else if (found.piece.kind === "numbers" && sign.index < formula) at = sign.index + 1;
    else {
      add(found.piece);
      fence = found.fence ?? null;
    }
  }
}

interface Around {
  /** Three characters at most. */
  readonly before: string;
  /** The last character before the text. */
  readonly lineBefore: string;
  readonly final: boolean;
}

/** A piece, or where to look on; `undecided` when what follows decides. */
type Found = { readonly piece: Piece; readonly fence?: Fence } | number | "undecided";

function readAt(text: string, at: number, { before: tail, lineBefore, final }: Around): Found {
  const sign = text.charAt(at);
  const before = tail.slice(-1);
  switch (sign) {
    case "`":
    case "~": {
      const opened = openFence(text, at, lineBefore, final);
      if (opened === "undecided") return opened;
      if (opened === undefined) return sign === "`" ? codeAt(text, at, final) : wavesAt(text, at, final);
      return { piece: { kind: "code", start: at, end: opened.end }, fence: opened.fence };
    }
    case "\\":
      if (at + 1 === text.length) return final ? at + 1 : "undecided";
      return "\\`".includes(text.charAt(at + 1)) ? at + 2 : at + 1;
    case "$":
      return at + 1;
    case "&":
      return !final && REFERENCE_BEGUN.test(text.slice(at, at + MAX_REFERENCE)) ? "undecided" : at + 1;
    case "!":
      return foundMark(imageAt(text, at, final), at);
    case "[":
    case "［":
    case "【":
      return foundMark(linkAt(text, at, final), at);
    case "<": {
      const url = urlAt(text, at, before, final);
      const mark = url ?? raisedAt(text, at, tail, final);
      if (mark !== undefined) return foundMark(mark, at);
      const html = htmlAt(text, at, before, final);
      if (html === undefined || html === "undecided") return html ?? at + 1;
      return { piece: { kind: "markup", start: at, ...html } };
    }
    case ".":
    case "@":
      return foundName(nameTailAt(text, at, before, final), at);
    case "/":
      return foundName(slashesAt(text, at, before, final), at);
    default: {
      const url = /[hfw]/i.test(sign) ? urlAt(text, at, before, final) : undefined;
      return url === undefined ? foundName(nameAt(text, at, before, final), at) : foundMark(url, at);
    }
  }
}

function foundName(found: NameFound, at: number): Found {
  return typeof found === "object" ? { piece: { kind: "name", start: at, end: found.end } } : found;
}

function foundMark(mark: Mark | "undecided" | undefined, at: number): Found {
  return mark === undefined ? at + 1 : mark === "undecided" ? mark : { piece: mark };
}

/** A code span ends in the line in which it begins, with as many backticks. */
function codeAt(text: string, at: number, final: boolean): Found {
  const runs = /`+|\n/g;
  runs.lastIndex = at;
  const length = runs.exec(text)?.[0].length ?? 1;
  const opened = at + length;
  if (opened === text.length && !final) return "undecided";
  const unpaired: Found = {
    piece: { kind: "markup", start: at, end: opened, text: "'".repeat(length) },
  };
  if (length > MAX_TICKS) return unpaired;
  for (;;) {
    const run = runs.exec(text);
    const end = run === null ? text.length : run.index + run[0].length;
    if (end - opened > MAX_CODE_LENGTH || run?.[0] === "\n") return unpaired;
    if (end === text.length && !final) return "undecided";
    if (run === null) return unpaired;
    if (run[0].length !== length) continue;
    const inner = text.slice(opened, run.index);
    if (inner.includes("|") && LIVE.test(inner)) return unpaired;
    return { piece: { kind: "code", start: at, end } };
  }
}

/** Waves that open no block must not come to stand where they would. */
function wavesAt(text: string, at: number, final: boolean): Found {
  const end = at + (/^~+/.exec(text.slice(at))?.[0].length ?? 1);
  if (end === text.length && !final) return "undecided";
  if (end - at < 3) return end;
  return { piece: { kind: "markup", start: at, end, text: "~ ".repeat(end - at).trimEnd() } };
}

/**
 * Without the white space before `end`: it may have to go with a mark, and tells where a line begins; and without a dot
 * or an at sign, which means something with what follows.
 */
function settled(text: string, end: number): number {
  return text.slice(0, end).replace(/[.@]?[\s\uFE00-\uFE0F\u200C-\u200F\uD800-\uDBFF]*$/, "").length;
}
