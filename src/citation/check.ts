import { isMark, type Mark } from "./marks.ts";
import { scan, SCAN_START, type Piece } from "./scan.ts";
import { seenText } from "./seen.ts";
import { sentenceSpans } from "../text/sentences.ts";
import { support } from "./support.ts";
import { createWrittenAnswer } from "./written-answer.ts";

/** A passage that a run retrieved. Several may share a number: they come from one address. */
export interface Evidence {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly text: string;
}

/** A mark, checked. `known` is false for what this run did not retrieve. */
export interface CheckedCitation {
  number: number | null;
  title: string;
  url: string;
  sentence: string;
  support: number;
  known: boolean;
}

export interface CheckedAnswer {
  /** Markdown in which each known mark links to its source, and nothing else is a link, an image or HTML. */
  readonly answer: string;
  readonly citations: CheckedCitation[];
}

/**
 * Checks every mark of an answer against the evidence. A number becomes a link to its source, a link to a retrieved
 * address becomes that source's mark; unknown numbers are taken out, unknown addresses are left as text and flagged.
 */
export function checkAnswer(written: string, evidence: readonly Evidence[]): CheckedAnswer {
  const text = seenText(written);
  const find = createSourceFinder(evidence);
  const { pieces } = scan(text, SCAN_START, true);
  const plain = masked(text, pieces.filter(isMark));
  const spans = sentenceSpans(plain);
  const citations: CheckedCitation[] = [];
  const answer = createWrittenAnswer((number, url, mark) => {
    const source = find(number, url);
    const sentence = sentenceAt(plain, spans, mark);
    citations.push({
      number: source?.number ?? number,
      title: source?.title ?? "",
      url: source?.url ?? url,
      sentence,
      support: source === undefined ? 0 : support(sentence, wordsOf(source)),
      known: source !== undefined,
    });
    return source;
  });
  answer.write(text, pieces);
  return { answer: answer.take(), citations };
}

/** Finds what a mark cites, by its number or its address. */
export function createSourceFinder(
  evidence: readonly Evidence[],
): (number: number | null, url: string) => (Evidence & { readonly quoted?: boolean }) | undefined {
  const sources = sourcesByNumber(evidence);
  const byUrl = new Map([...sources.values()].map((source) => [canonicalUrl(source.url), source]));
  return (number, url) => {
    if (number !== null) return sources.get(number);
    const schemes = /^www\./i.test(url) ? ["https://", "http://"] : [""];
    const source = schemes
      .map((scheme) => byUrl.get(canonicalUrl(scheme + url)))
      .find((found) => found !== undefined);
    if (source !== undefined) return source;
    const naming = [...sources.values()].find(({ text }) => namesAddress(text, url));
    return naming === undefined ? undefined : { ...naming, quoted: true };
  };
}

/** Where one of these stands before it, an address is a part of a longer one. */
const WITHIN_ADDRESS = /[\w=/%&?#@:+~-]/;
const BEHIND_ADDRESS = /^[.,;:!?'"*_)]*(?:[\s<>[\]"'`|\\，。；、）】)]|$)/;

/** Whether a whole http(s) address stands literally in a text. */
function namesAddress(text: string, url: string): boolean {
  if (!/^https?:\/\/[^\s<>[\]"'`|\\@]+$/i.test(url)) return false;
  for (let at = text.indexOf(url); at >= 0; at = text.indexOf(url, at + 1)) {
    const isWhole = BEHIND_ADDRESS.test(text.slice(at + url.length, at + url.length + 8));
    if (isWhole && !WITHIN_ADDRESS.test(text.charAt(at - 1))) return true;
  }
  return false;
}

/** An answer's sentence is attributed to a source when so much of its wording stands there. */
const ATTRIBUTION = 0.6;

/**
 * Marks each unmarked sentence with the source that supports it best, for models that were not asked to cite. Code
 * keeps its text: no mark is put into a span or a block.
 */
export function attribute(text: string, evidence: readonly Evidence[]): string {
  const sources = [...sourcesByNumber(evidence).values()];
  const { pieces } = scan(text, SCAN_START, true);
  const marks = pieces.filter(isMark);
  const blocks = pieces.filter((piece) => isCodeBlock(piece, text));
  let out = "";
  let last = 0;
  for (const { start, end } of sentenceSpans(withoutCode(masked(text, marks), pieces))) {
    const sentence = text.slice(start, end);
    const marked = marks.some((mark) => mark.start >= start && mark.end <= end);
    const isCode = blocks.some((block) => block.start < end && block.end > start) || isIndented(text, start);
    if (marked || isCode) continue;
    const ranked = sources
      .map((source) => ({ number: source.number, score: support(sentence, wordsOf(source)) }))
      .sort((left, right) => right.score - left.score);
    const best = ranked[0];
    if (best === undefined || best.score < ATTRIBUTION) continue;
    const stop = /[.!?。！？]*$/.exec(sentence)?.[0].length ?? 0;
    out += `${text.slice(last, end - stop)} [${best.number}]`;
    last = end - stop;
  }
  return out + text.slice(last);
}

/** A block, or the line that opens one: it has no closing backticks. */
function isCodeBlock({ kind, start, end }: Piece, text: string): boolean {
  return kind === "code-block" || (kind === "code" && /^(?:~|`{3,}[^`]*$)/.test(text.slice(start, end)));
}

/** Four spaces or a tab make a block of code of a line, where nothing stands directly above it. */
function isIndented(text: string, at: number): boolean {
  return /^(?: {4}|\t)/.test(text.slice(text.lastIndexOf("\n", at - 1) + 1));
}

/** The text with letters for code, each index where it was, so that no sentence ends within code. */
function withoutCode(text: string, pieces: readonly Piece[]): string {
  let out = "";
  let last = 0;
  for (const { kind, start, end } of pieces) {
    if (kind !== "code") continue;
    out += text.slice(last, start) + "x".repeat(end - start);
    last = end;
  }
  return out + text.slice(last);
}

/**
 * The sources by their numbers, in the order of these. Passages of one number share an address: the first one gives
 * its title and date, and all of them are its text.
 */
export function sourcesByNumber<Passage extends Evidence>(
  evidence: readonly Passage[],
): ReadonlyMap<number, Passage> {
  const sources = new Map<number, Passage>();
  for (const passage of [...evidence].sort((left, right) => left.number - right.number)) {
    const first = sources.get(passage.number);
    const text = first === undefined ? passage.text : `${first.text}\n${passage.text}`;
    sources.set(passage.number, { ...(first ?? passage), text });
  }
  return sources;
}

/** Where the sources are, each number once and without their texts. */
export function placesOf(sources: readonly (Evidence & { readonly date?: string | undefined })[]) {
  return [...sourcesByNumber(sources).values()].map(({ number, title, url, date }) => ({
    number,
    title,
    url,
    ...(date !== undefined && { date }),
  }));
}

/** What of a source may support a sentence. */
function wordsOf({ title, text }: Evidence): string {
  return `${title}\n${text}`;
}

/** The text with its marks blanked out, each index where it was; of a link its words stay. */
function masked(text: string, marks: readonly Mark[]): string {
  let out = "";
  let last = 0;
  for (const mark of marks) {
    const words = mark.kind === "link" ? ` ${mark.text}` : "";
    out += text.slice(last, mark.start) + words.padEnd(mark.end - mark.start);
    last = mark.end;
  }
  return out + text.slice(last);
}

/**
 * The sentence that a mark belongs to: the one it stands in, also behind the full stop, or the last one before it in
 * its line; where a line begins with the mark, the sentence behind it.
 */
function sentenceAt(
  plain: string,
  spans: readonly { readonly start: number; readonly end: number }[],
  { kind, start }: Mark,
): string {
  // of a link the words stay, one place further on
  const at = kind === "link" ? start + 1 : start;
  const index = spans.findLastIndex((each) => each.start <= at);
  const [before, behind] = [spans[index], spans[index + 1]];
  const isOfLine = (span: typeof before): boolean =>
    span !== undefined && !plain.slice(Math.min(span.end, at), Math.max(span.start, at)).includes("\n");
  const span = isOfLine(before) || !isOfLine(behind) ? (before ?? behind) : behind;
  return span === undefined
    ? ""
    : plain
        .slice(span.start, span.end)
        .replaceAll(/\s+/g, " ")
        .replace(/ (?=[.,;:!?])/g, "");
}

/** One form for addresses that mean the same: no fragment, no trailing slash, host in lower case. */
export function canonicalUrl(url: string): string {
  try {
    const parsed = new URL(url);
    if (parsed.username !== "" || parsed.password !== "") return url;
    parsed.hash = "";
    return parsed.href.replace(/\/$/, "");
  } catch {
    return url;
  }
}
