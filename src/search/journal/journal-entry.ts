import { createHash } from "node:crypto";
import { z } from "zod";
import { SEARCH_FAILURE_KINDS, type SearchAttempt, type SearchResult } from "../engine.ts";
import type { Query } from "../query.ts";

/** Raised whenever an entry of an older version could not be read. */
const VERSION = 1;

const attempts = z.array(
  z.strictObject({
    engine: z.string(),
    from: z.enum(["engine", "shared", "cache", "journal", "recording"]),
    status: z.enum(["found", "nothing", "failed"]),
    failure: z.strictObject({ kind: z.enum(SEARCH_FAILURE_KINDS), message: z.string() }).exactOptional(),
    waitedMs: z.number(),
    milliseconds: z.number(),
  }),
);

const result = z.strictObject({
  title: z.string(),
  url: z.string(),
  text: z.string(),
  date: z.string().exactOptional(),
});

const entrySchema = z.discriminatedUnion("status", [
  z.strictObject({ status: z.literal("sent"), attempts }),
  z.strictObject({ status: z.literal("nothing"), attempts }),
  z.strictObject({ status: z.literal("found"), attempts, results: z.array(result) }),
]);

/** What a store holds: one string of JSON. Nothing that came from outside is ever an object there. */
const itemSchema = z.strictObject({ version: z.literal(VERSION), outcome: z.string() });

/**
 * One search in the journal. `sent`: it was about to be sent, and no answer was written down since; `attempts` are the
 * tries before that one. Otherwise its answer, and every try that was made for it.
 */
export type JournalEntry = (
  | { readonly status: "sent" }
  | { readonly status: "nothing" }
  | { readonly status: "found"; readonly results: readonly SearchResult[] }
) & { readonly attempts: readonly SearchAttempt[] };

/** Only letters, digits and dashes: every store takes it, whatever the group is called. */
export function namespaceOf(group: string): string[] {
  return ["agentic-rag", "searches", digest([group])];
}

export function keyOf(scope: string, engine: string, { query, maxResults }: Query): string {
  return digest([scope, query, engine, maxResults]);
}

/**
 * Where it is noted that a search is about to be sent: not where its answer will be, so that a note that is written
 * late, by a slow store or by a process that was held up, cannot take the answer's place.
 */
export function sentKeyOf(key: string): string {
  return `${key}-sent`;
}

export function itemOf(entry: JournalEntry): z.infer<typeof itemSchema> {
  return { version: VERSION, outcome: JSON.stringify(entry) };
}

/** The entry in an item; `null` for none, and for one that is damaged or of another version. */
export function entryOf(item: unknown): JournalEntry | null {
  const { data } = itemSchema.safeParse(item);
  if (data === undefined) return null;
  try {
    return entrySchema.parse(JSON.parse(data.outcome));
  } catch {
    return null;
  }
}

/** JSON keeps parts apart and spells lone surrogates out, so that no two lists have one digest. */
function digest(parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
