import type { Agent, Dispatcher } from "undici";
import { readNetworkFailure } from "../engines/wire/network-failure.ts";
import { type AddressRules, judgeUrl } from "./address.ts";
import { type Content, isWhatItSays, readContentType } from "./content-type.ts";
import { CodingError } from "../../net/content-codings.ts";
import { readDecodedBody } from "./decoded-body.ts";
import { ForbiddenAddressError } from "./guarded-agent.ts";
import { explainPageStatus, failPage, type FailedPage, refusePage, showUrl } from "./page-failure.ts";

export interface DownloadOptions extends AddressRules {
  /** Time until the headers of a reply are there, in milliseconds. Default 10,000. */
  readonly headersMs?: number;
  /** Time in which nothing of a body comes, in milliseconds. Default 10,000. */
  readonly idleMs?: number;
  /** Size after decompression, in bytes. A longer text is read so far; a longer PDF is refused. Default 2,000,000. */
  readonly maxDownloadBytes?: number;
  /** Read PDF files. Default true. */
  readonly pdf?: boolean;
  /** Default: the name of this package, and what it does. */
  readonly userAgent?: string;
  /** More headers for one address. Asked anew for each redirect, so that nothing is carried over to another host. */
  readonly headers?: (url: URL) => Readonly<Record<string, string>>;
}

export interface Download {
  readonly status: "downloaded";
  /** After redirects. */
  readonly url: URL;
  readonly content: Content;
  readonly bytes: Uint8Array;
  /** There was more. */
  readonly isCut: boolean;
}

/** Says whether the page at a URL may be read, beyond its address; `undefined` when it may. */
export type Permission = (url: URL) => Promise<FailedPage | undefined>;

/** Some servers refuse every program that does not begin so. */
const DEFAULT_USER_AGENT = "Mozilla/5.0 (compatible; langgraph-agentic-rag; reads single pages for a person)";
const DEFAULT_HEADERS_MS = 10_000;
const DEFAULT_IDLE_MS = 10_000;
const DEFAULT_MAX_DOWNLOAD_BYTES = 2_000_000;
const MAX_REDIRECTS = 5;
/** Headers by which services that guard pages say that this is not the page but a test of its reader. */
const CHALLENGES = ["cf-mitigated", "x-amzn-waf-action"];
const CHALLENGE_PAGE = /\b_cf_chl_opt\b|\bgokuProps\b/u;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Downloads what can be turned into text. Each redirect is judged like the address itself before it is asked, at most
 * five of them, and none leads from https back to http. No cookies are kept. Never throws.
 */
export async function download(
  agent: Agent,
  address: string,
  options: DownloadOptions,
  signal: AbortSignal,
  permit: Permission = async () => undefined,
): Promise<Download | FailedPage> {
  let current = address;
  try {
    let before: URL | undefined;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const decision = judgeUrl(current, options);
      if ("refused" in decision) return refusePage(current, decision.refused);
      const url = decision.allowed;
      if (before?.protocol === "https:" && url.protocol === "http:") {
        return refusePage(current, "a page of an https address redirects to it, and it is not https");
      }
      const refusal = await permit(url);
      if (refusal !== undefined) return refusal;
      const reply = await ask(agent, url, options, signal);
      const location = reply.headers["location"];
      if (!REDIRECTS.has(reply.statusCode) || typeof location !== "string") {
        return await readReply(url, reply, options);
      }
      dismiss(reply);
      if (!URL.canParse(location, url.href)) {
        return failPage("bad-reply", `${showUrl(current)} redirects to something that is no address.`);
      }
      current = new URL(location, url).href;
      before = url;
    }
    return failPage(
      "bad-reply",
      `${showUrl(address)} redirects more than ${MAX_REDIRECTS} times. Read another page.`,
    );
  } catch (error) {
    return explainNetwork(current, error);
  }
}

async function ask(
  agent: Agent,
  url: URL,
  options: DownloadOptions,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  return agent.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: "GET",
    headers: {
      "user-agent": options.userAgent ?? DEFAULT_USER_AGENT,
      accept: "text/html,application/xhtml+xml,text/markdown,text/plain,application/json;q=0.9,*/*;q=0.5",
      "accept-language": "*",
      "accept-encoding": "gzip, br",
      ...options.headers?.(url),
    },
    headersTimeout: options.headersMs ?? DEFAULT_HEADERS_MS,
    bodyTimeout: options.idleMs ?? DEFAULT_IDLE_MS,
    reset: true,
    signal,
  });
}

async function readReply(
  url: URL,
  reply: Dispatcher.ResponseData,
  options: DownloadOptions,
): Promise<Download | FailedPage> {
  const status = reply.statusCode;
  if (status < 200 || status >= 300) {
    dismiss(reply);
    return explainPageStatus(url.href, status);
  }
  if (CHALLENGES.some((name) => /challenge|captcha/iu.test(readHeader(reply, name) ?? ""))) {
    dismiss(reply);
    return challenged(url);
  }
  const type = readHeader(reply, "content-type");
  const content = readContentType(type);
  if (content === undefined || (content.kind === "pdf" && options.pdf === false)) {
    dismiss(reply);
    return unsupported(
      url,
      `is of a type that is not read${type === undefined ? "" : ` (${showType(type)})`}`,
    );
  }
  const maxBytes = options.maxDownloadBytes ?? DEFAULT_MAX_DOWNLOAD_BYTES;
  const { bytes, isCut } = await readDecodedBody(
    reply.body,
    readHeader(reply, "content-encoding") ?? "",
    maxBytes,
  );
  if (content.kind === "pdf" && isCut) return unsupported(url, `is a PDF of more than ${maxBytes} bytes`);
  if (bytes.length > 0 && !isWhatItSays(bytes, content)) {
    return unsupported(url, `is not what its type says (${content.kind})`);
  }
  if (
    content.kind === "html" &&
    CHALLENGE_PAGE.test(Buffer.from(bytes.subarray(0, 20_000)).toString("latin1"))
  ) {
    return challenged(url);
  }
  return { status: "downloaded", url, content, bytes, isCut };
}

function challenged(url: URL): FailedPage {
  return failPage(
    "unauthorized",
    `${showUrl(url.href)} asks whether its reader is a person before it shows anything. Read another page.`,
  );
}

/** Ends a reply whose body nobody wants. */
function dismiss(reply: Dispatcher.ResponseData): void {
  reply.body.on("error", () => undefined).destroy();
}

function readHeader(reply: Dispatcher.ResponseData, name: string): string | undefined {
  const value = reply.headers[name];
  return typeof value === "string" ? value : value?.join(",");
}

function showType(type: string): string {
  return /^[\w.+-]+\/[\w.+-]+/u.exec(type)?.[0].slice(0, 80) ?? "unknown";
}

function unsupported(url: URL, what: string): FailedPage {
  return failPage("unsupported-content", `${showUrl(url.href)} ${what}. Read another page.`);
}

function explainNetwork(url: string, error: unknown): FailedPage {
  if (error instanceof ForbiddenAddressError) return refusePage(url, error.message);
  if (error instanceof CodingError) return failPage("bad-reply", `${showUrl(url)} sent ${error.message}.`);
  if (error instanceof Error && error.name === "HTTPParserError") {
    return failPage("bad-reply", `${showUrl(url)} sent something that is not a well-formed HTTP reply.`);
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/^ERR_(?:BROTLI|_ERROR|BUFFER|PADDING)/u.test(code)) {
    return failPage("bad-reply", `${showUrl(url)} sent a compressed body that is broken (${code}).`);
  }
  const { kind, what } = readNetworkFailure(error);
  if (kind === "timeout" || code === "UND_ERR_CONNECT_TIMEOUT") {
    return failPage("timeout", `${showUrl(url)} ${what}. Read it later, or another page.`);
  }
  return failPage(kind, `${showUrl(url)} ${what}. Read another page.`);
}
