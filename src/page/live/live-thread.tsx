/** @jsxRuntime automatic @jsxImportSource preact */
import { useEffect, useState } from "preact/hooks";
import { duration } from "../../view/amounts.ts";
import { Graph } from "../graph.tsx";
import type { PageRun, PageStep } from "../run.ts";
import { RunView } from "../run-view.tsx";
import { shownLine } from "../shown.ts";
import { Timeline } from "../timeline.tsx";
import { endingOf } from "../words.ts";
import { Approval } from "./approval.tsx";
import { Checkpoints, Fork } from "./checkpoints.tsx";
import type { FollowedPart } from "./session/follow.ts";
import type { Checkpoint, Turn } from "./session/kept.ts";
import type { Session } from "./session/session.ts";
import type { OpenThread } from "./session/view.ts";

export interface LiveThreadProps {
  readonly open: OpenThread;
  readonly session: Session;
}

/** A thread: what was asked before, the run that goes on or was last, and what is kept of it. */
export function LiveThread({ open, session }: LiveThreadProps) {
  const { id, followed, kept, activity } = open;
  const { parts, asked } = followed;
  const isIdle = activity === "idle";
  const steps = kept === undefined || !isIdle ? [] : forksOf(kept.checkpoints);
  if (activity === "loading") {
    return (
      <p class="meta" role="status">
        <span>Reading the thread …</span>
      </p>
    );
  }
  return (
    <>
      <RunView
        run={{ ...withDraft(followed.run), earlier: saidBefore(kept?.earlier ?? []) }}
        graph={parts.length === 0}
        prefix="run"
        standing={<Standing {...{ open }} />}
        extra={(step, at) => {
          const checkpoint = isCall(step) ? steps[callNumber(followed.run.steps, at)] : undefined;
          return checkpoint === undefined || asked.length > 0 ? null : (
            <Fork key={checkpoint.id} checkpoint={checkpoint} onFork={session.fork} />
          );
        }}
      >
        <div class="buttons">
          {(activity === "running" || activity === "reconnecting") && (
            <button type="button" onClick={() => void session.stop()}>
              Stop
            </button>
          )}
          {isIdle && asked.length === 0 && kept !== undefined && kept.next.length > 0 && isNewest(open) && (
            <button type="button" class="primary" onClick={() => void session.goOn()}>
              Go on
            </button>
          )}
        </div>
        {isIdle &&
          asked.map((one) => (
            <Approval key={one.id} asked={one} onAnswer={session.answer} isPart={parts.length > 0} />
          ))}
        {parts.length > 0 && <Parts parts={parts} />}
      </RunView>
      {kept !== undefined && isIdle && kept.checkpoints.length > 0 && (
        <section class="kept" aria-labelledby="kept">
          <h2 id="kept">Checkpoints</h2>
          <details class="fold" open={!isNewest(open)}>
            <summary>{kept.checkpoints.length} kept; each can be looked at, and gone on from</summary>
            <Checkpoints thread={id} kept={kept} onFork={session.fork} />
          </details>
        </section>
      )}
    </>
  );
}

function isNewest({ kept }: OpenThread): boolean {
  return kept === undefined || kept.checkpoints[0]?.id === kept.at;
}

/** How the run stands, and for how long. */
function Standing({ open }: { readonly open: OpenThread }) {
  const { activity, followed, kept, since } = open;
  return (
    <>
      {standing(open)}
      {since !== undefined && activity !== "idle" && followed.run.status === "running" && (
        <Elapsed since={since} />
      )}
      {kept !== undefined && !isNewest(open) && " This is an earlier checkpoint."}
    </>
  );
}

function standing({ activity, followed: { run, error, asked, parts }, kept }: OpenThread): string {
  if (activity === "reconnecting") return "The server does not answer. Trying again …";
  if (activity === "stopping") return "Stopping …";
  if (error !== undefined) return `The run failed: ${shownLine(error)}`;
  if (asked.length > 0) return "Waiting for you.";
  if (run.status === "running") return parts.length > 0 && run.active === undefined ? "At work." : doing(run);
  if (run.answer === undefined && (kept?.next.length ?? 0) > 0) return "Not at its end.";
  return endingOf(run);
}

function doing({ active, steps }: PageRun): string {
  const last = steps.findLast(({ kind }) => kind === "search" || kind === "pages");
  switch (active) {
    case undefined:
      return "Waiting for the model.";
    case "generate":
      return steps.at(-1)?.kind === "answer" ? "Writing the answer." : "Thinking.";
    case "parse-tool-call":
      return "Reading the call.";
    case "web-search":
      return last?.kind === "search"
        ? `Searching: ${last.queries.map(({ query }) => shownLine(query)).join(" · ")}`
        : "Opening pages.";
    case "finalize":
      return "Checking the answer.";
  }
}

function Elapsed({ since }: { readonly since: number }) {
  const [, setNow] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  // read out, it would speak each second
  return <span class="elapsed" aria-hidden="true">{` ${duration(Math.max(Date.now() - since, 0))}`}</span>;
}

/** While the model writes, what it has written stands where the answer will. */
function withDraft(run: PageRun): PageRun {
  const last = run.steps.at(-1);
  return run.answer !== undefined || last?.kind !== "answer"
    ? run
    : { ...run, answer: { text: last.text, citations: [], uncited: [] } };
}

function saidBefore(turns: readonly Turn[]): NonNullable<PageRun["earlier"]> {
  return turns.flatMap(({ question, answer }) => [
    { role: "user" as const, text: question },
    ...(answer === "" ? [] : [{ role: "assistant" as const, text: answer }]),
  ]);
}

/** What agents inside the graph do, side by side. */
function Parts({ parts }: { readonly parts: readonly FollowedPart[] }) {
  return (
    <section class="parts" aria-label="The agents at work">
      {parts.map(({ place, run }) => (
        <article key={place}>
          <h2 dir="auto">{run.question === "" ? "A part of the question" : shownLine(run.question)}</h2>
          <p class="meta">
            <span>{run.status === "running" ? doing(run) : endingOf(run)}</span>
          </p>
          {run.steps.length > 0 && (
            <details class="fold" open={run.status !== "ended"}>
              <summary>What happened</summary>
              <Graph active={run.active} />
              <Timeline steps={run.steps} running={run.status === "running"} />
            </details>
          )}
        </article>
      ))}
    </section>
  );
}

/** The checkpoints of the last question before each of its calls was carried out, in the order of the calls. */
function forksOf(checkpoints: readonly Checkpoint[]): readonly Checkpoint[] {
  const branch = checkpoints.filter(({ shown: isShown }) => isShown);
  const begin = branch.findIndex(({ behind }) => behind === "question");
  const calls = branch.slice(0, begin < 0 ? undefined : begin + 1).filter(({ asks }) => asks !== undefined);
  // an edit stands behind the checkpoint that it was made of, and in its place
  return calls
    .filter((checkpoint, at) => at === 0 || calls[at - 1]?.edited !== true || checkpoint.edited)
    .toReversed();
}

function isCall(step: PageStep): boolean {
  return step.kind === "search" || step.kind === "pages";
}

function callNumber(steps: readonly PageStep[], at: number): number {
  return steps.slice(0, at).filter(isCall).length;
}
