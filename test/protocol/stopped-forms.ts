import { findStop } from "../../src/model/exchange/stop-strings.ts";
import type { StreamEnd } from "../../src/protocol/protocol.ts";

const STOPPED: StreamEnd = { finishReason: "stop" };

/** The same text as endpoints send it that stop at the first of their stop strings, each in its way. */
export function stoppedForms(
  text: string,
  stop: readonly string[],
): readonly (readonly [form: string, chunks: readonly string[], end: StreamEnd])[] {
  const found = findStop(text, stop);
  if (found === undefined) return [];
  const head = text.slice(0, found.index);
  const named: StreamEnd = { finishReason: "stop", stopReason: found.stop };
  const inner = found.stop
    .split("")
    .map((_, at) => at)
    .slice(1);
  return [
    ["included", [head + found.stop], STOPPED],
    ["included and named", [head + found.stop], named],
    ["excluded and named", [head], named],
    ["excluded and not named", [head], STOPPED],
    ["ignored", [text], { finishReason: "stop", stopReason: null }],
    ...inner.map(
      (at) =>
        [`split at ${at}`, [head + found.stop.slice(0, at), text.slice(head.length + at)], STOPPED] as const,
    ),
    ...inner.map((at) => [`leaked up to ${at}`, [head + found.stop.slice(0, at)], named] as const),
  ];
}
