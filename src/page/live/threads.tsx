/** @jsxRuntime automatic @jsxImportSource preact */
import { useEffect, useRef } from "preact/hooks";
import { ago } from "../../view/amounts.ts";
import { shownLine } from "../shown.ts";
import { addressOf } from "./place.ts";
import type { Session } from "./session/session.ts";
import type { View } from "./session/view.ts";
import type { ThreadEntry } from "./session/wire.ts";

export interface ThreadsProps {
  readonly view: View;
  readonly session: Session;
  /** On a narrow screen the list is shown when it is asked for. */
  readonly menu: boolean;
  readonly onMenu: (menu: boolean) => void;
}

/** The threads, the newest first, and the way to a new one. */
export function Threads({ view, session, menu, onMenu }: ThreadsProps) {
  const { threads, open, hasKey, phase } = view;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!menu) return undefined;
    const close = ({ key }: KeyboardEvent): void => {
      if (key !== "Escape") return;
      onMenu(false);
      button.current?.focus();
    };
    addEventListener("keydown", close);
    return () => removeEventListener("keydown", close);
  }, [menu]);
  return (
    <header class={menu ? "side open" : "side"}>
      <div class="bar">
        <a class="brand" href="#/">
          agentic-rag
        </a>
        <button
          ref={button}
          type="button"
          class="quiet menu"
          aria-expanded={menu}
          aria-controls="threads"
          onClick={() => onMenu(!menu)}
        >
          Threads
        </button>
      </div>
      <nav id="threads" aria-label="Threads">
        <a class="new" href="#/" aria-current={open === undefined && phase === "ready" ? "page" : undefined}>
          New question
        </a>
        {threads.length > 0 && (
          <ul>
            {threads.map((thread) => (
              <Entry key={thread.thread_id} {...{ thread, session }} isOpen={thread.thread_id === open?.id} />
            ))}
          </ul>
        )}
        {hasKey && (
          <button type="button" class="quiet" onClick={session.forgetKey}>
            Forget the key
          </button>
        )}
      </nav>
    </header>
  );
}

const STATUS: Readonly<Record<string, string>> = {
  busy: "running",
  interrupted: "waits for you",
  error: "failed",
};

function Entry({
  thread: { thread_id: id, status, updated_at: at, metadata },
  session,
  isOpen,
}: {
  readonly thread: ThreadEntry;
  readonly session: Session;
  readonly isOpen: boolean;
}) {
  const title = shownLine(metadata.question ?? "") || "Asked elsewhere";
  const facts = [
    ...(metadata.graph_id === undefined || metadata.graph_id === "agentic-rag" ? [] : [metadata.graph_id]),
    ...(STATUS[status] === undefined ? [] : [STATUS[status]]),
    ...(at === undefined ? [] : [ago(Math.max(Date.now() - Date.parse(at), 0))]),
  ];
  return (
    <li data-status={status}>
      <a href={addressOf({ thread: id })} aria-current={isOpen ? "page" : undefined}>
        <span class="title" dir="auto">
          {title}
        </span>
        <span class="meta">
          {facts.map((fact) => (
            <span key={fact}>{fact}</span>
          ))}
        </span>
      </a>
      <button
        type="button"
        class="quiet remove"
        aria-label={`Delete the thread: ${title}`}
        title="Delete"
        onClick={() => {
          // oxlint-disable-next-line no-alert -- what is deleted is gone
          if (confirm(`Delete “${title}”? It cannot be brought back.`)) void session.remove(id);
        }}
      >
        ×
      </button>
    </li>
  );
}
