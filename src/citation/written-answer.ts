import { apart, behind } from "./joins.ts";
import { isMark, type Mark } from "./marks.ts";
import { scan, SCAN_START, type Piece } from "./scan.ts";
import { seenText } from "./seen.ts";

/** A source as an answer shows it. */
export interface Cited {
  readonly number: number;
  readonly url: string;
  /** The source's text only names the address that the answer gives. */
  readonly quoted?: boolean;
}

/**
 * What a mark stands for; `undefined` where this run did not retrieve it, `kept` for an address that was found in a
 * source's text before and stays as it is.
 */
export type Cite = (number: number | null, url: string, mark: Mark) => Cited | "kept" | undefined;

/** Stands behind an address that no source has, and for one behind words. */
export const UNVERIFIED = "(unverified)";
export const UNVERIFIED_LINK = "(unverified link removed)";

/** Writes an answer down piece by piece. */
export interface WrittenAnswer {
  write(text: string, pieces: readonly Piece[]): void;
  /** What was written since, but for white space at its end, which counts only when something follows. */
  take(): string;
}

/**
 * Markdown in which each known mark links to its source, and nothing else is a link, an image or HTML. Whatever is
 * taken out, what stood around it cannot become one: a space is put between signs that would make it.
 */
export function createWrittenAnswer(cite: Cite): WrittenAnswer {
  let out = "";
  let given = "";
  /** The last two characters of both. */
  let last = "";
  let removed = false;

  function add(text: string): void {
    out += text;
    last = (last + text.slice(-2)).slice(-2);
  }

  function append(text: string): void {
    if (text === "") {
      removed = true;
      return;
    }
    add(behind(last, text, removed));
    removed = false;
  }

  /** A backslash would take the first bracket for itself. */
  function appendLink(text: string): void {
    append(text !== "" && last.endsWith("\\") ? ` ${text}` : text);
  }

  function writeMark(mark: Mark): void {
    // the brackets of a link or an image go
    if (mark.kind === "link" || mark.kind === "image") removed = true;
    switch (mark.kind) {
      case "numbers": {
        const links = mark.numbers
          .map((number) => cite(number, "", mark))
          .flatMap((source) => (source === undefined || source === "kept" ? [] : citationLink(source)));
        if (links.length === 0 && out.endsWith(" ")) {
          out = out.slice(0, -1);
          last = (given + out.slice(-2)).slice(-2);
        }
        return appendLink(links.join(""));
      }
      case "link": {
        const source = cite(null, mark.url, mark);
        const words = plainly(mark.text);
        return append(`${words} ${source === undefined ? UNVERIFIED_LINK : addressLink(mark.url, source)}`);
      }
      case "url": {
        const source = cite(null, mark.url, mark);
        if (source === undefined) return append(`${asCode(mark.url)} ${UNVERIFIED}`);
        return appendLink(addressLink(mark.url, source));
      }
      case "image":
        return append(plainly(mark.text));
      case "markup":
        return append(mark.text);
    }
  }

  return {
    write(text, pieces) {
      for (const piece of pieces) {
        const part = text.slice(piece.start, piece.end);
        if (piece.kind === "code-block") add(part);
        else if (piece.kind === "code") append(part);
        else if (piece.kind === "text") append(apart(part));
        else if (piece.kind === "name") append(asCode(part));
        else if (isMark(piece)) writeMark(piece);
      }
    },
    take() {
      // four spaces or a tab make code of a line, and so they stay
      if (given === "") out = out.replace(/^(?:[^\S\n]*\n)+/, "").replace(/^ {1,3}(?=\S)/, "");
      const taken = out.trimEnd();
      out = out.slice(taken.length);
      given = (given + taken).slice(-2);
      return taken;
    },
  };
}

/** Words from outside within a line of an answer: whatever mark, link or HTML they hold, it is text. */
export function plainly(words: string): string {
  const written = createWrittenAnswer(() => undefined);
  const text = seenText(words);
  written.write(text, scan(text, { ...SCAN_START, before: " " }, true).pieces);
  return written.take();
}

/** As code, which no renderer links. */
export function asCode(address: string): string {
  return `\`${address.replaceAll("`", "%60")}\``;
}

/** A source's mark in an answer, as a Markdown link where it has a web address. */
export function citationLink({ number, url }: Cited): string {
  const target = url.replaceAll(/[()<>\s|`\\]/g, (char) => ESCAPES[char] ?? encodeURIComponent(char));
  return /^https?:\/\//i.test(url) ? `[[${number}]](${target})` : `[${number}]`;
}

/** A cited address as its source's mark; one that only stands in a source's text as itself, with where it is from. */
function addressLink(address: string, source: Cited | "kept"): string {
  if (source === "kept") return `<${address}>`;
  return source.quoted === true ? `<${address}> (from ${citationLink(source)})` : citationLink(source);
}

/** What would end a Markdown link early, and `encodeURIComponent` leaves alone. */
const ESCAPES: Readonly<Record<string, string>> = { "(": "%28", ")": "%29" };
