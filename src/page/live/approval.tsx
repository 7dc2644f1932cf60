/** @jsxRuntime automatic @jsxImportSource preact */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { counted } from "../../view/amounts.ts";
import { shownLine } from "../shown.ts";
import { QueriesForm } from "./queries-form.tsx";
import type { Session } from "./session/session.ts";
import type { Asked } from "./session/wire.ts";

export interface ApprovalProps {
  readonly asked: Asked;
  readonly onAnswer: Session["answer"];
  /** Whose searches these are, where several agents are at work. */
  readonly isPart: boolean;
}

/** What a run waits for: a person's word before searches are sent, or pages opened. */
export function Approval({ asked: { id, value }, onAnswer, isPart }: ApprovalProps) {
  const name = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const [words, setWords] = useState("");
  useEffect(() => heading.current?.focus(), []);
  const said = words.trim();
  const answer = (decision: Readonly<Record<string, unknown>>): void => void onAnswer({ [id]: decision });
  const isSearch = value.type === "approve-search";
  const [kind, values, most] = isSearch
    ? (["search", value.queries, value.searchesLeft] as const)
    : (["open", value.urls, value.pagesLeft] as const);
  return (
    <section class="approval" aria-labelledby={name}>
      <h2 id={name} ref={heading} tabIndex={-1}>
        {isSearch ? "May it search for this?" : "May it open this?"}
      </h2>
      <p class="meta">
        {isPart && <span dir="auto">{shownLine(value.question)}</span>}
        {isSearch && <span>to {shownLine(value.engine)}</span>}
        <span>{counted(most, isSearch ? "search" : "page", isSearch ? "searches" : "pages")} left</span>
      </p>
      {value.problem !== undefined && <p class="problem">{shownLine(value.problem)}</p>}
      <QueriesForm
        {...{ kind, values, most }}
        more={
          <label class="words">
            Words for the model, with a denial or as a hint
            <input
              type="text"
              value={words}
              dir="auto"
              autocomplete="off"
              maxLength={2000}
              // Enter would approve what is being denied
              onKeyDown={(event) => {
                if (event.key === "Enter") event.preventDefault();
              }}
              onInput={({ currentTarget }) => setWords(currentTarget.value)}
            />
          </label>
        }
        words={{ same: "Approve", changed: isSearch ? "Search for this instead" : "Open this instead" }}
        onSend={(sent, isChanged) =>
          answer(
            isChanged ? { decision: "edit", [isSearch ? "queries" : "urls"]: sent } : { decision: "approve" },
          )
        }
      >
        <button
          type="button"
          onClick={() => answer({ decision: "deny", ...(said !== "" && { reason: said }) })}
        >
          Deny
        </button>
        <button type="button" disabled={said === ""} onClick={() => answer({ decision: "hint", hint: said })}>
          Send as a hint
        </button>
      </QueriesForm>
    </section>
  );
}
