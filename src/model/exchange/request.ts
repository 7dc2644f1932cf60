import { AgenticRagError } from "../../errors.ts";

/** A key that does not show itself: a plain text, or an object that gives it away only when asked. */
export type ApiKey = string | { reveal(): string };

/** An `http(s)` base URL without a slash at its end. */
export function readBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw invalid(
      "The model's base URL is not an http or https address. Give one like http://127.0.0.1:8000/v1.",
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw invalid(
      "The model's base URL contains a user name or password. Leave them out and give an API key.",
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw invalid("The model's base URL contains a query or a fragment. Leave it out.");
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
/** Bytes, none of which is a control character but a tab. */
const HEADER_VALUE = /^[\t\u0020-\u007E\u0080-\u00FF]*$/;

/**
 * The headers of a request. Their values never appear in an error.
 *
 * @param keyHeader the header that the key is sent in. @default a bearer token
 */
export function requestHeaders(
  apiKey: ApiKey | undefined,
  extra: Readonly<Record<string, string>>,
  keyHeader?: string,
): Record<string, string> {
  const headers: Record<string, string> = {
    accept: "text/event-stream",
    "content-type": "application/json",
  };
  const key = revealed(apiKey).trim();
  if (key !== "")
    setHeader(headers, keyHeader ?? "authorization", keyHeader === undefined ? `Bearer ${key}` : key);
  for (const [name, value] of Object.entries(extra)) setHeader(headers, name, value);
  return headers;
}

/** The key as text; empty where there is none. */
export function revealed(apiKey: ApiKey | undefined): string {
  return typeof apiKey === "object" ? apiKey.reveal() : (apiKey ?? "");
}

function setHeader(headers: Record<string, string>, name: string, value: string): void {
  const sent = value.trim();
  if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(sent)) {
    const what = name === "authorization" ? "The model's API key" : `The model's extra header "${name}"`;
    throw invalid(`${what} contains characters that cannot be sent, such as a line break. Correct it.`);
  }
  headers[name.toLowerCase()] = sent;
}

/** The body as JSON: `extra` wins, object by object; what is `null` or `undefined` of ours is left out. */
export function bodyText(body: Record<string, unknown>, extra: Readonly<Record<string, unknown>>): string {
  const merged: Record<string, unknown> = Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== null),
  );
  for (const [name, value] of Object.entries(extra)) {
    const ours = merged[name];
    merged[name] = isRecord(ours) && isRecord(value) ? { ...ours, ...value } : value;
  }
  return JSON.stringify(merged);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(message: string): AgenticRagError {
  return new AgenticRagError("settings-invalid", message);
}
