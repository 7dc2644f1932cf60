import type { Mode } from "./tag-grammar.ts";

/** How a text ended: `stop`: by itself; `cut`: perhaps by a stop string that nobody names; `length`: in mid-text. */
export type TextEnd = "stop" | "cut" | "length";

/** How a call ended: `closed` by the model, `unclosed` but whole, or `cut`. */
export type CallEnd = "closed" | "unclosed" | "cut";

/** A piece of the assistant's turn. `raw` is how it was written. */
export type TurnToken =
  /** `visible`: what of it a person reads. `restarts`: answer text before it was none. */
  | {
      readonly type: "text";
      readonly raw: string;
      readonly visible: string;
      readonly mode: Mode;
      readonly restarts: boolean;
    }
  | { readonly type: "tag" | "spliced"; readonly raw: string }
  | {
      readonly type: "call";
      readonly raw: string;
      readonly body: string;
      readonly end: CallEnd;
      readonly close: string;
      readonly mode: Mode;
    }
  | { readonly type: "response" | "turn-end" | "answer-end" | "stray"; readonly raw: string };

/** Text of one kind that comes in pieces is one token. */
export function addToken(tokens: TurnToken[], token: TurnToken): void {
  const last = tokens.at(-1);
  if (token.type === "text" && last?.type === "text" && last.mode === token.mode && !token.restarts) {
    const joined = { raw: last.raw + token.raw, visible: last.visible + token.visible };
    tokens[tokens.length - 1] = { ...last, ...joined };
  } else tokens.push(token);
}
