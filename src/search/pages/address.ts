import { isIP } from "node:net";
import { isPublicAddress } from "./public-address.ts";

/** Which addresses may be asked. */
export interface AddressRules {
  /** Default 80 and 443. */
  readonly ports?: readonly number[];
  /**
   * Lets addresses through that are not public, such as a company's own wiki: told the IP address and the host name
   * of the URL. With it, names of the local network are looked up too. Default: none.
   */
  readonly allowAddress?: (address: string, host: string) => boolean;
}

export type AddressDecision = { readonly allowed: URL } | { readonly refused: string };

const MAX_URL_CHARACTERS = 2_000;
const DEFAULT_PORTS = [80, 443];
const LOCAL_SUFFIX = /(?:^|\.)(?:localhost|local|localdomain|internal|home\.arpa)$/u;

/**
 * Decides by the URL alone whether it may be asked. A host name that passes must still be looked up, and each of its
 * addresses judged by `isAllowedAddress`; a host that is an IP address, in whatever spelling, is judged here.
 */
export function judgeUrl(url: string, rules: AddressRules = {}): AddressDecision {
  if (url.length > MAX_URL_CHARACTERS)
    return { refused: `it is longer than ${MAX_URL_CHARACTERS} characters` };
  if (!URL.canParse(url)) return { refused: "it is not an absolute web address" };
  const parsed = new URL(url);
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") {
    return { refused: "only http and https addresses are read" };
  }
  if (parsed.username !== "" || parsed.password !== "") {
    return { refused: "it carries a user name or a password" };
  }
  const ports = rules.ports ?? DEFAULT_PORTS;
  const port = parsed.port === "" ? (parsed.protocol === "http:" ? 80 : 443) : Number(parsed.port);
  if (!ports.includes(port)) return { refused: `only the ports ${ports.join(" and ")} are asked` };
  const reason = judgeHost(parsed.hostname, rules);
  if (reason !== undefined) return { refused: reason };
  parsed.hash = "";
  return parsed.href.length > MAX_URL_CHARACTERS
    ? { refused: `it is longer than ${MAX_URL_CHARACTERS} characters` }
    : { allowed: parsed };
}

/** Whether a connection may be opened to an IP address, which a host name stands for or is. */
export function isAllowedAddress(address: string, host: string, rules: AddressRules): boolean {
  return isPublicAddress(address) || rules.allowAddress?.(address, host) === true;
}

function judgeHost(hostname: string, rules: AddressRules): string | undefined {
  const literal = hostname.replace(/^\[|\]$/gu, "");
  if (isIP(literal) !== 0) {
    return isAllowedAddress(literal, literal, rules)
      ? undefined
      : "its host is not an address of the public internet";
  }
  if (hostname.endsWith(".")) return "its host name ends with a dot";
  const isLocal = !hostname.includes(".") || LOCAL_SUFFIX.test(hostname);
  return isLocal && rules.allowAddress === undefined
    ? "its host is a name of the local machine or network"
    : undefined;
}
