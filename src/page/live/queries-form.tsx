/** @jsxRuntime automatic @jsxImportSource preact */
import { useId, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";

export interface QueriesFormProps {
  readonly kind: "search" | "open";
  readonly values: readonly string[];
  /** So many may be sent. Default: no limit. */
  readonly most?: number | undefined;
  /** Given what was written, and whether it is what was asked for. */
  readonly onSend: (values: readonly string[], isChanged: boolean) => void;
  /** What the button says of the one and of the other. */
  readonly words: { readonly same: string; readonly changed: string };
  /** Above the buttons. */
  readonly more?: ComponentChildren;
  /** Beside the button. */
  readonly children?: ComponentChildren;
}

/** Queries or addresses, one a line, that can be put in the place of those that the model asked for. */
export function QueriesForm({ kind, values, most, onSend, words, more, children }: QueriesFormProps) {
  const id = useId();
  const [text, setText] = useState(values.join("\n"));
  const lines = [
    ...new Set(
      text
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== ""),
    ),
  ];
  const isChanged = lines.join("\n") !== values.join("\n");
  const tooMany = most !== undefined && lines.length > most;
  const what = kind === "search" ? "Queries" : "Addresses";
  return (
    <form
      class="queries"
      onSubmit={(event) => {
        event.preventDefault();
        if (lines.length > 0 && !tooMany) onSend(lines, isChanged);
      }}
    >
      <label for={id}>{what}, one a line</label>
      <textarea
        id={id}
        rows={Math.max(text.split("\n").length, 1)}
        value={text}
        dir="auto"
        autocomplete="off"
        aria-describedby={tooMany ? `${id}-most` : undefined}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      {tooMany && (
        <p class="problem" id={`${id}-most`}>
          At most {most} may still be sent.
        </p>
      )}
      {more}
      <div class="buttons">
        <button type="submit" class="primary" disabled={lines.length === 0 || tooMany}>
          {isChanged ? words.changed : words.same}
        </button>
        {children}
      </div>
    </form>
  );
}
