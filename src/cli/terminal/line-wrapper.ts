import stringWidth from "string-width";
import { breakable, mayBreakBetween } from "./line-breaks.ts";
import { printable } from "./printable.ts";
import type { TextOutput } from "./surroundings.ts";

/** How a text is coloured, after it was made printable. */
export type Style = (text: string) => string;

interface Piece {
  readonly text: string;
  readonly style: Style;
}

/** Prose is not wider than this, however wide the terminal is. */
const WIDEST = 100;

const plain: Style = (text) => text;

/** Columns that a row of prose may have; undefined where nobody knows. */
export function columnsOf({ columns }: TextOutput): number | undefined {
  return columns === undefined || columns <= 0 ? undefined : columns;
}

/**
 * Text that comes in pieces, wrapped at words. It holds back the last word and the white space behind it, nothing more.
 * A word that is longer than a row, such as an address, is left to the terminal to fold: so it can be copied whole.
 */
export class LineWrapper {
  readonly #output: TextOutput;
  /** What stands in front of the rows on which a line goes on. */
  #hang: Piece = { text: "", style: plain };
  #column = 0;
  /** Whether the row has a word already: only then is a break of use. */
  #hasWord = false;
  #spaces = "";
  #word: Piece[] = [];
  /** How the last word was coloured; the white space behind it is so too, where the next one is. */
  #style: Style | undefined;
  /** What is written together. */
  #row: Piece[] = [];

  constructor(output: TextOutput) {
    this.#output = output;
  }

  /** Columns that text may have behind the start of a line. */
  get width(): number {
    return Math.min(columnsOf(this.#output) ?? WIDEST, WIDEST);
  }

  /** What stands in front of a line, and of the rows on which it goes on. At the start of a line. */
  begin(prefix: readonly Piece[], hang: Piece): void {
    this.#hang = hang;
    for (const { text, style } of prefix) this.#write(text, style);
    this.#send();
  }

  /** Text without line breaks, which goes on where the line's last piece ended. */
  text(text: string, style: Style = plain): void {
    for (const character of printable(text)) {
      if (/\s/u.test(character)) {
        this.#place();
        this.#spaces += character === "\t" ? "  " : character;
        continue;
      }
      const last = this.#word.at(-1);
      const before = Array.from(last?.text.slice(-2) ?? "").at(-1);
      if (before !== undefined && mayBreakBetween(before, character)) this.#place();
      this.#word = added(this.#word, character, style);
    }
    this.#send();
  }

  /** Text as it is, which is not wrapped. */
  verbatim(text: string, style: Style = plain): void {
    this.flush();
    this.#write(printable(text), style);
    this.#send();
  }

  /** Writes the word that is held back: it is whole. */
  place(): void {
    this.#place();
    this.#send();
  }

  /** The same, and forgets the white space behind it. */
  flush(): void {
    this.place();
    this.#spaces = "";
  }

  newline(): void {
    this.flush();
    this.#output.write("\n");
    this.#column = 0;
    this.#hasWord = false;
    this.#style = undefined;
    this.#hang = { text: "", style: plain };
  }

  #place(): void {
    if (this.#word.length === 0) return;
    const [only, ...others] = this.#word;
    this.#word = [];
    if (only === undefined) return;
    if (others.length > 0) this.#placeWord([only, ...others]);
    else for (const text of breakable(only.text)) this.#placeWord([{ text, style: only.style }]);
  }

  #placeWord(word: readonly Piece[]): void {
    const width = stringWidth(word.map(({ text }) => text).join(""));
    const spaces = stringWidth(this.#spaces);
    const columns = columnsOf(this.#output);
    if (this.#hasWord && columns !== undefined && this.#column + spaces + width > this.width) {
      this.#write("\n", plain);
      this.#column = 0;
      this.#write(this.#hang.text, this.#hang.style);
    } else {
      const [first] = word;
      this.#write(this.#spaces, first !== undefined && first.style === this.#style ? first.style : plain);
    }
    this.#spaces = "";
    for (const { text, style } of word) this.#write(text, style);
    this.#style = word.at(-1)?.style;
    this.#hasWord = true;
  }

  #write(text: string, style: Style): void {
    if (text === "") return;
    this.#row = added(this.#row, text, style);
    const columns = columnsOf(this.#output);
    this.#column += stringWidth(text);
    if (columns !== undefined && this.#column > columns) this.#column %= columns;
  }

  #send(): void {
    const text = this.#row.map((piece) => piece.style(piece.text)).join("");
    this.#row = [];
    if (text !== "") this.#output.write(text);
  }
}

/** A text of several lines, each wrapped. */
export function writeWrapped(output: TextOutput, text: string): void {
  const wrapper = new LineWrapper(output);
  for (const line of text.split("\n")) {
    wrapper.text(line);
    wrapper.newline();
  }
}

function added(pieces: readonly Piece[], text: string, style: Style): Piece[] {
  const last = pieces.at(-1);
  if (last?.style !== style) return [...pieces, { text, style }];
  return [...pieces.slice(0, -1), { text: last.text + text, style }];
}

/** A text on one row of so many columns. */
export function cut(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let kept = "";
  for (const character of text) {
    if (stringWidth(kept + character) > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
