import type { ErrorReply } from "./error-reply.ts";

/** Which requests the server takes, judged by their line and headers alone. */
export interface RequestRules {
  /** Names by which the server may be addressed, without ports, besides this machine's own. */
  readonly hosts: readonly string[];
  /** Origins of pages that may use the server, such as `https://chat.example.org`. */
  readonly origins: readonly string[];
  /** The same as a pattern, which takes the place of the list. */
  readonly originPattern?: RegExp;
  /** A developer's own machine: its pages may use the server whatever their port, and WebSockets are taken. */
  readonly development: boolean;
  /** The setting that names the origins, to be told to whoever is refused. */
  readonly originSetting: string;
}

/** The page of this project, which is there to be looked at only. */
export const PAGE = "/";
/** Everything else that is served. What is not named here does not exist from outside, `/internal` above all. */
const SERVED = ["ok", "info", "metrics", "assistants", "threads", "runs", "store", "ui", "v1", "mcp"];
const OWN_NAMES = ["localhost", "127.0.0.1", "[::1]"];
/** Characters of path and query together. */
const MAX_ADDRESS = 4096;
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9_.:@~-]{0,127}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const NOT_A_NAME = ["constructor", "prototype"];
/** What may stand where an id stands otherwise. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  threads: ["search", "count"],
  runs: ["stream", "wait", "batch"],
  state: ["checkpoint"],
};

const NOT_FOUND: ErrorReply = {
  status: 404,
  code: "not_found",
  message: "There is nothing at this address.",
};

/**
 * Why a request is refused, or null. Stops what no good client sends: another `Host` (DNS rebinding: a page that had its
 * own name point here), a foreign `Origin`, bodies that a page may send without a preflight, malformed ids, and routes
 * that are not served.
 */
export function refusalOf(request: Request, rules: RequestRules): ErrorReply | null {
  const [, address = "/"] = /^[a-z]+:\/\/[^/?#]*([^#]*)/i.exec(request.url) ?? [];
  const host = request.headers.get("host") ?? new URL(request.url).host;
  if (![...OWN_NAMES, ...rules.hosts].includes(withoutPort(host))) {
    return {
      status: 421,
      code: "unknown_host",
      message:
        "This server does not answer to the name it was asked by. Whoever runs it can add it to AGENTIC_RAG_ALLOWED_HOSTS.",
    };
  }
  const origin = request.headers.get("origin");
  if (origin !== null && !mayUse(origin, host, rules)) {
    return {
      status: 403,
      code: "foreign_origin",
      message: `Pages of this origin may not use this server. Whoever runs it can add it to ${rules.originSetting}.`,
    };
  }
  return (
    ofAddress(request.method, address, rules) ??
    ofBody(request) ??
    ofEmbedding(request) ??
    ofUpgrade(request, address, rules)
  );
}

function mayUse(origin: string, host: string, rules: RequestRules): boolean {
  const page = hostOf(origin);
  if (page === host.toLowerCase()) return true;
  if (rules.development && page !== null && OWN_NAMES.includes(withoutPort(page))) return true;
  return rules.originPattern?.test(origin) ?? rules.origins.includes(origin);
}

/** A page that shows an address as an image or loads it as a script sends no origin along. */
function ofEmbedding({ headers }: Request): ErrorReply | null {
  const foreign = ["cross-site", "same-site"].includes(headers.get("sec-fetch-site") ?? "");
  if (!foreign || headers.get("sec-fetch-mode") !== "no-cors" || headers.has("origin")) return null;
  return { status: 403, code: "foreign_page", message: "Pages of another site may not embed this server." };
}

/** What is sent over a WebSocket passes none of the checks of requests. */
function ofUpgrade(
  { method, headers }: Request,
  address: string,
  { development }: RequestRules,
): ErrorReply | null {
  const socket =
    headers.has("upgrade") ||
    (method === "GET" && /^\/threads\/[^/]+\/stream\/events(?:[/?]|$)/.test(address));
  if (development || !socket) return null;
  return {
    status: 403,
    code: "no_websocket",
    message:
      "WebSocket is not offered here. Read the events of a thread with POST /threads/<thread>/stream/events, as clients do without a transport of their own choice.",
  };
}

function ofAddress(method: string, address: string, rules: RequestRules): ErrorReply | null {
  if (address.length > MAX_ADDRESS) {
    return { status: 414, code: "address_too_long", message: "The address of this request is too long." };
  }
  const [path, query] = splitOnce(address, "?");
  if (path === PAGE) return method === "GET" || method === "HEAD" ? null : NOT_FOUND;
  const segments = path.replace(/^\//, "").replace(/\/$/, "").split("/");
  if (!SERVED.includes(segments[0] ?? "")) return NOT_FOUND;
  if (segments.some((segment) => !SEGMENT.test(segment) || NOT_A_NAME.includes(segment))) {
    return {
      status: 400,
      code: "bad_address",
      message: "There is a part in this address that is no name or id.",
    };
  }
  if (/%00|__proto__/i.test(query)) {
    return {
      status: 400,
      code: "bad_query",
      message: "There is something in the query that is no name or id.",
    };
  }
  return ofThreadsAndRuns(segments, rules);
}

/** Threads, runs and checkpoints are UUIDs; crons, and among users joining a run without its thread, are for nobody. */
function ofThreadsAndRuns(segments: readonly string[], { development }: RequestRules): ErrorReply | null {
  if (segments[0] !== "threads" && segments[0] !== "runs") return null;
  if (segments.includes("crons")) {
    return { status: 403, code: "no_crons", message: "Scheduled runs are not offered here." };
  }
  for (const [index, segment] of segments.entries()) {
    const kind = segments[index - 1] ?? "";
    const words = WORDS[kind];
    if (words === undefined || words.includes(segment) || UUID.test(segment)) continue;
    return { status: 400, code: "bad_id", message: `What follows ${kind} in this address must be a UUID.` };
  }
  if (!development && segments[0] === "runs" && UUID.test(segments[1] ?? "")) {
    return {
      status: 403,
      code: "thread_needed",
      message: "A run can be joined through its thread only: /threads/<thread>/runs/<run>/stream.",
    };
  }
  return null;
}

/** A page may send text/plain and forms to any server without being asked; JSON it may not. */
function ofBody({ method, headers }: Request): ErrorReply | null {
  if (method === "GET" || method === "HEAD" || method === "OPTIONS") return null;
  const type = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  const bodyless =
    headers.get("transfer-encoding") === null && Number(headers.get("content-length") ?? 0) === 0;
  if (type === "application/json" || (type === undefined && bodyless)) return null;
  return {
    status: 415,
    code: "not_json",
    message: "A body must be JSON: send content-type: application/json.",
  };
}

function withoutPort(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "");
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

function splitOnce(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index === -1 ? [text, ""] : [text.slice(0, index), text.slice(index + 1)];
}
