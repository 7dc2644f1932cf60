import { dialectOf } from "../../protocol/dialects/asked-dialect.ts";
import type { HumanMessage } from "@langchain/core/messages";
import { Overwrite, type LangGraphRunnableConfig } from "@langchain/langgraph";
import { isModelFailure } from "../../errors.ts";
import { createAddressTest } from "../../citation/check.ts";
import { offersTools, type ContinuationModel, type ModelDescription } from "../../model/model.ts";
import { withDeadline } from "../../net/deadline.ts";
import { withoutWrittenKeys } from "../../net/written-keys.ts";
import type { PageReader } from "../../search/pages/page-reader.ts";
import { askedContext } from "../approval/asked-settings.ts";
import { checkedBoundary } from "../boundary.ts";
import { allowance, budgetLeft } from "../budgets.ts";
import { readContext, requestOf, type KeptSettings, type RunContext } from "../context.ts";
import { checkDescription } from "../continuation/checked-model.ts";
import type { Continuation } from "../continuation/continuation.ts";
import { continueAndMend, type MendableInput, requireMending } from "./mend.ts";
import type { ChosenParts } from "../parts.ts";
import { requireReader } from "../pages/reading.ts";
import { refuseMisnamed } from "./given-settings.ts";
import type { ReadAhead } from "./read-ahead.ts";
import type { Searcher } from "./searcher.ts";
import { localDate, newQuestion, type NewQuestion } from "../question.ts";
import { isOutermost } from "../journaled.ts";
import { routeGenerated } from "../route.ts";
import type { Opening, RunState, RunUpdate } from "../state.ts";
import type { StepDeps, StepReader } from "../step.ts";
import { withoutLeftovers } from "../step-messages/own-steps.ts";
import { replyMessages } from "../step-messages/step-messages.ts";
import { addUsage, NO_USAGE } from "../usage.ts";

export interface GenerateDeps extends StepDeps {
  readonly readStep: StepReader;
  readonly now: () => Date;
  readonly clock: () => number;
  /** Makes what the heads of a question's sources carry. */
  readonly boundary: () => string;
  readonly pageReader: PageReader | undefined;
  readonly searcher: Searcher;
  readonly readAhead: ReadAhead;
}

/** Opens the question if it is new, and lets the model write until it calls, answers, or fails. */
export function createGenerate(deps: GenerateDeps) {
  const { readStep, clock, searcher, readAhead } = deps;
  return async (before: RunState, config: LangGraphRunnableConfig<RunContext>): Promise<RunUpdate> => {
    const { state, opened, failure } = await openIfNew(before, config, deps);
    const step = readStep(state, config);
    const { protocol, model, opening, limits, chosen, emit } = step;
    // restarted while a call is pending (an approval): that call is read again, the model is not asked
    if (opened === null && routeGenerated(protocol, state) === "tool call") return {};
    if (opened !== null) {
      const { question, engine } = opening;
      const { name, ...continued } = opening.model;
      emit({ type: "run-start", question, protocol: protocol.name, model: name, ...continued, engine });
    }
    const input: MendableInput = {
      protocol,
      model,
      opening,
      transcript: state.transcript,
      generations: state.generations,
      limits,
      used: state.usage,
      spent: state.spent,
      condensed: state.condensed,
      inContext: state.inContext,
      request: requestOf(chosen),
      clock,
      config,
      isKnown: createAddressTest(state.sources),
      onCited: readAhead.onCited(state.sources, config),
      read: readAhead.reader(config),
      onQueries: searcher.ahead(step),
      onEvent(event) {
        if (event.type !== "call-end" && event.type !== "response-forged") emit(event);
      },
    };
    const { added, mends } =
      failure === null
        ? await continueAndMend(input, state, emit).catch((error: unknown) => {
            searcher.settle(step, null);
            throw error;
          })
        : { added: { ...NOTHING_ADDED, failure }, mends: 0 };
    await searcher.allSent(step);
    const { continued, cutBytes, omittedResults } = added.usage;
    if (omittedResults !== undefined)
      emit({ type: "results-omitted", count: omittedResults, kept: limits.keepResults ?? 0 });
    if (continued !== undefined) emit({ type: "reply-continued", times: continued });
    if (added.rewritten > 0) emit({ type: "replies-rewritten", count: added.rewritten });
    const { contextTokens } = opening.model;
    if (cutBytes !== undefined) emit({ type: "context-full", which: "old", cutBytes, contextTokens });
    emit({ type: "budget-left", left: budgetLeft(limits, state, addUsage(state.usage, added.usage)) });
    const { segments, generations, usage, streamed, rewritten: _, cut: __, ...facts } = added;
    const isDrawn = limits.stepMessages === true && isOutermost(config);
    const transcript = [...state.transcript, ...segments];
    const isCall = routeGenerated(protocol, { transcript, failure: added.failure }) === "tool call";
    const messages = [
      ...(isDrawn && opened !== null ? withoutLeftovers(state.messages) : []),
      ...(opened?.message == null ? [] : [opened.message]),
      ...(isDrawn ? replyMessages(streamed, added.failure, isCall) : []),
    ];
    const update: RunUpdate = {
      ...facts,
      call: null,
      ...(messages.length > 0 && { messages }),
      ...(opened === null && mends > 0 && { mends }),
    };
    if (opened === null)
      return { ...update, transcript: [...segments], generations: [...generations], usage };
    return {
      ...update,
      ...freshUpdate(),
      mends: new Overwrite<number>(mends),
      question: opening.question,
      opening,
      transcript: new Overwrite(transcript),
      generations: new Overwrite([...generations]),
      usage: new Overwrite(addUsage(state.usage, usage)),
    };
  };
}

const NOTHING_ADDED: Continuation = {
  segments: [],
  generations: [],
  usage: NO_USAGE,
  spent: null,
  failure: null,
  messageId: "",
  streamed: [],
  condensed: 0,
  rewritten: 0,
  inContext: 0,
  cut: false,
};

/** What the steps of a question have counted and collected before its first one. Each run has lists of its own. */
const fresh = () =>
  ({
    searches: 0,
    repairs: 0,
    repeats: 0,
    mends: 0,
    queries: [],
    pages: 0,
    readings: [],
    links: [],
    sources: [],
    note: "",
    generations: [],
    answer: "",
    rawAnswer: "",
    answered: false,
    citations: [],
    uncited: [],
    stopReason: null,
  }) satisfies Partial<RunState>;

/** The same as an update of what an earlier question of the thread has left. */
const freshUpdate = (): RunUpdate => ({
  ...fresh(),
  searches: new Overwrite<number>(0),
  repairs: new Overwrite<number>(0),
  repeats: new Overwrite<number>(0),
  queries: new Overwrite([]),
  pages: new Overwrite<number>(0),
  readings: new Overwrite([]),
  links: new Overwrite([]),
  sources: new Overwrite([]),
});

/** A run whose question is open. */
interface OpenedRun {
  readonly state: RunState;
  /** What was new, with the message to add to the conversation; `null` where the question was open already. */
  readonly opened: { readonly message: HumanMessage | null } | null;
  readonly failure: Continuation["failure"];
}

/** The only place that reads a run's context: what it sets is kept with the opening. */
async function openIfNew(
  state: RunState,
  config: LangGraphRunnableConfig<RunContext>,
  deps: GenerateDeps,
): Promise<OpenedRun> {
  const asked = newQuestion(state, config);
  if (asked === null) return { state, opened: null, failure: null };
  refuseMisnamed(config);
  // an unknown name is refused before it is kept
  deps.choose(config.context ?? {});
  const context = await askedContext(asked.id, config, deps.limits);
  const kept = readContext(context, deps.limits, deps.ceilings);
  const parts = deps.choose(context);
  if (context.mendAnswer === true) requireMending(parts.protocol);
  const started = deps.clock();
  const { milliseconds: deadlineMs } = allowance(kept.limits, NO_USAGE, false);
  const { description, failure } = await describe(parts.model, { deadlineMs, signal: config.signal });
  const usage = { ...NO_USAGE, milliseconds: deps.clock() - started };
  const { opening, transcript } = open(asked, { ...parts, description }, kept, {
    ...deps,
    date: context.date,
    boundary: () => context.boundary ?? deps.boundary(),
  });
  const { question } = opening;
  const begun = { question, opening, transcript, usage, spent: null, condensed: 0, inContext: 0 };
  return { state: { ...state, ...fresh(), ...begun }, opened: { message: asked.message }, failure };
}

/** What the model is; where that has to be asked and the endpoint fails, that is the failure of the run. */
async function describe(
  model: ContinuationModel,
  time: Parameters<typeof withDeadline>[0],
): Promise<{ description: ModelDescription; failure: Continuation["failure"] }> {
  const unknown = { family: model.family, name: model.modelName };
  try {
    const description = await withDeadline(time, (signal) => model.describe(signal));
    if (description === "deadline") return { description: unknown, failure: { ...SILENT } };
    checkDescription(description);
    return { description, failure: null };
  } catch (error) {
    if (!isModelFailure(error)) throw error;
    return {
      description: unknown,
      failure: { code: error.code, message: withoutWrittenKeys(error.message) },
    };
  }
}

const SILENT = {
  code: "model-timeout",
  message:
    "The model server did not say what it is in the time of this run. Check whether it is overloaded, or raise maxSeconds.",
};

function open(
  { question, id, history }: NewQuestion,
  {
    protocol,
    engine,
    description: {
      controlTokens,
      chatTemplate: template,
      contextTokens,
      assumedContext,
      line,
      ...description
    },
  }: ChosenParts & { readonly description: ModelDescription },
  { limits, chosen }: KeptSettings,
  make: Pick<GenerateDeps, "now" | "boundary" | "pageReader"> & { readonly date: string | undefined },
) {
  const { maxSearches, maxPages } = limits;
  const pages = maxPages > 0 && protocol.pageSide !== undefined;
  if (pages) requireReader(make.pageReader);
  const date = make.date ?? localDate(make.now());
  const boundary = checkedBoundary(make.boundary());
  const name = chosen.model ?? description.name;
  // another model's name at the same endpoint is another tokenizer and another template
  const isDescribed = name === description.name;
  const told = isDescribed ? { controlTokens, template } : {};
  const context = isDescribed && contextTokens !== undefined ? { contextTokens } : {};
  const dialect = dialectOf({ name, template: told.template });
  const ownTurns = isDescribed && line !== undefined && protocol.spliceTags !== undefined;
  const { messages, prefix } = protocol.open({
    question,
    history,
    date,
    maxSearches,
    boundary,
    dialect,
    controlTokens: told.controlTokens,
    ...(pages && { maxPages }),
    ...(ownTurns && { ownTurns }),
    ...(offersTools(description.family) && { nativeTools: true }),
  });
  const opening: Opening = {
    question,
    questionId: id,
    date,
    boundary,
    ...(told.controlTokens !== undefined && { controlTokens: [...told.controlTokens] }),
    ...(pages && { pages }),
    ...(dialect !== "qwq" && { dialect }),
    messages: messages.map((message) => ({ ...message })),
    protocol: protocol.name,
    engine: engine.name,
    limits,
    chosen,
    model: {
      ...description,
      name,
      ...context,
      ...(isDescribed && assumedContext && { assumedContext }),
      ...(ownTurns && { line: { ...line } }),
    },
  };
  return { opening, transcript: prefix === "" ? [] : [{ origin: "runtime" as const, text: prefix }] };
}
