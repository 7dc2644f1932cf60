import { z } from "zod";
import { parseJson } from "../../net/json.ts";
import type { Explanation, Refusal } from "./wire/refusal.ts";

const NOTHING_FOUND = /^No search results available for query/u;
const NO_PROVIDER = /^No provider can do/u;
/** `status` of a refusal with HTTP status 409. */
const BUDGET_EXCEEDED = 40_904;

const number = z.number().nullish().catch(undefined);
const text = z.string().nullish().catch(undefined);
/** What Jina says instead of an answer: `{data: null, code: 402, status: 40203, name, message, readableMessage}`. */
const errorSchema = z.object({ code: number, status: number, message: text, retryAfter: number });

/** The status of a refusal that came with HTTP status 200: `code`, or else the first three digits of `status`. */
export function readJinaStatus(body: string): number | undefined {
  const { code, status } = readError(body) ?? {};
  return (
    [code, status, Math.floor((status ?? 0) / 100)].find(
      (candidate) => candidate != null && candidate >= 400 && candidate <= 599,
    ) ?? undefined
  );
}

/** Jina refuses a query that finds nothing, with status 422. */
export function isNothingFound({ status, body }: Refusal): boolean {
  return status === 422 && NOTHING_FOUND.test(readError(body)?.message ?? "");
}

export function explainJina({ status, body, retryAfterMs }: Refusal): Explanation | undefined {
  const said = readError(body);
  if (status === 401) {
    return {
      kind: "unauthorized",
      advice: "Check the API key: it is shown at https://jina.ai/api-dashboard.",
    };
  }
  if (status === 402 || said?.status === BUDGET_EXCEEDED) {
    return {
      kind: "quota-exceeded",
      advice:
        "The key's tokens, budget or plan do not allow it: raise them at https://jina.ai/api-dashboard, or use another key or engine.",
    };
  }
  if (status === 422 && NO_PROVIDER.test(said?.message ?? "")) return { kind: "server-error" };
  if (status === 429) {
    const seconds = said?.retryAfter;
    const saidMs = seconds != null && seconds >= 0 ? Math.ceil(seconds * 1000) : undefined;
    return { kind: "rate-limited", retryAfterMs: retryAfterMs ?? saidMs };
  }
  if (status === 451) {
    return {
      kind: "rejected",
      advice: "Jina does not search for this, for legal or safety reasons: ask otherwise.",
    };
  }
  return undefined;
}

function readError(body: string): z.infer<typeof errorSchema> | undefined {
  return errorSchema.safeParse(parseJson(body)).data;
}
