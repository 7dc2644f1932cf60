import type { Turn } from "../protocol.ts";

/** The text of the last user turn; empty when there is none. */
export function lastUserText(messages: readonly Turn[]): string {
  return messages.findLast(({ role }) => role === "user")?.content ?? "";
}
