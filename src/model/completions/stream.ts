import type { RequestTarget } from "../exchange/http-failure.ts";
import { isCut, partsOf, readToEnd } from "../exchange/read-to-end.ts";
import { toTextChunk, type TokenRun } from "../exchange/token-run.ts";
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
export async function* readCompletion(
  events: AsyncIterable<readonly string[]>,
  target: RequestTarget,
  { dialect, prompt, text: rendered, spelled, align, isOpen }: CompletionReading,
): AsyncGenerator<ModelChunk> {
  const aligner = createAligner(align);
  let said = "";
  let isTold = false;
  /** The first chunk comes with the prompt. */
  const telling = (chunk: ModelChunk): ModelChunk => {
    if (isTold) return chunk;
    isTold = true;
    return { ...chunk, prompt: { text: rendered, ...(spelled && spelledOut(prompt)) } };
  };
  const toChunks = (runs: readonly TokenRun[]) => runs.map((run) => telling(toTextChunk(run)));
  const read = (reading: Reading) => {
    said += reading.text;
    const runs = aligner.read(reading);
    return runs instanceof Promise ? runs.then(toChunks) : toChunks(runs);
  };
  try {
    const parts = partsOf(events, target, (event) => [dialect.read(event, target)], LAST);
    const { finish, usage } = yield* readToEnd(parts, target, read, () => isOpen(said));
    const { texts, ending } = await aligner.end(finish);
    yield* toChunks(texts);
    const promptForm = typeof prompt === "string" ? "text" : "tokens";
    yield telling({ type: "end", ...ending, usage, promptForm });
  } catch (error) {
    yield* toChunks(aligner.rest(isCut(error)));
    throw error;
  }
}

const LAST: Reading = { text: "", usage: {}, isLast: true };

/** The ids of a prompt that is nothing but ids. */
function spelledOut(prompt: Prompt): { readonly tokenIds?: readonly number[] } {
  const ids = typeof prompt === "string" ? [] : prompt.filter((part) => typeof part === "number");
  return ids.length > 0 && ids.length === prompt.length ? { tokenIds: ids } : {};
}
