import { z } from "zod";
import type { ErrorReply } from "./error-reply.ts";

/**
 * How deep lists and objects may lie in one another. The server reads its files back down to 50 levels, about 15 of
 * which lie around what was sent; one value that lies deeper makes the whole file unreadable.
 */
const MAX_DEPTH = 32;
/**
 * Keys that become code or another object when state is read back: LangChain's serialised objects (`lc`) are revived
 * from the files of the server, and one that cannot be revived makes the whole file unreadable.
 */
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype", "lc", "__lc_escaped__"]);

const uuid = z.guid({ error: "must be a UUID" }).nullish();
const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/, { error: "must be a UUID or the name of a graph" });
const label = z
  .string()
  .regex(/^(?!__proto__$)[^\p{Cc}*%:./\\]{1,128}$/u, { error: "must be a name without * % : . / and \\" });
const labels = z.array(label).max(16).nullish();
const storeKey = z.string().regex(/^(?!__proto__$)[^\p{Cc}]{1,256}$/u, {
  error: "must be 1 to 256 characters without control characters",
});
const place = z.string().regex(/^[\w:|.-]{0,512}$/, { error: "is not the place of a graph" });
const checkpoint = { checkpoint_id: uuid, checkpoint_ns: place.nullish() };

const configurableIds = { thread_id: uuid, ...checkpoint, checkpoint_map: z.unknown() };
/** Ids, as far as a body holds them. */
const idsWith = (configurable: z.ZodType) =>
  z.looseObject({
    thread_id: uuid,
    run_id: uuid,
    assistant_id: name.nullish(),
    graph_id: name.nullish(),
    ids: z.array(z.guid({ error: "must be a UUID" })).nullish(),
    ...checkpoint,
    checkpoint: z.looseObject({ thread_id: uuid, ...checkpoint }).nullish(),
    config: z.looseObject({ configurable: configurable.nullish() }).nullish(),
    namespace: labels,
    namespace_prefix: labels,
    prefix: labels,
    suffix: labels,
    key: storeKey.nullish(),
  });

/** What a body of LangGraph's own routes must be: one such object, several, or a command that carries one. */
const bodyWith = (configurable: z.ZodType) => {
  const ids = idsWith(configurable);
  return z.union([
    z.array(ids).max(100),
    ids.extend({ params: z.looseObject({ ...ids.shape, namespace: z.unknown().optional() }).nullish() }),
  ]);
};
const schema = bodyWith(
  z
    .strictObject(configurableIds, {
      error: "takes the ids of a thread and a checkpoint only; settings of a run go into context",
    })
    .partial(),
);
const looseSchema = bodyWith(z.looseObject(configurableIds).partial());

/**
 * Why the JSON text of a body is not taken, or null.
 *
 * @param anyConfigurable whether `config.configurable` may hold more than ids, to be left out of the run later.
 */
export function refusalOfBody(text: string, { anyConfigurable = false } = {}): ErrorReply | null {
  const value = parse(text);
  if (value === undefined) return bad("The body is not JSON.");
  return refusalOfValue(value) ?? refusalOfIds(value, anyConfigurable);
}

/** Why a value is not stored, or null: it would not read back. */
export function refusalOfValue(value: unknown): ErrorReply | null {
  const found = forbidden(value);
  return found === null ? null : bad(found);
}

function refusalOfIds(value: unknown, anyConfigurable: boolean): ErrorReply | null {
  const checked = (anyConfigurable ? looseSchema : schema).safeParse(value);
  if (checked.success) return null;
  const [issue] = deepest(checked.error.issues);
  const where = issue?.path.join(".") ?? "";
  return bad(`${where === "" ? "The body" : where}: ${issue?.message ?? "is not taken"}.`);
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** What lies too deep or has a key that is not taken, found without recursion. */
function forbidden(value: unknown): string | null {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return `The body is nested deeper than ${MAX_DEPTH} levels.`;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== "object" || item === null) continue;
      const key = Array.isArray(item) ? undefined : Object.keys(item).find((one) => FORBIDDEN.has(one));
      if (key !== undefined) return `The body has a key ${JSON.stringify(key)}, which is not taken.`;
      for (const child of Object.values(item)) next.push(child);
    }
    level = next;
  }
  return null;
}

/** The issues of the alternative that came furthest. */
function deepest(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  return issues.flatMap((issue) =>
    issue.code === "invalid_union"
      ? ([...issue.errors].sort((a, b) => (b[0]?.path.length ?? 0) - (a[0]?.path.length ?? 0))[0] ?? [issue])
      : [issue],
  );
}

function bad(message: string): ErrorReply {
  return { status: 400, code: "bad_body", message };
}
