import type { WrittenCall } from "../../../src/turn.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";

/** What a model without a protocol needs of QwQ's. */
export const qwqNativeSide = qwq.nativeSide!;

/** A tool call that a server parsed out of the text, as the text that it was. */
export const qwqCallText = (call: WrittenCall): string => qwqNativeSide.callText(call);
