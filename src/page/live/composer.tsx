/** @jsxRuntime automatic @jsxImportSource preact */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Session } from "./session/session.ts";

export interface ComposerProps {
  readonly label: string;
  /** The graphs to choose from; where there is one, nothing is to be chosen. */
  readonly graphs: readonly string[];
  readonly examples?: readonly string[];
  readonly onAsk: Session["ask"];
  /** Take the focus when it is shown. Default: false. */
  readonly focus?: boolean;
}

const USUAL = "agentic-rag";

/** Where a question is written. Enter sends it, Shift+Enter begins a line. */
export function Composer({ label, graphs, examples = [], onAsk, focus = false }: ComposerProps) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [question, setQuestion] = useState("");
  const [graph, setGraph] = useState("");
  const [approve, setApprove] = useState(false);
  useEffect(() => {
    if (focus) field.current?.focus({ preventScroll: true });
  }, [focus]);
  const chosen = graph !== "" ? graph : graphs.includes(USUAL) ? USUAL : (graphs[0] ?? USUAL);
  const send = (): void => {
    const words = question.trim();
    if (words === "") return field.current?.focus();
    setQuestion("");
    void onAsk(words, { graph: chosen, approve });
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label for={id}>{label}</label>
      <div class="field">
        <textarea
          ref={field}
          id={id}
          rows={Math.min(Math.max(question.split("\n").length, 2), 8)}
          value={question}
          dir="auto"
          autocomplete="off"
          enterkeyhint="send"
          onInput={({ currentTarget }) => setQuestion(currentTarget.value)}
          onKeyDown={(event) => {
            // while an input method composes, Enter chooses a word
            if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" class="primary">
          Ask
        </button>
      </div>
      <div class="choices">
        {graphs.length > 1 && (
          <label>
            Graph{" "}
            <select value={chosen} onChange={({ currentTarget }) => setGraph(currentTarget.value)}>
              {graphs.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          <input
            type="checkbox"
            checked={approve}
            onChange={({ currentTarget }) => setApprove(currentTarget.checked)}
          />{" "}
          Ask me before each search
        </label>
      </div>
      {examples.length > 0 && (
        <ul class="examples" aria-label="Examples">
          {examples.map((example) => (
            <li key={example}>
              <button
                type="button"
                onClick={() => {
                  setQuestion(example);
                  field.current?.focus();
                }}
              >
                {example}
              </button>
            </li>
          ))}
        </ul>
      )}
    </form>
  );
}
