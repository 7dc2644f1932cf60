/** @jsxRuntime automatic @jsxImportSource preact */
import { useId, useState } from "preact/hooks";

export interface KeyFormProps {
  /** Why the last key does not do. */
  readonly problem: string | undefined;
  readonly onKey: (key: string) => void;
}

/** Asks for the key of a server that wants one. */
export function KeyForm({ problem, onKey }: KeyFormProps) {
  const id = useId();
  const [key, setKey] = useState("");
  return (
    <main class="key">
      <h1>This server asks for a key</h1>
      <p class="lead">
        Whoever runs it has one for you. It is kept in this tab alone, and forgotten when you close it.
      </p>
      <form
        class="composer"
        onSubmit={(event) => {
          event.preventDefault();
          if (key.trim() !== "") onKey(key.trim());
        }}
      >
        <label for={id}>API key</label>
        <div class="field">
          <input
            id={id}
            type="password"
            value={key}
            autocomplete="off"
            spellcheck={false}
            aria-invalid={problem !== undefined}
            aria-describedby={problem === undefined ? undefined : `${id}-problem`}
            onInput={({ currentTarget }) => setKey(currentTarget.value)}
          />
          <button type="submit" class="primary">
            Use it
          </button>
        </div>
        {problem !== undefined && (
          <p class="problem" role="alert" id={`${id}-problem`}>
            {problem}
          </p>
        )}
      </form>
    </main>
  );
}
