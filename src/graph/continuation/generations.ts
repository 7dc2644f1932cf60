import { z } from "zod";
import type { SentPrompt } from "../../model/model.ts";

const idList = z.array(z.number().int());

/** One request to the model: what it was shown more than the one before, and how it ended. */
export const generationSchema = z.strictObject({
  /** Place in the transcript of the segment that it wrote; null where it wrote none. */
  segment: z.number().int().min(0).nullable(),
  /**
   * What ended it. `end-of-turn`: its own token for that; `stop-string`: the last of its text; `stop`: one of both, the
   * endpoint does not say which; `length`: a limit; `deadline`: the time of the run; `read`: nothing that followed could
   * count, and the rest was not read; `loop`: it repeated itself.
   */
  end: z.enum(["end-of-turn", "stop-string", "stop", "length", "deadline", "read", "loop"]),
  /** Ids and log-probabilities of the token that ended the turn, which is in no text. */
  endTokenIds: idList.optional(),
  endLogprobs: z.array(z.number()).optional(),
  /**
   * The text of the prompt behind the prompt and the reply before it, as the family rendered it; for the first, all of it.
   * Absent where it is the text of the segments in between, and for families that send messages.
   */
  promptText: z.string().optional(),
  /** The ids of that part of the prompt, where log-probabilities were asked for and ids are known. */
  promptIds: idList.optional(),
  /** The prompt does not go on from the one before, because a context was full; `promptText` is all of it. */
  restarts: z.literal(true).optional(),
  /** What it took, as `usage` counts it for the whole run; absent in runs of earlier versions. */
  usage: z
    .strictObject({
      promptTokens: z.number().int(),
      completionTokens: z.number().int(),
      cachedTokens: z.number().int(),
      estimated: z.boolean(),
      milliseconds: z.number(),
    })
    .optional(),
});

export type Generation = z.infer<typeof generationSchema>;

/** What a request took, without what only its run counts. */
export function costOf(usage: NonNullable<Generation["usage"]>): NonNullable<Generation["usage"]> {
  const { promptTokens, completionTokens, cachedTokens, estimated, milliseconds } = usage;
  return { promptTokens, completionTokens, cachedTokens, estimated, milliseconds };
}

/** What ended a request, by its finish and the stop string that the endpoint named. */
export function endOf(
  end: "stop" | "length" | "deadline" | "read" | "loop",
  stopReason: string | null | undefined,
): Generation["end"] {
  if (end !== "stop" || stopReason === undefined) return end;
  return stopReason === null ? "end-of-turn" : "stop-string";
}

interface TurnSegment {
  readonly text: string;
  readonly tokenIds?: readonly number[] | undefined;
}

type Prompted = Pick<Generation, "promptText" | "promptIds" | "restarts">;

/** What a prompt has more than the prompts and replies before it. */
export function promptOf(
  sent: SentPrompt | undefined,
  before: readonly Generation[],
  turn: readonly TurnSegment[],
): Prompted {
  if (sent === undefined) return {};
  const { text, tokenIds } = sent;
  const whole = { promptText: text, ...(tokenIds !== undefined && { promptIds: [...tokenIds] }) };
  if (before.length === 0) return whole;
  const known = sequenceOf(before, turn);
  if (known === undefined || !text.startsWith(known.text)) return { ...whole, restarts: true };
  const added = text.slice(known.text.length);
  return {
    ...(added !== textOf(turn.slice(known.segments)) && { promptText: added }),
    ...(tokenIds !== undefined &&
      known.tokenIds !== undefined &&
      startsWith(tokenIds, known.tokenIds) && { promptIds: tokenIds.slice(known.tokenIds.length) }),
  };
}

/** The last prompt with its reply: text, ids where all are known, and how many segments are in it. */
function sequenceOf(
  generations: readonly Generation[],
  turn: readonly TurnSegment[],
): { readonly text: string; readonly tokenIds: readonly number[] | undefined; segments: number } | undefined {
  let text: string | undefined;
  let tokenIds: number[] | undefined = [];
  let segments = 0;
  for (const { segment, promptText, promptIds, restarts } of generations) {
    const at = segment ?? segments;
    if (restarts === true || text === undefined) {
      text = promptText;
      tokenIds = promptIds && [...promptIds];
    } else {
      text += promptText ?? textOf(turn.slice(segments, at));
      tokenIds = promptIds && tokenIds?.concat(promptIds);
    }
    if (text === undefined) return undefined;
    if (segment === null) continue;
    const written = turn[segment];
    text += written?.text ?? "";
    tokenIds = written?.tokenIds && tokenIds?.concat(written.tokenIds);
    segments = segment + 1;
  }
  return text === undefined ? undefined : { text, tokenIds, segments };
}

function textOf(segments: readonly TurnSegment[]): string {
  return segments.map(({ text }) => text).join("");
}

function startsWith(ids: readonly number[], beginning: readonly number[]): boolean {
  return ids.length >= beginning.length && beginning.every((id, at) => ids[at] === id);
}
