import { plainLine } from "../../../citation/plain-stream.ts";
import { withoutMarks } from "../../../citation/marks.ts";
import type { PlainReply } from "../../../compose/plain-model.ts";
import { createAnswerContent, type Shown } from "../../../graph/answer-content.ts";
import type { RunEvent } from "../../../graph/events.ts";
import { formOf, type Formed, type FormedEnd } from "../form.ts";
import { detailsOf, finishReason } from "../outcome.ts";
import { citationsOf, type SearchAction } from "./items.ts";
import { createOutput, type Output, type OutputEvent } from "./output.ts";
import { responseOf, usageOf, type ResponseHead, type ResponseObject, type ResponseState } from "./reply.ts";

/** An event of the stream. The last one has the whole response. */
export type ResponseEvent = OutputEvent & { readonly sequence_number: number };

/** What a response ends as: `completed` or `incomplete`. */
export interface ResponseEnd {
  readonly response: ResponseObject;
  /** Its last message. */
  readonly answer: string;
}

export interface ResponseOptions {
  readonly head: ResponseHead;
  /** Fields of the request that ask for something, and to which nothing is done. */
  readonly ignored: readonly string[];
  /** Before the last event; gives the response as it is told. */
  readonly keep: (end: ResponseEnd) => Promise<ResponseObject>;
}

/** The events of a run. The first ones come when there is something to show. */
export async function* toEvents(
  run: AsyncGenerator<RunEvent, FormedEnd>,
  { head, ignored, keep }: ResponseOptions,
): AsyncGenerator<ResponseEvent, void> {
  const stream = createStream(head);
  const { output } = stream;
  const searches = createSearches(output);
  const content = createAnswerContent();
  const known: { readonly number: number; readonly title: string; readonly url: string }[] = [];
  let step = await run.next();
  for (; step.done !== true; step = await run.next()) {
    const event = step.value;
    if (event.type === "search-end") known.push(...event.sources);
    yield* stream.told(show(output, content.take(event)));
    // what was said before a call is a message of its own
    if (PAUSES.has(event.type) && output.writing !== null)
      yield* stream.told(output.close("completed", citationsOf(output.writing, known, [])));
    yield* stream.told(searches(event));
  }
  const end = step.value;
  const { answered, citations, stopReason, answer } = end.conclusion;
  const { formed } = end;
  if (formed === undefined) yield* stream.told(show(output, content.finish(end.conclusion)));
  const cut = finishReason(stopReason) === "length" && stopReason === "token-budget";
  const reason = cut ? "max_output_tokens" : answered ? undefined : stopReason;
  const status = reason === undefined ? "completed" : "incomplete";
  if (formed === undefined)
    yield* stream.told(output.close(status, citationsOf(output.writing ?? "", end.sources, citations)));
  else yield* stream.told(tellForm(output, formed, status));
  yield* stream.end(
    {
      status,
      ...(reason !== undefined && { reason }),
      usage: usageOf(end.usage, answered ? withoutMarks(answer) : ""),
      agentic_rag: detailsOf(end, ignored),
    },
    { answer, keep },
  );
}

/** The events of a model alone, which come at once when its reply is whole. */
export async function* plainEvents(
  asked: Promise<PlainReply>,
  { head, ignored, keep }: ResponseOptions,
): AsyncGenerator<ResponseEvent, void> {
  const reply = await asked;
  const { reasoning, content, cut, usage } = reply;
  const stream = createStream(head);
  if (reasoning !== "") yield* stream.told(stream.output.think(reasoning));
  const status = cut ? "incomplete" : "completed";
  const formed = reply.problem === undefined ? { json: content } : formOf(reply);
  yield* stream.told(tellForm(stream.output, formed, status));
  const state = { status, usage: usageOf(usage, content), agentic_rag: { ignored } } as const;
  yield* stream.end({ ...state, ...(cut && { reason: "max_output_tokens" }) }, { answer: content, keep });
}

function tellForm(
  output: Output,
  formed: Formed,
  status: "completed" | "incomplete",
): readonly OutputEvent[] {
  return "json" in formed
    ? [...output.say(formed.json), ...output.close(status)]
    : output.refuse(formed.refusal, status);
}

/** Before these, or with them, what was said so far stops. */
const PAUSES: ReadonlySet<RunEvent["type"]> = new Set([
  "tool-call",
  "tool-call-invalid",
  "tool-call-refused",
  "answer-withdrawn",
]);

function show(output: Output, { reasoning, content }: Shown): readonly OutputEvent[] {
  const thought = (): readonly OutputEvent[] => (reasoning === "" ? [] : output.think(reasoning));
  if (content === "") return thought();
  // the end of a message that is being written comes before what follows it
  if (output.writing !== null) return [...output.say(content), ...thought()];
  const begun = output.items.some(({ type }) => type === "message");
  const text = begun ? content.trimStart() : content;
  return [...thought(), ...(text === "" ? [] : output.say(text))];
}

/** Each search and each page that was opened as an item; a query that was asked before, or not run, is none. */
function createSearches(output: Output): (event: RunEvent) => readonly OutputEvent[] {
  const running: { readonly name: string; readonly id: string }[] = [];
  const begin = (name: string, action: SearchAction): readonly OutputEvent[] => {
    const { id, events } = output.search(action);
    running.push({ name, id });
    return events;
  };
  const end = (name: string, action: SearchAction, ok: boolean): readonly OutputEvent[] => {
    const at = running.findIndex((one) => one.name === name);
    const [one] = at < 0 ? [] : running.splice(at, 1);
    return one === undefined ? [] : output.found(one.id, action, ok ? "completed" : "failed");
  };
  return (event) => {
    if (event.type === "search-start") return begin(`search ${event.query}`, searchAction(event.query));
    if (event.type === "search-end") {
      const sources = event.sources.map(({ url }) => ({ type: "url", url }) as const);
      const action = { ...searchAction(event.query), sources };
      return end(`search ${event.query}`, action, event.status !== "failed");
    }
    if (event.type === "page-start") return begin(`page ${event.url}`, { type: "open_page", url: event.url });
    if (event.type === "page-end")
      return end(`page ${event.url}`, { type: "open_page", url: event.url }, event.status === "read");
    return [];
  };
}

function searchAction(query: string) {
  const shown = plainLine(query);
  return { type: "search", query: shown, queries: [shown] } as const;
}

/** Numbers events, and begins with those that say that there is a response. */
function createStream(head: ResponseHead) {
  const output = createOutput(head.id.replace(/^resp_/, ""));
  let number = 0;
  const numbered = (event: OutputEvent): ResponseEvent => ({ ...event, sequence_number: number++ });
  function* told(events: readonly OutputEvent[]): Generator<ResponseEvent, void> {
    if (events.length === 0) return;
    if (number === 0) yield* beginning(head).map(numbered);
    yield* events.map(numbered);
  }
  async function* end(
    state: Omit<ResponseState, "output">,
    { answer, keep }: { readonly answer: string; readonly keep: ResponseOptions["keep"] },
  ): AsyncGenerator<ResponseEvent, void> {
    const response = await keep({ response: responseOf(head, { ...state, output: output.items }), answer });
    yield* told([{ type: `response.${state.status}`, response }]);
  }
  return { output, told, end };
}

function beginning(head: ResponseHead): readonly OutputEvent[] {
  const response = responseOf(head, { status: "in_progress", output: [] });
  return [
    { type: "response.created", response },
    { type: "response.in_progress", response },
  ];
}

/**
 * The same, ended by `response.failed` where it breaks off once it has begun.
 *
 * @param told the failure as the client is told it
 */
export async function* failing(
  events: AsyncGenerator<ResponseEvent, void>,
  head: ResponseHead,
  told: (error: unknown) => { readonly code: string; readonly message: string },
): AsyncGenerator<ResponseEvent, void> {
  let next = 0;
  const output: unknown[] = [];
  try {
    for await (const event of events) {
      next = event.sequence_number + 1;
      if (event.type === "response.output_item.done") output.push(event["item"]);
      yield event;
    }
  } catch (error) {
    if (next === 0) throw error;
    const { code, message } = told(error);
    const failed = responseOf(head, { status: "failed", output: [], error: { code, message } });
    yield { type: "response.failed", response: { ...failed, output, store: false }, sequence_number: next };
  }
}
