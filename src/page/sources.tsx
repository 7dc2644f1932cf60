/** @jsxRuntime automatic @jsxImportSource preact */
import { counted } from "../view/amounts.ts";
import type { PageCitation, PageSource } from "./run.ts";
import { placeName, shown, shownLine, webAddress } from "./shown.ts";
import { VERDICT_SIGNS, VERDICT_WORDS } from "./words.ts";

export interface SourcesProps {
  readonly sources: readonly PageSource[];
  readonly citations: readonly PageCitation[];
  /** Begins the ids of the list's entries. */
  readonly prefix: string;
}

/** The cited sources with how they stand behind the answer; what was found besides is folded. */
export function Sources({ sources, citations, prefix }: SourcesProps) {
  const cited = new Set(citations.flatMap(({ known, number }) => (known && number !== null ? [number] : [])));
  const [used, others] = [
    sources.filter(({ number }) => cited.has(number)),
    sources.filter(({ number }) => !cited.has(number)),
  ];
  const unknown = [
    ...new Set(
      citations
        .filter(({ known }) => !known)
        .map(({ number, url }) => (number === null ? shownLine(url) : `[${number}]`)),
    ),
  ];
  const list = (listed: readonly PageSource[]) => (
    <ol class="sources">
      {listed.map((source) => (
        <SourceEntry key={source.number} {...{ source, citations, prefix }} />
      ))}
    </ol>
  );
  return (
    <>
      {used.length > 0 && list(used)}
      {unknown.length > 0 && <p class="unknown">Cited, but not found by this run: {unknown.join(", ")}</p>}
      {others.length > 0 &&
        (used.length === 0 ? (
          list(others)
        ) : (
          <details class="fold">
            <summary>{counted(others.length, "source")} found and not cited</summary>
            {list(others)}
          </details>
        ))}
    </>
  );
}

/** Characters of a source that its page shows: a source may be a whole book. */
const SHOWN = 20_000;

function SourceEntry({
  source: { number, title, url, text, date },
  citations,
  prefix,
}: Pick<SourcesProps, "citations" | "prefix"> & { readonly source: PageSource }) {
  const address = webAddress(url);
  const name = shownLine(title) || placeName(url);
  const place = placeName(url);
  const verdicts = countsOf(citations.filter((citation) => citation.known && citation.number === number));
  return (
    <li id={`${prefix}-source-${number}`} value={number}>
      <span class="number" aria-hidden="true">
        {number}
      </span>
      <div class="about">
        <p class="title" dir="auto">
          {address === undefined ? (
            name
          ) : (
            <a href={address} rel="noopener noreferrer nofollow" target="_blank">
              {name}
            </a>
          )}
        </p>
        <p class="meta">
          {place !== name && <bdi>{place}</bdi>}
          {date !== undefined && <span>{shownLine(date)}</span>}
          {verdicts.map(({ verdict, count }) => (
            <span class={`verdict ${verdict}`}>
              <span aria-hidden="true">{VERDICT_SIGNS[verdict]}</span> {VERDICT_WORDS[verdict].toLowerCase()}
              {count > 1 && ` ×${count}`}
            </span>
          ))}
        </p>
        {text !== undefined && text !== "" && (
          <details>
            <summary>What the model read</summary>
            <div class="text" dir="auto" tabIndex={0} role="group" aria-label={`Text of source ${number}`}>
              {shown(text.slice(0, SHOWN))}
              {text.length > SHOWN && "…"}
            </div>
            {text.length > SHOWN && (
              <p class="reason">
                The first {counted(SHOWN, "character")} of {counted(text.length, "character")}.
              </p>
            )}
          </details>
        )}
      </div>
    </li>
  );
}

function countsOf(citations: readonly PageCitation[]) {
  return (["supported", "partly", "unclear", "unsupported"] as const)
    .map((verdict) => ({ verdict, count: citations.filter((one) => one.verdict === verdict).length }))
    .filter(({ count }) => count > 0);
}
