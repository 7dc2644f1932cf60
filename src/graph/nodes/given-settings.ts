import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { createContextSchema } from "../context.ts";
import { placeOf } from "../journaled.ts";

/** The names of the settings that a run of the agent has. */
export const SETTING_NAMES: readonly string[] = Object.keys(
  createContextSchema({ protocols: [], engines: [] }).shape,
);

/**
 * The same schema, which refuses a value that does not fit in a sentence where LangGraph parses a run's context with it; zod
 * would throw its issues as JSON. A check of the schema would not do: LangGraph extends it for Studio, and zod takes no
 * schema with checks there.
 *
 * @throws AgenticRagError `settings-invalid`, when it is parsed.
 */
export function inWords<Schema extends z.ZodObject>(schema: Schema): Schema {
  // oxlint-disable-next-line eslint/no-underscore-dangle -- zod's name for what every parse of a schema goes through
  const internals = schema._zod;
  const run = internals.run.bind(internals);
  internals.run = (payload, context) => {
    const read = run(payload, context);
    if (read instanceof Promise || read.issues[0] === undefined) return read;
    const { message, path } = z.core.util.finalizeIssue(read.issues[0], context, z.config());
    const where = ["context", ...path.map(String)].join(".");
    throw invalid(`${where} is not as it has to be: ${message}. Mend it, or leave it out.`);
  };
  return schema;
}

/**
 * Refuses names that are no settings, and settings in `configurable`, where nothing reads them. Inside another graph both may
 * be that graph's own.
 *
 * @throws AgenticRagError `settings-invalid`.
 */
export function refuseMisnamed(
  { context, configurable }: Pick<LangGraphRunnableConfig, "configurable"> & { readonly context?: object },
  names: readonly string[] = SETTING_NAMES,
): void {
  if (placeOf(configurable?.["checkpoint_ns"]) !== "") return;
  refuseUnknownSettings(context ?? {}, names);
  const misplaced = Object.keys(configurable ?? {}).find((name) => names.includes(name));
  if (misplaced === undefined) return;
  throw invalid(
    `configurable.${misplaced}: a setting of a run goes into context, as in { context: { ${misplaced}: … } }.`,
  );
}

/** @throws AgenticRagError `settings-invalid` for the first name that is no setting. */
export function refuseUnknownSettings(context: object, names: readonly string[] = SETTING_NAMES): void {
  const unknown = Object.keys(context).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw invalid(
    `context.${unknown.slice(0, 80)}: there is no setting of this name. There are: ${names.join(", ")}.`,
  );
}

function invalid(message: string): AgenticRagError {
  return new AgenticRagError("settings-invalid", message);
}
