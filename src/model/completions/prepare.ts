import type { PromptMessage, TurnPiece } from "../../turn.ts";
import { AgenticRagError } from "../../errors.ts";
import type { RequestTarget } from "../exchange/http-failure.ts";
import { bodyText } from "../exchange/request.ts";

import type { Connection } from "./connection.ts";
import type { Dialect, Prompt, RequestFields } from "./dialect.ts";
import type { AlignOptions, StopEncoding } from "./told-tokens.ts";
import type { Tokenizer } from "./tokenizer.ts";

export interface RequestPlan extends Pick<
  RequestFields,
  "stop" | "stopTokenIds" | "maxTokens" | "sampling" | "contextTokens" | "form"
> {
  readonly connection: Connection;
  readonly target: RequestTarget;
  readonly messages: readonly PromptMessage[];
  readonly turn: readonly TurnPiece[];
  readonly date: string | undefined;
  readonly extraBody: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** What is needed to send a request in a server's own words, and to read the reply. */
export interface PreparedRequest {
  readonly dialect: Dialect;
  /** False: the server has said nothing of itself yet, so the dialect is a guess. */
  readonly certain: boolean;
  /** As token ids where the server takes them and the turn has them, else as text. */
  readonly prompt: Prompt;
  readonly text: string;
  body(prompt: Prompt): string;
  readonly align: AlignOptions;
}

/** @throws what fetching and rendering the chat template throw */
export async function prepareRequest(plan: RequestPlan): Promise<PreparedRequest> {
  const { connection, target, stop, stopTokenIds, signal } = plan;
  const { dialect, certain } = await connection.dialect(signal);
  const template = await connection.template(target, dialect, signal);
  const text = template.render(plan.messages, plan.date);
  const tokenizer = connection.tokenizer(dialect, target.modelName);
  const encoding = tokenizer && (await encodeStops(tokenizer, stop, signal));
  const prompt =
    encoding === undefined
      ? text
      : await encodePrompt(text, plan.turn, tokenizer, { signal, spelled: plan.sampling.logprobs === true });
  const { showsStop } = dialect;
  return {
    dialect,
    certain,
    prompt,
    text,
    body: (sent) =>
      bodyText(
        dialect.body({
          prompt: sent,
          modelName: target.modelName,
          maxTokens: plan.maxTokens,
          sampling: plan.sampling,
          contextTokens: plan.contextTokens,
          form: plan.form,
          stop,
          stopTokenIds,
          withIds: encoding !== undefined,
        }),
        plan.extraBody,
      ),
    align: {
      stop,
      stopTokenIds,
      encoding,
      showsStop: showsStop === "always" || (showsStop === "with-ids" && encoding !== undefined),
    },
  };
}

/** Whether a server rejected the form of a request, as one does that takes no token ids as its prompt. */
export function refusesTokens(failure: unknown): boolean {
  if (!AgenticRagError.isInstance(failure) || failure.code !== "model-rejected") return false;
  return failure.facts.status === 400 || failure.facts.status === 422;
}

/**
 * The prompt as ids: those of the text up to what the model first wrote, and then of each piece. So nothing that was
 * sampled is tokenised anew, and each prompt begins with the ids of the one before. As text, where a piece of the model
 * has no ids, where there is none yet, or where the server does not tokenise. `spelled`: as ids also where there is none
 * yet, and without texts between them.
 */
async function encodePrompt(
  text: string,
  turn: readonly TurnPiece[],
  tokenizer: Tokenizer | undefined,
  { signal, spelled }: { readonly signal: AbortSignal; readonly spelled: boolean },
): Promise<Prompt> {
  const pieces = turn.filter((piece) => piece.text !== "");
  const first = pieces.findIndex(({ origin }) => origin === "model");
  const rest = first < 0 ? [] : pieces.slice(first);
  const tail = rest.map((piece) => piece.text).join("");
  const missing = rest.some(({ origin, tokenIds = [] }) => origin === "model" && tokenIds.length === 0);
  if (tokenizer === undefined || (first < 0 && !spelled) || missing || !text.endsWith(tail)) return text;

  const head = await tokenizer.encode(text.slice(0, text.length - tail.length), true, signal);
  if (head === undefined || head.length === 0) return text;
  const prompt: (number | string)[] = [...head];
  for (const piece of rest) {
    const isModel = piece.origin === "model";
    if (!isModel && tokenizer.mixesTexts && !spelled) {
      prompt.push(piece.text);
      continue;
    }
    const ids = isModel ? piece.tokenIds : await tokenizer.encode(piece.text, false, signal);
    if (ids === undefined) return text;
    prompt.push(...ids);
  }
  return prompt;
}

/** Ids are only asked for where the server tells those of the stop strings. */
async function encodeStops(
  tokenizer: Tokenizer,
  stop: readonly string[],
  signal: AbortSignal,
): Promise<StopEncoding | undefined> {
  const asked = stop.length === 0 ? ["\n"] : stop;
  const encoded = await Promise.all(
    asked.map(async (one) => [one, await tokenizer.encode(one, false, signal)] as const),
  );
  const stopIds = new Map<string, readonly number[]>();
  for (const [one, ids] of encoded) {
    if (ids === undefined) return undefined;
    stopIds.set(one, ids);
  }
  return {
    stopIds,
    encode: (text) => tokenizer.encode(text, false, signal),
    decode: (ids) => tokenizer.decode(ids, signal),
  };
}
