import type { SaidPart } from "../exchange/read-to-end.ts";
import type { ModelUsage } from "../model.ts";

/** A chat reply as a whole. */
export interface ChatSaid {
  /** Reasoning and content in the order in which they came. */
  readonly text: string;
  readonly content: string;
  readonly reasoningField: SaidPart["reasoningField"];
  readonly calls: boolean;
  readonly stopped: boolean;
  readonly usage: ModelUsage;
}

export function joinParts(parts: readonly SaidPart[]): ChatSaid {
  return {
    text: parts.map(({ reasoning, content }) => reasoning + content).join(""),
    content: parts.map(({ content }) => content).join(""),
    reasoningField: parts.find(({ reasoningField }) => reasoningField !== undefined)?.reasoningField,
    calls: parts.some(({ calls }) => calls.length > 0),
    stopped: parts.some(({ finish }) => finish?.finishReason === "stop"),
    usage: parts.reduce<ModelUsage>((all, { usage }) => ({ ...all, ...usage }), {}),
  };
}
