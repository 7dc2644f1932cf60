import { z } from "zod";
import { AgenticRagError } from "../errors.ts";
import type { ContinuationOptions } from "../model/model.ts";

/** The settings of one run, and their defaults. */
export const RUN_DEFAULTS = {
  maxSearches: 5,
  maxPages: 0,
  maxTokens: 32_768,
  maxSeconds: 600,
  maxRepairs: 3,
  maxRepeats: 3,
  maxResults: 5,
  maxResponseBytes: 24_000,
  condenseResults: false,
  approveSearches: false,
} as const;

type Limit = Exclude<keyof typeof RUN_DEFAULTS, "condenseResults" | "approveSearches">;

/** The settings of one run; those that may be left out are then as in `RUN_DEFAULTS`. */
export interface RunLimits extends Readonly<Record<Exclude<Limit, "maxPages" | "maxResponseBytes">, number>> {
  /** Pages that the model may open for a question with a second tool, `open_url`. 0: it is not offered. */
  readonly maxPages?: number;
  /** Bytes of UTF-8 of the titles, addresses and texts of all results of one call, however many queries it has. */
  readonly maxResponseBytes?: number;
  /** The model condenses what a search found, in a request of its own, and goes on from that. */
  readonly condenseResults?: boolean;
  /** A person is asked before searches are sent and pages opened: the run waits in an interrupt, see `ApprovalRequest`. */
  readonly approveSearches?: boolean;
}

const limitFields: Record<Limit, { min: number; max: number; title: string; description: string }> = {
  maxSearches: {
    min: 0,
    max: 100,
    title: "Search budget",
    description: "Searches that may run for a question.",
  },
  maxPages: {
    min: 0,
    max: 50,
    title: "Page budget",
    description: "Pages that may be opened for a question; 0: none. Only the protocol qwq opens pages.",
  },
  maxTokens: {
    min: 16,
    max: 1_000_000,
    title: "Token budget",
    description: "Tokens that the model may write for a question; a fifth is kept back for the answer.",
  },
  maxSeconds: {
    min: 1,
    max: 86_400,
    title: "Time budget (seconds)",
    description: "Time for a question; a fifth is kept back for the answer.",
  },
  maxRepairs: {
    min: 0,
    max: 20,
    title: "Repair budget",
    description: "Unreadable calls that the model may mend.",
  },
  maxRepeats: { min: 0, max: 20, title: "Repeat budget", description: "Queries that it may ask again." },
  maxResults: {
    min: 1,
    max: 20,
    title: "Results per search",
    description: "Sources that one search brings.",
  },
  maxResponseBytes: {
    min: 1000,
    max: 1_000_000,
    title: "Bytes per response",
    description: "Size of all results of one call together, however many queries it has.",
  },
};

const number = (min: number, max: number, title: string, description: string) =>
  z
    .number()
    .min(min)
    .max(max)
    .optional()
    .meta({ title, description, langgraph_nodes: ["generate"] });

const limit = (name: Limit, defaults: RunLimits) => {
  const { min, max, ...about } = limitFields[name];
  return z
    .number()
    .int()
    .min(min)
    .max(max)
    .optional()
    .meta({ ...about, default: defaults[name] ?? RUN_DEFAULTS[name] });
};

/** What can be chosen by name, for the schema that Studio shows as a form. */
export interface Choices {
  readonly protocols: readonly string[];
  readonly engines: readonly string[];
}

/**
 * The schema of a run's `context`. Every field may be left out: the defaults of the graph hold then, which come from
 * the environment where it was assembled from settings. No field can name an endpoint, a key or a file.
 */
export function createContextSchema(choices: Choices, defaults: RunLimits = RUN_DEFAULTS) {
  return z.object({
    maxSearches: limit("maxSearches", defaults),
    maxPages: limit("maxPages", defaults),
    maxTokens: limit("maxTokens", defaults),
    maxSeconds: limit("maxSeconds", defaults),
    maxRepairs: limit("maxRepairs", defaults),
    maxRepeats: limit("maxRepeats", defaults),
    maxResults: limit("maxResults", defaults),
    maxResponseBytes: limit("maxResponseBytes", defaults),
    condenseResults: z
      .boolean()
      .optional()
      .meta({
        title: "Condense results",
        description: "The model first condenses what a search found, in a request of its own.",
        default: defaults.condenseResults ?? RUN_DEFAULTS.condenseResults,
        langgraph_nodes: ["web-search"],
      }),
    approveSearches: z
      .boolean()
      .optional()
      .meta({
        title: "Ask before searching",
        description: "The run waits for a person before each search and each opening of pages.",
        default: defaults.approveSearches ?? RUN_DEFAULTS.approveSearches,
        langgraph_nodes: ["web-search"],
      }),
    model: z
      .string()
      .min(1)
      .optional()
      .meta({
        title: "Model",
        description: "Another model name at the same endpoint.",
        langgraph_nodes: ["generate"],
      }),
    protocol: choice(choices.protocols, "Protocol", "How the model writes its searches.", ["generate"]),
    engine: choice(choices.engines, "Search engine", "Where searches go.", ["web-search"]),
    date: z.iso
      .date()
      .optional()
      .meta({ title: "Date", description: "What the model is told today is (ISO)." }),
    temperature: number(0, 2, "Temperature", "Randomness of the next token. QwQ-32B: 0.6."),
    topP: number(0.001, 1, "Top p", "Nucleus sampling. QwQ-32B: 0.95."),
    topK: number(-1, 1000, "Top k", "Tokens to choose among. QwQ-32B: 20 to 40."),
    minP: number(0, 1, "Min p", "Least probability relative to the best. QwQ-32B: 0."),
    presencePenalty: number(-2, 2, "Presence penalty", "Against endless repetition, 0 to 2."),
    repetitionPenalty: number(0.01, 2, "Repetition penalty", "1 is none."),
    seed: z.number().int().optional().meta({ title: "Seed", description: "For repeatable sampling." }),
  });
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

/** The limits of a run: what its context sets, else the graph's defaults. */
export function limitsOf(context: RunContext | undefined, defaults: RunLimits): Required<RunLimits> {
  return {
    maxSearches: context?.maxSearches ?? defaults.maxSearches,
    maxPages: context?.maxPages ?? defaults.maxPages ?? RUN_DEFAULTS.maxPages,
    maxTokens: context?.maxTokens ?? defaults.maxTokens,
    maxSeconds: context?.maxSeconds ?? defaults.maxSeconds,
    maxRepairs: context?.maxRepairs ?? defaults.maxRepairs,
    maxRepeats: context?.maxRepeats ?? defaults.maxRepeats,
    maxResults: context?.maxResults ?? defaults.maxResults,
    maxResponseBytes: context?.maxResponseBytes ?? defaults.maxResponseBytes ?? RUN_DEFAULTS.maxResponseBytes,
    condenseResults: context?.condenseResults ?? defaults.condenseResults ?? RUN_DEFAULTS.condenseResults,
    approveSearches: context?.approveSearches ?? defaults.approveSearches ?? RUN_DEFAULTS.approveSearches,
  };
}

/** What a run's context asks of its model. */
export function requestOf(context: RunContext): Pick<ContinuationOptions, "sampling" | "modelName"> {
  const { temperature, topP, topK, minP, presencePenalty, repetitionPenalty, seed } = context;
  return {
    sampling: {
      ...(temperature !== undefined && { temperature }),
      ...(topP !== undefined && { topP }),
      ...(topK !== undefined && { topK }),
      ...(minP !== undefined && { minP }),
      ...(presencePenalty !== undefined && { presencePenalty }),
      ...(repetitionPenalty !== undefined && { repetitionPenalty }),
      ...(seed !== undefined && { seed }),
    },
    ...(context.model !== undefined && { modelName: context.model }),
  };
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
