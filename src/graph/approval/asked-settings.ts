import { createHash } from "node:crypto";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { z } from "zod";
import { withDeadline } from "../../net/deadline.ts";
import { namespaceOf } from "../../search/journal/journal-entry.ts";
import {
  createContextSchema,
  definedFields,
  limitsSchema,
  RUN_DEFAULTS,
  type RunContext,
  type RunLimits,
} from "../context.ts";
import { placeOf } from "../journaled.ts";

/** How long the store may take to read or write them, in milliseconds. */
const DEADLINE_MS = 5_000;
const VERSION = 1;

const settingsSchema = createContextSchema({ protocols: [], engines: [] });
/** One string of JSON, as the entries of the search journal are. */
const itemSchema = z.strictObject({ version: z.literal(VERSION), outcome: z.string() });
const entrySchema = z.strictObject({ status: z.literal("asked"), settings: settingsSchema });

interface Config extends Pick<LangGraphRunnableConfig, "configurable" | "store" | "signal"> {
  readonly context?: RunContext | undefined;
}

/**
 * The context that a question is opened with: that of this call, over what an earlier call asked the same question with
 * and did not come to open it, because its process ended in its first step. Such a run is resumed without its context,
 * and must not forget that a person is to be asked, or its budgets. Kept in the store, among the searches of the thread;
 * without a store, or where it fails, the context of this call is all there is.
 *
 * @param own the agent's limits: where they are not the package's, they are kept too, since another agent may resume
 */
export async function askedContext(questionId: string, config: Config, own: RunLimits): Promise<RunContext> {
  const given = definedFields(config.context ?? {});
  const { store, configurable, signal } = config;
  const thread: unknown = configurable?.["thread_id"];
  if (store === undefined || typeof thread !== "string" || thread === "") return given;
  const namespace = namespaceOf(thread);
  const key = createHash("sha256")
    .update(JSON.stringify(["asked", placeOf(configurable?.["checkpoint_ns"]), questionId]))
    .digest("hex");
  try {
    const item = await withDeadline({ deadlineMs: DEADLINE_MS, signal }, () => store.get(namespace, key));
    const kept = item === "deadline" ? {} : settingsIn(item?.value);
    const asked: RunContext = { ...ownOf(own), ...kept, ...given };
    if (own.approveSearches) asked.approveSearches = true;
    if (Object.keys(asked).length > 0 && JSON.stringify(asked) !== JSON.stringify(kept)) {
      const value = itemOf(asked);
      await withDeadline({ deadlineMs: DEADLINE_MS, signal }, () => store.put(namespace, key, value, false));
    }
    return asked;
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return given;
  }
}

function ownOf(own: RunLimits): RunContext {
  // what people see of a run is no limit of it
  const names = limitsSchema.omit({ stepMessages: true }).keyof().options;
  return Object.fromEntries(
    names.filter((name) => own[name] !== RUN_DEFAULTS[name]).map((name) => [name, own[name]]),
  );
}

function itemOf(settings: RunContext): z.infer<typeof itemSchema> {
  const entry = { status: "asked", settings } satisfies z.infer<typeof entrySchema>;
  return { version: VERSION, outcome: JSON.stringify(entry) };
}

function settingsIn(item: unknown): RunContext {
  const { data } = itemSchema.safeParse(item);
  if (data === undefined) return {};
  try {
    return entrySchema.parse(JSON.parse(data.outcome)).settings;
  } catch {
    return {};
  }
}
