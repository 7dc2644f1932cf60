import { z } from "zod";
import { createContextSchema } from "../graph/context.ts";
import type { ErrorReply } from "./error-reply.ts";

/** What a run on this server may choose by name. */
export interface Choosable {
  readonly engines: readonly string[];
  readonly models: readonly string[];
}

/** The graphs of this project; another graph that a server has may have other settings. */
const GRAPHS = ["agentic-rag", "search-r1", "research-team"];
/** What the contexts of all of them hold, each of which may be sent as null too. */
const contextSchema = z.strictObject({
  ...createContextSchema({ protocols: [], engines: [] }).shape,
  maxParts: z.number().int().min(1).max(8).optional(),
});
const SETTINGS = Object.keys(contextSchema.shape);

const settingsSchema = z.looseObject({
  assistant_id: z.string().optional(),
  graph_id: z.string().optional(),
  context: z.record(z.string(), z.unknown()).nullish(),
  config: z.looseObject({ configurable: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});

/**
 * Why the settings of a run, of each run of a batch, or of an assistant are not taken, or null: names that there are
 * not, values that do not fit, engines and models that the operator has not allowed, and settings in
 * `config.configurable`, where nothing would read them. Numbers above the operator's limits are taken, and lowered by the run.
 */
export function refusalOfChoices(body: unknown, choosable: Choosable): ErrorReply | null {
  for (const one of Array.isArray(body) ? body : [body]) {
    const { data } = settingsSchema.safeParse(one);
    if (data === undefined) continue;
    const misplaced = Object.keys(data.config?.configurable ?? {}).find((name) => SETTINGS.includes(name));
    if (misplaced !== undefined) {
      return bad(`config.configurable.${misplaced}: a setting of a run goes into context.`);
    }
    const graph = data.graph_id ?? data.assistant_id;
    const foreign = graph !== undefined && !z.guid().safeParse(graph).success && !GRAPHS.includes(graph);
    const refusal = foreign || data.context == null ? null : ofContext(data.context, choosable);
    if (refusal !== null) return refusal;
  }
  return null;
}

function ofContext(
  context: Readonly<Record<string, unknown>>,
  { engines, models }: Choosable,
): ErrorReply | null {
  const read = contextSchema.safeParse(context);
  const [issue] = read.error?.issues ?? [];
  if (issue?.code === "unrecognized_keys") {
    return bad(
      `context.${String(issue.keys[0]).slice(0, 80)}: there is no setting of this name. There are: ${SETTINGS.join(", ")}.`,
    );
  }
  if (issue !== undefined) {
    return bad(`context.${issue.path.join(".")} is not as it has to be: ${issue.message}.`);
  }
  return (
    ofName("engine", read.data?.engine, engines, "AGENTIC_RAG_ALLOW_ENGINES") ??
    ofName("model", read.data?.model, models, "AGENTIC_RAG_ALLOW_MODELS")
  );
}

function ofName(
  what: string,
  name: string | undefined,
  allowed: readonly string[],
  setting: string,
): ErrorReply | null {
  if (name === undefined || allowed.includes(name)) return null;
  const others = allowed.length === 0 ? "None can" : `These can: ${allowed.join(", ")}`;
  return {
    status: 403,
    code: `${what}_not_allowed`,
    message: `context.${what}: ${JSON.stringify(name.slice(0, 80))} cannot be chosen here. ${others}. Whoever runs this server can add it to ${setting}.`,
  };
}

function bad(message: string): ErrorReply {
  return { status: 400, code: "bad_setting", message };
}
