import type { SearchFailureKind } from "../../engine.ts";

/** What a request that brought no (whole) reply died of, in words that follow the service's name. */
export interface NetworkFailure {
  readonly kind: SearchFailureKind;
  readonly what: string;
}

const RESET = "closed the connection before its reply was complete";
const NO_CONNECTION = "did not accept a connection in time";

const WORDS = new Map<string, string>([
  ["ECONNREFUSED", "refused the connection: nothing listens there"],
  ["ENOTFOUND", "has a host name that could not be resolved"],
  ["EAI_AGAIN", "has a host name that could not be resolved just now"],
  ["ECONNRESET", RESET],
  ["EPIPE", RESET],
  ["UND_ERR_SOCKET", RESET],
  ["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", RESET],
  ["ETIMEDOUT", NO_CONNECTION],
  ["UND_ERR_CONNECT_TIMEOUT", NO_CONNECTION],
  ["PROXY_UNREACHABLE", "could not be asked: the proxy is not there"],
]);

/** The codes of `createProxyFetch`. */
const PROXY_WORDS = new Map<string, string>([
  ["PROXY_AUTHENTICATION_REQUIRED", "the proxy wants a user name and password, or others"],
  ["PROXY_REFUSED", "the proxy does not connect there"],
]);

/**
 * Reads what `fetch` threw: undici puts the system's code on `cause`. Only the code is used, because its messages
 * may quote a header.
 */
export function readNetworkFailure(error: unknown): NetworkFailure {
  const code = readCode(error) ?? (error instanceof Error ? readCode(error.cause) : undefined);
  if (code === undefined) {
    return { kind: "misconfigured", what: "could not be asked: its URL, a header or the key is malformed" };
  }
  return explainNetworkCode(code);
}

/** What a code of the system, of TLS or of undici means. */
export function explainNetworkCode(code: string): NetworkFailure {
  const refused = PROXY_WORDS.get(code);
  if (refused !== undefined)
    return { kind: "misconfigured", what: `could not be asked: ${refused} (${code})` };
  if (/CERT|SIGNATURE|TLS|SSL/u.test(code)) {
    return { kind: "misconfigured", what: `has a certificate or TLS setup that was not accepted (${code})` };
  }
  if (/^HPE_|^Z_|HEADERS_OVERFLOW/u.test(code)) {
    return { kind: "bad-reply", what: `sent something that is not a well-formed HTTP reply (${code})` };
  }
  return { kind: "unreachable", what: `${WORDS.get(code) ?? "could not be reached"} (${code})` };
}

function readCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
