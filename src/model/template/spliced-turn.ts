import type { PromptMessage, SpliceTags, TurnPiece } from "../../turn.ts";
import type { ContinuationOptions } from "../model.ts";
import { lineNamed, type ModelLine } from "./lines.ts";

/**
 * The assistant's turn as a line of models was trained to see it: its own words where the transcript has those of the
 * protocol. What the model wrote stays to the letter, with its token ids; what the runtime wrote becomes the line's own
 * tokens, each response with the end of the turn before it and the beginning of the next. Piece by piece, and by nothing
 * that stands behind a piece: so a turn that grows extends what was written of it, byte for byte.
 */
function splicedTurn(turn: readonly TurnPiece[], line: ModelLine, tags: SpliceTags): readonly TurnPiece[] {
  const [think, answer] = line.think;
  let called = "";
  let before = 0;
  let isBehindResponse = false;
  return turn.map((piece): TurnPiece => {
    const { origin, text } = piece;
    if (origin === "model") {
      isBehindResponse &&= text === "";
      called += text;
      return piece;
    }
    if (text.startsWith(tags.open) && text.endsWith(tags.close)) {
      const body = text.slice(tags.open.length, -tags.close.length);
      const written = line.splice({ body, called, before });
      called = "";
      before += 1;
      isBehindResponse = true;
      return { origin, text: written };
    }
    // a response has opened it already
    if (text === tags.think) return { origin, text: isBehindResponse ? "" : think };
    called += text;
    return { origin, text: text.replaceAll(tags.answer, answer) };
  });
}

/** What is asked of a model, in the form of its line. */
export interface SplicedRequest {
  readonly messages: readonly PromptMessage[];
  readonly turn: readonly TurnPiece[];
  readonly stop: readonly string[];
}

/** A request as the line that it names writes it; as it is where it names none that is known, or has no turn in pieces. */
export function splicedFor(
  messages: readonly PromptMessage[],
  { turn = [], stop = [], splice }: Pick<ContinuationOptions, "turn" | "stop" | "splice">,
): SplicedRequest {
  const line = splice === undefined ? undefined : lineNamed(splice.line);
  if (splice === undefined || line === undefined || turn.length === 0) return { messages, turn, stop };
  const { tags } = splice;
  const pieces = splicedTurn(turn, line, tags);
  const ends = stop.length === 0 ? [] : line.ends;
  return {
    messages: [...messages.slice(0, -1), { role: "assistant", content: pieces.map(textOf).join("") }],
    turn: pieces,
    stop: [...new Set([...stop.filter((one) => one !== tags.turnEnd), ...ends])],
  };
}

function textOf({ text }: TurnPiece): string {
  return text;
}
