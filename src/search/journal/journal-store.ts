import type { BaseStore } from "@langchain/langgraph";
import { AgenticRagError } from "../../errors.ts";
import { throwIfAborted } from "../../net/abort.ts";
import { withDeadline } from "../../net/deadline.ts";
import type { SearchAttempt } from "../engine.ts";
import { entryOf, itemOf, sentKeyOf, type JournalEntry } from "./journal-entry.ts";

export interface Page {
  readonly store: BaseStore;
  readonly namespace: string[];
  readonly key: string;
  readonly engine: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  readonly clock: () => number;
  /** Is handed what went wrong with the store. */
  readonly tell: (problem: SearchAttempt) => void;
}

/** The entry of one search; `null` when there is none, `undefined` when that cannot be known. */
export async function readPage(page: Page): Promise<JournalEntry | null | undefined> {
  const { store, namespace, key } = page;
  return use(
    page,
    async () => {
      const [answer, sent] = await Promise.all([
        store.get(namespace, key),
        store.get(namespace, sentKeyOf(key)),
      ]);
      return entryOf((answer ?? sent)?.value);
    },
    UNREAD,
  );
}

/** Resolves once the entry is committed, or once it is told why it is not. An answer takes the note's place. */
export async function writePage(page: Page, entry: JournalEntry): Promise<void> {
  const { store, namespace, key } = page;
  const item = itemOf(entry);
  const isAnswer = entry.status !== "sent";
  const write = async () => {
    await store.put(namespace, isAnswer ? key : sentKeyOf(key), item, false);
    // on its own, for one statement gets through where a transaction does not; nobody waits for it, and a note that
    // stays behind does no harm
    if (isAnswer) store.delete(namespace, sentKeyOf(key)).catch(() => undefined);
  };
  await use(page, write, UNWRITTEN);
}

/** Erases the note that a search was about to be sent. */
export async function eraseSent(page: Page): Promise<void> {
  await use(page, () => page.store.delete(page.namespace, sentKeyOf(page.key)), UNWRITTEN);
}

const UNREAD = {
  what: "could not be read",
  effect: "If this search was answered before, it was sent once more.",
};

const UNWRITTEN = {
  what: "could not be written",
  effect: "If this step has to be run again, its search is sent once more.",
};

async function use<Value>(
  page: Page,
  work: () => Promise<Value>,
  { what, effect }: typeof UNREAD,
): Promise<Value | undefined> {
  const { engine, deadlineMs, signal, clock, tell } = page;
  const begun = clock();
  const fail = (kind: "timeout" | "unreachable", why: string): void =>
    tell({
      engine,
      from: "journal",
      status: "failed",
      failure: { kind, message: `The search journal ${what}: ${why}. ${effect}` },
      waitedMs: 0,
      milliseconds: Math.round(clock() - begun),
    });
  // begun even when the search is aborted by now: what was answered is worth keeping
  const working = (async () => ({ value: await work() }))();
  working.catch(() => undefined);
  try {
    const done = await withDeadline({ deadlineMs, signal }, () => working);
    if (done !== "deadline") return done.value;
    fail("timeout", `its store did not answer within ${deadlineMs} ms`);
  } catch (error) {
    throwIfAborted(signal);
    fail("unreachable", reasonOf(error));
  }
  return undefined;
}

/** The message of another library may hold an address with a password: only its name and code are told. */
function reasonOf(error: unknown): string {
  if (AgenticRagError.isInstance(error)) return error.message.replace(/\.$/u, "");
  if (!(error instanceof Error)) return "its store failed";
  return `its store failed with ${error.name}${"code" in error ? ` ${String(error.code)}` : ""}`;
}
