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
}

export type CitedListener = (numbers: readonly number[]) => void;

/**
 * The text in which nothing is a link, an image or HTML, and nothing acts on a terminal: an address stands as code, the
 * words of a link before it. Code stays as it is. Text is held back only as long as it may become part of a mark.
 */
export function createPlainStream({
  isKnown,
  numbers = true,
  onCited,
}: PlainStreamOptions = {}): PlainStream {
  let pending = "";
  let state = SCAN_START;
  /** The last two characters, the space aside. */
  let last = "";
  let removed = false;
  /** A space at the end, which goes with a number that is left out behind it. */
  let space = "";

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

  return {
    add(text) {
      pending = seenText(pending + text);
      return take(false);
    },
    end() {
      const rest = take(true);
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
