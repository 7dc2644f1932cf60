import { AIMessage } from "@langchain/core/messages";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { attributing, checkingAnswer, sourcesByNumber, type CheckedAnswer } from "../../citation/check.ts";
import { refusesOnly } from "../../citation/framing.ts";
import { withoutNumbers } from "../../citation/marks.ts";
import { quoteFor } from "../../citation/overlap.ts";
import { plainText } from "../../citation/plain-stream.ts";
import type { SourceReader } from "../../citation/support/read-source.ts";
import { supportHeadline } from "../../citation/support/note.ts";
import { citationLink, plainly } from "../../citation/written-answer.ts";
import { verdictOf, type Verdict } from "../../text/verdict.ts";
import type { Protocol } from "../../protocol/protocol.ts";
import { isBlank } from "../../text/blank.ts";
import type { ReadAhead } from "./read-ahead.ts";
import type { Searcher } from "./searcher.ts";
import { inTurns } from "./in-turns.ts";
import { asOwn } from "./own-updates.ts";
import type { RunEvent } from "../events.ts";
import { everySearchFailed } from "../sources.ts";
import { aiMessage, contentOf, reasoningOf } from "../step-messages/step-messages.ts";
import { answerMessage, NO_USAGE } from "../usage.ts";
import { required, type RunState, type RunUpdate, type StateSegment, type StopReason } from "../state.ts";

export interface FinalizeDeps {
  readonly protocolOf: (state: RunState) => Protocol;
  readonly searcher: Searcher;
  readonly readAhead: ReadAhead;
  /** Of the graph, which its answers carry. */
  readonly name: string;
}

/** Concludes the run: the answer with its citations checked, or the plain word that there is none, and why it ended. */
export function createFinalize({ protocolOf, searcher, readAhead, name }: FinalizeDeps) {
  return async (state: RunState, config: LangGraphRunnableConfig): Promise<RunUpdate> => {
    const opening = required(state.opening, "an opened question");
    const { model } = opening;
    const droppedSearches = searcher.settle({ state, config, opening }, null);
    const protocol = protocolOf(state);
    const written = state.failure === null ? await answerOf(protocol, state, readAhead.reader(config)) : null;
    const verdict = written?.verdict ?? null;
    const answered = written !== null && verdict === null;
    const stopReason = stopReasonOf(state, written, verdict);
    const {
      answer: checked,
      citations,
      ...found
    } = written ?? {
      answer: statement(state, stopReason),
      citations: [],
      uncited: [],
    };
    const isSmallTalk = model.family === "offline" && state.queries.length === 0;
    const uncited = answered && !isSmallTalk ? found.uncited : [];
    // an answer that no source can stand behind says so itself, wherever it is read
    const answer = [checked, ...remarks(state, answered)].join("\n\n");
    const emit = (event: RunEvent): void => config.writer?.(event);
    emit({
      type: "answer-end",
      answer,
      answered,
      citations,
      uncited,
      stopReason,
      ...(state.failure !== null && { failure: state.failure }),
    });
    const about = { answered, stopReason, model_name: model.name };
    return asOwn({
      note: answered ? supportHeadline(citations, uncited) : "",
      answer,
      rawAnswer: written?.raw ?? "",
      answered,
      citations,
      uncited,
      stopReason,
      ...(droppedSearches > 0 && { usage: { ...NO_USAGE, droppedSearches } }),
      messages: concluded(state, written !== null, { name, answer, about }),
    });
  };
}

/**
 * The answer as others know messages: with what it took, and how the run ended. It takes the place of what was streamed of it;
 * what was streamed and is no answer becomes reasoning.
 */
function concluded(
  { messages, messageId, usage }: RunState,
  isWritten: boolean,
  { name, answer, about }: { readonly name: string; readonly answer: string; readonly about: object },
): AIMessage[] {
  const [streamed] = messages
    .filter((message) => AIMessage.isInstance(message))
    .filter(({ id }) => id === messageId);
  const isPlace = isWritten && messageId !== "";
  const content = contentOf(isPlace && streamed !== undefined ? reasoningOf(streamed) : "", answer);
  const ended = answerMessage(
    { id: isPlace ? messageId : crypto.randomUUID(), name, content, response_metadata: { ...about } },
    usage,
  );
  if (isPlace || streamed === undefined || streamed.text === "") return [ended];
  return [
    aiMessage(messageId, { reasoning: reasoningOf(streamed) + streamed.text, text: "", calls: [] }),
    ended,
  ];
}

interface Written extends CheckedAnswer {
  /** As the model wrote it. */
  readonly raw: string;
  readonly verdict: Verdict | null;
}

/** The answer with its citations checked; null where the model wrote none, or one of which nothing is left. */
async function answerOf(
  protocol: Protocol,
  { transcript, sources, question }: RunState,
  read: SourceReader,
): Promise<Written | null> {
  const written = protocol.answer(transcript.map(counted));
  if (written === null) return null;
  const said = protocol.citesSources ? written : withoutNumbers(written);
  if (isBlank(said)) return null;
  const marked = protocol.citesSources ? said : await inTurns(attributing(said, sources));
  const checked = await inTurns(checkingAnswer(marked, sources, question, read));
  if (isBlank(checked.answer)) return null;
  // one that cites may say by a source that something is not so
  const refuses = checked.citations.length === 0 && refusesOnly(said);
  return { ...checked, raw: written, verdict: verdictOf(written) ?? (refuses ? "not-found" : null) };
}

/** What an answer says besides: that no source can stand behind it, or that what was searched is not all there is. */
function remarks(state: RunState, answered: boolean): readonly string[] {
  if (everySearchFailed(state)) return ["Every search of this run failed, so no source stands behind this."];
  return answered
    ? []
    : [...new Set(state.queries.flatMap(({ note }) => (note === undefined ? [] : [note])))];
}

/** What is no answer is read as if another had written it. */
function counted(segment: StateSegment): StateSegment {
  return segment.noAnswer === true ? { ...segment, origin: "runtime" } : segment;
}

function stopReasonOf(
  { failure, spent }: RunState,
  written: Written | null,
  verdict: Verdict | null,
): StopReason {
  if (failure !== null) return "model-error";
  if (verdict !== null) return verdict;
  if (spent !== null) return spent === "repetition" ? spent : `${spent}-budget`;
  return written === null ? "no-answer" : "answered";
}

/** Stands for the answer: why there is none, and the best sentence of each source that was found. */
function statement(state: RunState, stopReason: StopReason): string {
  const { failure, sources, question } = state;
  const why = {
    "model-error": `the model could not go on: ${failure === null ? "it gave no reason" : plainText(failure.message)}`,
    "search-budget": "the model kept asking for searches after its search budget was spent.",
    "page-budget": "the model kept asking for pages after its page budget was spent.",
    "token-budget": "the token budget was spent before the model began to answer.",
    "time-budget": "the time budget was spent before the model began to answer.",
    "repair-budget": "the model kept writing tool calls that could not be read.",
    "repeat-budget": "the model kept asking for what it had already searched.",
    repetition: "the model wrote the same piece over and over.",
    "no-answer": "the model stopped without writing one, also when it was asked again.",
    "not-found": "nothing that was found answers the question.",
    passage: "only a passage that comes close was found.",
    answered: "it is empty.",
  }[stopReason];
  // whatever link or mark a page holds, it stays text
  const found = [...sourcesByNumber(sources).values()].map(
    (source) => `- ${plainly(quoteFor(question, source.text))} ${citationLink(source)}`,
  );
  return [
    `There is no answer: ${why}${weakness(state)}`,
    ...(found.length === 0 ? [] : [`This is what the sources say that were found:\n\n${found.join("\n")}`]),
  ].join("\n\n");
}

/**
 * What is wrong with a model that wrote no call at all, as one does that does not know how: it was asked more than once, or what
 * it wrote has filled its context.
 */
function weakness({ failure, queries, readings, repairs, usage, generations, spent }: RunState): string {
  const isFull = failure?.code === "model-context-overflow";
  const tries = isFull ? generations.length : usage.modelRequests;
  const called = queries.length > 0 || readings.length > 0 || repairs > 0;
  if (called || (isFull ? tries === 0 : failure !== null || tries < 2)) return "";
  const looped =
    isFull && spent === "repetition" ? " Before that it wrote the same piece over and over." : "";
  return (
    `${looped} It wrote no call in ${tries} ${tries === 1 ? "try" : "tries"}: it may not know how searches are asked for. ` +
    "Take a larger model, or one that was trained to call tools; `agentic-rag doctor` tries whether it does."
  );
}
