import { foldedCase } from "./word-patterns/beginnings.ts";

/** Behind a final mark, but not behind dots that stand for something left out. */
const BOUNDARY = /(?<=(?<!\.)[.!?]["”’»)\]]*)\s+|(?<=[。！？]["”’」』）]*)(?!["”’」』）])/u;
/** What ends in a full stop without ending a sentence, in lower case. */
const ABBREVIATION =
  /(?:^|[\s(])(?:\p{Lu}|\p{Ll}|e\.g|i\.e|cf|vs|etc|al|approx|ca|no|nos|fig|figs|eq|sec|ch|vol|pp?|ed|eds|dr|mr|mrs|ms|prof|st|jr|sr|inc|ltd|co|corp|u\.s|u\.k|ph\.d|a\.m|p\.m|z\.\s?b|d\.\s?h|u\.\s?a|bzw|nr|vgl|mio|mrd|tsd|evtl|ggf|inkl|zzgl|abzgl|geb|gest|sog|u\.\s?a|o\.\s?ä|i\.\s?d\.\s?r|s\.\s?o|v\.\s?a|jh|dipl|ing|hrsg|str|p\.\s?ex|mme|sra?|dra?|núm|pág)\.$/u;
/** More than an abbreviation or an ordinal and the sign before it take, so that a long text is not read again for each. */
const LONGEST_TAIL = 24;
const LINE_OF_ITS_OWN = /^\s*(?:[-*•·‣>|]|#{1,6}\s|\d{1,3}[.)]\s)/u;
const ENDED = /[.!?…。！？]["”’»)\]]*$/u;

/**
 * The whole sentences of a text, in order, each in one line. Lines that were wrapped are put together; headings, list
 * items and table rows stand alone and count only when they are sentences; a sentence that was cut off does not count.
 */
export function splitSentences(text: string): string[] {
  return blocksOf(text).flatMap((block) => {
    const found: string[] = [];
    let open = "";
    for (const piece of block.split(BOUNDARY)) {
      open += open === "" ? piece : ` ${piece}`;
      if (ABBREVIATION.test(foldedCase(open.slice(-LONGEST_TAIL)))) continue;
      found.push(open);
      open = "";
    }
    return [...found, open].map((sentence) => sentence.trim()).filter(isWhole);
  });
}

/** Paragraphs as one line each. */
function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  let open = "";
  for (const line of text.split(/\r?\n/)) {
    const alone = LINE_OF_ITS_OWN.test(line);
    if (alone || line.trim() === "") {
      blocks.push(open);
      open = "";
    }
    const words = line.replace(LINE_OF_ITS_OWN, "").trim();
    if (alone) blocks.push(words);
    else open = open === "" || words === "" ? open + words : `${open} ${words}`;
  }
  return [...blocks, open].map((block) => block.replaceAll(/\s+/gu, " "));
}

function isWhole(sentence: string): boolean {
  if (!ENDED.test(sentence) || /(?:…|\.\.\.)$/u.test(sentence)) return false;
  const letters = sentence.match(/\p{L}/gu)?.length ?? 0;
  return /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u.test(sentence) ? letters >= 6 : letters >= 16;
}

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });
/** What a line begins with that is no part of a sentence: signs of lists, quotations and headings, and numbers. */
const LINE_MARK = /^\s*(?:(?:[-*+•·‣>]|#{1,6}|\d{1,3}[.)])\s+)*/u;
/** An ordinal number in front of a word that no sentence begins with: `3. März`, `2. prosince`. */
const ORDINAL = /(?:^|\s)\d{1,3}\.\s*$/u;
const GOES_ON =
  /^(?:\p{Ll}|(?:Jan|Jän|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)[\p{L}.]*|Jahrhundert|Weltkrieg)/u;

/** What is short only in front of a number, in lower case: `Abs. 2`, `Jan. 5`. */
const NUMBERED =
  /(?:^|[\s(])(?:abs|art|kap|bd|abb|tab|ziff|s|jan|feb|mar|mär|apr|jun|jul|aug|sept?|oct|okt|nov|dec|dez)\.\s*$/u;

/** The runtime's segmenter takes time by the square of a line: so much is given to it at once. */
const PIECE = 4096;
const SURE_END = /[.!?]["”’»)\]]*\s+(?=\p{Lu})|[。！？]/gu;

function* segmentsOf(line: string): Generator<{ readonly segment: string; readonly index: number }> {
  for (let at = 0; at < line.length;) {
    let end = line.length;
    for (let size = PIECE; at + size < line.length; size *= 2) {
      const last = [...line.slice(at, at + size).matchAll(SURE_END)].at(-1);
      if (last === undefined) continue;
      end = at + last.index + last[0].length;
      break;
    }
    for (const { segment, index } of segmenter.segment(line.slice(at, end)))
      yield { segment, index: at + index };
    at = end;
  }
}

/** Where the sentences of a text lie. Line breaks end a sentence, so that list items and headings stand alone. */
export function sentenceSpans(text: string): readonly { start: number; end: number }[] {
  return [...eachSentenceSpan(text)];
}

/** The same, one after the other. */
export function* eachSentenceSpan(text: string): Generator<{ start: number; end: number }> {
  for (const line of text.matchAll(/[^\n]+/g)) {
    const mark = LINE_MARK.exec(line[0])?.[0].length ?? 0;
    const words = line[0].slice(mark);
    let open = 0;
    for (const { segment, index } of segmentsOf(words)) {
      const next = index + segment.length;
      if (next < words.length && goesOn(words, open, next)) continue;
      const start = line.index + mark + open;
      const sentence = words.slice(open, next).trimEnd();
      if (sentence.length > 0) yield { start, end: start + sentence.length };
      open = next;
    }
  }
}

/** Whether what ends at a place of a line, as a sentence may, is the first part of one. */
function goesOn(line: string, start: number, end: number): boolean {
  const tail = line
    .slice(Math.max(start, end - 2 * LONGEST_TAIL), end)
    .trimEnd()
    .slice(-LONGEST_TAIL);
  const folded = foldedCase(tail);
  return (
    ABBREVIATION.test(folded) ||
    (ORDINAL.test(tail) && GOES_ON.test(line.slice(end, end + LONGEST_TAIL))) ||
    (NUMBERED.test(folded) && /^\d/.test(line.slice(end, end + 1)))
  );
}
