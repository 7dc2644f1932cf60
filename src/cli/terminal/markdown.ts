import { parseMarkdown } from "../../view/markdown.ts";
import type { LineWrapper } from "./line-wrapper.ts";
import { blockLines, isApart } from "./markdown-lines.ts";
import { safeEnd } from "./markdown-source.ts";
import { printable } from "./printable.ts";
import type { Line, Rendering } from "./rendering.ts";

/**
 * Markdown that comes in pieces, rendered as it comes: a word is shown once nothing behind it can change how it looks. Code
 * comes line by line, and a table as a whole.
 */
export class MarkdownWriter {
  readonly #wrapper: LineWrapper;
  readonly #rendering: Rendering;
  /** From the block on that may still go on. */
  #source = "";
  /** What of that block is shown: whole lines, and characters of the next one. */
  #shown = { lines: 0, characters: 0, begun: false };

  constructor(wrapper: LineWrapper, rendering: Rendering) {
    this.#wrapper = wrapper;
    this.#rendering = rendering;
  }

  push(text: string): void {
    this.#source += printable(text);
    // a word that goes on changes nothing
    if (/\s|[^\p{ASCII}]/u.test(text)) this.#show(safeEnd(this.#source));
  }

  /** Nothing follows. Leaves the last line open. */
  end(): void {
    this.#show(this.#source.trimEnd().length);
    this.#wrapper.flush();
    this.#source = "";
    this.#shown = { lines: 0, characters: 0, begun: false };
  }

  #show(end: number): void {
    const blocks = parseMarkdown(this.#source.slice(0, end)).children;
    for (const [at, block] of blocks.entries()) {
      this.#write(blockLines([block], this.#rendering));
      const next = blocks[at + 1];
      if (next === undefined) break;
      this.#wrapper.newline();
      if (isApart(block, next)) this.#wrapper.newline();
      this.#shown = { lines: 0, characters: 0, begun: false };
    }
    if (/^\s/u.test(this.#source.slice(end))) this.#wrapper.place();
    const start = blocks.at(-1)?.position?.start.offset ?? 0;
    if (blocks.length > 1) this.#source = this.#source.slice(start);
  }

  /** What of a block is not shown yet. */
  #write(lines: readonly Line[]): void {
    for (const [at, line] of lines.entries()) {
      if (at < this.#shown.lines) continue;
      if (at > this.#shown.lines) {
        this.#wrapper.newline();
        this.#shown = { lines: at, characters: 0, begun: false };
      }
      if (!this.#shown.begun) this.#wrapper.begin(line.prefix, line.hang);
      this.#shown.begun = true;
      let skipped = this.#shown.characters;
      for (const { text, style } of line.spans) {
        const rest = text.slice(skipped);
        skipped = Math.max(0, skipped - text.length);
        if (rest === "") continue;
        if (line.verbatim === true) this.#wrapper.verbatim(rest, style);
        else this.#wrapper.text(rest, style);
        this.#shown.characters += rest.length;
      }
    }
  }
}
