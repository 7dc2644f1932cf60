import type { NumberedResult, PageReply } from "../../protocol/protocol.ts";
import type { RunEvent } from "../events.ts";
import { addressKey } from "./plan.ts";
import type { OpenCall, PageRecord } from "./record.ts";
import type { RunState } from "../state.ts";

/** A page that has just been opened. */
export interface FreshPage {
  readonly record: PageRecord;
  /** `undefined` when it could not be read. */
  readonly result: NumberedResult | undefined;
  readonly links: readonly string[];
}

/**
 * What to tell the model about each page of a call: the fresh ones from `fresh`, the others from the run's record.
 *
 * @param refer whether a text that was shown before may be pointed at.
 */
export function pageRepliesFor(
  call: OpenCall,
  state: Pick<RunState, "readings" | "sources">,
  fresh: ReadonlyMap<string, FreshPage>,
  refer: boolean,
): readonly PageReply[] {
  return call.pages.map(({ url, plan }) => {
    const made = fresh.get(url);
    if (plan === "open" && made !== undefined) {
      const { result, links, record } = made;
      return result === undefined
        ? { url, status: "failed", reason: record.reason }
        : { url, status: "read", result, links };
    }
    if (plan === "refused" || plan === "not-run") return { url, status: plan };
    const here = [...fresh].find(([opened]) => addressKey(opened) === addressKey(url));
    const result = here === undefined ? knownPage(url, state) : here[1].result;
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

/** Tells of the pages that no reader was asked for. */
export function tellUnopened(replies: readonly PageReply[], emit: (event: RunEvent) => void): void {
  for (const { url, status, result } of replies) {
    if (status === "read" || status === "failed") continue;
    emit({
      type: "page-end",
      url,
      reader: "",
      status,
      ...(result !== undefined && {
        source: { number: result.number, title: result.title, url: result.url },
      }),
      milliseconds: 0,
    });
  }
}
