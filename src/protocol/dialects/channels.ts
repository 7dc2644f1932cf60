/** What a tag of another model's chat format makes of the text behind it. */
export type Channel = "think" | "text" | "none" | "response" | "turn-end";

/** Tags of other models that open and close their reasoning, or only frame it. */
export const CHANNEL_TAGS: Readonly<Record<string, Channel>> = {
  "<|channel>thought": "think",
  "<channel|>": "text",
  "[THINK]": "think",
  "[/THINK]": "text",
  "<|end|>": "none",
};

/** Control tokens with which models end their turn, should the endpoint print them. */
export const TURN_ENDS: readonly string[] = [
  "<|im_end|>",
  "<|im_start|>",
  "<|endoftext|>",
  "<|return|>",
  "<|eot_id|>",
  "<|eom_id|>",
  "<|user|>",
  "<|observation|>",
  "<｜end▁of▁sentence｜>",
  "<end_of_turn>",
  "<turn|>",
  "[e~[",
];

const HEADER = /^([^<\n]{0,100}(?:<\|(?:channel|constrain)\|>[^<\n]{0,100}){0,3})<\|message\|>/;
const HEADER_BEGUN =
  /^[^<\n]{0,100}(?:<\|(?:channel|constrain)\|>[^<\n]{0,100}){0,3}(?:<(?:\|(?:[a-z]{0,9}\|?)?)?)?$/;

/**
 * The header of a harmony message, of the text behind `<|start|>` or `<|channel|>`: up to `<|message|>`. `undefined`
 * while that may still come, `false` where it is no header.
 */
export function harmonyHeader(body: string): string | undefined | false {
  const header = HEADER.exec(body)?.[1];
  if (header !== undefined) return header;
  return HEADER_BEGUN.test(body) ? undefined : false;
}

/** How long the header is with its `<|message|>`, and what the message is that no tool is meant to get. */
export function harmonyChannel(header: string): { readonly length: number; readonly channel: Channel } {
  const length = header.length + "<|message|>".length;
  if (/^(?:user|system|developer)\b/.test(header)) return { length, channel: "turn-end" };
  if (/\bto=assistant\b/.test(header)) return { length, channel: "response" };
  return { length, channel: /\bfinal\b/.test(header) ? "text" : "think" };
}
