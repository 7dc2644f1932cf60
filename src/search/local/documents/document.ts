/** A text that can be found, with what is shown of its source. */
export interface Document {
  readonly title: string;
  readonly url: string;
  /** ISO date, where known. */
  readonly date?: string | undefined;
  /** Plain text; blank lines part paragraphs. */
  readonly text: string;
}

/** What one file says about itself. */
export interface ParsedFile {
  readonly title?: string | undefined;
  readonly url?: string | undefined;
  readonly date?: string | undefined;
  readonly text: string;
  /** What could not be read of it, although the rest could. */
  readonly problem?: string | undefined;
}

/** A file or folder that was left out, wholly or in part, and why. */
export interface DocumentProblem {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly reason: string;
}
