import { causesOf, codeOf } from "../../../errors.ts";
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

/** The service was reached, and was too slow. */
const TIMEOUTS = new Map<string, string>([
  ["UND_ERR_HEADERS_TIMEOUT", "took a request and did not answer in time"],
  ["UND_ERR_BODY_TIMEOUT", "stopped in the middle of its reply"],
]);

/** The codes of `createProxyFetch`. */
const PROXY_WORDS = new Map<string, string>([
  ["PROXY_AUTHENTICATION_REQUIRED", "the proxy wants a user name and password, or others"],
  ["PROXY_REFUSED", "the proxy does not connect there"],
]);

/**
 * Reads what `fetch` threw, undici's or one of the user's own: undici puts the system's code on `cause`. Only codes and
 * names are used, because messages may quote a header.
 */
export function readNetworkFailure(error: unknown): NetworkFailure {
  const errors = causesOf(error);
  const code = errors.map(codeOf).find((found) => found !== undefined);
  if (code !== undefined) return explainNetworkCode(code);
  if (errors.some(({ name }) => name === "TimeoutError" || name === "AbortError")) {
    return { kind: "timeout", what: "did not answer within the time that its `fetch` allows" };
  }
  if (errors.some(({ name }) => name !== "TypeError")) {
    return { kind: "unreachable", what: "could not be reached: its `fetch` failed" };
  }
  return { kind: "misconfigured", what: "could not be asked: its URL, a header or the key is malformed" };
}

/** What a code of the system, of TLS or of undici means. */
export function explainNetworkCode(code: string): NetworkFailure {
  const refused = PROXY_WORDS.get(code);
  if (refused !== undefined)
    return { kind: "misconfigured", what: `could not be asked: ${refused} (${code})` };
  const late = TIMEOUTS.get(code);
  if (late !== undefined) return { kind: "timeout", what: late };
  if (/CERT|SIGNATURE|TLS|SSL/u.test(code)) {
    return { kind: "misconfigured", what: `has a certificate or TLS setup that was not accepted (${code})` };
  }
  if (/^HPE_|^Z_|HEADERS_OVERFLOW/u.test(code)) {
    return { kind: "bad-reply", what: `sent something that is not a well-formed HTTP reply (${code})` };
  }
  return { kind: "unreachable", what: `${WORDS.get(code) ?? "could not be reached"} (${code})` };
}
