import { readBaseUrl, revealed, type ApiKey } from "../exchange/request.ts";
import { messagesHeaders, messagesRoot } from "./anthropic.ts";
import { GOOGLE_KEY_HEADER, googleRoot } from "./google.ts";
import { knownDialect, type ServerDialect } from "./dialects.ts";

export interface ModelsQuestion {
  readonly baseUrl: string;
  readonly apiKey?: ApiKey | undefined;
  /** What kind of server it is, where that is known; else its address alone tells. */
  readonly dialect?: ServerDialect | "auto" | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * How a server is asked for the list of its models. Anthropic and Gemini want the key in a header of their own, and give
 * few unless more are asked for: https://platform.claude.com/docs/en/api/models-list, https://ai.google.dev/api/models.
 */
export function modelsRequest({ baseUrl: given, apiKey, dialect = "auto", headers = {} }: ModelsQuestion): {
  readonly url: string;
  readonly apiKey?: ApiKey;
  readonly headers: Readonly<Record<string, string>>;
} {
  const baseUrl = readBaseUrl(given);
  const known = dialect === "auto" ? knownDialect(baseUrl) : dialect;
  if (known === "google") {
    const key = revealed(apiKey).trim();
    return {
      url: `${googleRoot(baseUrl)}/models?pageSize=1000`,
      headers: { ...(key !== "" && { [GOOGLE_KEY_HEADER]: key }), ...headers },
    };
  }
  if (known !== "anthropic") {
    return { url: `${baseUrl}/models`, headers, ...(apiKey !== undefined && { apiKey }) };
  }
  return {
    url: `${messagesRoot(baseUrl)}/v1/models?limit=1000`,
    headers: { ...messagesHeaders(apiKey), ...headers },
  };
}
