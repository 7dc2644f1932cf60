import type { PageRun } from "../../run.ts";
import { begin, ended, follow, goneOn, waiting, type Followed } from "./follow.ts";
import { stepsWith } from "./kept-steps.ts";
import { askedSchema, leftSchema, type Asked, type Left, type RunEntry, type Snapshot } from "./wire.ts";

/** A question of an earlier run of the thread, with its answer. */
export interface Turn {
  readonly question: string;
  readonly answer: string;
}

/** A checkpoint, as a person chooses among them. */
export interface Checkpoint {
  readonly id: string;
  /** The step that led there: a node, `question`, or `edit`. */
  readonly behind: string;
  /** What would run next. */
  readonly next: readonly string[];
  /** ISO date and time. */
  readonly at?: string | undefined;
  /** It leads to what is shown; others are of other branches. */
  readonly shown: boolean;
  /** The queries or addresses that would be sent next. */
  readonly asks?: { readonly kind: "search" | "open"; readonly values: readonly string[] } | undefined;
  readonly edited: boolean;
}

/** A thread as it is kept, looked at from one of its checkpoints. */
export interface Kept {
  readonly followed: Followed;
  readonly earlier: readonly Turn[];
  /** The newest first. */
  readonly checkpoints: readonly Checkpoint[];
  /** The checkpoint that is shown. */
  readonly at?: string | undefined;
  readonly next: readonly string[];
}

/**
 * A thread's history as a run: what each node left is read anew, from the question on. `at`: the checkpoint to show;
 * default: the newest.
 */
export function readKept(history: readonly Snapshot[], at?: string): Kept {
  const byId = new Map(history.map((snapshot) => [idOf(snapshot), snapshot]));
  const last = byId.get(at) ?? history[0];
  const branch = branchTo(last, byId);
  const shown = new Set(branch.map(idOf));
  const opening = branch.findLastIndex(isOpening);
  const run = branch.slice(Math.max(opening, 0));
  const followed = last === undefined ? NOTHING : replayed(run, last);
  return {
    followed,
    earlier: turnsBefore(last, followed.run.question),
    checkpoints: history.flatMap((snapshot) => checkpointOf(snapshot, byId, shown)),
    at: last === undefined ? undefined : idOf(last),
    next: last?.next ?? [],
  };
}

/** What a run that still goes on began from: a question of its own, or the checkpoint that it went on from. */
export function readBase(history: readonly Snapshot[], { run_id: run, kwargs }: RunEntry): Followed {
  const byId = new Map(history.map((snapshot) => [idOf(snapshot), snapshot]));
  const branch = branchTo(history[0], byId);
  const first = branch.findIndex(({ metadata }) => metadata.run_id === run);
  const [own] = first < 0 ? [] : [branch[first]];
  const question = kwargs.input?.question;
  if (question !== undefined || (own !== undefined && isOpening(own))) return begin(question ?? "");
  const before = first < 0 ? branch.at(-1) : branch[first - 1];
  const { followed } = readKept(history, before === undefined ? undefined : idOf(before));
  return goneOn(begin(followed.run.question, followed.run));
}

const NOTHING: Followed = {
  run: { question: "", status: "ended", steps: [], sources: [] },
  parts: [],
  asked: [],
};

function idOf({ checkpoint }: Snapshot): string | undefined {
  return checkpoint?.checkpoint_id;
}

/** The oldest first. */
function branchTo(
  last: Snapshot | undefined,
  byId: ReadonlyMap<string | undefined, Snapshot>,
): readonly Snapshot[] {
  const branch: Snapshot[] = [];
  for (
    let one = last;
    one !== undefined && !branch.includes(one);
    one = byId.get(one.parent_checkpoint?.checkpoint_id)
  ) {
    branch.unshift(one);
  }
  return branch;
}

/** What a question was asked with. */
function isOpening({ metadata, next }: Snapshot): boolean {
  return metadata.source === "input" || next.includes("__start__");
}

/** The run up to its last checkpoint. */
function replayed(branch: readonly Snapshot[], last: Snapshot): Followed {
  let followed: Followed = { ...NOTHING, run: { ...NOTHING.run, status: "running" } };
  for (const [at, snapshot] of branch.entries()) {
    // what was done behind the last one led elsewhere, or is not asked for
    if (snapshot === last) break;
    const next = branch[at + 1];
    if (next !== undefined && isEdit(next)) {
      followed = withEdit(followed, next.values);
      continue;
    }
    for (const { name, result } of snapshot.tasks) {
      if (result !== undefined && result !== null) followed = withResult(followed, name, result);
    }
  }
  const { run, ...rest } = concluded(followed, last);
  const asked = askedIn(last);
  return { ...rest, run: asked.length === 0 ? run : waiting(run), asked };
}

function isEdit({ metadata }: Snapshot): boolean {
  return metadata.source === "update" || metadata.source === "fork";
}

/** A person has put other queries or addresses in the place of those that the model asked for. */
function withEdit(followed: Followed, { call }: Snapshot["values"]): Followed {
  const { run } = followed;
  if (call?.kind !== "search" && call?.kind !== "open") return followed;
  const before = run.steps.at(-1)?.kind === "search" || run.steps.at(-1)?.kind === "pages";
  const steps = stepsWith(before ? run.steps.slice(0, -1) : run.steps, "parse-tool-call", { call });
  return { ...followed, run: { ...run, steps } };
}

/** What a node left, with the steps that its events would have told. */
function withResult(before: Followed, node: string, result: unknown): Followed {
  const { data: left } = leftSchema.safeParse(result);
  const { run } = before;
  const steps = left === undefined ? run.steps : stepsWith(run.steps, node, left);
  const parts = left?.findings === undefined ? before.parts : [...before.parts, ...partsOf(left)];
  return follow(
    { ...before, parts, run: { ...run, steps } },
    { name: "updates", place: "", data: { [node]: result } },
  );
}

/** What the state of the last checkpoint says of the run as a whole. */
function concluded(followed: Followed, { values, next }: Snapshot): Followed {
  const { answer, citations = [], uncited = [], answered, stopReason, failure, opening } = values;
  const isOver = next.length === 0 && (stopReason ?? answered) != null;
  const run: PageRun = {
    ...followed.run,
    question: values.question ?? followed.run.question,
    status: "ended",
    active: undefined,
    sources: values.sources?.items ?? followed.run.sources,
    ...(opening != null && { model: opening.model.name, protocol: opening.protocol, engine: opening.engine }),
    ...(isOver &&
      answer !== undefined && {
        answer: { text: answer, citations, uncited },
        answered,
        stopReason: stopReason ?? "answered",
      }),
    ...(failure != null && { failure }),
  };
  const over = ended({ ...followed, run });
  return next.length > 0 ? { ...followed, run } : over;
}

function partsOf({ findings }: Left): Followed["parts"] {
  return (findings?.items ?? []).map(
    ({ number, question, answer = "", citations = [], uncited = [], answered, stopReason, sources }) => ({
      place: `research:${number}`,
      run: {
        question,
        status: "ended",
        steps: [],
        sources,
        answer: { text: answer, citations, uncited },
        answered,
        stopReason: stopReason ?? undefined,
      },
    }),
  );
}

function askedIn({ tasks }: Snapshot): readonly Asked[] {
  return tasks.flatMap(({ interrupts }) =>
    interrupts.flatMap((interrupt) => askedSchema.safeParse([interrupt]).data ?? []),
  );
}

/** The questions before this one, and what was answered to them. */
function turnsBefore(last: Snapshot | undefined, question: string): readonly Turn[] {
  const messages = last?.values.messages ?? [];
  const turns: { question: string; answer: string }[] = [];
  for (const { type, content: text } of messages) {
    if (type === "human") turns.push({ question: text, answer: "" });
    const turn = turns.at(-1);
    if (type === "ai" && turn !== undefined && text !== "") turn.answer = text;
  }
  return turns.at(-1)?.question === question ? turns.slice(0, -1) : turns;
}

function checkpointOf(
  snapshot: Snapshot,
  byId: ReadonlyMap<string | undefined, Snapshot>,
  shown: ReadonlySet<string | undefined>,
): readonly Checkpoint[] {
  const id = idOf(snapshot);
  if (id === undefined) return [];
  const { metadata, next, created_at: at, parent_checkpoint: parent, values } = snapshot;
  const before = byId.get(parent?.checkpoint_id);
  // the question before it is read: nothing can be done with that
  if (metadata.source === "input") return [];
  const edited = isEdit(snapshot);
  const isFirst = before === undefined || isOpening(before);
  const behind = edited ? "edit" : isFirst ? "question" : [...new Set(before.next)].join(", ");
  return [{ id, behind, next, at, shown: shown.has(id), edited, asks: asksOf(next, values.call) }];
}

function asksOf(next: readonly string[], call: Left["call"]): Checkpoint["asks"] {
  if (!next.includes("web-search")) return undefined;
  if (call?.kind === "search")
    return {
      kind: "search",
      values: call.queries.flatMap(({ query, plan }) => (plan === "run" ? [query] : [])),
    };
  return call?.kind === "open"
    ? { kind: "open", values: call.pages.flatMap(({ url, plan }) => (plan === "open" ? [url] : [])) }
    : undefined;
}
