import { readHttpDate } from "../../../net/http-date.ts";

const ISO = /^\d{4}-\d{2}-\d{2}(?![\d])/u;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const NAME = `(${MONTHS.join("|")})[a-z]*\\.?`;
/** `Mar 6, 2025`, `March 6, 2025` */
const MONTH_FIRST = new RegExp(`^${NAME} (\\d{1,2}),? (\\d{4})$`, "iu");
/** `6 Mar 2025` */
const DAY_FIRST = new RegExp(`^(\\d{1,2}) ${NAME},? (\\d{4})$`, "iu");

/** `2025-03-06` of an ISO or HTTP date; `undefined` for anything else. */
export function readIsoDate(value: string | null | undefined): string | undefined {
  const text = value?.trim() ?? "";
  const day = ISO.exec(text)?.[0];
  if (day !== undefined) return Number.isNaN(Date.parse(day)) ? undefined : day;
  const time = readHttpDate(text);
  return time === undefined ? undefined : new Date(time).toISOString().slice(0, 10);
}

/**
 * `2025-03-06` of a date as result pages write it: an ISO or HTTP date, or an English one with the month's name.
 * `undefined` for anything else, such as `3 days ago`: what it means depends on when it was written.
 */
export function readWrittenDate(value: string | null | undefined): string | undefined {
  const text = value?.trim() ?? "";
  const [, month, day, year] = MONTH_FIRST.exec(text) ?? swapDay(DAY_FIRST.exec(text)) ?? [];
  if (month === undefined || day === undefined || year === undefined) return readIsoDate(text);
  const monthNumber = MONTHS.indexOf(month.toLowerCase()) + 1;
  const iso = `${year}-${pad(monthNumber)}-${pad(Number(day))}`;
  const time = Date.parse(iso);
  return Number.isNaN(time) || !new Date(time).toISOString().startsWith(iso) ? undefined : iso;
}

function swapDay(match: readonly string[] | null): readonly (string | undefined)[] | undefined {
  return match === null ? undefined : [match[0], match[2], match[1], match[3]];
}

function pad(number: number): string {
  return number.toString().padStart(2, "0");
}
