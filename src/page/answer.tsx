/** @jsxRuntime automatic @jsxImportSource preact */
import { supportHeadline, unsupportedSentences } from "../citation/support/note.ts";
import { CitationMark } from "./citation-mark.tsx";
import { Markdown } from "./markdown.tsx";
import type { PageAnswer, PageCitation, PageSource } from "./run.ts";
import { shownLine } from "./shown.ts";

export interface AnswerProps {
  readonly answer: PageAnswer;
  readonly sources: readonly PageSource[];
  /** Begins the ids of its cards: one for each answer of a page. */
  readonly prefix: string;
  /** False where it only says that there is no answer. Default: true. */
  readonly answered?: boolean | undefined;
}

/** An answer whose marks open what stands behind them, and below it what is not supported. */
export function Answer({ answer, sources, prefix, answered = true }: AnswerProps) {
  const { text, citations, uncited } = answer;
  return (
    <div class={answered ? "answer" : "answer none"}>
      <Markdown text={text} mark={marksOf(citations, sources, prefix)} />
      {answered && <Doubts citations={citations} uncited={sources.length === 0 ? [] : uncited} />}
    </div>
  );
}

/** The marks of a text in its order: each takes the next citation of its number. */
function marksOf(citations: readonly PageCitation[], sources: readonly PageSource[], prefix: string) {
  const open = [...citations];
  let count = 0;
  return (number: number) => {
    const at = open.findIndex((citation) => citation.number === number);
    const [citation] = at < 0 ? [] : open.splice(at, 1);
    const source = sources.find((one) => one.number === number);
    if (citation === undefined && source === undefined) return undefined;
    count += 1;
    const { title, url } = source ?? { title: "", url: "" };
    return (
      <CitationMark
        key={count}
        id={`${prefix}-mark-${count}`}
        number={number}
        citation={citation}
        title={title}
        url={url}
      />
    );
  };
}

function Doubts({ citations, uncited }: Pick<PageAnswer, "citations" | "uncited">) {
  const unsupported = unsupportedSentences(citations);
  if (unsupported.length + uncited.length === 0) return null;
  return (
    <div class="doubts" role="group" aria-label="What is not supported">
      <p>{supportHeadline(citations, uncited)}</p>
      <ul>
        {unsupported.map(({ sentence, numbers, why }) => (
          <li>
            <q>{shownLine(sentence)}</q> {numbers.map((number) => `[${number}]`).join("")} {why}
          </li>
        ))}
        {uncited.map((sentence) => (
          <li>
            <q>{shownLine(sentence)}</q> has no source
          </li>
        ))}
      </ul>
    </div>
  );
}
