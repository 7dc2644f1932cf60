import type { WrittenCall } from "../../turn.ts";

import { parseJson } from "../../net/json.ts";

/** A part of a streamed tool call. */
export interface CallPart {
  readonly index?: number | string | null | undefined;
  readonly id?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly arguments?: string | null | undefined;
}

/** Puts streamed tool calls together: parts belong together by index, else by id, else they continue the last one. */
export function createWrittenCalls(): {
  add(part: CallPart): void;
  /** The calls, in the order in which they began. They are whole only if the reply is, and if their JSON is. */
  whole(finished: boolean): readonly WrittenCall[];
} {
  const calls: { index: CallPart["index"]; id: string | undefined; name: string; arguments: string }[] = [];
  return {
    add({ index, id, name, arguments: written }) {
      const same = calls.findLast((call, at) =>
        index != null
          ? call.index === index && !(id && call.id && id !== call.id)
          : id
            ? call.id === id
            : at === calls.length - 1,
      );
      const call = same ?? { index, id: id ?? undefined, name: "", arguments: "" };
      if (same === undefined) calls.push(call);
      call.id ??= id ?? undefined;
      if (call.name === "") call.name = name ?? "";
      call.arguments += written ?? "";
    },
    whole: (finished) =>
      calls.map((call) => ({
        name: call.name,
        arguments: call.arguments,
        whole: finished && parseJson(call.arguments) !== undefined,
      })),
  };
}
