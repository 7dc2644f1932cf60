import type { SearchOutcome, SearchResult } from "../search/engine.ts";

const MAX_TITLE_LENGTH = 300;
const MAX_URL_LENGTH = 2000;
/** Stop adding results when fewer bytes are left. */
const MIN_ROOM = 200;
const MORE = " …";

/**
 * Keeps all results of one call within `maxBytes` of UTF-8, whatever the engines gave. Each query gets an equal share; what
 * one does not need goes to the others. Within a share the best results come first and the last text is cut. The first
 * result of a query is always kept, with its text cut to nothing at worst.
 */
export function boundResponse<Answer extends { readonly outcome: SearchOutcome }>(
  answers: readonly Answer[],
  maxBytes: number,
): readonly Answer[] {
  const sizes = answers.map(({ outcome }) => sizeOf(outcome));
  const shares = sharesOf(sizes, maxBytes);
  return answers.map((answer, at) => {
    const { outcome } = answer;
    if (outcome.status !== "found") return answer;
    return { ...answer, outcome: { ...outcome, results: kept(outcome.results, shares[at] ?? 0) } };
  });
}

/** UTF-8 bytes of titles, addresses and texts of all results of one call. */
export function responseBytes(answers: readonly { readonly outcome: SearchOutcome }[]): number {
  return answers.reduce((sum, { outcome }) => sum + sizeOf(outcome), 0);
}

function sizeOf(outcome: SearchOutcome): number {
  if (outcome.status !== "found") return 0;
  return outcome.results.reduce((sum, result) => sum + headSize(result) + Buffer.byteLength(result.text), 0);
}

/** The smallest needs are met first, so that each of the others gets an equal part of what is left. */
function sharesOf(sizes: readonly number[], maxBytes: number): readonly number[] {
  const shares = sizes.map(() => 0);
  let room = maxBytes;
  const ascending = sizes.map((size, at) => ({ size, at })).sort((left, right) => left.size - right.size);
  for (const [done, { size, at }] of ascending.entries()) {
    const share = Math.min(size, Math.floor(room / (ascending.length - done)));
    shares[at] = share;
    room -= share;
  }
  return shares;
}

function kept(results: readonly SearchResult[], maxBytes: number): readonly SearchResult[] {
  const some: SearchResult[] = [];
  let room = maxBytes;
  for (const result of results) {
    const size = headSize(result);
    const fits = size + Buffer.byteLength(result.text) <= room;
    if (!fits && some.length > 0 && room - size < MIN_ROOM) break;
    const text = fits ? result.text : cutText(result.text, Math.max(room - size, 0));
    some.push({ ...result, title: titleOf(result), url: urlOf(result), text });
    room -= size + Buffer.byteLength(text);
  }
  return some;
}

function headSize(result: SearchResult): number {
  return Buffer.byteLength(titleOf(result)) + Buffer.byteLength(urlOf(result));
}

function titleOf({ title }: SearchResult): string {
  return title.length > MAX_TITLE_LENGTH ? `${title.slice(0, MAX_TITLE_LENGTH - 1).trimEnd()}…` : title;
}

function urlOf({ url }: SearchResult): string {
  return url.length > MAX_URL_LENGTH ? "" : url;
}

/** At most `maxBytes`, never half a character; ends with ` …`, behind a whole word where one ends in the last half. */
function cutText(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text.slice(0, maxBytes));
  let end = Math.max(maxBytes - Buffer.byteLength(MORE), 0);
  while (end > 0 && ((bytes[end] ?? 0) & 0b1100_0000) === 0b1000_0000) end -= 1;
  const head = bytes.toString("utf8", 0, end);
  const space = head.search(/\s\S*$/);
  const whole = (space > head.length / 2 ? head.slice(0, space) : head).trimEnd();
  return whole === "" ? "" : whole + MORE;
}
