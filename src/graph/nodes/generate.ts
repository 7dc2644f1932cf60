import { Overwrite, type LangGraphRunnableConfig } from "@langchain/langgraph";
import type { ProtocolEvent } from "../../protocol/protocol.ts";
import { AgenticRagError } from "../../errors.ts";
import type { ContinuationModel, ModelDescription } from "../../model/model.ts";
import type { PageReader } from "../../search/pages/page-reader.ts";
import { checkedBoundary } from "../boundary.ts";
import { budgetLeft } from "../budgets.ts";
import { limitsOf, requestOf, type RunContext, type RunLimits } from "../context.ts";
import { continueTurn, type Continuation } from "../continuation/continuation.ts";
import type { RunEvent } from "../events.ts";
import type { ChosenParts } from "../parts.ts";
import { requireReader } from "../pages/reading.ts";
import { newQuestion, type NewQuestion } from "../question.ts";
import { routeGenerated } from "../route.ts";
import { addUsage, NO_USAGE, type Opening, type RunState, type RunUpdate } from "../state.ts";

export interface GenerateDeps {
  readonly choose: (context: Pick<RunContext, "protocol" | "engine">) => ChosenParts;
  readonly limits: RunLimits;
  readonly now: () => Date;
  readonly clock: () => number;
  /** Makes what the heads of a question's sources carry. */
  readonly boundary: () => string;
  readonly pageReader: PageReader | undefined;
}

/** Opens the question if it is new, and lets the model write until it calls, answers, or cannot go on. */
export function createGenerate(deps: GenerateDeps) {
  const { choose, limits: defaults, clock } = deps;
  return async (state: RunState, config: LangGraphRunnableConfig<RunContext>): Promise<RunUpdate> => {
    const context = config.context ?? {};
    const limits = limitsOf(context, defaults);
    const emit = (event: RunEvent): void => config.writer?.(event);
    const asked = newQuestion(state, config);
    const parts = choose(asked === null ? { ...context, protocol: state.opening?.protocol } : context);
    // begun again while a call waits, such as for a person: that call is read again, and the model is not asked
    if (asked === null && routeGenerated(parts.protocol, state) === "tool call") return {};
    const { description, failure } = asked === null ? NOT_ASKED : await describe(parts.model, config.signal);
    const opened = asked === null ? null : open(asked, { ...parts, description }, context, limits, deps);
    const opening = opened?.opening ?? state.opening;
    if (opening === null) throw new TypeError("a run without a new question has an opening");
    if (opened !== null) {
      const { question, protocol, model, engine } = opening;
      const { name, ...continued } = model;
      emit({ type: "run-start", question, protocol, model: name, ...continued, engine });
    }
    const transcript = opened?.transcript ?? state.transcript;
    const used = opened === null ? state.usage : NO_USAGE;
    const added =
      failure === null
        ? await continueTurn({
            ...parts,
            opening,
            transcript,
            limits,
            used,
            spent: opened === null ? state.spent : null,
            condensed: opened === null ? state.condensed : 0,
            request: requestOf(context),
            clock,
            config,
            onEvent: (event) => tell(event, emit),
          })
        : { ...NOTHING_ADDED, failure };
    const { searches, pages } = opened === null ? state : NOTHING_DONE;
    const counted = { searches, pages: opening.pages === true ? pages : null };
    emit({ type: "budget-left", left: budgetLeft(limits, addUsage(used, added.usage), counted) });
    const { segments, usage, ...facts } = added;
    const update: RunUpdate = { ...facts, call: null };
    return opened === null
      ? { ...update, transcript: [...segments], usage }
      : {
          ...update,
          ...freshState(asked, opening),
          transcript: new Overwrite([...transcript, ...segments]),
          usage: new Overwrite(usage),
        };
  };
}

const NOT_ASKED = { description: { family: "", name: "" }, failure: null } as const;

const NOTHING_DONE = { searches: 0, pages: 0 } as const;

const NOTHING_ADDED: Continuation = {
  segments: [],
  usage: NO_USAGE,
  spent: null,
  failure: null,
  messageId: "",
  condensed: 0,
};

/** What the model is; where that has to be asked and the endpoint fails, that is the failure of the run. */
async function describe(
  model: ContinuationModel,
  signal: AbortSignal | undefined,
): Promise<{ description: ModelDescription; failure: Continuation["failure"] }> {
  try {
    return { description: await model.describe(signal), failure: null };
  } catch (error) {
    if (!AgenticRagError.isInstance(error) || !error.code.startsWith("model-")) throw error;
    const description = { family: model.family, name: model.modelName };
    return { description, failure: { code: error.code, message: error.message } };
  }
}

/** Everything that belongs to one question, as it is before that question's first step. */
function freshState(asked: NewQuestion | null, opening: Opening): RunUpdate {
  return {
    ...(asked?.message != null && { messages: [asked.message] }),
    question: opening.question,
    opening,
    searches: new Overwrite(0),
    repairs: new Overwrite(0),
    repeats: new Overwrite(0),
    queries: new Overwrite([]),
    pages: new Overwrite(0),
    readings: new Overwrite([]),
    links: new Overwrite([]),
    sources: new Overwrite([]),
    answer: "",
    answered: false,
    citations: [],
    stopReason: null,
  };
}

function open(
  { question, id, history }: NewQuestion,
  { protocol, engine, description }: ChosenParts & { readonly description: ModelDescription },
  context: RunContext,
  { maxSearches, maxPages }: Required<RunLimits>,
  make: Pick<GenerateDeps, "now" | "boundary" | "pageReader">,
) {
  const pages = maxPages > 0 && protocol.pageSide !== undefined;
  if (pages) requireReader(make.pageReader);
  const date = context.date ?? localDate(make.now());
  const boundary = checkedBoundary(make.boundary());
  const { messages, prefix } = protocol.open({
    question,
    history,
    date,
    maxSearches,
    boundary,
    ...(pages && { maxPages }),
    ...(description.family === "native-tools" && { nativeTools: true }),
  });
  const opening: Opening = {
    question,
    questionId: id,
    date,
    boundary,
    ...(pages && { pages }),
    messages: messages.map((message) => ({ ...message })),
    protocol: protocol.name,
    engine: engine.name,
    model: { ...description, name: context.model ?? description.name },
  };
  return { opening, transcript: prefix === "" ? [] : [{ origin: "runtime" as const, text: prefix }] };
}

/** The day where the program runs, as an ISO date: the form that Swedish uses. */
function localDate(moment: Date): string {
  return new Intl.DateTimeFormat("sv-SE").format(moment);
}

function tell(event: ProtocolEvent, emit: (event: RunEvent) => void): void {
  if (event.type === "reasoning-delta" || event.type === "answer-delta") emit(event);
}
