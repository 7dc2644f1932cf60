import type { JsonObject } from "./delta-merge.ts";
import type { ReplayMessage } from "./replay.ts";

/** A conversation of users and assistants by turns. */
export interface ByTurns {
  /** What the system has said. */
  readonly system: string;
  readonly turns: readonly {
    readonly role: "user" | "assistant";
    readonly parts: readonly JsonObject[];
  }[];
}

/**
 * The conversation for servers that want users and assistants to take turns, and results of calls in a user's: what follows
 * another of the same role is put to it.
 */
export function byTurns<Received>(
  replayed: readonly ReplayMessage<Received>[],
  partsOf: (message: ReplayMessage<Received>) => readonly JsonObject[],
): ByTurns {
  const system: string[] = [];
  const turns: { role: "user" | "assistant"; parts: JsonObject[] }[] = [];
  for (const message of replayed) {
    if (message.role === "system") {
      system.push(message.content);
      continue;
    }
    const role = message.role === "assistant" ? "assistant" : "user";
    const last = turns.at(-1);
    if (last?.role === role) last.parts.push(...partsOf(message));
    else turns.push({ role, parts: [...partsOf(message)] });
  }
  return { system: system.join("\n\n"), turns };
}
