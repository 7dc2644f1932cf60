import { sentenceSpans } from "../../text/sentences.ts";
import { isRow, rowsOf } from "./tables.ts";

/** A piece of a source that can answer by itself, as people write them. */
export interface Unit {
  readonly kind: "sentence" | "item" | "row" | "pair" | "code";
  /** As it stands in the source, in one line; of a row each cell with its column, of code the lines. */
  readonly text: string;
  /** What it stands under: the heading, and the words that lead up to a list. Empty where there is neither. */
  readonly heading: string;
  readonly lead: string;
  /** Units of one list, table or paragraph share it. */
  readonly group: number;
}

const ITEM =
  /^\s*(?:(?:[-*+•·‣▪–]|\(?\d{1,3}[.)]|[a-z]\))\s+|(?:[①-⑳]|[一二三四五六七八九十]+、)\s*)(?:\[[ xX]\]\s+)?(?=\S)/u;
const PAIR =
  /^([\p{L}\p{N}][^:=：|→⇒]{0,60}?)\s*(?::(?!\/\/)|：|(?<![!<>])=(?![=>])|\s[–—]\s|\s?(?:→|⇒|[-=]>)\s?)\s*(\S.*)$/u;
const MARKED_HEADING = /^\s*(#{1,6})\s+(.+?)\s*#*$/u;
const ENDED = /[.!?…。！？:：;,、，]["”’»)\]]*$/u;
const FENCE = /^\s*(?:```|~~~)/u;
const CJK_END = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}，、]$/u;
const MAX_HEADING = 90;
/** A line that goes on in the next one is at least this long. */
const WRAPPED = 45;

/** All units of a text, in order. */
export function readUnits(text: string): readonly Unit[] {
  const units: Unit[] = [];
  const path: { level: number; text: string }[] = [];
  let group = 0;
  let lead = "";
  const heading = (): string => path.map((one) => one.text).join(" > ");
  const add = (kind: Unit["kind"], words: string): void => {
    const said =
      kind === "code"
        ? words
        : words.replaceAll(/\*\*|__|\s+/gu, (mark) => (/\s/u.test(mark) ? " " : "")).trim();
    if (/[\p{L}\p{N}]/u.test(said)) units.push({ kind, text: said, heading: heading(), lead, group });
  };
  const blocks = blocksOf(text);
  blocks.forEach((block, at) => {
    group += 1;
    const [first = ""] = block.lines;
    if (block.code) {
      add("code", block.lines.join("\n"));
      lead = "";
      return;
    }
    const next = blocks[at + 1];
    const title = headingOf(block.lines, next);
    if (title !== undefined) {
      while ((path.at(-1)?.level ?? 0) >= title.level) path.pop();
      path.push(title);
      lead = "";
      return;
    }
    const rows = rowsOf(block.lines);
    if (rows !== undefined) {
      for (const row of rows) add("row", row);
      lead = "";
      return;
    }
    for (const line of joinWrapped(block.lines)) {
      const item = ITEM.exec(line);
      const words = item === null ? line : line.slice(item[0].length);
      if (item === null && lead !== "" && line !== first) lead = "";
      if (PAIR.test(words) && !/[.!?。！？]\s/u.test(words)) add("pair", words);
      else if (item !== null && sentencesOf(words).length < 2) add("item", words);
      else for (const sentence of sentencesOf(words)) add(item === null ? "sentence" : "item", sentence);
      if (item === null) lead = /[:：]$/u.test(line) ? line : "";
    }
    if (next === undefined || !ITEM.test(next.lines[0] ?? ""))
      lead = next?.code === true ? (block.lines.at(-1) ?? "") : "";
  });
  return units;
}

/** `gate B.` ends a sentence where a name's initial, as in `by J. Smith`, does not. */
const LETTER_END =
  /(?<=(?<!\p{L})(?!(?:by|and|with|von|und|of|from|to|para|por|par)\s)\p{Ll}{2,}\s\p{Lu}\.)\s+(?=\p{Lu}\p{Ll})/u;

function sentencesOf(words: string): readonly string[] {
  return sentenceSpans(words).flatMap(({ start, end }) => words.slice(start, end).split(LETTER_END));
}

interface Block {
  readonly code: boolean;
  readonly lines: readonly string[];
}

/** What blank lines and fences set apart. */
function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  let code = false;
  const close = (): void => {
    if (lines.some((line) => line.trim() !== "")) blocks.push({ code, lines });
    lines = [];
  };
  for (const line of text.split(/\r?\n| … /u)) {
    if (FENCE.test(line)) {
      close();
      code = !code;
    } else if (!code && line.trim() === "") close();
    else if (!code && /^\s*#{1,6}\s/u.test(line)) {
      close();
      blocks.push({ code, lines: [line] });
    } else lines.push(line);
  }
  close();
  return blocks;
}

function headingOf(
  lines: readonly string[],
  next: Block | undefined,
): { level: number; text: string } | undefined {
  const [line = "", under = ""] = lines;
  const marked = MARKED_HEADING.exec(line);
  if (marked?.[1] !== undefined && lines.length === 1)
    return { level: marked[1].length, text: marked[2] ?? "" };
  if (lines.length === 2 && /^(?:=+|-+)$/u.test(under.trim()))
    return { level: under.trim().startsWith("=") ? 1 : 2, text: line.trim() };
  const bare = line.replaceAll(/\*\*|__/gu, "").trim();
  const alone = lines.length === 1 && next !== undefined && bare.length <= MAX_HEADING;
  if (!alone || ENDED.test(bare) || ITEM.test(line) || PAIR.test(bare) || isRow(line)) return undefined;
  return { level: 7, text: bare };
}

/** Lines that were wrapped are put together; those that stand for themselves are not. */
function joinWrapped(lines: readonly string[]): string[] {
  const joined: string[] = [];
  for (const line of lines) {
    const before = joined.at(-1);
    const goesOn =
      before !== undefined &&
      !ITEM.test(line) &&
      ((/^\s+\S/u.test(line) && ITEM.test(before)) ||
        (!/[.!?。！？:：]["”’»)\]]*$/u.test(before.trim()) &&
          ((before.length >= WRAPPED && !PAIR.test(line)) || /^\s*\p{Ll}/u.test(line))) ||
        (before.length >= WRAPPED && !PAIR.test(line)));
    if (goesOn)
      joined.splice(
        -1,
        1,
        CJK_END.test(before) ? before + line.trim() : `${before.trimEnd()} ${line.trim()}`,
      );
    else joined.push(line);
  }
  return joined;
}
