import type { Mark } from "./mark-shapes.ts";
import { scan, SCAN_START, type Piece } from "./scan.ts";

export type { Mark } from "./mark-shapes.ts";

/** The marks of an answer in the order in which they stand. */
export function findMarks(answer: string): readonly Mark[] {
  return scan(answer, SCAN_START, true).pieces.filter(isMark);
}

export function isMark(piece: Piece): piece is Mark {
  return !["text", "name", "code", "code-block"].includes(piece.kind);
}

/** The answer without its marks, as a later question's history shows it. */
export function withoutMarks(answer: string): string {
  let out = "";
  let last = 0;
  for (const mark of findMarks(answer)) {
    const kept = mark.kind === "url" ? mark.url : mark.kind === "numbers" ? "" : mark.text;
    const before = answer.slice(last, mark.start);
    out += (mark.kind === "numbers" ? before.replace(/ $/, "") : before) + kept;
    last = mark.end;
  }
  return out + answer.slice(last);
}

/** The answer of a model that was not asked to cite: a number in brackets is what it copied, and cites nothing. */
export function withoutNumbers(answer: string): string {
  let out = "";
  let last = 0;
  for (const { kind, start, end } of findMarks(answer)) {
    if (kind !== "numbers") continue;
    out += answer.slice(last, start).replace(/ $/, "");
    last = end;
  }
  return out + answer.slice(last);
}
