/** @jsxRuntime automatic @jsxImportSource preact */
import { useEffect, useState } from "preact/hooks";
import { Composer } from "./composer.tsx";
import { Idle } from "./idle.tsx";
import { KeyForm } from "./key-form.tsx";
import { LiveThread } from "./live-thread.tsx";
import type { Session } from "./session/session.ts";
import type { View } from "./session/view.ts";
import { Threads } from "./threads.tsx";

export interface AppProps {
  readonly view: View;
  readonly session: Session;
}

/** The whole page. */
export function App({ view, session }: AppProps) {
  const { phase, open, problem, graphs } = view;
  const [menu, setMenu] = useState(false);
  const shownThread = open?.id;
  useEffect(() => setMenu(false), [shownThread]);
  useEffect(() => {
    const title = open?.followed.run.question;
    document.title =
      title === undefined || title === "" ? "agentic-rag" : `${title.slice(0, 80)} · agentic-rag`;
  });
  if (phase === "key") return <KeyForm problem={view.keyProblem} onKey={session.useKey} />;
  return (
    <div class="app">
      <a class="skip" href="#main" onClick={skip}>
        Skip to the question
      </a>
      <Threads {...{ view, session, menu }} onMenu={setMenu} />
      <main id="main" tabIndex={-1}>
        {problem !== undefined && (
          <p class="problem" role="alert">
            {problem}
            <button type="button" class="quiet" onClick={session.dismiss}>
              Dismiss
            </button>
          </p>
        )}
        {phase === "loading" && (
          <p class="meta" role="status">
            <span>Asking the server …</span>
          </p>
        )}
        {phase === "ready" && open === undefined && <Idle {...{ graphs, session }} />}
        {phase === "ready" && open !== undefined && (
          <>
            <LiveThread key={open.id} {...{ open, session }} />
            {open.activity === "idle" && open.followed.asked.length === 0 && open.graph !== undefined && (
              <Composer
                key={`ask-${open.id}`}
                label="Ask a follow-up"
                graphs={[open.graph]}
                onAsk={session.ask}
              />
            )}
          </>
        )}
      </main>
    </div>
  );
}

/** The address names a thread, so that no part of the page can be one. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
