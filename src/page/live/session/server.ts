import * as z from "zod/mini";
import { readEvents, type ServerEvent } from "./events.ts";
import {
  assistantSchema,
  runSchema,
  snapshotSchema,
  threadSchema,
  type RunEntry,
  type Snapshot,
  type ThreadEntry,
} from "./wire.ts";

/** The server refused, or could not be reached (`status` 0). `message` is for a person. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What a run is begun with: the fields of LangGraph's `POST /threads/<thread>/runs/stream`. */
export interface NewRun {
  readonly assistant_id: string;
  readonly input?: { readonly question: string } | null;
  readonly command?: { readonly resume: unknown };
  readonly context?: { readonly approveSearches: boolean };
  readonly checkpoint_id?: string;
}

export type Server = ReturnType<typeof createServer>;

/** A run that nobody carries out does not answer. */
const CANCEL_MS = 4000;
const DELETE_MS = 10_000;
const THREADS = 40;
const STEPS = 400;

/** LangGraph's own routes, as this page uses them. `key` is asked before each request. */
export function createServer(base: string, key: () => string | null) {
  async function send(
    method: string,
    path: string,
    body?: unknown,
    more: RequestInit = {},
  ): Promise<Response> {
    const known = key();
    const headers = new Headers(more.headers);
    if (known !== null) headers.set("authorization", `Bearer ${known}`);
    if (body !== undefined) headers.set("content-type", "application/json");
    let reply: Response;
    try {
      reply = await fetch(base + path, {
        ...more,
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      if (more.signal?.aborted === true) throw cause;
      throw new ServerError(0, "The server does not answer.");
    }
    if (!reply.ok) throw new ServerError(reply.status, await wordsOf(reply));
    return reply;
  }

  return {
    /** The graphs that can be asked, by their names. */
    async graphs(): Promise<readonly string[]> {
      const found = await read(z.array(assistantSchema), send("POST", "/assistants/search", { limit: 100 }));
      return [...new Set(found.map(({ graph_id: name }) => name))];
    },

    /** The newest threads. One that was not begun here is named by its question where its state has one. */
    async threads(): Promise<readonly ThreadEntry[]> {
      const sorted = { limit: THREADS, sort_by: "updated_at", sort_order: "desc" };
      return read(
        z.array(threadSchema),
        send("POST", "/threads/search", {
          ...sorted,
          select: ["thread_id", "status", "updated_at", "metadata"],
        }),
      );
    },
    thread: (thread: string) => read(threadSchema, send("GET", at(thread))),
    createThread: (question: string) =>
      read(threadSchema, send("POST", "/threads", { metadata: { question: question.slice(0, 200) } })),
    async deleteThread(thread: string): Promise<void> {
      await send("DELETE", at(thread));
    },

    state: (thread: string) => read(snapshotSchema, send("GET", at(thread, "/state?subgraphs=false"))),
    /** The newest first. */
    history: (thread: string): Promise<readonly Snapshot[]> =>
      read(z.array(snapshotSchema), send("POST", at(thread, "/history"), { limit: STEPS })),
    /** Writes a new checkpoint behind another one, and gives its id. */
    async edit(
      thread: string,
      checkpoint: string,
      values: Readonly<Record<string, unknown>>,
      node: string,
    ): Promise<string> {
      const body = { values, checkpoint_id: checkpoint, as_node: node };
      const made = await read(
        z.object({
          checkpoint: z.optional(z.object({ checkpoint_id: z.string() })),
          configurable: z.optional(z.object({ checkpoint_id: z.string() })),
        }),
        send("POST", at(thread, "/state"), body),
      );
      const id = made.checkpoint?.checkpoint_id ?? made.configurable?.checkpoint_id;
      if (id === undefined) throw new ServerError(502, "The server did not say which checkpoint it wrote.");
      return id;
    },

    runs: (thread: string): Promise<readonly RunEntry[]> =>
      read(z.array(runSchema), send("GET", at(thread, "/runs?limit=10"))),
    run: (thread: string, run: string) => read(runSchema, send("GET", at(thread, `/runs/${run}`))),
    start: (thread: string, run: NewRun, signal: AbortSignal) =>
      stream(
        send(
          "POST",
          at(thread, "/runs/stream"),
          {
            ...run,
            stream_mode: ["custom", "updates"],
            stream_subgraphs: true,
            // so that another tab, or this one after a reload, sees the run from its beginning
            stream_resumable: true,
            on_disconnect: "continue",
            multitask_strategy: "reject",
          },
          { signal },
        ),
      ),
    /** The events of a run behind `after`; `-1`: all. */
    join: (thread: string, run: string, after: string, signal: AbortSignal) =>
      stream(
        send("GET", at(thread, `/runs/${run}/stream`), undefined, {
          signal,
          headers: { "last-event-id": after },
        }),
      ),
    async cancel(thread: string, run: string): Promise<void> {
      const signal = AbortSignal.timeout(CANCEL_MS);
      await send("POST", at(thread, `/runs/${run}/cancel?action=interrupt`), undefined, { signal });
    },
    async deleteRun(thread: string, run: string): Promise<void> {
      const signal = AbortSignal.timeout(DELETE_MS);
      await send("DELETE", at(thread, `/runs/${run}`), undefined, { signal });
    },
  };
}

async function read<Schema extends z.ZodMiniType>(
  schema: Schema,
  reply: Promise<Response>,
): Promise<z.infer<Schema>> {
  const { success, data } = schema.safeParse(await (await reply).json());
  if (!success) throw new ServerError(502, "The server answered in a form that this page does not know.");
  return data;
}

async function* stream(reply: Promise<Response>): AsyncGenerator<ServerEvent> {
  const { body } = await reply;
  // it has answered, which may be all for a while
  yield { name: "open", place: "", data: null };
  if (body === null) return;
  try {
    yield* readEvents(body);
  } catch {
    throw new ServerError(0, "The connection to the server broke.");
  }
}

function at(thread: string, rest = ""): string {
  return `/threads/${thread}${rest}`;
}

const toldSchema = z.union([
  z.pipe(
    z.object({ error: z.object({ message: z.string() }) }),
    z.transform(({ error }) => error.message),
  ),
  z.pipe(
    z.object({ message: z.string() }),
    z.transform(({ message }) => message),
  ),
]);

async function wordsOf(reply: Response): Promise<string> {
  const text = await reply.text().catch(() => "");
  try {
    const { data } = toldSchema.safeParse(JSON.parse(text));
    if (data !== undefined) return data;
  } catch {
    // no JSON: LangGraph answers in words, a proxy with a page
    if (text !== "" && text.length < 300 && !text.includes("<")) return text;
  }
  return `The server answered with status ${reply.status}.`;
}
