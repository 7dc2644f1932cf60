import { cleanLine } from "../clean-text.ts";
import { cutText } from "../outcome.ts";
import type { PageFailureKind } from "./page-reader.ts";

export interface FailedPage {
  readonly status: "failed";
  readonly failure: { readonly kind: PageFailureKind; readonly message: string; readonly status?: number };
}

const MAX_SHOWN_BYTES = 200;

export function failPage(kind: PageFailureKind, message: string, status?: number): FailedPage {
  return { status: "failed", failure: { kind, message, ...(status === undefined ? {} : { status }) } };
}

/** The outcome for an address that may not be asked. `reason` follows a colon. */
export function refusePage(url: string, reason: string): FailedPage {
  return failPage("forbidden-address", `${showUrl(url)} is not read: ${reason}. Read another page.`);
}

/** A URL as messages show it: one short line, without user name, password, query and fragment. */
export function showUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const plain =
    parsed === undefined || parsed.host === "" ? url : `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
  return cutText(cleanLine(plain), MAX_SHOWN_BYTES) || "The address";
}

const STATUSES = new Map<number, readonly [PageFailureKind, string]>([
  [401, ["unauthorized", "It is not open to everybody. Read another page."]],
  [402, ["unauthorized", "It is not open to everybody. Read another page."]],
  [403, ["unauthorized", "It is not open to everybody, or not to programs. Read another page."]],
  [404, ["rejected", "There is no such page. Read another one."]],
  [408, ["timeout", "Read it later, or another page."]],
  [410, ["rejected", "There is no such page any more. Read another one."]],
  [429, ["rate-limited", "Read it later, or another page."]],
  [451, ["unauthorized", "It may not be shown here. Read another page."]],
]);

/** The outcome for a page whose server answered with a status that is no success. */
export function explainPageStatus(url: string, status: number): FailedPage {
  const [kind, advice] = STATUSES.get(status) ?? [
    status >= 500 ? "server-error" : status >= 400 ? "rejected" : "bad-reply",
    status >= 500 ? "Read it later, or another page." : "Read another page.",
  ];
  return failPage(kind, `${showUrl(url)} answered with HTTP status ${status}. ${advice}`, status);
}
