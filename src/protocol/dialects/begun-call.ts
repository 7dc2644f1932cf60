import { endsInValue } from "./call-body.ts";
import { readWrittenCall } from "./read-call.ts";
import { CALL_FORMS, RUNTIME_CLOSE } from "./table.ts";

/** A value up to its end, and up to what shows that its quote was not one within it. */
const VALUE_END =
  /["'](?:\|>)?\s*[,\]})][\s,\]})]*|<\/(?:parameter|arg_value|｜DSML｜parameter)>\s*|<\|close\|>argument[^<]*<\|sep\|>\s*/g;

/** Of so many last ends one is that of a value, as a rule: what looks like an end within a long value is not tried without end. */
const MOST_ENDS = 8;

/** What a call in Python may lack; what JSON lacks is repaired, and elements end by themselves. */
const RESTS = ["", ")", ")]"] as const;

/**
 * The queries of a call that is still being written, those whose end has come. What follows may yet make the call another
 * one.
 *
 * @param call the text from the opening of the call on, as far as it stands
 */
export function begunQueries(call: string): readonly string[] {
  const form = CALL_FORMS.find(({ open }) => call.startsWith(open));
  const body = form === undefined ? call : call.slice(form.open.length);
  const ends = [...body.matchAll(VALUE_END)].map(({ 0: end, index }) => index + end.length);
  const last = ends.slice(-MOST_ENDS).findLast((end) => !endsInValue(body.slice(0, end)));
  if (last === undefined) return [];
  const written = call.slice(0, call.length - body.length + last).replace(/,\s*$/, "");
  for (const rest of RESTS) {
    const reading = readWrittenCall(written + rest + (form?.close ?? RUNTIME_CLOSE), true);
    if (reading.kind === "search") return reading.queries;
  }
  return [];
}
