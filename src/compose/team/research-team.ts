import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { SystemMessage } from "@langchain/core/messages";
import {
  END,
  isGraphBubbleUp,
  Overwrite,
  Send,
  START,
  StateGraph,
  type BaseChannel,
  type LangGraphRunnableConfig,
} from "@langchain/langgraph";
import { z } from "zod";
import { AgenticRagError, isAbort } from "../../errors.ts";
import { askedContext } from "../../graph/approval/asked-settings.ts";
import { deadlineAfter } from "../../net/deadline.ts";
import {
  createContextSchema,
  definedFields,
  readContext,
  requestOf,
  RUN_DEFAULTS,
  type RunLimits,
} from "../../graph/context.ts";
import { inWords, refuseMisnamed, SETTING_NAMES } from "../../graph/nodes/given-settings.ts";
import { createAgenticRag, type AgenticRag, type CompileOptions } from "../../graph/graph.ts";
import { choicesOf, createChooser, type AgenticRagParts } from "../../graph/parts.ts";
import { instructionsIn, readQuestion } from "../../graph/question.ts";
import { required } from "../../graph/state.ts";
import { answerMessage } from "../../graph/usage.ts";
import { studio } from "../../graph/studio.ts";
import type { RunSettings } from "../agent-run.ts";
import type { ContinuationModel } from "../../model/model.ts";
import { asPart, partConfig } from "../part.ts";
import { mergeFindings } from "./merge.ts";
import { makePlan } from "./planner.ts";
import { taskSchema, TeamInput, TeamOutput, TeamState, type Finding, type Part, type Task } from "./state.ts";

/** What a team is made of: its researchers' parts, and who plans. */
export interface ResearchTeamParts extends AgenticRagParts {
  /**
   * Divides the question: any chat model, or `rule`, which sees sentences and second questions. Default: the
   * researchers' own model; the rule where that is the offline reader.
   */
  readonly planner?: BaseChatModel | "rule";
  /** Default 4; a run's context wins. */
  readonly maxParts?: number;
}

/** Settings of a run, as far as they differ from the team's own. */
export interface TeamSettings extends RunSettings {
  readonly maxParts?: number;
}

type Config = LangGraphRunnableConfig<TeamSettings>;

/** Enough for each question that a person asks; beyond it the parts of a plan repeat one another. */
const MOST_PARTS = 8;

const DEFAULT_PARTS = 4;

/**
 * A team as a compiled graph: `divide` makes parts of the question, `research` asks the agent each of them, all at once and each a
 * run on its own, `write` puts the findings together. The settings of a run, its budgets with them, are those of the
 * agent and hold for each researcher.
 *
 * A researcher that fails takes no other with it: its part is reported as unanswered. What the operator must see, settings
 * that are wrong among it, is thrown; the others' findings are kept by the checkpointer until the run is resumed. An
 * interrupt of a researcher is answered at the team, with `Command({ resume: { [interruptId]: answer } })` where
 * several wait.
 */
export function createResearchTeam(parts: ResearchTeamParts, options: CompileOptions = {}) {
  const agent = asPart(createAgenticRag(parts));
  const limits = { ...RUN_DEFAULTS, ...parts.limits };
  const { maxParts = DEFAULT_PARTS } = parts;
  const { name = "research-team" } = options;
  const schema = inWords(
    createContextSchema(choicesOf(parts), limits).extend({
      maxParts: z
        .number()
        .int()
        .min(1)
        .max(MOST_PARTS)
        .optional()
        .meta({
          title: "Parts",
          description: "Parts that a question is divided into at most; each has a researcher.",
          default: maxParts,
          langgraph_nodes: ["divide"],
        }),
    }),
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only its type is narrowed, as in graph.ts
  const context = schema as unknown as {
    [Key in keyof TeamSettings]?: BaseChannel<NonNullable<TeamSettings[Key]>>;
  };
  return new StateGraph(studio(TeamState), { input: studio(TeamInput), output: studio(TeamOutput), context })
    .addNode("divide", createDivide(parts, limits, maxParts))
    .addNode("research", createResearch(agent), { input: taskSchema, subgraphs: [agent] })
    .addNode("write", createWrite(name))
    .addEdge(START, "divide")
    .addConditionalEdges(
      "divide",
      ({ plan, settings, messages }) => {
        const instructions = instructionsIn(messages);
        return required(plan, "a plan").parts.map(
          (part) => new Send("research", { ...part, settings, instructions }),
        );
      },
      ["research"],
    )
    .addEdge("research", "write")
    .addEdge("write", END)
    .compile({
      name,
      ...(options.checkpointer !== undefined && { checkpointer: options.checkpointer }),
      ...(options.store !== undefined && { store: options.store }),
    });
}

/** Opens the question: makes the plan, and keeps the settings of the run for its researchers. */
function createDivide(parts: ResearchTeamParts, limits: RunLimits, defaultParts: number) {
  const { clock = () => performance.now(), ceilings = {} } = parts;
  const choose = createChooser(parts);

  /** `null`: the rule. */
  const plannerOr = (model: ContinuationModel): BaseChatModel | null => {
    if (parts.planner === "rule") return null;
    return parts.planner ?? (model.family === "offline" ? null : model);
  };

  return async (state: typeof TeamState.State, config: Config): Promise<typeof TeamState.Update> => {
    const { question, id, history, message } = readQuestion(state, config);
    refuseMisnamed(config, [...SETTING_NAMES, "maxParts"]);
    const { maxParts = defaultParts, ...given } = config.context ?? {};
    // an unknown name is refused before it is kept, and once: the researchers would have an error each
    choose(given);
    const settings = await askedContext(id, { ...config, context: given }, limits);
    const kept = readContext(settings, limits, ceilings);
    const { model } = choose(settings);
    const deadline = deadlineAfter(kept.limits.maxSeconds * 1000);
    try {
      const made = await makePlan({
        question,
        history,
        maxParts,
        model: plannerOr(model),
        request: requestOf(kept.chosen),
        clock,
        signal: config.signal,
        deadline: deadline.signal,
      });
      return {
        ...(message !== null && { messages: [message] }),
        question,
        settings,
        plan: made.plan,
        usage: new Overwrite(made.usage),
        findings: new Overwrite([]),
        note: "",
        answer: "",
        answered: false,
        citations: [],
        uncited: [],
        sources: [],
        unanswered: [],
      };
    } finally {
      deadline.clear();
    }
  };
}

function createResearch(agent: AgenticRag) {
  return async (
    { settings, instructions, ...part }: Task,
    config: Config,
  ): Promise<typeof TeamState.Update> => {
    try {
      const run = await agent.invoke(
        { question: part.question, messages: instructions.map((text) => new SystemMessage(text)) },
        { ...config, ...partConfig(agent, { context: definedFields(settings) }), ...ownSignal(config) },
      );
      const { answer, answered, stopReason, sources, citations, uncited, searches, usage } = run;
      return {
        findings: [{ ...part, answer, answered, stopReason, sources, citations, uncited, searches }],
        usage,
      };
    } catch (error) {
      if (isGraphBubbleUp(error) || isAbort(error) || config.signal?.aborted === true) throw error;
      if (AgenticRagError.isInstance(error)) throw error;
      return { findings: [brokenOff(part, error)] };
    }
  };
}

export type ResearchTeam = ReturnType<typeof createResearchTeam>;

/**
 * A signal of one researcher's own. All of them would listen to that of the whole run, which LangGraph 1.7.3 hands down
 * in this key, and Node warns of a leak when there are more than ten.
 */
function ownSignal({ signal, configurable }: Pick<LangGraphRunnableConfig, "signal" | "configurable">) {
  if (signal === undefined) return {};
  return {
    signal: AbortSignal.any([signal]),
    configurable: { ...configurable, __pregel_abort_signals: undefined },
  };
}

function createWrite(name: string) {
  return ({ findings, usage }: typeof TeamState.State): typeof TeamState.Update => {
    const merged = mergeFindings(findings);
    const about = { answered: merged.answered };
    const id = crypto.randomUUID();
    const message = answerMessage({ id, name, content: merged.answer, response_metadata: about }, usage);
    return { ...merged, messages: [message] };
  };
}

function brokenOff(part: Part, error: unknown): Finding {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    ...part,
    answer: `There is no answer: the research broke off: ${reason}`,
    answered: false,
    stopReason: null,
    sources: [],
    citations: [],
    uncited: [],
    searches: 0,
  };
}
