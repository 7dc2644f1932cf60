import { AgenticRagError, causesOf, codeOf } from "../../../errors.ts";
import { throwIfAborted } from "../../../net/abort.ts";

/** How files are asked for. */
export interface Source {
  /** The address of Hugging Face, or of what stands for it; ends in `/`. */
  readonly hub: string;
  /** Sent to the hub and to nobody else. */
  readonly token: string | undefined;
  readonly fetch: typeof globalThis.fetch;
}

/** What a server tells of a file before it is downloaded. */
export interface ToldFile {
  /** Undefined where it does not say. */
  readonly bytes: number | undefined;
  /** In small hexadecimal digits. */
  readonly sha256: string | undefined;
  /** The header that says it. */
  readonly sha256From: string | undefined;
}

/** A server that does not begin to answer in this time is not there. */
const ANSWER_MS = 30_000;
const MOST_REDIRECTS = 10;

const HEX = /^(?:W\/)?"?(?:sha256:)?([0-9a-f]{64})"?$/i;
const BASE64 = /\bsha-256=:?([A-Za-z0-9+/]{43}=):?/i;
/**
 * Where the SHA-256 of a file is told: Hugging Face on the way to the file, any server in its entity tag (git-lfs, Xet),
 * Artifactory, and those that follow RFC 9530 or RFC 3230.
 */
const DIGESTS: readonly (readonly [header: string, form: RegExp, encoding: "hex" | "base64"])[] = [
  ["x-linked-etag", HEX, "hex"],
  ["x-checksum-sha256", HEX, "hex"],
  ["repr-digest", BASE64, "base64"],
  ["digest", BASE64, "base64"],
  ["etag", HEX, "hex"],
];

/**
 * Asks for one byte of a file, and follows redirects itself: the hash stands on the way.
 *
 * @throws `download-failed` where there is no such file, or none to be had
 */
export async function askFile(address: string, source: Source, signal?: AbortSignal): Promise<ToldFile> {
  let url = address;
  let told: ToldFile = { bytes: undefined, sha256: undefined, sha256From: undefined };
  for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
    const headers = { range: "bytes=0-0", "accept-encoding": "identity", ...asksHub(url, source) };
    const response = await reach(url, { headers, redirect: "manual" }, source, signal);
    await response.body?.cancel();
    const isRedirect = response.status >= 300 && response.status < 400;
    told = { ...told, ...bytesIn(response, isRedirect) };
    if (told.sha256 === undefined) told = { ...told, ...digestIn(response.headers, isRedirect) };
    const next = response.headers.get("location");
    // an empty file has no first byte
    if (response.ok || response.status === 416) return told;
    if (!isRedirect || next === null) throw refusal(url, response.status);
    url = new URL(next, url).href;
  }
  throw new AgenticRagError(
    "download-failed",
    `${shown(address)} leads from one address to the next without end.`,
  );
}

/** @throws `download-failed` where nobody answers; an AbortError */
export async function reach(
  url: string,
  init: RequestInit,
  { fetch }: Source,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const timeout = AbortSignal.timeout(ANSWER_MS);
  try {
    return await fetch(url, {
      ...init,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
  } catch (cause) {
    throwIfAborted(signal);
    const code = causesOf(cause)
      .map(codeOf)
      .find((each) => each !== undefined);
    const why = timeout.aborted ? `no answer in ${ANSWER_MS / 1000} s` : (code ?? "no connection");
    throw new AgenticRagError(
      "download-failed",
      `${new URL(url).host} cannot be reached (${why}). Check the address and the connection, and run the same command again.`,
      { cause },
    );
  }
}

/** The header that the hub knows a person by. */
export function asksHub(url: string, { hub, token }: Source): { readonly authorization?: string } {
  return token !== undefined && new URL(url).origin === new URL(hub).origin
    ? { authorization: `Bearer ${token}` }
    : {};
}

export function refusal(url: string, status: number): AgenticRagError {
  const place = shown(url);
  const advice =
    status === 401 || status === 403
      ? "It may have to be asked for on its page: accept its licence there, and set HF_TOKEN to a token that may read it."
      : status === 404 || status === 410
        ? "Look at the page of the model for the name of its file."
        : "Run the same command again later.";
  return new AgenticRagError("download-failed", `${place} is not to be had (status ${status}). ${advice}`, {
    facts: { status },
  });
}

/** A model as it was named; an address without what may be a secret: name and password, query. */
export function shown(named: string): string {
  if (!/^https?:/i.test(named) || !URL.canParse(named)) return named;
  const { origin, pathname } = new URL(named);
  return origin + pathname;
}

function bytesIn({ status, headers }: Response, isRedirect: boolean): { readonly bytes?: number } {
  const told = isRedirect
    ? headers.get("x-linked-size")
    : status === 206
      ? /\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1]
      : headers.get("content-length");
  return told == null || !/^\d+$/.test(told) ? {} : { bytes: Number(told) };
}

/** An entity tag of a redirect is not that of the file. */
function digestIn(headers: Headers, isRedirect: boolean): Partial<ToldFile> {
  for (const [header, form, encoding] of DIGESTS) {
    if (isRedirect && header !== "x-linked-etag") continue;
    const value = form.exec(headers.get(header) ?? "")?.[1];
    if (value === undefined) continue;
    return { sha256: Buffer.from(value, encoding).toString("hex"), sha256From: header };
  }
  return {};
}
