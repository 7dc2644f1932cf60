import { hanNumber } from "../../../text/number-words/number-words.ts";
import { perWord } from "../../../text/per-word.ts";
import { foldedCase, lettersIn } from "../../../text/word-patterns/beginnings.ts";
import { monthOf } from "./month-names.ts";

/** A day, a month or a year, as far as a text gives it; months and days count from 1. */
export interface CalendarDate {
  readonly year?: number;
  readonly month?: number;
  readonly day?: number;
}

export interface DateSpan {
  readonly start: number;
  readonly end: number;
  /** What it may mean: `03/06/2025` is a day of March or of June. */
  readonly readings: readonly CalendarDate[];
}

/** Any word: whether it names a month is looked up. */
const NAME = String.raw`(?:[בלמה]-)?(?<name>\p{L}[\p{L}\p{M}]{2,})\.?`;
const DAY = String.raw`(?<day>\d{1,2})(?:\.|st|nd|rd|th|er|º|°)?`;
const OF = String.raw`(?:\s+(?:de|del|of|di|do)(?=\s))?`;
const YEAR = String.raw`(?<year>\d{4})`;
const EDGE = String.raw`(?<![\p{L}\p{N}])`;
const END = String.raw`(?![\p{L}\p{N}])`;
/** What no date in digits stands behind; Hebrew writes its prepositions before it. */
const BARE = String.raw`(?:(?<![\p{L}\p{N}.-])|(?<=(?<!\p{L})ו?[בלמהש]-?))`;

const HAN = "[一二三四五六七八九十]";

/** The ways to write a date, by what a text must have for one of them. */
const WAYS: readonly {
  readonly standsIn: (text: string) => boolean;
  readonly patterns: readonly RegExp[];
}[] = [
  {
    standsIn: (text) => lettersIn(foldedCase(text)).some(isOfMonth),
    patterns: patternsOf(
      // 6 March 2025, 6. März 2025, 6 de marzo de 2025, ٦ مارس ٢٠٢٥
      `${EDGE}${DAY}${OF}\\s*${NAME}(?:,?${OF}\\s+${YEAR})?${END}`,
      // March 6, 2025
      `${EDGE}${NAME}\\s+${DAY}(?:,?\\s+${YEAR})?${END}`,
      // March 2025, marzo de 2025
      `${EDGE}${NAME},?${OF}\\s+${YEAR}${END}`,
    ),
  },
  {
    standsIn: (text) => /[年년月월]/.test(text),
    patterns: patternsOf(
      // 2025年3月6日, 3月6日, 2025년 3월 6일
      String.raw`(?<!\d)${YEAR}\s*[年년](?:\s*(?<month>\d{1,2})\s*[月월](?:\s*(?<day>\d{1,2})\s*[日号號일])?)?`,
      String.raw`(?<!\d)(?<month>\d{1,2})\s*[月월]\s*(?<day>\d{1,2})\s*[日号號일]`,
      // 二〇二五年三月六日, 三月六日
      `(?:(?<year>[〇零一二三四五六七八九]{4})年)?(?<month>${HAN}{1,2})月(?:(?<day>${HAN}{1,3})[日号號])?`,
    ),
  },
  {
    standsIn: (text) => /\d[-/.]\s?\d{1,2}[-/.]\s?\d/.test(text),
    patterns: patternsOf(
      // 2025-03-06, 2025/03/06
      String.raw`${BARE}${YEAR}(?<sign>[-/.])(?<month>\d{1,2})\k<sign>(?<day>\d{1,2})(?![\p{N}]|[.-]\d)`,
      // 06.03.2025
      String.raw`${BARE}(?<day>\d{1,2})\.\s?(?<month>\d{1,2})\.\s?${YEAR}(?![\p{N}]|[.-]\d)`,
      // 03/06/2025
      String.raw`${BARE}(?<![/])(?<either>\d{1,2})/(?<other>\d{1,2})/${YEAR}(?![\p{N}/])`,
    ),
  },
];

function patternsOf(...sources: readonly string[]): readonly RegExp[] {
  return sources.map((source) => new RegExp(source, "giu"));
}

/** Whether a word names a month, or does behind a sign of an ordinal or a preposition: `5thMay`, `5ºmarzo`. */
const isOfMonth = perWord((word) =>
  [word, word.slice(1), word.slice(2)].some((part) => monthOf(part) !== undefined),
);

/** The dates of a text whose digits are ASCII, in order; a year by itself is a number. */
export function findDates(text: string): readonly DateSpan[] {
  const found: DateSpan[] = [];
  if (!/\d|月/.test(text)) return found;
  for (const pattern of WAYS.flatMap(({ standsIn, patterns }) => (standsIn(text) ? patterns : []))) {
    for (const match of text.matchAll(pattern)) {
      const readings = readingsOf(match.groups ?? {});
      const [start, end] = [match.index, match.index + match[0].length];
      if (readings.length > 0 && !found.some((other) => other.start < end && other.end > start))
        found.push({ start, end, readings });
    }
  }
  return found.sort((left, right) => left.start - right.start);
}

function readingsOf(groups: Readonly<Record<string, string | undefined>>): readonly CalendarDate[] {
  const { name, year, month, day, either, other } = groups;
  const of = (months: number | undefined, days: number | undefined): readonly CalendarDate[] =>
    (months !== undefined && (months < 1 || months > 12)) || (days !== undefined && (days < 1 || days > 31))
      ? []
      : [
          {
            ...(year !== undefined && { year: numberOf(year) ?? 0 }),
            ...(months !== undefined && { month: months }),
            ...(days !== undefined && { day: days }),
          },
        ];
  if (either !== undefined && other !== undefined)
    return [...of(Number(either), Number(other)), ...of(Number(other), Number(either))];
  const named = name === undefined ? numberOf(month) : monthOf(name);
  return name !== undefined && named === undefined ? [] : of(named, numberOf(day));
}

function numberOf(digits: string | undefined): number | undefined {
  if (digits === undefined) return undefined;
  return /\d/.test(digits) ? Number(digits) : hanNumber(digits);
}

/** Whether all that is wanted of a date is given. */
export function sameDate(wanted: CalendarDate, given: CalendarDate): boolean {
  return (["year", "month", "day"] as const).every(
    (part) => wanted[part] === undefined || wanted[part] === given[part],
  );
}
