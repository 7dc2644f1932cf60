import type { CallReading } from "../protocol.ts";
import { searchFor } from "../query-text.ts";
import type { TagPair } from "../reading/tag-grammar.ts";

/** Reads a call that is one query between its tags, without any form: the last one of the text. */
export function readPlainCall(
  { open, close }: TagPair,
  generated: string,
  closedByModel: boolean,
): CallReading {
  if (!closedByModel)
    return { kind: "fault", fault: "cut-off", detail: "The query was cut off before its end." };
  const end = generated.lastIndexOf(close);
  const start = generated.lastIndexOf(open, end);
  if (start < 0 || end < 0)
    return { kind: "fault", fault: "malformed", detail: "There is no search in the text." };
  return searchFor([generated.slice(start + open.length, end)]);
}
