import { createHash } from "node:crypto";
import { AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { LRUCache } from "lru-cache";
import { AgenticRagError } from "../../errors.ts";
import type { RequestTarget } from "../exchange/http-failure.ts";
import type { NativeSide, PromptMessage, TurnPart, TurnPiece } from "../../turn.ts";

const CALLS: ReadonlySet<TurnPart["type"]> = new Set<TurnPart["type"]>(["call", "open"]);

/** Replies kept; a run has a handful. */
const MAX_KEPT = 256;

/**
 * Replies with reasoning that their provider has signed (Claude's thinking blocks, Gemini's thought signatures, OpenAI's
 * encrypted reasoning), as they came. A call that was made while thinking is refused without the reasoning before it,
 * which the transcript has as text only. They are kept in this process, and for calls alone: all else is taken without.
 */
export interface SignedReplies {
  /** Keeps a whole reply that called a tool, if it is signed. `turn` is that before it, `said` what was said of it. */
  keep(turns: readonly PromptMessage[], turn: readonly TurnPiece[], said: string, reply: BaseMessage): void;
  /** The replies behind the calls of a turn, by the number of the call, from 1. */
  find(
    turns: readonly PromptMessage[],
    turn: readonly TurnPiece[],
    side: Pick<NativeSide, "parts">,
  ): ReadonlyMap<number, AIMessage>;
}

export function createSignedReplies(): SignedReplies {
  const kept = new LRUCache<string, AIMessage>({ max: MAX_KEPT });
  return {
    keep(turns, turn, said, reply) {
      const message = signedCall(reply);
      if (message === undefined) return;
      kept.set(keyOf(turns, [...turn, { origin: "model", text: said }]), message);
    },
    find(turns, turn, side) {
      const found = new Map<number, AIMessage>();
      if (kept.size === 0) return found;
      for (const [at, { origin }] of turn.entries()) {
        const until = turn.slice(0, at + 1);
        const message = origin === "model" ? kept.get(keyOf(turns, until)) : undefined;
        const call =
          message === undefined ? 0 : side.parts(until).filter(({ type }) => CALLS.has(type)).length;
        if (message !== undefined && call > 0 && !found.has(call)) found.set(call, message);
      }
      return found;
    },
  };
}

/** Names what is missing where a provider wants reasoning back that is not there. */
export function nameSignatureRefusal(failure: unknown, { baseUrl, modelName }: RequestTarget): unknown {
  if (!AgenticRagError.isInstance(failure) || failure.code !== "model-rejected") return failure;
  if (!/must start with a thinking block|thought_?signature/i.test(failure.message)) return failure;
  return new AgenticRagError(
    "model-rejected",
    `The model "${modelName}" at ${baseUrl} thinks, and wants the reasoning back that its provider has signed. That is ` +
      "kept only in the process that received it, and not in the transcript: this run was begun in another one, or " +
      "edited. Ask the question anew, or switch extended thinking off.",
    { facts: failure.facts },
  );
}

/** The question and what the model has said since; results may be shown cut short later. */
function keyOf(turns: readonly PromptMessage[], turn: readonly TurnPiece[]): string {
  const said = turn.filter(({ origin }) => origin === "model").map(({ text }) => text);
  const asked = turns.map(({ role, content }) => [role, content]);
  return createHash("sha256")
    .update(JSON.stringify([asked, said]))
    .digest("base64");
}

/** Fields of LangChain's messages that hold a signature, with something in them. */
const SIGNED = /"\w*(?:signature|encrypted_content)\w*":"?[^"]|"redacted_thinking"/i;

function signedCall(reply: BaseMessage): AIMessage | undefined {
  if (!AIMessage.isInstance(reply) && !AIMessageChunk.isInstance(reply)) return undefined;
  const { content, additional_kwargs, response_metadata, id, tool_calls = [] } = reply;
  if (tool_calls.length === 0 || tool_calls.some((call) => call.id === undefined)) return undefined;
  if (!SIGNED.test(JSON.stringify([content, additional_kwargs]))) return undefined;
  return new AIMessage({
    content,
    additional_kwargs,
    response_metadata,
    tool_calls,
    ...(id !== undefined && { id }),
  });
}
