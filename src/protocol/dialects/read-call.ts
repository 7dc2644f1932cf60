import { readCallJson } from "../call-json.ts";
import { MAX_CALL_LENGTH } from "../limits.ts";
import type { CallOptions, CallReading } from "../protocol.ts";
import { bareCallIn } from "./bare-call.ts";
import { isQuotedAt, isWholeBody } from "./call-body.ts";
import { CALL_CLOSES, CALL_FORMS, type CallForm } from "./table.ts";
import { fault, readToolCalls } from "./tool-call.ts";
import { beginsPython, pythonCalls, type WrittenCalls } from "./written-calls.ts";

/** A call may hold its own beginning in its query: so many beginnings are tried from each end. */
const MAX_OPENINGS = 8;

interface Beginning {
  readonly form: CallForm;
  readonly at: number;
  readonly body: string;
}

/** Reads the call that a text ends in. `closedByModel` is false where it was cut off. */
export function readWrittenCall(
  generated: string,
  closedByModel: boolean,
  options: CallOptions = {},
): CallReading {
  if (!closedByModel) return fault("cut-off", "The call was cut off before its end.");
  const trimmed = generated.trimEnd();
  const close = CALL_CLOSES.find((tag) => trimmed.endsWith(tag));
  if (close === undefined) return fault("malformed", "There is no call in the text.");
  const text = trimmed.slice(0, -close.length);
  const begun = beginnings(text, close);
  let first: CallReading | undefined;
  for (const beginning of [...begun.filter(isOnePiece), ...begun.toReversed(), ...beginnings(text, null)]) {
    const reading = readBody(beginning, options);
    if (reading.kind !== "fault" || reading.fault !== "malformed") return reading;
    first ??= reading;
  }
  const bare = bareCallIn(text);
  if (bare !== undefined && beginsPython(bare)) return readCalls(pythonCalls(bare), options);
  if (bare !== undefined) return readCallJson(bare, options);
  const named = text.lastIndexOf("<tool_call>");
  return first ?? readCallJson(named < 0 ? text : text.slice(named + "<tool_call>".length), options);
}

/** Whether a body is whole, and every tag of its form in it stands in a value: no second call follows in it. */
function isOnePiece({ form, body }: Beginning): boolean {
  if (!isWholeBody(body)) return false;
  return [form.open, form.close ?? form.open].every((tag) => {
    for (let at = body.indexOf(tag); at >= 0; at = body.indexOf(tag, at + tag.length)) {
      if (isQuotedAt(body.slice(0, at), body.slice(at + tag.length), true) !== true) return false;
    }
    return true;
  });
}

function readBody({ form, body }: Beginning, options: CallOptions): CallReading {
  if (body.length > MAX_CALL_LENGTH) {
    return fault("too-long", `A call may have ${MAX_CALL_LENGTH} characters at most.`);
  }
  return readCalls(form.calls(body), options);
}

function readCalls(calls: WrittenCalls, options: CallOptions): CallReading {
  return "kind" in calls ? calls : readToolCalls(calls, options);
}

/** Where calls of the forms with this closing tag begin, in order: the first and the last ones. */
function beginnings(text: string, close: string | null): readonly Beginning[] {
  const found = CALL_FORMS.filter((form) => form.close === close).flatMap((form) => {
    const places: number[] = [];
    for (let at = text.indexOf(form.open); at >= 0; at = text.indexOf(form.open, at + form.open.length)) {
      places.push(at);
      if (places.length > 2 * MAX_OPENINGS) places.splice(MAX_OPENINGS, 1);
    }
    return places.map((at): Beginning => ({ form, at, body: text.slice(at + form.open.length) }));
  });
  return found
    .filter(({ form, body }) => form.begins(body) === true)
    .toSorted((one, other) => one.at - other.at);
}
