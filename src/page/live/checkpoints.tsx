/** @jsxRuntime automatic @jsxImportSource preact */
import { useState } from "preact/hooks";
import { shownLine } from "../shown.ts";
import type { Checkpoint, Kept } from "./session/kept.ts";
import { addressOf } from "./place.ts";
import { QueriesForm } from "./queries-form.tsx";
import type { Session } from "./session/session.ts";

export interface CheckpointsProps {
  readonly thread: string;
  readonly kept: Kept;
  readonly onFork: Session["fork"];
}

/** What is kept of a thread, step by step; each can be looked at, and gone on from. */
export function Checkpoints({ thread, kept, onFork }: CheckpointsProps) {
  const { checkpoints, at } = kept;
  const newest = checkpoints[0]?.id;
  return (
    <ol class="checkpoints" reversed>
      {checkpoints.map((checkpoint) => {
        const { id, behind, next, shown, edited, asks } = checkpoint;
        return (
          <li key={id} class={shown ? "" : "other"} value={undefined}>
            <p>
              <a
                href={addressOf({ thread, ...(id !== newest && { checkpoint: id }) })}
                aria-current={id === at ? "step" : undefined}
              >
                {edited ? "edited" : `after ${behind === "question" ? "the question" : behind}`}
              </a>
              <span class="meta">
                {checkpoint.at !== undefined && <time dateTime={checkpoint.at}>{clock(checkpoint.at)}</time>}
                <span>{next.length === 0 ? "the end" : `next: ${[...new Set(next)].join(", ")}`}</span>
                {!shown && <span>another branch</span>}
              </span>
            </p>
            {asks !== undefined && (
              <p class="asks" dir="auto">
                {asks.values.map(shownLine).join(" · ")}
              </p>
            )}
            {next.length > 0 && <Fork {...{ checkpoint, onFork }} />}
          </li>
        );
      })}
    </ol>
  );
}

export interface ForkProps {
  readonly checkpoint: Checkpoint;
  readonly onFork: Session["fork"];
}

/** Goes on from a checkpoint, as it is or with other queries. */
export function Fork({ checkpoint: { id, asks }, onFork }: ForkProps) {
  const [isEdited, setEdited] = useState(false);
  if (isEdited && asks !== undefined) {
    return (
      <QueriesForm
        {...asks}
        words={{ same: "Run again from here", changed: "Search for this and fork" }}
        onSend={(values, isChanged) => void onFork(id, isChanged ? { kind: asks.kind, values } : undefined)}
      >
        <button type="button" onClick={() => setEdited(false)}>
          Leave it
        </button>
      </QueriesForm>
    );
  }
  return (
    <div class="buttons">
      {asks !== undefined && (
        <button type="button" onClick={() => setEdited(true)}>
          {asks.kind === "search" ? "Edit the queries and fork" : "Edit the addresses and fork"}
        </button>
      )}
      <button type="button" class="quiet" onClick={() => void onFork(id)}>
        Run from here
      </button>
    </div>
  );
}

function clock(iso: string): string {
  return new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}
