import { isMark } from "./marks.ts";
import { scan, SCAN_START, type Piece } from "./scan.ts";
import { seenText } from "./seen.ts";
import { plainLine } from "./plain-stream.ts";
import { atOnce } from "../text/at-once.ts";
import { eachSentenceSpan, sentenceSpans } from "../text/sentences.ts";
import { overlapWith } from "./overlap.ts";
import { createClaimReader } from "./support/claim.ts";
import { once } from "./support/once.ts";
import { readSource, type SourceReader } from "./support/read-source.ts";
import { createSupportJudge, type JudgeReaders, type Support } from "./support/support.ts";
import { masked, sentenceIn, spanAt, type Span } from "./marked-sentence.ts";
import { uncitedSentences } from "./uncited.ts";
import { createWrittenAnswer } from "./written-answer.ts";

/** A passage that a run retrieved. Several may share a number: they come from one address. */
export interface Evidence {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly text: string;
}

/** A mark, checked. `known` is false for what this run did not retrieve: nothing stands behind such a mark. */
export interface CheckedCitation extends Support {
  number: number | null;
  title: string;
  url: string;
  sentence: string;
  known: boolean;
  /** Another source that the sentence cites supports all of it, and this one does not: it could be left out. */
  redundant: boolean;
}

export interface CheckedAnswer {
  /** Markdown in which each known mark links to its source, and nothing else is a link, an image or HTML. */
  readonly answer: string;
  readonly citations: CheckedCitation[];
  /** Sentences that state a fact and have no mark. */
  readonly uncited: string[];
}

/**
 * Checks every mark of an answer against the evidence. A number becomes a link to its source, a link to a retrieved
 * address becomes that source's mark; unknown numbers are taken out, unknown addresses are left as text and flagged.
 */
export function checkAnswer(written: string, evidence: readonly Evidence[], question = ""): CheckedAnswer {
  return atOnce(checkingAnswer(written, evidence, question));
}

/**
 * The same as work that stops often, so that a long answer about many sources need not be checked at once.
 * @param read what takes a source apart, or has done so before
 */
export function* checkingAnswer(
  written: string,
  evidence: readonly Evidence[],
  question = "",
  read: SourceReader = readSource,
): Generator<undefined, CheckedAnswer> {
  const text = seenText(written);
  const find = createSourceFinder(evidence);
  yield undefined;
  const { pieces } = scan(text, SCAN_START, true);
  yield undefined;
  const plain = masked(text, pieces.filter(isMark));
  const spans: (Span & { readonly sentence: string })[] = [];
  for (const span of eachSentenceSpan(plain)) {
    spans.push({ ...span, sentence: sentenceIn(plain, span) });
    yield undefined;
  }
  const cited: Cited[] = [];
  const marked = new Set<Span>();
  const answer = createWrittenAnswer((number, url, mark) => {
    const source = find(number, url);
    const span = spanAt(plain, spans, mark);
    if (span !== undefined) marked.add(span);
    cited.push({
      number: source?.number ?? number,
      title: source?.title ?? "",
      url: source?.url ?? url,
      sentence: span?.sentence ?? "",
      known: source !== undefined,
    });
    return source;
  });
  answer.write(text, pieces);
  yield undefined;
  const blocks = pieces.filter((piece) => isCodeBlock(piece, text));
  const words = withoutCode(plain, pieces, " ");
  const claimOf = createClaimReader();
  const uncited = yield* uncitedSentences(
    plain,
    spans.map((span) => ({
      ...span,
      said: words === plain ? span.sentence : sentenceIn(words, span),
      cited: marked.has(span),
      code: isInCode(text, blocks, span.start, span.end),
    })),
    { isResearched: evidence.length > 0, claimOf },
  );
  return {
    answer: answer.take(),
    citations: yield* judging(cited, evidence, question, { readOf: read, claimOf }),
    uncited,
  };
}

type Cited = Omit<CheckedCitation, keyof Support | "redundant">;

/** Judges each citation against its source, beside those that its sentence cites too. */
function* judging(
  cited: readonly Cited[],
  evidence: readonly Evidence[],
  question: string,
  readers: JudgeReaders,
): Generator<undefined, CheckedCitation[]> {
  const sources = sourcesByNumber(evidence);
  const judge = createSupportJudge(
    [...new Set(cited.map(({ number }) => number ?? 0))].flatMap((number) => sources.get(number) ?? []),
    question,
    readers,
  );
  const numbers = new Map<string, number[]>();
  for (const { sentence, number, known } of cited) {
    if (known && number !== null) numbers.set(sentence, [...(numbers.get(sentence) ?? []), number]);
  }
  yield* judge.reading();
  const citations: (Cited & Support)[] = [];
  for (const each of cited) {
    const { sentence, known, number } = each;
    const support = yield* judge.judging(sentence, known ? number : null, numbers.get(sentence));
    citations.push({ ...each, ...support });
  }
  const supported = new Set(
    citations.flatMap(({ sentence, verdict }) => (verdict === "supported" ? [sentence] : [])),
  );
  return citations.map((each) => ({
    ...each,
    redundant: each.verdict !== "supported" && supported.has(each.sentence),
  }));
}

/** Finds what a mark cites, by its number or its address. */
export function createSourceFinder(
  evidence: readonly Evidence[],
): (number: number | null, url: string) => (Evidence & { readonly quoted?: boolean }) | undefined {
  const sources = sourcesByNumber(evidence);
  const byUrl = once(
    () => new Map([...sources.values()].map((source) => [canonicalUrl(source.url), source])),
  );
  return (number, url) => {
    if (number !== null) return sources.get(number);
    const schemes = /^www\./i.test(url) ? ["https://", "http://"] : [""];
    const source = schemes
      .map((scheme) => byUrl().get(canonicalUrl(scheme + url)))
      .find((found) => found !== undefined);
    if (source !== undefined) return source;
    const naming = [...sources.values()].find(({ text }) => namesAddress(text, url));
    return naming === undefined ? undefined : { ...naming, quoted: true };
  };
}

/** Tells whether one of the sources is or names an address; they are read when it is first asked. */
export function createAddressTest(evidence: readonly Evidence[]): (url: string) => boolean {
  let find: ReturnType<typeof createSourceFinder> | undefined;
  return (url) => (find ??= createSourceFinder(evidence))(null, url) !== undefined;
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
  return atOnce(attributing(text, evidence));
}

/** The same as work that stops often. */
export function* attributing(text: string, evidence: readonly Evidence[]): Generator<undefined, string> {
  const sources: { readonly number: number; readonly scoreOf: (sentence: string) => number }[] = [];
  for (const source of sourcesByNumber(evidence).values()) {
    sources.push({ number: source.number, scoreOf: overlapWith(wordsOf(source)) });
    yield undefined;
  }
  const { pieces } = scan(text, SCAN_START, true);
  const marks = pieces.filter(isMark);
  const blocks = pieces.filter((piece) => isCodeBlock(piece, text));
  let out = "";
  let last = 0;
  for (const { start, end } of sentenceSpans(withoutCode(masked(text, marks), pieces))) {
    const sentence = text.slice(start, end);
    const marked = marks.some((mark) => mark.start >= start && mark.end <= end);
    if (marked || isInCode(text, blocks, start, end)) continue;
    yield undefined;
    const ranked = sources
      .map(({ number, scoreOf }) => ({ number, score: scoreOf(sentence) }))
      .sort((left, right) => right.score - left.score);
    const best = ranked[0];
    if (best === undefined || best.score < ATTRIBUTION) continue;
    const stop = /[.!?。！？]*$/.exec(sentence)?.[0].length ?? 0;
    out += `${text.slice(last, end - stop)} [${best.number}]`;
    last = end - stop;
  }
  return out + text.slice(last);
}

function isInCode(text: string, blocks: readonly Piece[], start: number, end: number): boolean {
  return blocks.some((block) => block.start < end && block.end > start) || isIndented(text, start);
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
function withoutCode(text: string, pieces: readonly Piece[], sign = "x"): string {
  let out = "";
  let last = 0;
  for (const { kind, start, end } of pieces) {
    if (kind !== "code") continue;
    out += text.slice(last, start) + sign.repeat(end - start);
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
    sources.set(
      passage.number,
      first === undefined ? passage : { ...first, text: `${first.text}\n${passage.text}` },
    );
  }
  return sources;
}

/** Where the sources are, for people to see: each number once, without their texts, with titles that are plain text. */
export function placesOf(sources: readonly (Evidence & { readonly date?: string | undefined })[]) {
  return [...sourcesByNumber(sources).values()].map(({ number, title, url, date }) => ({
    number,
    title: plainLine(title),
    url,
    ...(date !== undefined && { date }),
  }));
}

/** What of a source may support a sentence. */
function wordsOf({ title, text }: Evidence): string {
  return `${title}\n${text}`;
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
