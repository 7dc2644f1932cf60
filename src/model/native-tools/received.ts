import { createHash } from "node:crypto";
import type { NativeSide, ReceivedMessage, TurnPiece } from "../../turn.ts";
import type { RequestTarget } from "../exchange/http-failure.ts";
import type { OpenCall, ReplayPiece } from "./replay.ts";

/** A message that is longer is not kept: its step is replayed from the text. In UTF-16 units of its JSON. */
const MAX_LENGTH = 1_000_000;

/** Where messages of one form are from and go back to. */
export type Origin = Pick<ReceivedMessage, "form" | "endpoint">;

/** The only endpoint and model that a message is sent back to: what it signed, another one refuses or must not see. */
export function originOf(form: ReceivedMessage["form"], { baseUrl, modelName }: RequestTarget): Origin {
  return { form, endpoint: digest(`${form} ${baseUrl} ${modelName}`) };
}

/** The message beside the text that stands for it; undefined for one that is too long. */
export function keepMessage(origin: Origin, text: string, message: unknown): ReceivedMessage | undefined {
  const json = JSON.stringify(message);
  return json.length > MAX_LENGTH ? undefined : { ...origin, text: digest(text), message: json };
}

/**
 * The pieces of a turn for a replay: as their messages were received, where that was from this endpoint and model, and the
 * text is still what was said then; else as their parts.
 */
export function replayPieces<Message>(
  pieces: readonly TurnPiece[],
  {
    side,
    pages,
    origin: { form, endpoint },
    read,
  }: {
    readonly side: NativeSide;
    readonly pages: boolean;
    readonly origin: Origin;
    /** Reads a message that was kept, with its calls. */
    readonly read: (
      received: ReceivedMessage,
    ) => { readonly message: Message; readonly calls: readonly OpenCall[] } | undefined;
  },
): readonly ReplayPiece<Message>[] {
  const parts = side.partsOfEach(pieces, { pages });
  return pieces.map(({ text, received }, at) => ({
    parts: parts[at] ?? [],
    ...(received !== undefined &&
      received.form === form &&
      received.endpoint === endpoint &&
      received.text === digest(text) && { received: read(received) }),
  }));
}

/** Whether a message is of another endpoint or model, or in another form. */
export function isForeign({ form, endpoint }: Origin): (message: ReceivedMessage) => boolean {
  return (message) => message.form !== form || message.endpoint !== endpoint;
}

/** Short, and of no use to whoever does not have the text. */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
