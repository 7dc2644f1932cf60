/** @jsxRuntime automatic @jsxImportSource preact */
import { findingOf } from "../citation/support/note.ts";
import type { PageCitation } from "./run.ts";
import { placeName, shownLine, webAddress } from "./shown.ts";
import { VERDICT_SIGNS, VERDICT_WORDS } from "./words.ts";

export interface CitationMarkProps {
  readonly number: number;
  /** Absent while nobody has checked it. */
  readonly citation: PageCitation | undefined;
  readonly title: string;
  readonly url: string;
  /** Of the card, in this page. */
  readonly id: string;
}

/** A mark that shows on hover, focus or a click what stands behind it. */
export function CitationMark({ number, citation, title, url, id }: CitationMarkProps) {
  const verdict = citation?.known === false ? "unsupported" : citation?.verdict;
  const words =
    citation?.known === false
      ? "Not among the sources of this run"
      : verdict === undefined
        ? "Not checked yet"
        : VERDICT_WORDS[verdict];
  const why = citation === undefined ? undefined : reasonFor(citation);
  const address = webAddress(url);
  const name = shownLine(title) || placeName(url);
  return (
    <span class={`cite ${verdict ?? "open"}`}>
      <button type="button" class="mark" popovertarget={id} aria-label={`Source ${number}: ${words}`}>
        {number}
        {verdict !== undefined && verdict !== "supported" && (
          <span class="sign">{VERDICT_SIGNS[verdict]}</span>
        )}
      </button>
      <span class="card" id={id} popover="auto" role="note">
        <span class="verdict">
          {verdict !== undefined && <span aria-hidden="true">{VERDICT_SIGNS[verdict]} </span>}
          {words}
        </span>
        {why !== undefined && <span class="why">{why}</span>}
        {citation !== undefined && citation.citedText !== "" && (
          <q class="passage" dir="auto">
            {shownLine(citation.citedText)}
          </q>
        )}
        {name !== "" && (
          <span class="from">
            {address === undefined ? (
              <bdi>{name}</bdi>
            ) : (
              <a href={address} rel="noopener noreferrer nofollow" target="_blank">
                <bdi>{name}</bdi>
              </a>
            )}
            {address !== undefined && <span class="host">{placeName(url)}</span>}
          </span>
        )}
      </span>
    </span>
  );
}

function reasonFor({ known, verdict, checks }: PageCitation): string | undefined {
  if (!known) return undefined;
  const found = checks.find(({ result }) => result === (verdict === "unsupported" ? "fail" : "weak"));
  if (verdict === "supported" || found === undefined) return undefined;
  return found.result === "weak" && ABOUT_WORDS.has(found.check)
    ? `not in the passage: ${found.words.map((word) => `“${word}”`).join(", ")}`
    : findingOf(found);
}

/** Checks that look for something of the sentence in the passage. */
const ABOUT_WORDS: ReadonlySet<string> = new Set(["quotes", "figures", "names", "words"]);
