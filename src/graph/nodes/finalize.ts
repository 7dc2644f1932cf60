import { AIMessage } from "@langchain/core/messages";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { attribute, checkAnswer, sourcesByNumber } from "../../citation/check.ts";
import { quoteFor } from "../../citation/support.ts";
import { citationLink, plainly } from "../../citation/written-answer.ts";
import type { Protocol } from "../../protocol/protocol.ts";
import type { RunEvent } from "../events.ts";
import { everySearchFailed } from "../sources.ts";
import { required, type RunState, type RunUpdate, type StateSegment, type StopReason } from "../state.ts";

export interface FinalizeDeps {
  readonly protocolOf: (state: RunState) => Protocol;
}

/** Concludes the run: the answer with its citations checked, or the plain word that there is none, and why it ended. */
export function createFinalize({ protocolOf }: FinalizeDeps) {
  return (state: RunState, config: LangGraphRunnableConfig): RunUpdate => {
    required(state.opening, "an opened question");
    const protocol = protocolOf(state);
    const written = state.failure === null ? protocol.answer(state.transcript.map(counted)) : null;
    const answered = written !== null;
    const stopReason = stopReasonOf(state, written);
    const { answer: checked, citations } =
      written === null
        ? { answer: statement(state, stopReason), citations: [] }
        : checkAnswer(protocol.citesSources ? written : attribute(written, state.sources), state.sources);
    // an answer that no source can stand behind says so itself, wherever it is read
    const answer = everySearchFailed(state)
      ? `${checked}\n\nEvery search of this run failed, so no source stands behind this.`
      : checked;
    const emit = (event: RunEvent): void => config.writer?.(event);
    emit({
      type: "answer-end",
      answer,
      answered,
      citations,
      stopReason,
      ...(state.failure !== null && { failure: state.failure }),
    });
    const id = written !== null && state.messageId !== "" ? state.messageId : crypto.randomUUID();
    return { answer, answered, citations, stopReason, messages: [new AIMessage({ id, content: answer })] };
  };
}

/** What is no answer is read as if another had written it. */
function counted(segment: StateSegment): StateSegment {
  return segment.noAnswer === true ? { ...segment, origin: "runtime" } : segment;
}

function stopReasonOf({ failure, spent }: RunState, written: string | null): StopReason {
  if (failure !== null) return "model-error";
  if (spent !== null) return spent === "repetition" ? spent : `${spent}-budget`;
  return written === null ? "no-answer" : "answered";
}

/** Stands for the answer: why there is none, and the best sentence of each source that was found. */
function statement({ failure, sources, question }: RunState, stopReason: StopReason): string {
  const why = {
    "model-error": `the model could not go on: ${failure?.message ?? "it gave no reason"}`,
    "search-budget": "the model kept asking for searches after its search budget was spent.",
    "page-budget": "the model kept asking for pages after its page budget was spent.",
    "token-budget": "the token budget was spent before the model began to answer.",
    "time-budget": "the time budget was spent before the model began to answer.",
    "repair-budget": "the model kept writing tool calls that could not be read.",
    "repeat-budget": "the model kept asking for what it had already searched.",
    repetition: "the model wrote the same piece over and over.",
    "no-answer": "the model stopped without writing one, also when it was asked again.",
    answered: "it is empty.",
  }[stopReason];
  // whatever link or mark a page holds, it stays text
  const found = [...sourcesByNumber(sources).values()].map(
    (source) => `- ${plainly(quoteFor(question, source.text))} ${citationLink(source)}`,
  );
  return [
    `There is no answer: ${why}`,
    ...(found.length === 0 ? [] : [`This is what the sources say that were found:\n\n${found.join("\n")}`]),
  ].join("\n\n");
}
