import { z } from "zod";

const delta = z.object({ type: z.literal("answer-delta"), text: z.string() });
const message = z.object({
  type: z.string(),
  content: z.union([z.string(), z.array(z.object({ type: z.string(), text: z.string().optional() }))]),
});

/** The answer as far as a client of LangGraph knows it after one more event of `custom` or a mode of messages. */
export function answerText(event: string, data: unknown, before: string): string {
  if (event === "custom") return before + (delta.safeParse(data).data?.text ?? "");
  if (!event.startsWith("messages")) return before;
  const [first] = z.tuple([message]).rest(z.unknown()).safeParse(data).data ?? [];
  if (first === undefined || !/^ai/i.test(first.type) || typeof first.content === "string") return before;
  const text = first.content.map((block) => (block.type === "text" ? (block.text ?? "") : "")).join("");
  // `messages/partial` has the message so far, `messages` a piece of it
  return event === "messages" ? before + text : text;
}

/** Follows a stream to its end; does something at the first words of the answer. */
export async function untilAnswer(
  stream: AsyncIterable<{ readonly event: string; readonly data: unknown }>,
  then: () => unknown,
): Promise<void> {
  let text = "";
  for await (const { event, data } of stream) {
    const known = answerText(event, data, text);
    if (text === "" && known !== "") await then();
    text = known;
  }
}
