import { STATUS_CODES } from "node:http";
import { causesOf, codeOf } from "../../errors.ts";
import { cleanLine } from "../clean-text.ts";
import type { SearchFailure, SearchFailureKind } from "../engine.ts";
import { cutText } from "../outcome.ts";
import { explainNetworkCode } from "../engines/wire/network-failure.ts";
import { kindOfStatus } from "../engines/wire/refusal.ts";

const MAX_WORDS_BYTES = 300;

const NETWORK_CODE =
  /^E(?:AI_|CONN|HOST|NET|NOTFOUND|PIPE|PROTO|TIMEDOUT)|^UND_ERR_|^HPE_|CERT|TLS|SSL|^UNABLE_TO_/u;
/** `HTTP error 429`, `status code: 503`, `Got 403 error`, `failed: 500 Internal Server Error`. */
const STATUS_IN_WORDS =
  /(?:\b(?:status(?: ?code)?|http(?: error)?|got)\b[ :=]*|: )([45]\d\d)(?!\d)|(?<![\d.])([45]\d\d) error\b/iu;

/** The first pattern that matches what was said decides, where there was no status and no code of the network. */
const KINDS: readonly (readonly [RegExp, SearchFailureKind])[] = [
  [/timed? ?out|timeout|aborted/iu, "timeout"],
  [/rate.?limit|too many requests|throttl/iu, "rate-limited"],
  [/quota|usage limit|out of credits|insufficient (?:credits?|balance)/iu, "quota-exceeded"],
  [/api.?key|unauthori[sz]ed|forbidden|credential|authenticat|access token/iu, "unauthorized"],
  [/did not match expected schema|parse url|invalid url/iu, "misconfigured"],
  [
    /not valid json|in json at|unexpected (?:token|end)|cannot read propert|is not (?:a function|iterable)|could not parse/iu,
    "bad-reply",
  ],
  [/fetch failed|network error|socket hang up|terminated/iu, "unreachable"],
];

const ADVICE: Record<SearchFailureKind, string> = {
  unauthorized: "Check the key that it was made with.",
  "quota-exceeded": "Its plan or credit is used up: raise it, or use another engine.",
  misconfigured:
    "Check the options that it was made with, and `toInput` for a tool with an input of its own.",
  rejected: "Change the query or the options that it was made with.",
  "rate-limited": "Wait before asking again.",
  timeout: "Ask again, or allow more time.",
  unreachable: "Check that the service behind it runs.",
  "server-error": "Ask again later.",
  "bad-reply":
    "The service behind it answered in a form that it does not know: check its address and its version.",
};

/** What a retriever or tool threw, as a failure. `hide` takes the keys out of its words. */
export function readThrown(name: string, thrown: unknown, hide: (text: string) => string): SearchFailure {
  const errors = causesOf(typeof thrown === "string" ? new Error(thrown) : thrown);
  const words = errors.map(({ message }) => message).find((message) => message.trim() !== "") ?? "";
  const code = errors.map(codeOf).find((found) => found !== undefined && NETWORK_CODE.test(found));
  const status = errors.map(readStatus).find((found) => found !== undefined);
  if (status === undefined && code !== undefined) {
    const { kind, what } = explainNetworkCode(code);
    return { kind, message: `The service behind ${name} ${what}. ${ADVICE[kind]}` };
  }
  const named = errors.some((error) => error.name === "TimeoutError" || error.name === "AbortError");
  if (status === undefined && named) return explain(name, "timeout", words, hide);
  return readWords(name, words, hide, status);
}

/** What a tool said instead of results, as a failure. */
export function readWords(
  name: string,
  words: string,
  hide: (text: string) => string,
  status: number | undefined = statusInWords(words),
): SearchFailure {
  if (status !== undefined) {
    return { ...explain(name, kindOfStatus(status), words, hide), status };
  }
  const besidesAddresses = words.replace(/https?:\/\/\S+/gu, "");
  const kind = KINDS.find(([pattern]) => pattern.test(besidesAddresses))?.[1] ?? "server-error";
  return explain(name, kind, words, hide);
}

function explain(
  name: string,
  kind: SearchFailureKind,
  words: string,
  hide: (text: string) => string,
): SearchFailure {
  const said = cutText(cleanLine(hide(words)), MAX_WORDS_BYTES);
  return { kind, message: `${name} failed${said === "" ? "" : ` (${said})`}. ${ADVICE[kind]}` };
}

/** On the error (openai, exa), on its response (axios, ky), or in its words. */
function readStatus(error: Error): number | undefined {
  const response = "response" in error ? error.response : undefined;
  return numberIn(error) ?? numberIn(response) ?? statusInWords(error.message);
}

function numberIn(holder: unknown): number | undefined {
  if (typeof holder !== "object" || holder === null) return undefined;
  const values: readonly unknown[] = [
    "status" in holder ? holder.status : undefined,
    "statusCode" in holder ? holder.statusCode : undefined,
    "code" in holder ? holder.code : undefined,
  ];
  return values.find((value): value is number => typeof value === "number" && value >= 400 && value < 600);
}

/** Some tools say nothing but the reason phrase of the reply: `Too Many Requests`. */
function statusInWords(words: string): number | undefined {
  const match = STATUS_IN_WORDS.exec(words);
  if (match !== null) return Number(match[1] ?? match[2]);
  const phrase = words.trim().toLowerCase();
  const entry = Object.entries(STATUS_CODES).find(
    ([status, reason]) => Number(status) >= 400 && reason?.toLowerCase() === phrase,
  );
  return entry === undefined ? undefined : Number(entry[0]);
}
