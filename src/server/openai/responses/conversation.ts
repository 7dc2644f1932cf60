import type { BaseMessage } from "@langchain/core/messages";
import { conversationOf, type PlainTurn } from "../../../compose/conversation.ts";
import { RequestError } from "../../error-reply.ts";
import type { Kept, KeptResponse } from "./kept.ts";
import type { ResponsesRequest } from "./request.ts";

/** What a question goes on from: for the agent, and to be kept with the response. */
export interface Conversation {
  readonly messages: BaseMessage[];
  readonly turns: readonly PlainTurn[];
}

/**
 * The conversation of a request: that of the response before it, then the input, in which items of kept responses may stand
 * as their ids.
 *
 * @throws RequestError 404 for a response or an item that is not kept; 400 when the last message is no question.
 */
export async function toConversation(
  { asked, input }: ResponsesRequest,
  kept: Kept | null,
): Promise<Conversation> {
  const found = new Map<string, KeptResponse | null>();
  const find = async (id: string): Promise<KeptResponse | null> => {
    if (!found.has(id)) found.set(id, (await kept?.get(id)) ?? null);
    return found.get(id) ?? null;
  };
  const { previous_response_id: previousId, instructions } = asked;
  const previous = previousId == null ? undefined : await find(previousId);
  if (previous === null) throw new RequestError(noPrevious(previousId ?? ""));
  const turns: PlainTurn[] = [...(previous?.turns ?? [])];
  for (const item of input) {
    if (item.kind === "message") turns.push(item.turn);
    if (item.kind === "other") turns.push({ role: "other", text: "" });
    if (item.kind !== "reference") continue;
    const [, of = ""] = /^[a-z]+_([0-9a-f]{32})/.exec(item.id) ?? [];
    const referred = (await find(`resp_${of}`))?.response.output.find(({ id }) => id === item.id);
    if (referred === undefined) throw new RequestError(noItem(item));
    turns.push({ role: referred.type === "message" ? "assistant" : "other", text: answerOf(referred) });
  }
  const preface: PlainTurn = { role: "instruction", text: instructions ?? "" };
  const messages = conversationOf([preface, ...turns]);
  if (messages !== null) return { messages, turns };
  const message = "The last message of the input has to be the user's question, with text.";
  throw new RequestError({ status: 400, code: "invalid_value", message, param: "input" });
}

/** The text of a message among output items; empty for any other item. */
function answerOf({ type, content }: { readonly type: string; readonly content?: unknown }): string {
  if (type !== "message" || !Array.isArray(content)) return "";
  const texts = content.map(
    (part: { readonly text?: unknown; readonly refusal?: unknown }) => part.text ?? part.refusal,
  );
  return texts.filter((text) => typeof text === "string").join("\n");
}

function noPrevious(id: string) {
  return {
    status: 404,
    code: "previous_response_not_found",
    message: `Previous response with id '${id.slice(0, 80)}' not found.`,
    param: "previous_response_id",
  } as const;
}

function noItem({ id, param }: { readonly id: string; readonly param: string }) {
  return {
    status: 404,
    code: "item_not_found",
    message: `Item with id '${id.slice(0, 80)}' not found. Items are not kept when \`store\` is false or the server has no store: send the item itself.`,
    param,
  } as const;
}
