import type { Opening, Turn } from "./protocol.ts";

/**
 * A prompt with the instructions of whoever asks: the system messages of a conversation stand in front of what the protocol
 * tells its model, in one system message, since many chat templates take only one, and only as the first.
 */
export function openUnder(
  conversation: readonly Turn[],
  open: (history: readonly Turn[]) => Opening,
): Opening {
  const given = conversation.filter(isSystem);
  const opening = open(conversation.filter((turn) => !isSystem(turn)));
  if (given.length === 0) return opening;
  const own = opening.messages.filter(isSystem);
  const content = [...given, ...own].map((turn) => turn.content).join("\n\n");
  return {
    ...opening,
    messages: [{ role: "system", content }, ...opening.messages.filter((turn) => !isSystem(turn))],
  };
}

function isSystem({ role }: Turn): boolean {
  return role === "system";
}
