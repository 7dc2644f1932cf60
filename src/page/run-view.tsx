/** @jsxRuntime automatic @jsxImportSource preact */
import { counted, duration } from "../view/amounts.ts";
import { Answer } from "./answer.tsx";
import { Graph } from "./graph.tsx";
import { MaskView } from "./mask-view.tsx";
import type { NodeName, PageRun } from "./run.ts";
import { shown, shownLine } from "./shown.ts";
import { Sources } from "./sources.tsx";
import { Timeline } from "./timeline.tsx";
import { endingOf } from "./words.ts";

export interface RunViewProps {
  readonly run: PageRun;
  /** Begins the ids of this run: another for each run of a page. */
  readonly prefix: string;
}

/** A whole run: question and how it ended, answer, sources, what happened, and the turn by its mask. */
export function RunView({ run, prefix }: RunViewProps) {
  const { question, steps, sources, answer, turn, status, active } = run;
  const isAnswer = run.answered === true || run.stopReason === "passage";
  return (
    <article class="run" aria-labelledby={`${prefix}-question`}>
      <header>
        <h1 id={`${prefix}-question`} dir="auto">
          {shown(question)}
        </h1>
        <p class={`ending ${run.answered === true ? "good" : status === "ended" ? "bad" : ""}`} role="status">
          {endingOf(run)}
        </p>
        <p class="meta">
          {factsOf(run).map((fact) => (
            <span>{fact}</span>
          ))}
        </p>
      </header>
      <div class="columns">
        {answer !== undefined && answer.text !== "" && (
          <section class="said" aria-labelledby={`${prefix}-answer`}>
            <h2 id={`${prefix}-answer`}>{isAnswer ? "Answer" : "What it said"}</h2>
            <Answer {...{ answer, sources, prefix }} answered={run.answered} />
          </section>
        )}
        {sources.length > 0 && (
          <section class="beside" aria-labelledby={`${prefix}-sources`}>
            <h2 id={`${prefix}-sources`}>Sources</h2>
            <Sources {...{ sources, prefix }} citations={answer?.citations ?? []} />
          </section>
        )}
        {steps.length > 0 && (
          <section class="happened" aria-labelledby={`${prefix}-steps`}>
            <h2 id={`${prefix}-steps`}>What happened</h2>
            <Graph active={active} visits={visitsOf(run)} />
            <Timeline steps={steps} running={status === "running"} />
          </section>
        )}
      </div>
      {turn !== undefined && turn.length > 0 && (
        <section aria-labelledby={`${prefix}-turn`}>
          <h2 id={`${prefix}-turn`}>The turn, by its mask</h2>
          <details class="fold">
            <summary>{maskWords(turn)}</summary>
            <MaskView turn={turn} />
          </details>
        </section>
      )}
    </article>
  );
}

function factsOf({
  steps,
  sources,
  usage,
  model,
  engine,
  protocol,
  finishedAt,
  reward,
}: PageRun): readonly string[] {
  const searches = steps.flatMap((step) => (step.kind === "search" ? step.queries : []));
  const ran = searches.filter(({ status }) => ["found", "nothing", "failed"].includes(status)).length;
  const { milliseconds, completionTokens, promptTokens, cachedTokens, estimated } = usage ?? {};
  const about = estimated === true ? "about " : "";
  return [
    counted(ran, "search", "searches"),
    counted(sources.length, "source"),
    ...(milliseconds === undefined ? [] : [duration(milliseconds)]),
    ...(completionTokens === undefined ? [] : [`${about}${counted(completionTokens, "token")} written`]),
    ...(promptTokens === undefined ? [] : [`${about}${promptTokens.toLocaleString("en-US")} read`]),
    ...(cachedTokens === undefined || cachedTokens === 0
      ? []
      : [`${cachedTokens.toLocaleString("en-US")} of them cached`]),
    ...(model === undefined || model === "" ? [] : [shownLine(model)]),
    ...(engine === undefined ? [] : [shownLine(engine)]),
    ...(protocol === undefined ? [] : [protocol]),
    ...(reward === undefined ? [] : [`reward ${reward}`]),
    ...(finishedAt === undefined ? [] : [finishedAt.replace("T", " ").replace(/\.\d+Z$/, " UTC")]),
  ];
}

/** How often each node was entered, as the steps tell it. */
function visitsOf({ steps, status }: PageRun): Readonly<Record<NodeName, number>> {
  const count = (...kinds: readonly string[]) => steps.filter(({ kind }) => kinds.includes(kind)).length;
  const calls = count("search", "pages");
  return {
    generate: count("splice", "repair") + 1,
    "parse-tool-call": Math.max(calls, count("splice", "repair")),
    "web-search": calls,
    finalize: status === "ended" ? 1 : 0,
  };
}

function maskWords(turn: NonNullable<PageRun["turn"]>): string {
  const length = (isModel: boolean) =>
    turn
      .filter(({ origin }) => (origin === "model") === isModel)
      .reduce((sum, { text }) => sum + Array.from(text).length, 0);
  return `${counted(length(true), "character")} by the model (1), ${length(false).toLocaleString("en-US")} spliced (0)`;
}
