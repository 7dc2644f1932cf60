import { z } from "zod";
import { parseJson } from "../../../net/json.ts";
import { cleanLine } from "../../clean-text.ts";
import type { SearchFailure, SearchFailureKind } from "../../engine.ts";
import { cutText } from "../../outcome.ts";

/** A reply whose status says that the search was not run. */
export interface Refusal {
  /** That of HTTP, or the one that the body of a reply with HTTP status 200 tells instead. */
  readonly status: number;
  readonly httpStatus: number;
  readonly headers: Pick<Headers, "get">;
  /** Without secrets. */
  readonly body: string;
  readonly retryAfterMs: number | undefined;
}

/** What an engine knows better than the general rule about one of its refusals. */
export interface Explanation {
  readonly kind: SearchFailureKind;
  /** Default: that of the kind. */
  readonly advice?: string | undefined;
  /** What is to be waited, in milliseconds, where the engine knows it better than the header `retry-after`. */
  readonly retryAfterMs?: number | undefined;
}

const MAX_SERVER_WORDS_BYTES = 300;

const ADVICE: Record<SearchFailureKind, string> = {
  unauthorized: "Check the API key.",
  "quota-exceeded": "The plan or its credit is used up: raise it, or use another key or engine.",
  misconfigured: "Check the base URL.",
  rejected: "Change the query or the options of the engine.",
  "rate-limited": "Wait before asking again.",
  timeout: "Ask again, or allow more time.",
  unreachable: "Check that the service runs.",
  "server-error": "Ask again later.",
  "bad-reply": "Check that the base URL is that of the service.",
};

/** A status as a failure: its kind, what the server says about it, what to do. */
export function explainRefusal(
  service: string,
  refusal: Refusal,
  explanation: Explanation | undefined,
): SearchFailure {
  const { status, httpStatus } = refusal;
  const kind = explanation?.kind ?? kindOfStatus(status);
  const advice = explanation?.advice ?? ADVICE[kind];
  const retryAfterMs = explanation?.retryAfterMs ?? refusal.retryAfterMs;
  const inBody = status === httpStatus ? "" : ` and, in its body, status ${status}`;
  const words = readServerWords(refusal.body);
  const said = words === undefined ? "" : ` (${words})`;
  return {
    kind,
    message: `${service} answered with HTTP status ${httpStatus}${inBody}${said}. ${advice}`,
    status: httpStatus,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** What a status means to every service. */
export function kindOfStatus(status: number): SearchFailureKind {
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 402) return "quota-exceeded";
  if (status === 404 || status === 405 || status === 410) return "misconfigured";
  if (status === 408) return "timeout";
  if (status === 429) return "rate-limited";
  if (status >= 500) return "server-error";
  return status >= 400 ? "rejected" : "bad-reply";
}

const said = z.string();
const errorBody = z.union([
  z.object({ detail: z.object({ error: said }) }).transform((body) => body.detail.error),
  z.object({ detail: said }).transform((body) => body.detail),
  z
    .object({ detail: z.array(z.object({ loc: z.array(z.unknown()), msg: said })).min(1) })
    .transform((body) => body.detail.map(({ loc, msg }) => `${loc.join(".")}: ${msg}`).join("; ")),
  z.object({ error: z.object({ message: said }) }).transform((body) => body.error.message),
  z.object({ error: z.object({ detail: said }) }).transform((body) => body.error.detail),
  z.object({ error: said }).transform((body) => body.error),
  z.object({ message: said }).transform((body) => body.message),
]);

/** The sentence in the error bodies of the services we know, as one short line. */
function readServerWords(body: string): string | undefined {
  const words = errorBody.safeParse(parseJson(body)).data;
  return words === undefined ? undefined : cutText(cleanLine(words), MAX_SERVER_WORDS_BYTES) || undefined;
}
