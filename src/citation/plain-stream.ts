import { apart, behind } from "./joins.ts";
import { isMark, type Mark } from "./marks.ts";
import { scan, SCAN_START } from "./scan.ts";
import { seenText } from "./seen.ts";
import { asCode, plainly, UNVERIFIED, UNVERIFIED_LINK } from "./written-answer.ts";

/** Text that nobody checks, such as reasoning, as a person may see it while it is written. */
export interface PlainStream {
  add(text: string): string;
  /** What was held back. The next text begins anew. */
  end(): string;
}

export interface PlainStreamOptions {
  /**
   * Links to addresses that it knows stay as they are written, to be checked later; others are shown as a checked answer
   * shows them. Default: nothing is linked, and an address stands as code.
   */
  readonly isKnown?: (address: string) => boolean;
  /** False: `[1]` cites nothing here and is left out. Default: it stays. */
  readonly numbers?: boolean;
  /** Told what each mark cites, as soon as it is whole. */
  readonly onCited?: CitedListener | undefined;
  /**
   * The first word leaves as it comes; where it turns out to begin an address without a scheme, only the rest of that stands
   * as code (see `withWholeName`). Default: it is held back like the others, until it is whole.
   */
  readonly eager?: boolean;
}

export type CitedListener = (numbers: readonly number[]) => void;

/** What a word is written with that may be an address or its beginning, but for the signs that would make it one. */
const SIGN = String.raw`[\p{L}\p{M}\p{N}_+-]`;
const WORD = String.raw`(?![_+-])${SIGN}+`;
const FIRST_WORD = new RegExp(`^${WORD}`, "u");
const ADDRESS_BEGUN = new RegExp(`^(?:h|ht|htt|https?|f|ft|ftp|ww?)(?!${SIGN})|^${SIGN}*www`, "iu");
const REST_IN_CODE = new RegExp(`^\`(${SIGN}*)(?!\`)`, "u");
const DIVIDED_NAME = new RegExp(`^(${WORD})\`([.@:][^\`\\s]*)\``, "u");

/** An address that a text begins with, all of it as code, where an eager stream has let its first word go before. */
export function withWholeName(text: string): string {
  return text.replace(DIVIDED_NAME, (written, word: string, rest: string) => {
    const name = asCode(word + rest);
    return rest.includes("@") || plainText(word + rest) === name ? name : written;
  });
}

/**
 * The text in which nothing is a link, an image or HTML, and nothing acts on a terminal: an address stands as code, the
 * words of a link before it. Code stays as it is. Text is held back only as long as it may become part of a mark.
 */
export function createPlainStream({
  isKnown,
  numbers = true,
  onCited,
  eager = false,
}: PlainStreamOptions = {}): PlainStream {
  let pending = "";
  let state = SCAN_START;
  /** The last two characters, the space aside. */
  let last = "";
  let removed = false;
  /** A space at the end, which goes with a number that is left out behind it. */
  let space = "";
  /** What has left of the first word; `null` behind it. */
  let early: string | null = eager ? "" : null;

  function take(final: boolean): string {
    const { pieces, length, state: next } = scan(pending, state, final);
    let out = space;
    const add = (text: string): void => {
      out += text;
      last = (last + text.slice(-2)).slice(-2);
    };
    const append = (text: string): void => {
      if (text !== "") add(behind(last, text, removed));
      removed = text === "";
    };
    for (const piece of pieces) {
      const part = pending.slice(piece.start, piece.end);
      if (piece.kind === "text") append(apart(part));
      else if (piece.kind === "code-block") add(part);
      else if (piece.kind === "code") append(part);
      else if (piece.kind === "name") append(asCode(part));
      else if (piece.kind === "numbers" && !numbers) {
        removed = true;
        if (!out.endsWith(" ")) continue;
        out = out.slice(0, -1);
        last = out.slice(-2);
      } else if (isMark(piece)) {
        if (piece.kind === "numbers") onCited?.(piece.numbers);
        // the brackets of a link or an image go
        if (piece.kind === "link" || piece.kind === "image") removed = true;
        append(shown(piece, part, isKnown));
      }
    }
    pending = pending.slice(length);
    state = next;
    space = !numbers && !final && out.endsWith(" ") ? " " : "";
    return space === "" ? out : out.slice(0, -1);
  }

  /** What of `out` has not left with the first word. */
  function behindEarly(out: string): string {
    const gone = early ?? "";
    if (early === null || (out === "" && ADDRESS_BEGUN.test(pending))) return out;
    early = out === "" ? (FIRST_WORD.exec(pending)?.[0] ?? "") : null;
    if (early !== null) return early.slice(gone.length);
    const rest = out.replace(gone, "");
    return gone !== "" && out.startsWith("`") ? rest.replace(REST_IN_CODE, "$1`") : rest;
  }

  return {
    add(text) {
      pending = seenText(pending + text);
      return behindEarly(take(false));
    },
    end() {
      const rest = behindEarly(take(true));
      early = eager ? "" : null;
      pending = "";
      state = SCAN_START;
      last = "";
      removed = false;
      space = "";
      return rest;
    },
  };
}

/** A whole text as such a stream shows it, without links. */
export function plainText(text: string): string {
  const stream = createPlainStream();
  return stream.add(text) + stream.end();
}

/** The same for a title or a query: on one line. */
export function plainLine(text: string): string {
  return plainText(text.replaceAll(/\s+/g, " ").trim());
}

function shown(mark: Mark, written: string, isKnown: PlainStreamOptions["isKnown"]): string {
  switch (mark.kind) {
    case "numbers":
      // a number may be written as a link to anywhere
      return written.includes("](") ? mark.numbers.map((number) => `[${number}]`).join("") : written;
    case "link": {
      const words = plainly(mark.text);
      if (isKnown?.(mark.url) === true) return words === mark.text.trim() ? written : `${words} ${mark.url}`;
      return `${words} ${isKnown === undefined ? asCode(mark.url) : UNVERIFIED_LINK}`;
    }
    case "url":
      if (isKnown?.(mark.url) === true) return written;
      return isKnown === undefined ? asCode(mark.url) : `${asCode(mark.url)} ${UNVERIFIED}`;
    case "image":
      return plainly(mark.text);
    case "markup":
      return mark.text;
  }
}
