import { z } from "zod";
import { parseJson } from "../../net/json.ts";
import { readBodyStart } from "../../net/read-body.ts";

/**
 * The words with which OpenAI's reasoning models, and what stands in front of them, refuse a parameter that other models
 * take, such as "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'
 * instead." and "Unsupported value: 'temperature' does not support 0 with this model."
 */
const UNSUPPORTED = /unsupported (?:parameter|value): ['"]?([a-z_]+)/i;

/** What a request can do without. */
const DISPENSABLE: ReadonlySet<string> = new Set([
  "max_tokens",
  "temperature",
  "top_p",
  "presence_penalty",
  "frequency_penalty",
  "seed",
  "stop",
]);

/** A refusal that is longer says nothing more. */
const MAX_REFUSAL_BYTES = 65_536;

const bodySchema = z.record(z.string(), z.unknown());

/**
 * A `fetch` that sends a request again without a parameter that the model does not take, and from then on leaves it out
 * at once. `max_tokens` goes by its newer name, `max_completion_tokens`, of which these models need some to think.
 *
 * @param leastTokens what `max_completion_tokens` is raised to, at least.
 */
export function droppingUnsupportedParameters(
  fetch: typeof globalThis.fetch,
  { leastTokens = 0 }: { readonly leastTokens?: number } = {},
): typeof globalThis.fetch {
  /** By model. */
  const refused = new Map<string, Set<string>>();

  return async (input, init) => {
    const read = bodySchema.safeParse(typeof init?.body === "string" ? parseJson(init.body) : undefined);
    if (!read.success) return fetch(input, init);
    const { data: body } = read;
    const name = typeof body["model"] === "string" ? body["model"] : "";
    for (;;) {
      const without = refused.get(name) ?? new Set<string>();
      const sent = withoutParameters(body, without, leastTokens);
      const response = await fetch(
        input,
        without.size === 0 ? init : { ...init, body: JSON.stringify(sent) },
      );
      if (response.status !== 400) return response;
      const text = await readBodyStart(response, MAX_REFUSAL_BYTES);
      const parameter = UNSUPPORTED.exec(text)?.[1];
      if (parameter === undefined || !DISPENSABLE.has(parameter) || !Object.hasOwn(sent, parameter)) {
        return new Response(text, response);
      }
      refused.set(name, new Set([...without, parameter]));
    }
  };
}

function withoutParameters(
  body: Readonly<Record<string, unknown>>,
  without: ReadonlySet<string>,
  leastTokens: number,
): Record<string, unknown> {
  const sent = Object.fromEntries(Object.entries(body).filter(([name]) => !without.has(name)));
  const limit = body["max_tokens"];
  if (without.has("max_tokens") && typeof limit === "number") {
    sent["max_completion_tokens"] = Math.max(limit, leastTokens);
  }
  return sent;
}
