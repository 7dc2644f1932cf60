import type { Trajectory } from "./trajectory.ts";

/** A piece of a text by its characters (Unicode code points, as Python counts them). */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
  readonly origin: "model" | "search" | "runtime";
  /** 1 on what the model wrote, 0 on all else. */
  readonly mask: 0 | 1;
}

/** The assistant's turn as one text, and who wrote which part of it: the parts follow one another without a gap. */
export function spansOf({ segments }: Pick<Trajectory, "segments">): {
  readonly text: string;
  readonly spans: readonly TextSpan[];
} {
  let start = 0;
  const spans = segments.map(({ origin, text }): TextSpan => {
    const end = start + Array.from(text).length;
    const span = { start, end, origin, mask: maskOf(origin) };
    start = end;
    return span;
  });
  return { text: segments.map(({ text }) => text).join(""), spans };
}

/** The loss mask: it follows from who wrote a piece, and from nothing else. */
export function maskOf(origin: "model" | "search" | "runtime"): 0 | 1 {
  return origin === "model" ? 1 : 0;
}
