import { readBaseUrl } from "../exchange/request.ts";

/** Source: https://ai.google.dev/gemini-api/docs/api-key */
export const GOOGLE_KEY_HEADER = "x-goog-api-key";

/** The address in front of `/models`: with the version of the API, which need not be given. */
export function googleRoot(baseUrl: string): string {
  const root = readBaseUrl(baseUrl);
  return /\/v\d+\w*(?:\/|$)/.test(new URL(root).pathname) ? root : `${root}/v1beta`;
}

/** Where a model is asked for content, in a stream or in one piece. */
export function contentUrl(baseUrl: string, modelName: string, streams: boolean): string {
  const name = modelName.replace(/^models\//, "");
  const method = streams ? "streamGenerateContent?alt=sse" : "generateContent";
  return `${googleRoot(baseUrl)}/models/${encodeURIComponent(name)}:${method}`;
}
