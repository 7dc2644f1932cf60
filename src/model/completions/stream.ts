import { parseJson } from "../../net/json.ts";
import { type RequestTarget, badReply } from "../exchange/http-failure.ts";
import { isCut, readToEnd } from "../exchange/read-to-end.ts";
import { tellingPrompt } from "../exchange/told-prompt.ts";
import { toTextChunk } from "../exchange/token-run.ts";
import type { ModelChunk } from "../model.ts";
import type { Dialect, Prompt, Reading } from "./dialect.ts";
import type { AlignOptions } from "./told-tokens.ts";
import { createAligner } from "./token-align.ts";

export interface CompletionReading {
  readonly dialect: Dialect;
  readonly prompt: Prompt;
  /** The same as text. */
  readonly text: string;
  /** The ids of the prompt are told where they are known. */
  readonly spelled: boolean;
  readonly align: AlignOptions;
  /** As in `ContinuationOptions`, of the text of this reply. */
  readonly isOpen: (text: string) => boolean;
}

/**
 * The chunks of a streamed completion. Of one that breaks off, what may be the beginning of a stop string is not given: it
 * is drawn again where the reply is continued.
 *
 * @throws `model-truncated` when the reply ends without a finish reason, or open, `model-bad-reply` for a part that is none,
 * and what a reported error says.
 */
export function readCompletion(
  parts: AsyncIterable<string>,
  target: RequestTarget,
  reading: CompletionReading,
): AsyncGenerator<ModelChunk> {
  const { prompt, text, spelled } = reading;
  const ids = typeof prompt === "string" ? [] : prompt.filter((part) => typeof part === "number");
  const isWhole = ids.length > 0 && ids.length === prompt.length;
  return tellingPrompt(chunksOf(parts, target, reading), {
    text,
    ...(spelled && isWhole && { tokenIds: ids }),
  });
}

async function* chunksOf(
  parts: AsyncIterable<string>,
  target: RequestTarget,
  { dialect, prompt, align, isOpen }: CompletionReading,
): AsyncGenerator<ModelChunk> {
  const aligner = createAligner(align);
  let said = "";
  const read = async function* (reading: Reading): AsyncGenerator<ModelChunk> {
    said += reading.text;
    yield* (await aligner.read(reading)).map(toTextChunk);
  };
  try {
    const { finish, usage } = yield* readToEnd(readings(parts, target, dialect), target, read, () =>
      isOpen(said),
    );
    const { texts, ending } = await aligner.end(finish);
    yield* texts.map(toTextChunk);
    yield { type: "end", ...ending, usage, promptForm: typeof prompt === "string" ? "text" : "tokens" };
  } catch (error) {
    yield* aligner.rest(isCut(error)).map(toTextChunk);
    throw error;
  }
}

async function* readings(
  parts: AsyncIterable<string>,
  target: RequestTarget,
  dialect: Dialect,
): AsyncGenerator<Reading> {
  for await (const data of parts) {
    if (data.trim() === "[DONE]") {
      yield { text: "", usage: {}, isLast: true };
      return;
    }
    const value = parseJson(data);
    if (value === undefined) throw badReply(target, "an event that is not JSON");
    yield dialect.read(value, target);
  }
}
