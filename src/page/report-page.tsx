/** @jsxRuntime automatic @jsxImportSource preact */
import { render } from "preact-render-to-string";
import { counted, duration } from "../view/amounts.ts";
import { htmlDocument } from "./document.ts";
import type { PageRun } from "./run.ts";
import { NO_QUESTION, RunView } from "./run-view.tsx";
import { shownLine } from "./shown.ts";
import { STYLE } from "./style.ts";

/** Runs as one page that loads nothing and runs nothing: it opens, prints and is read without a script. */
export function reportPage(runs: readonly PageRun[], sha256: (text: string) => string): string {
  const [first] = runs;
  const title =
    runs.length === 1 ? shownLine(first?.question ?? "") || NO_QUESTION : counted(runs.length, "run");
  return htmlDocument({ title, style: STYLE, body: render(<Report runs={runs} />), data: { runs }, sha256 });
}

function Report({ runs }: { readonly runs: readonly PageRun[] }) {
  const views = runs.map((run, at) => <RunView key={at} run={run} prefix={`run-${at + 1}`} />);
  if (runs.length === 1) return <main>{views}</main>;
  const answered = runs.filter((run) => run.answered === true).length;
  return (
    <main>
      <nav class="contents" aria-labelledby="contents">
        <h1 id="contents">{counted(runs.length, "run")}</h1>
        <p class="meta">
          <span>{answered.toLocaleString("en-US")} answered</span>
        </p>
        <ol>
          {runs.map((run, at) => (
            <li>
              <a href={`#run-${at + 1}-question`} dir="auto">
                {shownLine(run.question) || NO_QUESTION}
              </a>
              <p class="meta">
                {factsOf(run).map((fact) => (
                  <span>{fact}</span>
                ))}
              </p>
            </li>
          ))}
        </ol>
      </nav>
      {views}
    </main>
  );
}

function factsOf({ answered, stopReason, usage, reward }: PageRun): readonly string[] {
  return [
    answered === true ? "answered" : `no answer: ${shownLine(stopReason ?? "ended early")}`,
    ...(usage?.milliseconds === undefined ? [] : [duration(usage.milliseconds)]),
    ...(reward === undefined ? [] : [`reward ${reward}`]),
  ];
}
