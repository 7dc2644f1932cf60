/** @jsxRuntime automatic @jsxImportSource preact */
import type { ComponentChildren } from "preact";
import { counted, duration } from "../view/amounts.ts";
import type { PageOpened, PageQuery, PageStep, StepCost } from "./run.ts";
import { placeName, shown, shownLine } from "./shown.ts";
import { TimeStrip } from "./time-strip.tsx";

export interface TimelineProps {
  readonly steps: readonly PageStep[];
  /** The last step is still going on. Default: false. */
  readonly running?: boolean | undefined;
  /** What stands below a step besides. */
  readonly extra?: ((step: PageStep, at: number) => ComponentChildren) | undefined;
}

/** What happened, in its order, with what each step took where that is known. */
export function Timeline({ steps, running = false, extra }: TimelineProps) {
  return (
    <>
      <TimeStrip steps={steps} />
      <ol class="timeline">
        {steps.map((step, at) => (
          <li key={at} class={`step is-${step.kind}${running && at === steps.length - 1 ? " going" : ""}`}>
            <Step step={step} />
            {extra?.(step, at)}
          </li>
        ))}
      </ol>
    </>
  );
}

const NAMES: Readonly<Record<PageStep["kind"], string>> = {
  reasoning: "Reasoning",
  search: "Search",
  pages: "Pages",
  splice: "Spliced in",
  repair: "Told the model",
  answer: "Answer",
};

function Step({ step }: { readonly step: PageStep }) {
  switch (step.kind) {
    case "reasoning":
      return (
        <Entry name={NAMES.reasoning} facts={costWords(step)}>
          <Long text={step.text} />
        </Entry>
      );
    case "answer":
      return (
        <Entry
          name={NAMES.answer}
          facts={[...costWords(step), counted(step.text.trim().length, "character")]}
        />
      );
    case "search":
      return (
        <Entry name={NAMES.search} facts={[]}>
          {step.queries.map((query) => (
            <Query query={query} />
          ))}
        </Entry>
      );
    case "pages":
      return (
        <Entry name={NAMES.pages} facts={[]}>
          {step.pages.map((page) => (
            <Opened page={page} />
          ))}
        </Entry>
      );
    case "splice":
      return (
        <Entry
          name={NAMES.splice}
          facts={[
            ...(step.sources.length > 0 ? [counted(step.sources.length, "source")] : []),
            counted(step.text.length, "character"),
          ]}
        >
          <details class="fold">
            <summary>What the model was shown</summary>
            <Verbatim text={step.text} label="What the model was shown" />
          </details>
        </Entry>
      );
    case "repair":
      return (
        <Entry name={NAMES.repair} facts={[]}>
          <Long text={step.text} />
          {step.detail !== undefined && <p class="reason">{shownLine(step.detail)}</p>}
        </Entry>
      );
  }
}

function Entry({
  name,
  facts,
  children,
}: {
  readonly name: string;
  readonly facts: readonly string[];
  readonly children?: ComponentChildren;
}) {
  return (
    <>
      <p class="head">
        <span class="name">{name}</span>
        {facts.map((fact) => (
          <span class="fact">{fact}</span>
        ))}
      </p>
      {children}
    </>
  );
}

function Query({ query: asked }: { readonly query: PageQuery }) {
  const { query, status, sources, milliseconds, cached, attempts, reason, note } = asked;
  const facts = [
    ...(status === "found" || status === "repeated" ? [counted(new Set(sources).size, "source")] : []),
    ...(milliseconds === undefined ? [] : [duration(milliseconds)]),
    ...(cached === true ? ["from cache"] : []),
    ...(attempts !== undefined && attempts > 1 ? [counted(attempts, "try", "tries")] : []),
  ];
  return (
    <div class={`query ${status}`}>
      <p class="words" dir="auto">
        {shownLine(query)}
      </p>
      <p class="meta">
        <span>{STATUS_WORDS[status]}</span>
        {asked.engine !== undefined && <bdi>{shownLine(asked.engine)}</bdi>}
        {facts.map((fact) => (
          <span>{fact}</span>
        ))}
      </p>
      {[reason, note].map(
        (text) => text !== undefined && text !== "" && <p class="reason">{shownLine(text)}</p>,
      )}
    </div>
  );
}

const STATUS_WORDS: Readonly<Record<PageQuery["status"], string>> = {
  asked: "asked for",
  searching: "searching …",
  found: "found",
  nothing: "found nothing",
  failed: "failed",
  repeated: "asked before",
  "not-run": "not searched",
};

function Opened({ page: { url, title, status, milliseconds, reason } }: { readonly page: PageOpened }) {
  const named = title === undefined ? "" : shownLine(title);
  return (
    <div class={`query ${status}`}>
      <p class="words" dir="auto">
        {named === "" ? shownLine(url) : named}
      </p>
      <p class="meta">
        <span>{PAGE_WORDS[status]}</span>
        {named !== "" && <bdi>{placeName(url)}</bdi>}
        {milliseconds !== undefined && <span>{duration(milliseconds)}</span>}
      </p>
      {reason !== undefined && reason !== "" && <p class="reason">{shownLine(reason)}</p>}
    </div>
  );
}

const PAGE_WORDS: Readonly<Record<PageOpened["status"], string>> = {
  asked: "asked for",
  opening: "opening …",
  read: "read",
  failed: "not read",
  repeated: "opened before",
  refused: "not opened: nobody but the model named it",
  "not-run": "not opened",
};

/** `1.2 s`, `87 tokens`, `412 of 512 prompt tokens cached`. */
function costWords({ milliseconds, promptTokens, completionTokens, cachedTokens, estimated }: StepCost) {
  const about = estimated === true ? "about " : "";
  return [
    ...(milliseconds === undefined ? [] : [duration(milliseconds)]),
    ...(completionTokens === undefined ? [] : [`${about}${counted(completionTokens, "token")}`]),
    ...(promptTokens === undefined || cachedTokens === undefined || cachedTokens === 0
      ? []
      : [`${cachedTokens.toLocaleString("en-US")} of ${counted(promptTokens, "prompt token")} cached`]),
  ];
}

/** So many characters stand open; more of them are unfolded. */
const OPEN = 600;

function Long({ text }: { readonly text: string }) {
  const words = shown(text).trim();
  if (words === "") return null;
  if (words.length <= OPEN)
    return (
      <p class="thought" dir="auto">
        {words}
      </p>
    );
  const end = endBefore(words, OPEN);
  return (
    <details class="long">
      <summary>
        <span class="thought" dir="auto">
          {words.slice(0, end)}
        </span>
        <span class="more">all {counted(words.length, "character")}</span>
      </summary>
      <p class="thought" dir="auto">
        {words.slice(end).trimStart()}
      </p>
    </details>
  );
}

/** Where a text is cut: behind a line, a sentence or a word, whichever comes first of these in its second half. */
function endBefore(text: string, most: number): number {
  const head = text.slice(0, most);
  const ends = [/^[^]*\n/u, /^[^]*(?:[.!?…](?=\s)|[。！？])/u, /^[^]*\s/u].map(
    (end) => end.exec(head)?.[0].length ?? 0,
  );
  return ends.find((end) => end > most / 2) ?? most;
}

function Verbatim({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div class="text" dir="auto" tabIndex={0} role="group" aria-label={label}>
      {shown(text)}
    </div>
  );
}
