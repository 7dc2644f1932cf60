import { readBaseUrl, revealed, type ApiKey } from "../exchange/request.ts";
import { rootOf } from "./dialects.ts";

/** The address in front of `/v1/messages`. */
export function messagesRoot(baseUrl: string): string {
  return rootOf(readBaseUrl(baseUrl));
}

export const MESSAGES_VERSION = "2023-06-01";

/**
 * The version of the Messages API that is spoken, and the key in the header that it has there.
 * Source: https://platform.claude.com/docs/en/api/versioning
 */
export function messagesHeaders(apiKey: ApiKey | undefined): Readonly<Record<string, string>> {
  const key = revealed(apiKey).trim();
  return { "anthropic-version": MESSAGES_VERSION, ...(key !== "" && { "x-api-key": key }) };
}
