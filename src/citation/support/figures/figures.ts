import { type CalendarDate, findDates, sameDate } from "./dates.ts";
import { asciiDigits } from "../../../text/digits.ts";
import { findNumberWords } from "../../../text/number-words/number-words.ts";
import { isSameUnit, measureAt } from "./units.ts";

/** A number, a percentage, a quantity, a date or a version that a text gives. */
export interface Figure {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** What it may mean, multiplied out: `1.234` is 1234 or 1.234. Empty for a date and a version. */
  readonly values: readonly number[];
  readonly dates: readonly CalendarDate[];
  /** `1.2.3`, as it is written. */
  readonly version?: string;
  /** Name of a unit of measurement or currency, `%`, or the stem of the word that is counted. */
  readonly unit?: string;
  readonly isMeasured: boolean;
  /** "about", "rund", "约" stand before it. */
  readonly isRough: boolean;
  /** Written as a word. */
  readonly isSpelled: boolean;
}

const NUMBER =
  /(?<!\p{N})(?:(?<!\p{L})[-+])?\d+(?:[.,'’\u00a0\u202f ]\d{3})+(?:[.,]\d+)?(?![\p{N}]|[.,]\d)|(?<!\p{N})(?:(?<!\p{L})[-+])?\d+(?:[.,]\d+)*(?!\p{N})/gu;
/** `3-1`, `3:1`: two small numbers that count nothing by themselves. */
const SCORE = /(?<![\p{L}\p{N}.,:-])\d{1,3}[:-]\d{1,3}(?![\p{L}\p{N}:-]|[.,]\d)/gu;
/** What a number that belongs to a name stands behind: `QwQ-32B`, `R1`, `GPT-4`. */
const IN_NAME = /[\p{sc=Latin}\p{sc=Cyrillic}\p{sc=Greek}][\p{L}\p{N}.]*[-_.]?$/u;
const UNIT_AT_NAME = /^(?:v|V|ver\.|x|US|USD|EUR|CHF|RMB)$/u;
/** What says that a number is not exact, right before it. */
const ROUGH =
  /(?<!\p{sc=Latin}{2})(?:about|around|approximately|approx\.|roughly|nearly|almost|some|circa|ca\.|~|≈|rund|etwa|ungefähr|fast|knapp|gut|environ|presque|unos|unas|aproximadamente|casi|大约|大約|约|約|近|约为|حوالي|نحو|تقريبا|قرابة|בערך)\s*$/u;

/** The figures of a text, in order. Parts of names (`GPT-4`, `QwQ-32B`) are none. */
export function findFigures(text: string): readonly Figure[] {
  const plain = asciiDigits(text);
  const dates = findDates(plain);
  const figures: Figure[] = dates.map(({ start, end, readings }) => ({
    text: text.slice(start, end),
    start,
    end,
    values: [],
    dates: readings,
    isMeasured: false,
    isRough: false,
    isSpelled: false,
  }));
  const isTaken = (start: number, end: number): boolean =>
    figures.some((figure) => figure.start < end && figure.end > start);
  const hasDigits = /\d/.test(plain);
  for (const match of hasDigits ? plain.matchAll(SCORE) : []) {
    const [start, end] = [match.index, match.index + match[0].length];
    if (isTaken(start, end) || isOfName(plain, start, end) || measureAt(plain, start, end).unit !== undefined)
      continue;
    figures.push(figureAt(text, plain, start, end, [], match[0].replace(/\s*[:-]\s*/, "-")));
  }
  for (const match of hasDigits ? plain.matchAll(NUMBER) : []) {
    const [start, end] = [match.index, match.index + match[0].length];
    if (isTaken(start, end) || isOfName(plain, start, end)) continue;
    const version =
      /^\d+(?:\.\d+){2,}$/.test(match[0]) && !/^\d{1,3}(?:\.\d{3})+$/.test(match[0]) ? match[0] : undefined;
    figures.push(
      figureAt(text, plain, start, end, version === undefined ? readNumber(match[0]) : [], version),
    );
  }
  for (const { start, end, value } of findNumberWords(plain)) {
    if (!isTaken(start, end))
      figures.push({ ...figureAt(text, plain, start, end, [value]), isSpelled: true });
  }
  return figures.sort((left, right) => left.start - right.start);
}

/** `minus 31 °C`, `零下31度`. */
const MINUS = /(?<!\p{L})(?:minus|moins|menos|ناقص|מינוס) $|零下$/iu;

function figureAt(
  text: string,
  plain: string,
  start: number,
  end: number,
  values: readonly number[],
  version?: string,
): Figure {
  const measure = measureAt(plain, start, end);
  const sign = MINUS.test(plain.slice(Math.max(0, start - 8), start)) ? -1 : 1;
  const isPercent = plain.slice(Math.max(0, start - 3), start) === "百分之";
  const isPlain = version !== undefined || /^(?:st|nd|rd|th|er|º|°)(?![\p{L}])/u.test(plain.slice(end));
  const unit = isPercent ? "%" : isPlain ? undefined : measure.unit;
  return {
    text: text.slice(start, measure.isMeasured || measure.scale > 1 ? measure.end : end).replace(/\.$/u, ""),
    start,
    end: Math.max(end, measure.scale > 1 || measure.isMeasured ? measure.end : end),
    values: values.map((value) => value * measure.scale * sign),
    dates: [],
    ...(version !== undefined && { version }),
    ...(unit !== undefined && { unit }),
    isMeasured: !isPlain && (measure.isMeasured || isPercent),
    isRough: ROUGH.test(plain.slice(Math.max(0, start - 20), start).toLowerCase()),
    isSpelled: false,
  };
}

function isOfName(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 40), start).replace(/^[^]*\s/u, "");
  if (IN_NAME.test(before) && !UNIT_AT_NAME.test(before.replace(/^[^\p{L}]+/u, ""))) return true;
  // 32B is a number with its unit; 7zip, 3D and 4chan are names
  return (
    /^[\p{sc=Latin}]{3,}/u.test(text.slice(end)) &&
    !/^\s/.test(text.slice(end)) &&
    /^[A-Za-z]+\d|^[A-Z]?[a-z]{3,}/u.test(text.slice(end))
  );
}

/** A written number as what it may mean: separators of thousands and decimals differ between languages. */
function readNumber(written: string): readonly number[] {
  const text = written.replace(/^[+]/, "");
  const grouped = text.replaceAll(/['’\u00a0\u202f ]/g, "");
  const signs = grouped.match(/[.,]/g) ?? [];
  const last = signs.at(-1);
  if (last === undefined) return [Number(grouped)];
  const isOneKind = signs.every((sign) => sign === last);
  const asDecimal = grouped.replaceAll(last === "." ? "," : ".", "").replace(last, ".");
  const asGroups = grouped.replaceAll(/[.,]/g, "");
  if (!isOneKind) return [Number(asDecimal)];
  const isGrouped = /^[-]?\d{1,3}(?:[.,]\d{3})+$/.test(grouped);
  if (signs.length > 1) return isGrouped ? [Number(asGroups)] : [];
  // nobody writes 52 as `52,000`
  if (isGrouped && grouped.endsWith("00") && !grouped.startsWith("0")) return [Number(asGroups)];
  return isGrouped && !grouped.startsWith("0") ? [Number(asGroups), Number(asDecimal)] : [Number(asDecimal)];
}

/** How far two figures are the same: `other-unit` is the number with another unit of measurement. */
export type Likeness = "same" | "rounded" | "other-unit" | "different";

/** How far a figure of a claim is one of a source. */
export function likeness(wanted: Figure, given: Figure): Likeness {
  if (wanted.version !== undefined || given.version !== undefined) {
    const [ours, theirs] = [wanted.version ?? numeral(wanted), given.version ?? numeral(given)];
    return ours === theirs || theirs.startsWith(`${ours}.`) ? "same" : "different";
  }
  if (wanted.dates.length > 0) {
    const those = given.dates.length > 0 ? given.dates : yearsOf(given);
    return wanted.dates.some((date) => those.some((other) => sameDate(date, other))) ? "same" : "different";
  }
  if (given.dates.length > 0)
    return wanted.unit === undefined || !wanted.isMeasured
      ? wanted.values.some((value) => given.dates.some(({ year }) => year === value))
        ? "same"
        : "different"
      : "different";
  const pairs = wanted.values.flatMap((value) => given.values.map((other) => [value, other] as const));
  if (pairs.some(([value, other]) => isClose(value, other, 1e-9))) {
    const isOther = wanted.isMeasured && given.isMeasured && !isSameUnit(wanted.unit, given.unit);
    return isOther ? "other-unit" : "same";
  }
  const isRounded = pairs.some(
    ([value, other]) =>
      (wanted.isRough || given.isRough ? isClose(value, other, 0.05) : false) || isRounding(value, other),
  );
  return isRounded && (!wanted.isMeasured || !given.isMeasured || isSameUnit(wanted.unit, given.unit))
    ? "rounded"
    : "different";
}

function numeral({ values }: Figure): string {
  return String(values[0] ?? "");
}

function yearsOf({ values }: Figure): readonly CalendarDate[] {
  return values
    .filter((value) => Number.isInteger(value) && value > 999 && value < 3000)
    .map((year) => ({ year }));
}

function isClose(value: number, other: number, share: number): boolean {
  return Math.abs(value - other) <= Math.abs(other) * share;
}

/** Whether a number is another one to fewer digits, with two digits at least: 32.5 as 33, 71.24 as 71.2; years are exact. */
function isRounding(value: number, other: number): boolean {
  if ((Number.isInteger(value) && value > 999 && value < 3000) || !isClose(value, other, 0.06)) return false;
  for (const digits of [2, 3, 4, 5]) {
    if (Number(other.toPrecision(digits)) === value && other !== value) return true;
  }
  return false;
}

/** Whether a figure of a claim is one of a source, if need be to fewer digits. */
export function isSame(figure: Figure, given: Figure): boolean {
  return ["same", "rounded"].includes(likeness(figure, given));
}

/** Whether it is a date, or may be a year. */
export function isYear({ values, dates }: Figure): boolean {
  return dates.length > 0 || values.some((value) => Number.isInteger(value) && value > 999 && value < 3000);
}
