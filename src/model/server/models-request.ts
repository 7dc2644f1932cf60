import { readBaseUrl, type ApiKey } from "../exchange/request.ts";
import { messagesHeaders, messagesRoot } from "./anthropic.ts";
import { knownDialect, type ServerDialect } from "./dialects.ts";

export interface ModelsQuestion {
  readonly baseUrl: string;
  readonly apiKey?: ApiKey | undefined;
  /** What kind of server it is, where that is known; else its address alone tells. */
  readonly dialect?: ServerDialect | "auto" | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * How a server is asked for the list of its models. Anthropic wants the key in a header of its own, and gives twenty
 * unless more are asked for: https://platform.claude.com/docs/en/api/models-list.
 */
export function modelsRequest({ baseUrl: given, apiKey, dialect = "auto", headers = {} }: ModelsQuestion): {
  readonly url: string;
  readonly apiKey?: ApiKey;
  readonly headers: Readonly<Record<string, string>>;
} {
  const baseUrl = readBaseUrl(given);
  const known = dialect === "auto" ? knownDialect(baseUrl) : dialect;
  if (known !== "anthropic") {
    return { url: `${baseUrl}/models`, headers, ...(apiKey !== undefined && { apiKey }) };
  }
  return {
    url: `${messagesRoot(baseUrl)}/v1/models?limit=1000`,
    headers: { ...messagesHeaders(apiKey), ...headers },
  };
}
