import { z } from "zod";
import { AgenticRagError, messageOf } from "../../errors.ts";
import type { Trajectory } from "../../trajectory/trajectory.ts";
import { NOTHING_YET, readRecord } from "../view/run-record.ts";
import { savedRun } from "./saved-run.ts";

export interface ServerThreads {
  /** Of a LangGraph Server, such as `http://localhost:2024`. */
  readonly url: string;
  /** A key for it, where it asks for one. */
  readonly key: string | undefined;
  /** Its id; undefined for all that the key may see. */
  readonly thread: string | undefined;
}

const PAGE = 20;
const TIMEOUT_MS = 60_000;

const valuesSchema = z.looseObject({ opening: z.unknown(), stopReason: z.unknown() }).nullish();
const stateSchema = z.object({ values: valuesSchema, created_at: z.string().nullish() });
const threadsSchema = z.array(
  z.object({ thread_id: z.string(), updated_at: z.string(), values: valuesSchema }),
);

/**
 * The last run of a thread of a LangGraph Server, or of each that has come to its end, the first made first. Threads of other
 * graphs are passed over.
 *
 * @throws AgenticRagError `settings-invalid` where the server cannot be reached or refuses, `thread-unknown`
 */
export async function* serverRuns(from: ServerThreads): AsyncGenerator<Trajectory> {
  const { thread } = from;
  if (thread !== undefined) {
    const { values, created_at: at } = await ask(
      from,
      stateSchema,
      `/threads/${encodeURIComponent(thread)}/state`,
    );
    yield toRun(thread, values, at);
    return;
  }
  for (let offset = 0; ; offset += PAGE) {
    const page = await ask(from, threadsSchema, "/threads/search", {
      limit: PAGE,
      offset,
      sort_by: "created_at",
      sort_order: "asc",
    });
    for (const { thread_id: id, updated_at: at, values } of page) {
      if (values?.opening != null && values.stopReason != null) yield toRun(id, values, at);
    }
    if (page.length < PAGE) return;
  }
}

function toRun(id: string, values: z.infer<typeof valuesSchema>, at: string | null | undefined): Trajectory {
  const record = readRecord({ ...NOTHING_YET, ...values });
  return savedRun(record, {
    id,
    question: record.opening?.question ?? "",
    finishedAt: at == null ? new Date() : new Date(at),
  });
}

async function ask<Reply>(
  { url, key, thread }: ServerThreads,
  schema: z.ZodType<Reply>,
  path: string,
  body?: object,
): Promise<Reply> {
  let response: Response;
  try {
    response = await fetch(new URL(`${url.replace(/\/+$/, "")}${path}`), {
      method: body === undefined ? "GET" : "POST",
      headers: { ...(key && { "x-api-key": key }), ...(body && { "content-type": "application/json" }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw refused(`cannot be reached (${messageOf(cause)})`, cause);
  }
  const read = schema.safeParse(await response.json().catch(() => undefined));
  if (response.ok && read.success) return read.data;
  if (response.status === 404 && thread !== undefined) {
    throw new AgenticRagError(
      "thread-unknown",
      `The LangGraph Server of --server has no thread ${JSON.stringify(thread)}.`,
    );
  }
  throw refused(
    response.ok ? "does not answer as one" : `refused with status ${response.status}`,
    read.error,
  );
}

function refused(what: string, cause?: unknown): AgenticRagError {
  return new AgenticRagError(
    "settings-invalid",
    `The LangGraph Server of --server ${what}. Check its address, and LANGGRAPH_API_KEY where it asks for a key.`,
    { cause },
  );
}
