/** A text that can be found, with what is shown of its source. */
export interface Document {
  readonly title: string;
  readonly url: string;
  /** ISO date, where known. */
  readonly date?: string | undefined;
  /** Plain text; blank lines part paragraphs. */
  readonly text: string;
}

/** A part of a document, and where that stands. */
export interface Section {
  readonly text: string;
  /** Page or slide, counted from 1. */
  readonly page?: number | undefined;
  /** The headings above and of it, from the outermost. */
  readonly headings: readonly string[];
}

/** What a file is made of: a heading of a level from 1, or any text. Blank lines part paragraphs. */
export interface Block {
  readonly text: string;
  readonly level?: number | undefined;
  readonly page?: number | undefined;
}

/** What a reader of one kind of file gives. */
export interface ParsedBlocks extends Omit<ParsedFile, "sections" | "text"> {
  readonly blocks: readonly Block[];
}

/** What one file says about itself. */
export interface ParsedFile {
  readonly title?: string | undefined;
  readonly url?: string | undefined;
  readonly date?: string | undefined;
  /** Headings begin with `#`, code stands in fences, table rows hold their column names or `|`. */
  readonly text: string;
  /** The same text in its parts. */
  readonly sections: readonly Section[];
  /** What could not be read of it, although the rest could. */
  readonly problem?: string | undefined;
}

/** Files (or whole folders) that were not read, by what they have in common: `.png`, `in .gitignore`, `excluded`. */
export interface LeftOut {
  readonly kind: string;
  readonly files: number;
}

/** A file or folder that was left out, wholly or in part, and why. */
export interface DocumentProblem {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly reason: string;
}
