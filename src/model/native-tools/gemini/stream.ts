import { z } from "zod";
import { badReply, reportedFailure, truncated, type RequestTarget } from "../../exchange/http-failure.ts";
import type { Finish, SaidPart } from "../../exchange/read-to-end.ts";
import { readReason } from "../../langchain/end.ts";
import type { ModelUsage } from "../../model.ts";
import type { JsonObject } from "../delta-merge.ts";

const count = z.number().int().nonnegative().nullish();
/** As it came: it goes back value for value. */
const partSchema = z.looseObject({
  text: z.string().nullish(),
  thought: z.boolean().nullish(),
  functionCall: z
    .looseObject({ id: z.string().nullish(), name: z.string().nullish(), args: z.unknown().optional() })
    .nullish(),
});

/** A part of a streamed reply, or a reply in one piece. */
const replySchema = z.looseObject({
  candidates: z
    .array(
      z.object({
        content: z.object({ parts: z.array(partSchema).nullish() }).nullish(),
        finishReason: z.string().nullish(),
      }),
    )
    .nullish(),
  promptFeedback: z.object({ blockReason: z.string().nullish() }).nullish(),
  usageMetadata: z
    .object({
      promptTokenCount: count,
      candidatesTokenCount: count,
      thoughtsTokenCount: count,
      cachedContentTokenCount: count,
    })
    .nullish(),
  error: z.unknown().optional(),
});

type Reply = z.infer<typeof replySchema>;

const NOTHING: SaidPart = { reasoning: "", content: "", calls: [] };

/** A reply while it is read, and what there is of it to be kept. */
export interface ContentReading {
  /**
   * What one event says, or a reply in one piece.
   *
   * @throws `model-bad-reply` for an event that is none, `model-rejected` for a content filter, `model-truncated` for an end
   * that is none, and what an error says.
   */
  readonly read: (value: unknown, target: RequestTarget) => readonly SaidPart[];
  /** Its parts as they were given; texts without a signature are joined. */
  readonly given: readonly JsonObject[];
}

/** Reads what `generateContent` and `streamGenerateContent` answer. */
export function createContentReading(): ContentReading {
  const given: JsonObject[] = [];
  let calls = 0;

  function take(part: z.infer<typeof partSchema>): SaidPart {
    const { text, thought, functionCall: call } = part;
    const last = given.at(-1);
    // a part with a signature is never joined with another
    if (last !== undefined && isRunning(last, part)) last["text"] = `${textOf(last["text"])}${text ?? ""}`;
    else if (text !== "" || Object.keys(part).length > (thought == null ? 1 : 2))
      given.push(structuredClone(part));
    if (call != null) {
      calls += 1;
      const { id, name, args = {} } = call;
      return { ...NOTHING, calls: [{ index: calls, id, name, arguments: JSON.stringify(args) }] };
    }
    if (thought === true) {
      return { ...NOTHING, reasoning: text ?? "", ...(text && { reasoningField: "thinking blocks" }) };
    }
    return { ...NOTHING, content: text ?? "" };
  }

  function read(value: unknown, target: RequestTarget): readonly SaidPart[] {
    const parsed = replySchema.safeParse(value);
    if (!parsed.success) throw badReply(target, "an event that is none of Gemini's", parsed.error);
    const { candidates, promptFeedback, usageMetadata, error } = parsed.data;
    if (error != null) throw reportedFailure(target, error);
    if (promptFeedback?.blockReason != null) readReason("prohibited_content", target);
    const [candidate] = candidates ?? [];
    const finish = finishOf(candidate?.finishReason, target);
    return [
      ...(candidate?.content?.parts ?? []).map(take),
      { ...NOTHING, usage: usageOf(usageMetadata), ...(finish !== undefined && { finish }) },
    ];
  }

  return {
    read,
    given,
  };
}

/** Whether a text goes on in the next part: both of them thoughts or not, and none with anything besides. */
function isRunning(last: JsonObject, part: JsonObject): boolean {
  return kindOf(last) !== "apart" && kindOf(last) === kindOf(part);
}

function kindOf({ text, thought, ...others }: JsonObject): "thought" | "said" | "apart" {
  if (typeof text !== "string" || Object.keys(others).length > 0) return "apart";
  return thought === true ? "thought" : "said";
}

function finishOf(reason: string | null | undefined, target: RequestTarget): Finish | undefined {
  if (reason == null || reason === "FINISH_REASON_UNSPECIFIED") return undefined;
  const finishReason = readReason(reason, target);
  // OTHER, UNEXPECTED_TOOL_CALL and what else is no end of its own
  if (finishReason === "stop" && reason !== "STOP") throw truncated(target, new Error(reason));
  return finishReason === undefined ? undefined : { finishReason, stopReason: null };
}

/** Thoughts are counted apart from what was said. */
function usageOf(usage: Reply["usageMetadata"]): ModelUsage {
  const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount, cachedContentTokenCount } = usage ?? {};
  const isCounted = candidatesTokenCount != null || thoughtsTokenCount != null;
  return {
    ...(promptTokenCount != null && { promptTokens: promptTokenCount }),
    ...(isCounted && { completionTokens: (candidatesTokenCount ?? 0) + (thoughtsTokenCount ?? 0) }),
    ...(cachedContentTokenCount != null && { cachedTokens: cachedContentTokenCount }),
    ...(thoughtsTokenCount != null && { reasoningTokens: thoughtsTokenCount }),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
