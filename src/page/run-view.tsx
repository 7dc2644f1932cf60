/** @jsxRuntime automatic @jsxImportSource preact */
import type { ComponentChildren } from "preact";
import { counted, duration } from "../view/amounts.ts";
import { Answer } from "./answer.tsx";
import { Graph } from "./graph.tsx";
import { Markdown } from "./markdown.tsx";
import { MaskView } from "./mask-view.tsx";
import type { NodeName, PageRun } from "./run.ts";
import { shown, shownLine } from "./shown.ts";
import { Sources } from "./sources.tsx";
import { Timeline, type TimelineProps } from "./timeline.tsx";
import { endingOf } from "./words.ts";

export interface RunViewProps {
  readonly run: PageRun;
  /** Begins the ids of this run: another for each run of a page. */
  readonly prefix: string;
  /** In the place of how it ended. */
  readonly standing?: ComponentChildren;
  /** Below the header. */
  readonly children?: ComponentChildren;
  /** Whether the four nodes are drawn. Default: true. */
  readonly graph?: boolean;
  /** Below each step. */
  readonly extra?: TimelineProps["extra"];
}

/** What stands for the question of a run that was kept without one. */
export const NO_QUESTION = "(no question)";

/** A whole run: question and how it ended, answer, sources, what happened, and the turn by its mask. */
export function RunView({ run, prefix, standing, children, graph = true, extra }: RunViewProps) {
  const { question, steps, sources, answer, turn, status, active } = run;
  const isAnswer = status !== "ended" || run.answered === true || run.stopReason === "passage";
  return (
    <article class="run" aria-labelledby={`${prefix}-question`}>
      {run.earlier !== undefined && run.earlier.length > 0 && <Earlier said={run.earlier} />}
      <header>
        <h1 id={`${prefix}-question`} dir="auto">
          {shown(question).trim() || NO_QUESTION}
        </h1>
        <p class={`ending ${run.answered === true ? "good" : status === "ended" ? "bad" : ""}`} role="status">
          {standing ?? endingOf(run)}
        </p>
        <Facts facts={factsOf(run)} />
        <Facts facts={namesOf(run)} />
        {children}
      </header>
      <div class="columns">
        {answer !== undefined && answer.text !== "" && (
          <section class="said">
            <h2>{isAnswer ? "Answer" : "What it said"}</h2>
            <Answer {...{ answer, sources, prefix }} answered={run.answered} />
          </section>
        )}
        <div class="beside">
          {sources.length > 0 && (
            <section>
              <h2>Sources</h2>
              <Sources {...{ sources, prefix }} citations={answer?.citations ?? []} />
            </section>
          )}
          {graph && (steps.length > 0 || status !== "ended") && (
            <section>
              <h2>The graph</h2>
              <Graph active={active} visits={visitsOf(run)} />
            </section>
          )}
        </div>
        {steps.length > 0 && (
          <section class="happened">
            <h2>{status === "running" ? "What happens" : "What happened"}</h2>
            <Timeline {...{ steps, extra }} running={status === "running"} />
          </section>
        )}
      </div>
      {turn !== undefined && turn.length > 0 && (
        <section class="masked">
          <h2>The turn, by its mask</h2>
          <details class="fold">
            <summary>{maskWords(turn)}</summary>
            <MaskView turn={turn} />
          </details>
        </section>
      )}
    </article>
  );
}

/** The questions and answers before, folded where there are many. */
function Earlier({ said }: { readonly said: NonNullable<PageRun["earlier"]> }) {
  return (
    <details class="fold earlier" open={said.length <= 2}>
      <summary>Said before: {counted(said.filter(({ role }) => role === "user").length, "question")}</summary>
      {said.map(({ role, text }, at) => (
        <div key={at} class={role} dir="auto">
          {role === "user" ? <p>{shown(text)}</p> : <Markdown text={text} />}
        </div>
      ))}
    </details>
  );
}

function Facts({ facts }: { readonly facts: readonly string[] }) {
  return (
    <p class="meta">
      {facts.map((fact) => (
        <span>{fact}</span>
      ))}
    </p>
  );
}

function factsOf({ steps, sources, usage = {}, reward }: PageRun): readonly string[] {
  const searches = steps.flatMap((step) => (step.kind === "search" ? step.queries : []));
  const ran = searches.filter(({ status }) => ["found", "nothing", "failed"].includes(status)).length;
  const { milliseconds, completionTokens, promptTokens, cachedTokens = 0, estimated } = usage;
  const about = estimated === true ? "about " : "";
  return [
    // agents inside the graph have their own
    ...(steps.length === 0 && sources.length > 0 ? [] : [counted(ran, "search", "searches")]),
    counted(sources.length, "source"),
    ...(milliseconds === undefined ? [] : [duration(milliseconds)]),
    ...(completionTokens === undefined ? [] : [`${about}${counted(completionTokens, "token")} written`]),
    ...(promptTokens === undefined ? [] : [`${about}${promptTokens.toLocaleString("en-US")} read`]),
    ...(cachedTokens === 0 ? [] : [`${cachedTokens.toLocaleString("en-US")} of them cached`]),
    ...(reward === undefined ? [] : [`reward ${reward}`]),
  ];
}

function namesOf({ model, engine, protocol, finishedAt }: PageRun): readonly string[] {
  const when = finishedAt?.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, "$1 $2 UTC");
  return [model, engine, protocol, when].flatMap((name) =>
    name === undefined || name === "" ? [] : [shownLine(name)],
  );
}

/** How often each node was entered, as the steps tell it. */
function visitsOf({ steps, stopReason }: PageRun): Readonly<Record<NodeName, number>> {
  const count = (...kinds: readonly string[]) => steps.filter(({ kind }) => kinds.includes(kind)).length;
  const calls = count("search", "pages");
  return {
    generate: count("splice", "repair") + 1,
    "parse-tool-call": Math.max(calls, count("splice", "repair")),
    "web-search": calls,
    finalize: stopReason === undefined ? 0 : 1,
  };
}

function maskWords(turn: NonNullable<PageRun["turn"]>): string {
  const length = (isModel: boolean) =>
    turn
      .filter(({ origin }) => (origin === "model") === isModel)
      .reduce((sum, { text }) => sum + Array.from(text).length, 0);
  return `${counted(length(true), "character")} by the model (1), ${length(false).toLocaleString("en-US")} spliced (0)`;
}
