import type { Connection } from "./connection.ts";
import type { Dialect, Prompt, RequestFields } from "./dialect.ts";
import { spellPrompt } from "./prompt.ts";
import { bodyText } from "../exchange/request.ts";
import type { RequestTarget } from "../exchange/http-failure.ts";
import type { PromptMessage, TurnPiece } from "../model.ts";
import type { AlignOptions, Spelling } from "./token-align.ts";
import type { Speller } from "./token-speller.ts";

export interface RequestPlan extends Pick<RequestFields, "stop" | "stopTokenIds" | "maxTokens" | "sampling"> {
  readonly connection: Connection;
  readonly target: RequestTarget;
  readonly messages: readonly PromptMessage[];
  readonly turn: readonly TurnPiece[];
  readonly extraBody: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** A request in a server's own words, and what is needed to read the reply. */
export interface PreparedRequest {
  readonly dialect: Dialect;
  /** False: the server has said nothing of itself yet, so the dialect is a guess. */
  readonly certain: boolean;
  readonly prompt: Prompt;
  readonly body: string;
  readonly align: AlignOptions;
  /** The same with the prompt as text, where it is not: for a server that turns out not to take ids. */
  readonly asText?: PreparedRequest;
}

/** @throws what the chat template throws; nothing that the server does not say makes it fail. */
export async function prepareRequest(plan: RequestPlan): Promise<PreparedRequest> {
  const { connection, target, stop, stopTokenIds, signal } = plan;
  const { dialect, certain } = await connection.dialect(signal);
  const template = await connection.template(target, dialect, signal);
  const text = template.render(plan.messages);
  const speller = connection.speller(dialect, target.modelName);
  const spelling = speller && (await spellStops(speller, stop, signal));
  const prompt = spelling === undefined ? text : await spellPrompt(text, plan.turn, speller, signal);

  const { showsStop } = dialect;
  const align: AlignOptions = {
    stop,
    stopTokenIds,
    spelling,
    showsStop: showsStop === "always" || (showsStop === "with-ids" && spelling !== undefined),
  };
  const withPrompt = (sent: Prompt): PreparedRequest => {
    const body = dialect.body({
      prompt: sent,
      modelName: target.modelName,
      maxTokens: plan.maxTokens,
      sampling: plan.sampling,
      stop,
      stopTokenIds,
      withIds: spelling !== undefined,
    });
    return { dialect, certain, prompt: sent, align, body: bodyText(body, plan.extraBody) };
  };
  return prompt === text ? withPrompt(text) : { ...withPrompt(prompt), asText: withPrompt(text) };
}

/** Ids are only asked for where the server says how it spells the stop strings. */
async function spellStops(
  speller: Speller,
  stop: readonly string[],
  signal: AbortSignal,
): Promise<Spelling | undefined> {
  const asked = stop.length === 0 ? ["\n"] : stop;
  const spelled = await Promise.all(
    asked.map(async (one) => [one, await speller.encode(one, false, signal)] as const),
  );
  const stopIds = new Map<string, readonly number[]>();
  for (const [one, ids] of spelled) {
    if (ids === undefined) return undefined;
    stopIds.set(one, ids);
  }
  return {
    stopIds,
    encode: (text) => speller.encode(text, false, signal),
    decode: (ids) => speller.decode(ids, signal),
  };
}
