import type { Protocol } from "../protocol/protocol.ts";
import type {
  PageCitation,
  PageOpened,
  PageQuery,
  PageRun,
  PageSegment,
  PageSource,
  PageStep,
  StepCost,
} from "./run.ts";

/** A search as the run recorded it. */
export interface KeptQuery extends Omit<PageQuery, "status" | "cached" | "attempts"> {
  readonly status: "found" | "nothing" | "failed";
  /** Where the answer came from, try by try. */
  readonly attempts: readonly { readonly from: string }[];
}

export interface KeptPage extends Pick<PageOpened, "url" | "milliseconds" | "reason"> {
  readonly status: "read" | "failed";
  readonly source: number | null;
}

export interface KeptGeneration {
  /** Place in the turn of the segment that it wrote; null where it wrote none. */
  readonly segment: number | null;
  readonly usage?: StepCost | undefined;
}

/** What is kept of a run, from its state or from a file. */
export interface KeptRun extends Pick<
  PageRun,
  "id" | "question" | "answered" | "failure" | "usage" | "model" | "engine" | "finishedAt" | "reward"
> {
  readonly stopReason: string | null;
  readonly segments: readonly (Omit<PageSegment, "tokens"> & {
    readonly tokenIds?: readonly number[] | undefined;
  })[];
  readonly generations: readonly KeptGeneration[];
  readonly queries: readonly KeptQuery[];
  readonly readings: readonly KeptPage[];
  /** Two entries of one number are two passages of one address. */
  readonly sources: readonly PageSource[];
  readonly answer: string;
  readonly citations: readonly PageCitation[];
  readonly uncited: readonly string[];
  readonly pages: boolean;
}

/** A run that was kept, as a page shows it. Without a protocol that reads its turn, what the model wrote stands as it is. */
export function pageRunOf(run: KeptRun, protocol: Protocol | undefined): PageRun {
  const { question, segments, answer, citations, uncited, stopReason } = run;
  const { id, answered, failure, usage, model, engine, finishedAt, reward } = run;
  const sources = mergedSources(run.sources);
  return {
    id,
    question,
    status: "ended",
    steps: stepsOf(run, protocol, sources),
    sources,
    answer: answer === "" ? undefined : { text: answer, citations, uncited },
    answered,
    stopReason: stopReason ?? undefined,
    failure,
    turn: segments.map(({ origin, text, tokenIds }) => ({ origin, text, tokens: tokenIds?.length })),
    usage,
    model,
    protocol: protocol?.name,
    engine,
    finishedAt,
    reward,
  };
}

function mergedSources(sources: readonly PageSource[]): readonly PageSource[] {
  const merged = new Map<number, PageSource>();
  for (const source of sources) {
    const known = merged.get(source.number);
    const text = known?.text === undefined ? source.text : `${known.text}\n\n${source.text ?? ""}`;
    merged.set(source.number, { ...(known ?? source), text });
  }
  return [...merged.values()].sort((left, right) => left.number - right.number);
}

/** A call, and whether anything answered it. */
interface Call {
  readonly kind: "search" | "open";
  /** Queries, or addresses. */
  readonly wanted: readonly string[];
  isAnswered: boolean;
}

/** A step, or what stands for one until it is known which search belongs to which call. */
type Draft = PageStep | { readonly kind: "call"; readonly call: Call } | Splice;

interface Splice {
  readonly kind: "response";
  readonly text: string;
  readonly call: Call | undefined;
}

function stepsOf(
  run: Pick<KeptRun, "segments" | "generations" | "queries" | "readings" | "pages">,
  protocol: Protocol | undefined,
  sources: readonly PageSource[],
): readonly PageStep[] {
  const drafts = draftsOf(run, protocol);
  const calls = drafts.flatMap((draft) => (draft.kind === "call" ? [draft.call] : []));
  const searched = assign(
    run.queries,
    ({ query }) => query,
    calls.filter(({ kind }) => kind === "search"),
  );
  const opened = assign(
    run.readings,
    ({ url }) => url,
    calls.filter(({ kind }) => kind === "open"),
  );
  const queriesOf = (call: Call) => (searched.get(call) ?? []).map((one) => queryStep(one, call));
  const pagesOf = (call: Call) => (opened.get(call) ?? []).map((one) => pageStep(one, call, sources));
  return drafts.map((draft): PageStep => {
    if (draft.kind === "call") {
      const { call } = draft;
      return call.kind === "search"
        ? { kind: "search", queries: queriesOf(call) }
        : { kind: "pages", pages: pagesOf(call) };
    }
    if (draft.kind !== "response") return draft;
    const { call, text } = draft;
    const numbers =
      call === undefined
        ? []
        : [
            ...queriesOf(call).flatMap((one) => one.sources),
            ...pagesOf(call).flatMap(({ source }) => source ?? []),
          ];
    return { kind: "splice", text, sources: [...new Set(numbers)] };
  });
}

function draftsOf(
  { segments, generations, pages }: Pick<KeptRun, "segments" | "generations" | "pages">,
  protocol: Protocol | undefined,
): readonly Draft[] {
  const drafts: Draft[] = [];
  let before = "";
  let closing = "";
  let call: Call | undefined;
  let detail: string | undefined;
  for (const [at, { origin, text }] of segments.entries()) {
    if (origin === "model") {
      const cost = generations.find(({ segment }) => segment === at)?.usage ?? {};
      const read = readPiece(text, before, protocol, pages);
      const isThought = read.reasoning.trim() !== "";
      if (isThought) drafts.push({ kind: "reasoning", text: read.reasoning, ...cost });
      if (read.answer.trim() !== "")
        drafts.push({ kind: "answer", text: read.answer, ...(!isThought && cost) });
      ({ call, closing, detail } = read);
      if (call !== undefined) drafts.push({ kind: "call", call });
    } else if (origin === "search") {
      if (call !== undefined) call.isAnswered = true;
      drafts.push({ kind: "response", text, call });
      call = undefined;
    } else if (before !== "" && text !== closing) {
      if (call !== undefined) call.isAnswered = true;
      const words = text.replaceAll(/<\/?[\w|-]+>/g, "").trim();
      if (words !== "") drafts.push({ kind: "repair", text: words, detail });
      [call, detail] = [undefined, undefined];
    }
    before += text;
  }
  return drafts;
}

/** What the model wrote, without tags, and the call that it ends in. */
function readPiece(text: string, before: string, protocol: Protocol | undefined, pages: boolean) {
  const none = { answer: "", closing: "", call: undefined, detail: undefined };
  if (protocol === undefined) return { ...none, reasoning: text };
  const reader = protocol.reader(before, { calls: true });
  let [reasoning, answer] = ["", ""];
  for (const event of [...reader.feed(text), ...reader.end({ finishReason: "stop" })]) {
    if (event.type === "reasoning-delta") reasoning += event.text;
    else if (event.type === "answer-delta") answer += event.text;
    else if (event.type === "answer-withdrawn") [reasoning, answer] = [reasoning + answer, ""];
  }
  const { text: generated, closing, outcome } = reader.generation;
  if (outcome !== "call") return { ...none, reasoning, answer, closing };
  const reading = protocol.readCall(generated + closing, closing === "", { pages });
  const said = { ...none, reasoning: reasoning + answer, closing };
  if (reading.kind === "fault") return { ...said, detail: reading.detail };
  const wanted = reading.kind === "search" ? reading.queries : reading.urls;
  const call: Call = { kind: reading.kind, wanted, isAnswered: false };
  return { ...said, call };
}

interface Assigned<Kept> {
  readonly wanted: string;
  readonly record: Kept | undefined;
  /** It was run for this call, and not before it. */
  readonly isNew: boolean;
}

/**
 * What was run, by the call that it was run for. A person may have put others in the place of what was asked: what no call
 * asked for goes with the call before the next that did.
 */
function assign<Kept>(records: readonly Kept[], nameOf: (record: Kept) => string, calls: readonly Call[]) {
  const assigned = new Map<Call, Assigned<Kept>[]>();
  let next = 0;
  let last: Assigned<Kept>[] = [];
  const replace = (list: Assigned<Kept>[], upTo: number): void => {
    for (const record of records.slice(next, upTo)) {
      const open = list.findIndex((one) => one.record === undefined);
      list.splice(open < 0 ? list.length : open, open < 0 ? 0 : 1, {
        wanted: nameOf(record),
        record,
        isNew: true,
      });
    }
    next = Math.max(next, upTo);
  };
  for (const call of calls) {
    const list: Assigned<Kept>[] = [];
    assigned.set(call, list);
    for (const wanted of call.wanted) {
      const found = call.isAnswered
        ? records.findIndex((record, at) => at >= next && nameOf(record) === wanted)
        : -1;
      const known = records.slice(0, next).findLast((record) => sameName(nameOf(record), wanted));
      if (found < 0) {
        list.push({ wanted, record: known, isNew: false });
        continue;
      }
      replace(last, found);
      list.push({ wanted, record: records[found], isNew: true });
      next = found + 1;
    }
    if (call.isAnswered) last = list;
  }
  replace(last, records.length);
  return assigned;
}

function sameName(left: string, right: string): boolean {
  return left.trim().toLowerCase() === right.trim().toLowerCase();
}

function queryStep({ wanted, record, isNew }: Assigned<KeptQuery>, { isAnswered }: Call): PageQuery {
  if (record === undefined) return { query: wanted, status: isAnswered ? "not-run" : "asked", sources: [] };
  if (!isNew) return { query: wanted, status: "repeated", sources: record.sources };
  const { attempts, ...kept } = record;
  const last = attempts.at(-1)?.from;
  return { ...kept, ...(last !== undefined && { cached: last !== "engine", attempts: attempts.length }) };
}

function pageStep(
  { wanted, record, isNew }: Assigned<KeptPage>,
  { isAnswered }: Call,
  sources: readonly PageSource[],
): PageOpened {
  if (record === undefined) return { url: wanted, status: isAnswered ? "not-run" : "asked" };
  const { url, milliseconds, reason } = record;
  const source = record.source ?? undefined;
  const title = sources.find(({ number }) => number === source)?.title;
  if (!isNew) return { url, status: "repeated", source, title };
  return { url, status: record.status, source, title, milliseconds, reason };
}
