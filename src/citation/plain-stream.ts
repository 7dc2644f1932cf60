import { isMark, type Mark } from "./marks.ts";
import { scan, SCAN_START } from "./scan.ts";
import { seenText } from "./seen.ts";
import { plainly } from "./written-answer.ts";

/** Text that nobody checks, such as reasoning, as a person may see it while it is written. */
export interface PlainStream {
  add(text: string): string;
  /** What was held back. The next text begins anew. */
  end(): string;
}

const PAIR = /^(?:\][(:]|!\[|<[a-z/!?]|[`\\]`|\\[/:]|&#)$/i;
const PAIRS_IN_TEXT = /\](?=[(:])|!(?=\[)|\\(?=[/:])|&(?=#)/g;

/**
 * The text in which nothing is a link, an image or HTML, and nothing acts on a terminal: an address stands as code, the
 * words of a link before it. Marks as `[1]` and code stay as they are, and with `as-written` links of plain words, which
 * are checked later. Text is held back only as long as it may become part of a mark.
 */
export function createPlainStream(links: "as-code" | "as-written" = "as-code"): PlainStream {
  let pending = "";
  let state = SCAN_START;
  let last = "";

  function take(final: boolean): string {
    const { pieces, length, state: next } = scan(pending, state, final);
    let out = "";
    const append = (text: string): void => {
      if (text === "") return;
      out += PAIR.test(last + text.charAt(0)) ? ` ${text}` : text;
      last = out.slice(-1);
    };
    for (const piece of pieces) {
      const part = pending.slice(piece.start, piece.end);
      if (piece.kind === "text") append(part.replaceAll(PAIRS_IN_TEXT, "$& "));
      else if (piece.kind === "code-block") out += part;
      else if (piece.kind === "code") append(part);
      else if (isMark(piece)) append(shown(piece, part, links === "as-written"));
      last = out.slice(-1) || last;
    }
    pending = pending.slice(length);
    state = next;
    return out;
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
      return rest;
    },
  };
}

/** A whole text as such a stream shows it. */
export function plainText(text: string): string {
  const stream = createPlainStream();
  return stream.add(text) + stream.end();
}

function shown(mark: Mark, written: string, keepsLinks: boolean): string {
  switch (mark.kind) {
    case "numbers":
      return written;
    case "link":
      if (keepsLinks && plainly(mark.text) === mark.text.trim()) return written;
      return `${plainly(mark.text)} ${asCode(mark.url)}`;
    case "url":
      return keepsLinks ? written : asCode(mark.url);
    case "image":
      return plainly(mark.text);
    case "markup":
      return mark.text;
  }
}

function asCode(address: string): string {
  return `\`${address.replaceAll("`", "%60")}\``;
}
