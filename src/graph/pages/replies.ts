import type { NumberedResult, PageReply } from "../../protocol/protocol.ts";
import { callsLeft } from "../budgets.ts";
import { mayRefer, placeOf } from "../sources.ts";
import { required, type RunState } from "../state.ts";
import type { Step } from "../step.ts";
import { addressKey } from "./plan.ts";
import type { OpenCall, PageRecord } from "./record.ts";

/** A page that has just been opened. */
export interface FreshPage {
  readonly record: Pick<PageRecord, "status" | "reason">;
  /** `undefined` when it could not be read. */
  readonly result: NumberedResult | undefined;
  readonly links: readonly string[];
}

/** What each page of a call came to: those opened from `fresh`, by their address, the others from the run's record. */
export function pageRepliesFor(
  { pages }: OpenCall,
  { state, limits }: Pick<Step, "state" | "limits">,
  fresh: ReadonlyMap<string, FreshPage>,
): readonly PageReply[] {
  const refer = mayRefer(state, limits);
  return pages.map(({ url, plan }): PageReply => {
    if (plan === "refused" || plan === "not-run") return { url, status: plan };
    const made = plan === "open" ? fresh.get(url) : undefined;
    // named twice in one call: what the first came to is what this one comes to
    const here = made ?? [...fresh].find(([opened]) => addressKey(opened) === addressKey(url))?.[1];
    if (here?.record.status === "failed") return { url, status: "failed", reason: here.record.reason };
    if (made !== undefined) return { url, status: "read", result: made.result, links: made.links };
    const result = here === undefined ? knownPage(url, state) : here.result;
    return { url, status: "repeated", result: result && { ...result, shownBefore: refer, echo: undefined } };
  });
}

/** The longest text of that address: what a search had of it is an excerpt. */
function knownPage(
  url: string,
  { readings, sources }: Pick<RunState, "readings" | "sources">,
): NumberedResult | undefined {
  const key = addressKey(url);
  const number =
    readings.findLast((reading) => reading.status === "read" && addressKey(reading.url) === key)?.source ??
    sources.find((source) => addressKey(source.url) === key)?.number;
  const [longest] = sources
    .filter((source) => source.number === number)
    .sort((left, right) => right.text.length - left.text.length);
  return longest === undefined ? undefined : { ...longest, shownBefore: true };
}

/** The text to splice for a call's replies, when `opened` pages were asked for. Reports those that no reader was asked. */
export function respondToPages(step: Step, pages: readonly PageReply[], opened: number): string {
  const { protocol, limits, opening, state, emit } = step;
  for (const { url, status, result } of pages) {
    if (status === "read" || status === "failed") continue;
    emit({
      type: "page-end",
      url,
      reader: "",
      status,
      ...(result !== undefined && {
        source: placeOf(result),
      }),
      milliseconds: 0,
    });
  }
  const left = callsLeft(limits, { ...state, pages: state.pages + opened });
  const side = required(protocol.pageSide ?? null, "a protocol that opens pages");
  const { boundary, controlTokens } = opening;
  return side.respond(
    { pages, searchesLeft: left.searches, pagesLeft: left.pages ?? 0, boundary },
    controlTokens,
  );
}
