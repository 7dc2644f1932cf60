import { begin, ended, follow, goneOn, type Followed } from "./follow.ts";
import { readBase, readKept } from "./kept.ts";
import { ServerError, type NewRun, type Server } from "./server.ts";
import type { ServerEvent } from "./events.ts";
import { endRuns } from "./stop.ts";
import { callOf, isGoing, sinceOf, whole, withTurn } from "./standing.ts";
import { unbroken } from "./unbroken.ts";
import type { OpenThread, Place, View } from "./view.ts";
import type { ThreadEntry } from "./wire.ts";

export type Session = ReturnType<typeof createSession>;

/** All that can be done on the page, and what it shows. `changed` is called after each change of the view. */
export function createSession(server: Server, place: Place, changed: (view: View) => void) {
  let view: View = { phase: "loading", hasKey: place.key.get() !== null, graphs: [], threads: [] };
  /** Ends the reading of what another thread streams; its run goes on. */
  let current = new AbortController();

  function show(change: Partial<View>): void {
    view = { ...view, ...change };
    changed(view);
  }

  /** Changes the open thread, if it still is this one. */
  function showOpen(id: string, change: Partial<OpenThread>): void {
    if (view.open?.id === id) show({ open: { ...view.open, ...change } });
  }

  /** Does something, and tells what went wrong. A key that is missing or wrong is asked for. */
  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof ServerError && error.status === 401) {
        const given = place.key.get() !== null;
        show({ phase: "key", keyProblem: given ? error.message : undefined });
      } else if (!(error instanceof DOMException && error.name === "AbortError")) {
        show({ phase: view.phase === "loading" ? "ready" : view.phase, problem: wordsOf(error) });
      }
    }
  }

  async function listThreads(): Promise<void> {
    show({ threads: await server.threads() });
  }

  const start = (): Promise<void> =>
    attempt(async () => {
      const graphs = await server.graphs();
      show({
        graphs,
        threads: await server.threads(),
        phase: "ready",
        problem: undefined,
        keyProblem: undefined,
      });
      await visit();
    });

  /** Shows what the address names. */
  async function visit(): Promise<void> {
    const { thread, checkpoint } = place.address.get();
    if (view.phase !== "ready") return;
    const { open } = view;
    if (thread !== undefined && open?.id === thread && open.kept !== undefined && open.activity === "idle") {
      return attempt(() => look(thread, checkpoint));
    }
    if (open?.id === thread && open !== undefined && checkpoint === undefined) return;
    current.abort();
    show({ open: undefined, problem: undefined });
    if (thread !== undefined) await attempt(() => openThread(thread, checkpoint));
  }

  async function openThread(id: string, checkpoint?: string): Promise<void> {
    const signal = anew();
    show({ open: { id, graph: undefined, followed: begin(""), activity: "loading" } });
    let entry: ThreadEntry;
    try {
      entry = await server.thread(id);
    } catch (error) {
      if (!(error instanceof ServerError && error.status === 404)) throw error;
      place.address.set({}, true);
      show({ open: undefined, problem: "This thread is not here (any more)." });
      return;
    }
    const [history, runs] = await Promise.all([server.history(id), server.runs(id)]);
    signal.throwIfAborted();
    const kept = readKept(history, checkpoint);
    const going = runs.find(isGoing);
    showOpen(id, { graph: entry.metadata.graph_id, kept, followed: kept.followed, activity: "idle" });
    if (going === undefined || checkpoint !== undefined) return;
    if (going.kwargs.resumable === true) {
      // from its beginning: what is kept may be ahead of the first events
      const from = readBase(history, going);
      showOpen(id, { followed: from, activity: "running", since: sinceOf(going) });
      await read(id, server.join(id, going.run_id, "-1", signal), from, going.run_id, signal);
    } else await watch(id, going.run_id, signal);
  }

  /** A run that another client began cannot be read twice: what it leaves is looked at, again and again. */
  async function watch(id: string, runId: string, signal: AbortSignal): Promise<void> {
    showOpen(id, { activity: "running", since: Date.now() });
    for (;;) {
      await place.wait(1000);
      signal.throwIfAborted();
      const goes = isGoing(await server.run(id, runId));
      const kept = readKept(await server.history(id));
      signal.throwIfAborted();
      const { followed } = kept;
      const shown: Followed = goes ? { ...followed, run: { ...followed.run, status: "running" } } : followed;
      showOpen(id, { kept, followed: shown, activity: goes ? "running" : "idle" });
      if (!goes) return listThreads();
    }
  }

  /** Shows the thread as it was at a checkpoint; the newest where none is named. */
  async function look(id: string, checkpoint: string | undefined): Promise<void> {
    const kept = readKept(await server.history(id), checkpoint);
    showOpen(id, { kept, followed: kept.followed });
  }

  function anew(): AbortSignal {
    current.abort();
    current = new AbortController();
    return current.signal;
  }

  /** Reads a run to its end, also over connections that break. */
  async function read(
    id: string,
    events: AsyncGenerator<ServerEvent>,
    from: Followed,
    known: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    let followed = from;
    const reading = {
      server,
      thread: id,
      run: known,
      events,
      signal,
      wait: place.wait,
      onBreak: () => showOpen(id, { activity: "reconnecting" }),
    };
    for await (const event of unbroken(reading)) {
      followed = follow(followed, event);
      const isBack = view.open?.activity === "reconnecting";
      showOpen(id, { followed, ...(isBack && { activity: "running" }) });
    }
    followed = ended(followed);
    const history = await server.history(id);
    signal.throwIfAborted();
    const kept = readKept(history);
    // a stream that was cut tells less than what is kept
    const isWhole =
      followed.run.answer !== undefined || followed.asked.length > 0 || followed.error !== undefined;
    showOpen(id, {
      kept,
      followed: isWhole ? whole(followed, kept) : kept.followed,
      activity: "idle",
      since: undefined,
    });
    await listThreads();
  }

  async function run(
    id: string,
    graph: string,
    body: Omit<NewRun, "assistant_id">,
    from: Followed,
  ): Promise<void> {
    const signal = anew();
    showOpen(id, { graph, followed: from, activity: "running", since: Date.now() });
    try {
      await read(id, server.start(id, { ...body, assistant_id: graph }, signal), from, undefined, signal);
    } catch (error) {
      showOpen(id, { followed: ended(view.open?.followed ?? from), activity: "idle", since: undefined });
      throw error;
    }
  }

  return {
    view: () => view,
    start,
    visit,

    /** Asks on the open thread, or on a new one. */
    ask: (question: string, { graph, approve }: { readonly graph: string; readonly approve: boolean }) =>
      attempt(async () => {
        show({ problem: undefined });
        let { open } = view;
        if (open === undefined) {
          const entry = await server.createThread(question);
          open = {
            id: entry.thread_id,
            graph,
            followed: begin(question),
            activity: "running",
            since: Date.now(),
          };
          show({ open, threads: [{ ...entry, status: "busy" }, ...view.threads] });
        }
        place.address.set({ thread: open.id });
        const { kept } = open;
        if (kept !== undefined)
          showOpen(open.id, { kept: { ...kept, earlier: withTurn(kept, open.followed) } });
        await run(
          open.id,
          open.graph ?? graph,
          { input: { question }, context: { approveSearches: approve } },
          begin(question),
        );
      }),

    /** Answers what a person was asked, each by its id. */
    answer: (answers: Readonly<Record<string, unknown>>) =>
      attempt(async () => {
        const { open } = view;
        if (open?.graph === undefined) return;
        await run(open.id, open.graph, { command: { resume: answers } }, goneOn(open.followed));
      }),

    /** Runs on from a checkpoint, with other queries or addresses where they are given. */
    fork: (
      checkpoint: string,
      asks?: { readonly kind: "search" | "open"; readonly values: readonly string[] },
    ) =>
      attempt(async () => {
        const { open } = view;
        if (open?.graph === undefined) return;
        const { id, graph } = open;
        const from =
          asks === undefined
            ? checkpoint
            : await server.edit(id, checkpoint, { call: callOf(asks) }, "parse-tool-call");
        place.address.set({ thread: id });
        const kept = readKept(await server.history(id), from);
        showOpen(id, { kept });
        await run(
          id,
          graph,
          { input: null, checkpoint_id: from },
          begin(kept.followed.run.question, kept.followed.run),
        );
      }),

    /** Goes on where the run was stopped. */
    goOn: () =>
      attempt(async () => {
        const { open } = view;
        if (open?.graph === undefined) return;
        await run(open.id, open.graph, { input: null }, begin(open.followed.run.question, open.followed.run));
      }),

    stop: () =>
      attempt(async () => {
        const { open } = view;
        if (open === undefined) return;
        const { id } = open;
        showOpen(id, { activity: "stopping" });
        await endRuns(server, id, place.wait);
        if (view.open?.id === id && view.open.activity === "stopping") await openThread(id);
      }),

    remove: (id: string) =>
      attempt(async () => {
        await server.deleteThread(id);
        if (view.open?.id === id) {
          anew();
          place.address.set({});
          show({ open: undefined });
        }
        await listThreads();
      }),

    askKey: () => show({ phase: "key" }),
    useKey: async (key: string) => {
      place.key.set(key);
      show({ phase: "loading", hasKey: true, keyProblem: undefined });
      await start();
    },
    forgetKey: () => {
      anew();
      place.key.set(null);
      show({ phase: "key", hasKey: false, open: undefined, threads: [], graphs: [], keyProblem: undefined });
    },
    dismiss: () => show({ problem: undefined }),
  };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
