import { z } from "zod";
import { badReply, reportedFailure, truncated, type RequestTarget } from "../../exchange/http-failure.ts";
import { readFinish } from "../../exchange/openai-end.ts";
import type { SaidPart } from "../../exchange/read-to-end.ts";
import type { ModelUsage } from "../../model.ts";
import type { JsonObject } from "../delta-merge.ts";

const count = z.number().int().nonnegative().nullish();
const text = z.string().nullish();
const texts = z
  .array(z.looseObject({ type: z.string(), text, refusal: text }))
  .nullish()
  .catch(null);

const itemSchema = z.object({
  type: z.string(),
  content: texts,
  summary: texts,
  call_id: text,
  name: text,
  arguments: text,
});

/** As it came: it goes back to the letter. */
const rawItemSchema = z.record(z.string(), z.unknown());

const responseSchema = z.looseObject({
  id: text,
  status: text,
  output: z.array(rawItemSchema).nullish(),
  error: z.unknown().optional(),
  incomplete_details: z.object({ reason: text }).nullish(),
  usage: z
    .object({
      input_tokens: count,
      output_tokens: count,
      input_tokens_details: z.object({ cached_tokens: count }).nullish(),
      output_tokens_details: z.object({ reasoning_tokens: count }).nullish(),
    })
    .nullish(),
});

type Response = z.infer<typeof responseSchema>;

/** What is read of an event; everything else in it is left alone. */
const eventSchema = z.looseObject({
  type: z.string(),
  output_index: count,
  delta: text.catch(null),
  item: rawItemSchema.nullish(),
  response: responseSchema.nullish(),
  summary_index: count,
});

/** A reply in one piece. */
const wholeSchema = responseSchema.extend({ object: z.literal("response") });

const NOTHING: SaidPart = { reasoning: "", content: "", calls: [] };

/** A reply while it is read, and what there is of it to be kept. */
export interface ResponseReading {
  /**
   * What an event says, or a reply in one piece.
   *
   * @throws `model-bad-reply` for an event that is none, `model-rejected` for a content filter, `model-truncated` where the
   * server has given up, and what an error event says.
   */
  readonly read: (event: unknown, target: RequestTarget) => readonly SaidPart[];
  /** The items of its output, whole. */
  readonly output: readonly JsonObject[];
  readonly id: string | undefined;
}

/** Items come in parts and then whole; of what has come in parts the whole says nothing new. */
export function createResponseReading(): ResponseReading {
  const output: JsonObject[] = [];
  let id: string | undefined;
  /** What has come of each item, by its number. */
  const come = new Map<number, string>();

  /** True where an item is told in this way first, or has been before: reasoning comes in full, in a summary, or in both. */
  const isFirst = (at: number, kind: string): boolean => {
    const before = come.get(at) ?? kind;
    come.set(at, before);
    return before === kind;
  };

  /** An item of which nothing came in parts, or of a call only its name. */
  function whole(at: number, raw: JsonObject): SaidPart {
    const item = itemSchema.safeParse(raw).data;
    const before = come.get(at);
    if (item === undefined || (before !== undefined && before !== "name")) return NOTHING;
    come.set(at, "whole");
    if (before === "name") return { ...NOTHING, calls: [{ index: at, arguments: item.arguments }] };
    const said = (item.content ?? []).map((part) => part.text ?? part.refusal ?? "").join("");
    switch (item.type) {
      case "message":
        return { ...NOTHING, content: said };
      case "reasoning": {
        const summary = (item.summary ?? []).map((part) => part.text ?? "").join("\n\n");
        return { ...NOTHING, reasoning: summary || said };
      }
      case "function_call": {
        const { call_id, name, arguments: written } = item;
        return { ...NOTHING, calls: [{ index: at, id: call_id, name, arguments: written }] };
      }
      default:
        return NOTHING;
    }
  }

  function ended(response: Response, target: RequestTarget): readonly SaidPart[] {
    const { status, error, incomplete_details: why, usage } = response;
    id = response.id ?? undefined;
    if (error != null) throw reportedFailure(target, error);
    if (status === "cancelled" || status === "failed") throw truncated(target);
    const items = response.output ?? [];
    if (output.length === 0) output.push(...items);
    const reason = status === "incomplete" ? REASONS[why?.reason ?? ""] : "stop";
    return [
      ...items.map((item, at) => whole(at, item)),
      {
        ...NOTHING,
        finish: readFinish({}, reason ?? "length", target),
        usage: readUsage(usage),
        isLast: true,
      },
    ];
  }

  function read(value: unknown, target: RequestTarget): readonly SaidPart[] {
    const one = wholeSchema.safeParse(value);
    if (one.success) return ended(one.data, target);
    const event = eventSchema.safeParse(value);
    if (!event.success) throw badReply(target, "an event that is none of the Responses API", event.error);
    const { type, output_index: index, item, response, summary_index: part } = event.data;
    const at = index ?? 0;
    const delta = event.data.delta ?? "";
    switch (type) {
      case "error":
        throw reportedFailure(target, event.data["error"] ?? value);
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
      case "response.cancelled":
        return ended(response ?? {}, target);
      case "response.output_text.delta":
      case "response.refusal.delta":
        isFirst(at, "content");
        return [{ ...NOTHING, content: delta }];
      case "response.reasoning_summary_part.added":
        return (part ?? 0) > 0 && isFirst(at, "summary") ? [{ ...NOTHING, reasoning: "\n\n" }] : [];
      case "response.reasoning_summary_text.delta":
        return isFirst(at, "summary") ? [{ ...NOTHING, reasoning: delta }] : [];
      case "response.reasoning_text.delta":
      case "response.reasoning.delta":
        return isFirst(at, "content") ? [{ ...NOTHING, reasoning: delta }] : [];
      case "response.output_item.added": {
        const call = itemSchema.safeParse(item).data;
        if (call?.type !== "function_call" || !call.name) return [];
        come.set(at, "name");
        return [{ ...NOTHING, calls: [{ index: at, id: call.call_id, name: call.name }] }];
      }
      case "response.function_call_arguments.delta":
        // without a name before it, the whole item tells all
        if (!come.has(at)) return [];
        come.set(at, "call");
        return [{ ...NOTHING, calls: [{ index: at, arguments: delta }] }];
      case "response.output_item.done": {
        if (item == null) return [];
        output.push(item);
        return [whole(at, item)];
      }
      default:
        return [];
    }
  }

  return {
    read,
    output,
    get id() {
      return id;
    },
  };
}

const REASONS: Readonly<Record<string, string>> = {
  max_output_tokens: "length",
  content_filter: "content_filter",
};

function readUsage(usage: Response["usage"]): ModelUsage {
  const cachedTokens = usage?.input_tokens_details?.cached_tokens;
  const reasoningTokens = usage?.output_tokens_details?.reasoning_tokens;
  return {
    ...(usage?.input_tokens != null && { promptTokens: usage.input_tokens }),
    ...(usage?.output_tokens != null && { completionTokens: usage.output_tokens }),
    ...(cachedTokens != null && { cachedTokens }),
    ...(reasoningTokens != null && { reasoningTokens }),
  };
}
