/** `Thu, 06 Mar 2025 10:00:00 GMT`; feeds write `+0000` or leave out the seconds. */
const FIXED = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? (?:GMT|UTC|[+-]\d{4})$/u;
/** `Thursday, 06-Mar-25 10:00:00 GMT`. */
const RFC_850 = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/u;
/** `Thu Mar  6 10:00:00 2025`, which is in GMT and does not say so. */
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/u;

/**
 * Milliseconds since 1970 of a date in one of HTTP's three forms; `undefined` for anything else.
 * Source: https://httpwg.org/specs/rfc9110.html#http.date
 */
export function readHttpDate(text: string): number | undefined {
  const written = ASCTIME.test(text) ? `${text} GMT` : FIXED.test(text) || RFC_850.test(text) ? text : "";
  const time = Date.parse(written);
  return Number.isNaN(time) ? undefined : time;
}
