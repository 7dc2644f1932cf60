import { z } from "zod";
import { AgenticRagError } from "../errors.ts";
import type { ContinuationOptions } from "../model/model.ts";
import { BOUNDARY } from "./boundary.ts";

const count = (min: number, max: number, title: string, description: string) =>
  z.number().int().min(min).max(max).meta({ title, description });

/** The limits of one run. Types, the form in Studio and what a question keeps of them all derive from this table. */
export const limitsSchema = z.strictObject({
  maxSearches: count(0, 100, "Search budget", "Searches that may run for a question."),
  maxPages: count(
    0,
    50,
    "Page budget",
    "Pages that may be opened with a second tool, `open_url`; 0: it is not offered. Only the protocol qwq opens pages.",
  ),
  maxTokens: count(
    16,
    1_000_000,
    "Token budget",
    "Tokens that the model may write for a question; a fifth is kept back for the answer.",
  ),
  maxSeconds: count(
    1,
    86_400,
    "Time budget (seconds)",
    "Time for a question; a fifth is kept back for the answer.",
  ),
  maxRepairs: count(0, 20, "Repair budget", "Unreadable calls that the model may mend."),
  maxRepeats: count(0, 20, "Repeat budget", "Queries that it may ask again."),
  maxResults: count(1, 20, "Results per search", "Sources that one search brings."),
  maxResponseBytes: count(
    1000,
    1_000_000,
    "Bytes per response",
    "UTF-8 bytes of titles, addresses and texts of all results of one call, however many queries it has.",
  ),
  keepResults: count(
    1,
    100,
    "Keep the last results",
    "The model is shown so many of its last results, and of older ones that they were omitted. Left out: all results.",
  ).optional(),
  condenseResults: z.boolean().meta({
    title: "Condense results",
    description: "The model first condenses what a search found, in a request of its own.",
    langgraph_nodes: ["web-search"],
  }),
  mendAnswer: z
    .boolean()
    .optional()
    .meta({
      title: "Mend the answer",
      description:
        "The model is told once which sentences of its answer no source supports, and writes it again. Only the protocol qwq does.",
      langgraph_nodes: ["generate"],
    }),
  stepMessages: z
    .boolean()
    .optional()
    .meta({
      title: "Step messages",
      description:
        "`messages` also keeps each step as chat UIs draw it: reasoning and calls, and the sources of each. No prompt holds any of it.",
      langgraph_nodes: ["generate"],
    }),
  approveSearches: z.boolean().meta({
    title: "Ask before searching",
    description:
      "The run waits in an interrupt for a person before each search and each opening of pages, see `ApprovalRequest`.",
    langgraph_nodes: ["web-search"],
  }),
});

/** The limits of one run, as `limitsSchema` describes them. */
export type RunLimits = Readonly<z.infer<typeof limitsSchema>>;

export const RUN_DEFAULTS: RunLimits = {
  maxSearches: 5,
  maxPages: 0,
  maxTokens: 32_768,
  maxSeconds: 600,
  maxRepairs: 3,
  maxRepeats: 3,
  maxResults: 5,
  maxResponseBytes: 24_000,
  condenseResults: false,
  mendAnswer: false,
  approveSearches: false,
};

/** The numbers that no run of an agent may exceed. */
export type Ceilings = Readonly<
  Partial<
    Omit<RunLimits, "keepResults" | "condenseResults" | "mendAnswer" | "stepMessages" | "approveSearches">
  >
>;

const number = (min: number, max: number, title: string, description: string) =>
  z
    .number()
    .min(min)
    .max(max)
    .optional()
    .meta({ title, description, langgraph_nodes: ["generate"] });

/** What else a run's context chooses that a question keeps: its engine, its model's name and sampling. */
export const chosenSchema = z.strictObject({
  engine: z.string().optional(),
  model: z
    .string()
    .min(1)
    .optional()
    .meta({
      title: "Model",
      description: "Another model name at the same endpoint.",
      langgraph_nodes: ["generate"],
    }),
  temperature: number(0, 2, "Temperature", "Randomness of the next token. QwQ-32B: 0.6."),
  topP: number(0.001, 1, "Top p", "Nucleus sampling. QwQ-32B: 0.95."),
  topK: number(-1, 1000, "Top k", "Tokens to choose among. QwQ-32B: 20 to 40."),
  minP: number(0, 1, "Min p", "Least probability relative to the best. QwQ-32B: 0."),
  presencePenalty: number(-2, 2, "Presence penalty", "Against endless repetition, 0 to 2."),
  repetitionPenalty: number(0.01, 2, "Repetition penalty", "1 is none."),
  seed: z.number().int().optional().meta({ title: "Seed", description: "For repeatable sampling." }),
});

export type Chosen = z.infer<typeof chosenSchema>;

/** What can be chosen by name, for the schema that Studio shows as a form. */
export interface Choices {
  readonly protocols: readonly string[];
  readonly engines: readonly string[];
  /** Default: any name may be given. */
  readonly models?: readonly string[];
}

/**
 * The schema of a run's `context`. Every field may be left out: the defaults of the graph hold then, which come from
 * the environment where it was assembled from settings. No field can name an endpoint, a key or a file.
 */
export function createContextSchema(choices: Choices, defaults: RunLimits = RUN_DEFAULTS) {
  const limits = limitsSchema.partial().shape;
  for (const name of limitsSchema.keyof().options) {
    z.globalRegistry.add(limits[name], { default: defaults[name] });
  }
  return z.object({
    ...limits,
    ...chosenSchema.shape,
    protocol: choice(choices.protocols, "Protocol", "How the model writes its searches.", ["generate"]),
    model: modelChoice(choices.models),
    engine: choice(choices.engines, "Search engine", "Where searches go.", ["web-search"]),
    date: z.iso
      .date()
      .optional()
      .meta({ title: "Date", description: "What the model is told today is (ISO)." }),
    boundary: z.string().regex(BOUNDARY).optional().meta({
      title: "Boundary",
      description:
        "What the heads of sources carry, four to six of a-z and 0-9, so that samples of one question share their prompt. Else one that no page can foresee.",
    }),
  });
}

function modelChoice(models: readonly string[] | undefined) {
  const about = chosenSchema.shape.model.meta() ?? {};
  return models === undefined
    ? chosenSchema.shape.model
    : chosenSchema.shape.model.meta({ ...about, enum: [...models] });
}

function choice(names: readonly string[], title: string, description: string, nodes: readonly string[]) {
  const about = { title, description, langgraph_nodes: nodes };
  const [first] = names;
  return first === undefined
    ? z.string().optional().meta(about)
    : z
        .string()
        .optional()
        .meta({ ...about, enum: [...names], default: first });
}

export type RunContext = z.infer<ReturnType<typeof createContextSchema>>;

/** What a question keeps of the context that it was opened with. */
export interface KeptSettings {
  readonly limits: RunLimits;
  readonly chosen: Chosen;
}

const COUNTED = limitsSchema
  .omit({
    keepResults: true,
    condenseResults: true,
    mendAnswer: true,
    stepMessages: true,
    approveSearches: true,
  })
  .keyof().options;

// a schema that is made anew is compiled anew by its first value
const givenLimitsSchema = limitsSchema.partial().strip();
const givenChoiceSchema = chosenSchema.strip();

/** What a context sets, over the agent's own limits, and no number above its ceiling. */
export function readContext(context: RunContext = {}, defaults: RunLimits, ceilings: Ceilings): KeptSettings {
  const given = definedFields(givenLimitsSchema.parse(context));
  const wanted = { ...defaults, ...given };
  const approveSearches = wanted.approveSearches || defaults.approveSearches;
  return {
    limits: { ...withinCeilings(wanted, ceilings), approveSearches },
    chosen: definedFields(givenChoiceSchema.parse(context)),
  };
}

/** The same, with no number above its ceiling: what a thread keeps may have been edited. */
export function withinCeilings(limits: RunLimits, ceilings: Ceilings): RunLimits {
  let within = limits;
  for (const name of COUNTED) {
    const ceiling = ceilings[name];
    if (ceiling !== undefined && ceiling < within[name]) within = { ...within, [name]: ceiling };
  }
  return within;
}

/** What a question asks of its model. */
export function requestOf(chosen: Chosen): Pick<ContinuationOptions, "sampling" | "modelName"> {
  const { engine: _engine, model, ...sampling } = definedFields(chosen);
  return { sampling, ...(model !== undefined && { modelName: model }) };
}

type Defined<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** Without the fields that are there but undefined. */
export function definedFields<Fields extends object>(fields: Fields): Defined<Fields> {
  const defined = Object.entries(fields).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same fields, but for those
  return Object.fromEntries(defined) as Defined<Fields>;
}

/** Picks by name; an unknown name is the caller's mistake. */
export function pick<Value>(table: Readonly<Record<string, Value>>, name: string, what: string): Value {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found !== undefined) return found;
  throw new AgenticRagError(
    "settings-invalid",
    `There is no ${what} ${JSON.stringify(name.slice(0, 80))}. Choose one of: ${Object.keys(table).join(", ")}.`,
  );
}
