const ISO = /^\d{4}-\d{2}-\d{2}(?![\d])/u;
/** `Thu, 06 Mar 2025 10:00:00 GMT`, as RFC 9110 writes dates. */
const HTTP_DATE =
  /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? (?:GMT|UTC|[+-]\d{4})$/u;

/** `2025-03-06` of an ISO or HTTP date; `undefined` for anything else. */
export function readIsoDate(value: string | null | undefined): string | undefined {
  const text = value?.trim() ?? "";
  const day = ISO.exec(text)?.[0];
  if (day !== undefined) return Number.isNaN(Date.parse(day)) ? undefined : day;
  const time = readHttpDate(text);
  return time === undefined ? undefined : new Date(time).toISOString().slice(0, 10);
}

/** Milliseconds since 1970 of an HTTP date. */
export function readHttpDate(text: string): number | undefined {
  const time = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
