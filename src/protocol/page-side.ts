import type { NumberedResult } from "./protocol.ts";

export interface PageReply {
  readonly url: string;
  /** `repeated`: opened before; `refused`: nobody but the model named it; `not-run`: the budget did not allow it. */
  readonly status: "read" | "failed" | "repeated" | "refused" | "not-run";
  /** The page, for `read` and `repeated`. */
  readonly result?: NumberedResult | undefined;
  /** Addresses that it links to, for `read`. */
  readonly links?: readonly string[] | undefined;
  /** Why it failed, for `failed`. */
  readonly reason?: string | undefined;
}

/** What a call that opens pages is answered with. */
export interface PagesReply {
  readonly pages: readonly PageReply[];
  readonly searchesLeft: number;
  readonly pagesLeft: number;
  /** As in `OpenOptions`. */
  readonly boundary?: string | undefined;
}

/** How the pages are told that the model opened with its second tool. */
export interface PageSide {
  /** The text to splice, as that of `Protocol.respond`. */
  respond(reply: PagesReply): string;
}
