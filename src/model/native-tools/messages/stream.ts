import { z } from "zod";
import { parseJson } from "../../../net/json.ts";
import { badReply, reportedFailure, type RequestTarget } from "../../exchange/http-failure.ts";
import type { Finish, SaidPart } from "../../exchange/read-to-end.ts";
import { readReason } from "../../langchain/end.ts";
import type { ModelUsage } from "../../model.ts";
import type { JsonObject } from "../delta-merge.ts";

const count = z.number().int().nonnegative().nullish();
const usageSchema = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  output_tokens_details: z.object({ thinking_tokens: count }).nullish(),
});
/** As it came: it goes back value for value. */
const blockSchema = z.looseObject({ type: z.string() });
const endFields = { stop_reason: z.string().nullish(), stop_sequence: z.string().nullish() };

/** An event of a stream, or a reply in one piece. */
const eventSchema = z.looseObject({
  type: z.string(),
  index: z.number().int().nullish(),
  content_block: blockSchema.nullish(),
  delta: z
    .looseObject({
      type: z
        .string()
        .nullish()
        .transform((type) => type ?? ""),
      text: z.string().nullish(),
      thinking: z.string().nullish(),
      signature: z.string().nullish(),
      partial_json: z.string().nullish(),
      citation: z.unknown().optional(),
      ...endFields,
    })
    .nullish(),
  message: z.object({ usage: usageSchema.nullish() }).nullish(),
  content: z.array(blockSchema).nullish(),
  usage: usageSchema.nullish(),
  ...endFields,
});

type Event = z.infer<typeof eventSchema>;

const NOTHING: SaidPart = { reasoning: "", content: "", calls: [] };

/** A reply while it is read, and what there is of it to be kept. */
export interface MessageReading {
  /**
   * What one event says, or a reply in one piece.
   *
   * @throws `model-bad-reply` for an event that is none, `model-rejected` for a refusal, and what an error event says.
   */
  readonly read: (value: unknown, target: RequestTarget) => readonly SaidPart[];
  /** Its blocks as they were given; undefined where one came in a form that is not known here. */
  readonly blocks: readonly JsonObject[] | undefined;
}

/** Puts the blocks of a reply together: texts, thinking, signatures, and the JSON of a call's input. */
export function createMessageReading(): MessageReading {
  const blocks = new Map<number, JsonObject>();
  const inputs = new Map<number, string>();
  let isKnown = true;

  function begin(at: number, block: JsonObject): SaidPart {
    blocks.set(at, structuredClone(block));
    if (block["type"] !== "tool_use") return saidBy(block);
    const { id, name, input } = block;
    const isEmpty = typeof input !== "object" || input === null || Object.keys(input).length === 0;
    const written = isEmpty ? "" : JSON.stringify(input);
    return { ...NOTHING, calls: [{ index: at, id: textOf(id), name: textOf(name), arguments: written }] };
  }

  function goOn(at: number, delta: NonNullable<Event["delta"]>): SaidPart {
    const block = blocks.get(at) ?? {};
    const add = (field: string, more: string): void => {
      block[field] = textOf(block[field]) + more;
    };
    switch (delta.type) {
      case "text_delta":
        add("text", delta.text ?? "");
        return { ...NOTHING, content: delta.text ?? "" };
      case "thinking_delta":
        add("thinking", delta.thinking ?? "");
        return thought(delta.thinking ?? "");
      case "signature_delta":
        add("signature", delta.signature ?? "");
        return NOTHING;
      case "input_json_delta": {
        const written = delta.partial_json ?? "";
        inputs.set(at, (inputs.get(at) ?? "") + written);
        return { ...NOTHING, calls: [{ index: at, arguments: written }] };
      }
      case "citations_delta":
        block["citations"] = [
          ...(Array.isArray(block["citations"]) ? block["citations"] : []),
          delta.citation,
        ];
        return NOTHING;
      default:
        isKnown = false;
        return NOTHING;
    }
  }

  function end(at: number): SaidPart {
    const block = blocks.get(at);
    if (block?.["type"] !== "tool_use") return NOTHING;
    const written = inputs.get(at) ?? "";
    // what is no JSON is no call that can be given back
    if (written !== "") block["input"] = parseJson(written);
    else if (JSON.stringify(block["input"] ?? {}) === "{}")
      return { ...NOTHING, calls: [{ index: at, arguments: "{}" }] };
    return NOTHING;
  }

  function read(value: unknown, target: RequestTarget): readonly SaidPart[] {
    const parsed = eventSchema.safeParse(value);
    if (!parsed.success) throw badReply(target, "an event that is none of the Messages API", parsed.error);
    const event = parsed.data;
    const { index, delta, content_block: block } = event;
    const at = index ?? 0;
    switch (event.type) {
      case "error":
        throw reportedFailure(target, event["error"] ?? value);
      case "message": {
        const said = (event.content ?? []).flatMap((one, number) => [begin(number, one), end(number)]);
        return [...said, { ...NOTHING, ...endOf(event, target), usage: usageOf(event.usage), isLast: true }];
      }
      case "message_start":
        return [{ ...NOTHING, usage: usageOf(event.message?.usage) }];
      case "content_block_start":
        return block == null ? [] : [begin(at, block)];
      case "content_block_delta":
        return delta == null ? [] : [goOn(at, delta)];
      case "content_block_stop":
        return [end(at)];
      case "message_delta":
        return [{ ...NOTHING, ...endOf(delta ?? {}, target), usage: usageOf(event.usage) }];
      case "message_stop":
        return [{ ...NOTHING, isLast: true }];
      default:
        return [];
    }
  }

  return {
    read,
    get blocks() {
      return isKnown ? [...blocks.values()] : undefined;
    },
  };
}

function saidBy(block: JsonObject): SaidPart {
  if (block["type"] === "text") return { ...NOTHING, content: textOf(block["text"]) };
  return block["type"] === "thinking" ? thought(textOf(block["thinking"])) : NOTHING;
}

function thought(reasoning: string): SaidPart {
  return { ...NOTHING, reasoning, ...(reasoning !== "" && { reasoningField: "thinking blocks" }) };
}

function endOf(
  { stop_reason: reason, stop_sequence: stop }: Pick<Event, "stop_reason" | "stop_sequence">,
  target: RequestTarget,
): { readonly finish?: Finish } {
  const finishReason = reason == null ? undefined : readReason(reason, target);
  return finishReason === undefined ? {} : { finish: { finishReason, stopReason: stop ?? null } };
}

/** Of the tokens of a prompt those that were cached, and are to be, are counted apart. */
function usageOf(usage: Event["usage"]): ModelUsage {
  const {
    input_tokens,
    output_tokens,
    cache_read_input_tokens: cached,
    cache_creation_input_tokens,
  } = usage ?? {};
  const thinking = usage?.output_tokens_details?.thinking_tokens;
  return {
    ...(input_tokens != null && {
      promptTokens: input_tokens + (cached ?? 0) + (cache_creation_input_tokens ?? 0),
    }),
    ...(output_tokens != null && { completionTokens: output_tokens }),
    ...(cached != null && { cachedTokens: cached }),
    ...(thinking != null && { reasoningTokens: thinking }),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
