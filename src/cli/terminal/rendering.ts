import type { Style } from "./line-wrapper.ts";
import type picocolors from "picocolors";

export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** A line of rendered Markdown, before it is wrapped. */
export interface Line {
  readonly prefix: readonly Span[];
  /** What stands in front of the rows on which it goes on. */
  readonly hang: Span;
  readonly spans: readonly Span[];
  /** It is not wrapped. */
  readonly verbatim?: boolean;
}

/** What Markdown is rendered with. */
export interface Rendering {
  readonly paint: ReturnType<typeof picocolors.createColors>;
  /** The terminal makes links. */
  readonly links: boolean;
  /** The address behind a mark such as `[1]`. */
  readonly addressOf: (mark: number) => string | undefined;
  /** Columns that a table may have. */
  readonly width: number;
}
