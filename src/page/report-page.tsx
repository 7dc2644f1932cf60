/** @jsxRuntime automatic @jsxImportSource preact */
import { render } from "preact-render-to-string";
import { counted } from "../view/amounts.ts";
import { htmlDocument } from "./document.ts";
import type { PageRun } from "./run.ts";
import { RunView } from "./run-view.tsx";
import { shownLine } from "./shown.ts";
import { STYLE } from "./style.ts";

/** Runs as one page that loads nothing and runs nothing: it opens, prints and is read without a script. */
export async function reportPage(runs: readonly PageRun[]): Promise<string> {
  const [first] = runs;
  const title = runs.length === 1 ? shownLine(first?.question ?? "") : counted(runs.length, "run");
  return await htmlDocument({ title, style: STYLE, body: render(<Report runs={runs} />), data: { runs } });
}

function Report({ runs }: { readonly runs: readonly PageRun[] }) {
  return (
    <main>
      {runs.map((run, at) => (
        <RunView key={at} run={run} prefix={`run-${at + 1}`} />
      ))}
    </main>
  );
}
