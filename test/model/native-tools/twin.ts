import type { ServerDialect } from "../../../src/model/server/dialects.ts";
import { pieces } from "../../../src/model/exchange/stop-strings.ts";
import type { WireMessage } from "../../servers/chat-wire.ts";

/** An assistant message on the wire, or a part of one. */
export interface Message {
  readonly tool_calls?: readonly { readonly id?: string; readonly [field: string]: unknown }[];
  readonly [field: string]: unknown;
}

/** How one line of models is spoken to: what it gives at each step, what it wants back, what it refuses. */
export interface Twin {
  readonly name: string;
  readonly dialect: ServerDialect | "auto";
  /** The deltas of a streamed step; step 3 answers. */
  deltas(step: number): readonly Message[];
  /** The same in one piece. */
  whole(step: number): Message;
  /** What is sent back of it. */
  back(step: number): Message;
  /** Why a message that is sent back as that of a step is refused, as its documentation says; undefined: it is taken. */
  refuses?(message: WireMessage, step: number, at: number): string | undefined;
  /** It refuses a field that can be left out. */
  readonly learns?: true;
}

/** With white space that no serialiser would write: arguments go back to the letter. */
const ARGUMENTS = ['{"query":  "one"}', '{ "query": ["two"] }', '{"query":"thr\\u0065e"}'];
export const QUERIES = ["one", "two", "three"];
export const ANSWER = "It is seven [1].";

export const thoughtOf = (step: number): string => `Thought ${step}, ⟨in full⟩.\n `;

export function callOf(step: number, id: string, more: Message = {}) {
  return {
    id,
    type: "function",
    function: { name: "web_search", arguments: ARGUMENTS[step] ?? "" },
    ...more,
  };
}

export function callDeltas(step: number, id: string, more: Message = {}): readonly Message[] {
  const { function: called, ...call } = callOf(step, id, more);
  return [
    { tool_calls: [{ index: 0, ...call, function: { ...called, arguments: "" } }] },
    ...pieces(called.arguments, 5).map((part) => ({
      tool_calls: [{ index: 0, function: { arguments: part } }],
    })),
  ];
}

/** Refuses fields that are not in its schema. */
export function strict(
  fields: readonly string[],
  words: (field: string, at: number) => string,
): NonNullable<Twin["refuses"]> {
  return (message, _step, at) => {
    const odd = Object.keys(message).find(
      (name) => !["role", "content", "tool_calls", ...fields].includes(name),
    );
    return odd === undefined ? undefined : words(odd, at);
  };
}
