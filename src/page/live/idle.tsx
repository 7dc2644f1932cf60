/** @jsxRuntime automatic @jsxImportSource preact */
import { Graph } from "../graph.tsx";
import { Composer } from "./composer.tsx";
import type { Session } from "./session/session.ts";

const EXAMPLES = [
  "Which licence does QwQ-32B have, and how many parameters?",
  "How does Search-R1 keep retrieved tokens out of the loss?",
];

/** Nothing is asked yet. */
export function Idle({ graphs, session }: { readonly graphs: readonly string[]; readonly session: Session }) {
  return (
    <div class="idle">
      <h1>Ask a question</h1>
      <p class="lead">
        The model searches in the middle of its reasoning, and answers with citations that are checked.
      </p>
      <Composer label="Question" graphs={graphs} examples={EXAMPLES} onAsk={session.ask} focus />
      <section aria-labelledby="cycle">
        <h2 id="cycle">What a run goes through</h2>
        <Graph />
      </section>
    </div>
  );
}
