import type { RunLimits } from "../../src/graph/context.ts";
import type { RunState } from "../../src/graph/state.ts";
import type { PromptMessage } from "../../src/model/model.ts";
import { PLANTED } from "./outside/said.ts";
import { marksIn, type Process, type World } from "./world.ts";

type Decision = "asked" | "granted" | "denied";

/** One request for a continuation, and what was written to it. */
interface Request {
  readonly turn: string;
  said: string;
}

/** What is known of one question, and what is checked while it is answered. */
export class RunWatch {
  readonly mark: string;
  readonly thread: string;
  readonly question: string;
  readonly limits: RunLimits;
  /** What the model asked for so far, also where it was never sent. */
  readonly queries: string[] = [];
  readonly addresses: string[] = [];
  readonly requests: Request[] = [];
  readonly #world: World;
  #head: string | undefined;
  #state: RunState | undefined;
  /** The last prompt of each process, until something ends its step. */
  #turns = new WeakMap<Process, string>();
  #shown: { readonly state: RunState; readonly process: Process } | undefined;
  #isBeginning = true;
  /** Completion tokens of each process' requests whose step is not written down yet. */
  #pending = new WeakMap<Process, number>();
  /** The model's context was full: its prompts are shortened. */
  isFull = false;
  readonly #answered = new Set<string>();
  /** Answered, and not yet in the journal. */
  readonly #fresh = new Set<string>();
  /** By each process, as far as it knows: one that lost its lease unawares may still send ahead what its step wrote. */
  #sent = new WeakMap<Process, Set<string>>();
  readonly #edited = new Set<string>();
  readonly #decisions = new Map<string, Decision>();

  constructor(world: World, facts: Pick<RunWatch, "mark" | "thread" | "question" | "limits">) {
    this.#world = world;
    this.mark = facts.mark;
    this.thread = facts.thread;
    this.question = facts.question;
    this.limits = facts.limits;
  }

  get state(): RunState | undefined {
    return this.#state;
  }

  /** A process takes the run up: it knows only what was written down. */
  resumed(): void {
    this.#turns = new WeakMap();
    this.#pending = new WeakMap();
    this.#shown = undefined;
    this.#isBeginning = true;
    this.#fresh.clear();
    // what was sent by a step that is lost may be asked for, and edited, once more
    this.#sent = new WeakMap();
  }

  /** A state was streamed. It is written down before the next step of the same process begins. */
  streamed(state: RunState, process: Process): void {
    this.#confirm(process);
    // a resumed run streams first what was there before the writes of the step that was under way
    if (this.#isBeginning && this.#isBehind(state)) return;
    this.#isBeginning = false;
    this.#shown = { state, process };
  }

  #isBehind({ transcript, stopReason }: RunState): boolean {
    if (this.#state === undefined) return false;
    return (
      transcript.length < this.#state.transcript.length ||
      (stopReason === null && this.#state.stopReason !== null)
    );
  }

  #confirm(process: Process): void {
    if (this.#shown?.process !== process) return;
    const { state } = this.#shown;
    this.#shown = undefined;
    this.committed(state);
  }

  /** The model is asked to go on. */
  requested(messages: readonly PromptMessage[], maxTokens: number | undefined, process: Process): Request {
    this.#confirm(process);
    const last = messages.at(-1);
    const turn = last?.role === "assistant" ? last.content : "";
    const head = JSON.stringify(turn === "" ? messages : messages.slice(0, -1));
    this.#head ??= this.#state === undefined ? undefined : headOf(this.#state);
    if (!this.#isOpen()) this.#head = head;
    this.#require(head === this.#head, "every prompt begins as the first one");
    const before = [this.#turns.get(process), process.lost.has(this.thread) ? undefined : this.#written()];
    for (const text of before) {
      if (text !== undefined && !this.isFull) {
        this.#require(turn.startsWith(text), "every prompt extends the last byte for byte");
      }
    }
    const left =
      this.limits.maxTokens - (this.#state?.usage.completionTokens ?? 0) - (this.#pending.get(process) ?? 0);
    this.#require(
      maxTokens !== undefined && maxTokens > 0 && (maxTokens <= left || process.lost.has(this.thread)),
      "no request may write more tokens than are left",
    );
    this.#turns.set(process, turn);
    const request = { turn, said: "" };
    this.requests.push(request);
    return request;
  }

  counted(tokens: number, process: Process): void {
    this.#pending.set(process, (this.#pending.get(process) ?? 0) + tokens);
  }

  /** A search is sent. `isUnread`: its journal could not be read just now. */
  sent(query: string, process: Process, isUnread: boolean): void {
    this.#confirm(process);
    const isStale = process.lost.has(this.thread);
    this.#require(!query.includes(PLANTED), "nothing that a page wrote is searched for");
    if (!isUnread && !isStale && !this.#edited.has(query)) {
      const isAnswered = this.#answered.has(query) || this.#fresh.has(query);
      this.#require(!isAnswered, `no answered search is sent again (${query})`);
    }
    const sent = this.#sent.get(process) ?? new Set(this.#state?.queries.map((record) => record.query));
    this.#sent.set(process, sent.add(query));
    this.#require(isStale || sent.size <= this.limits.maxSearches, "no search goes beyond the budget");
    this.#allowed(query, isStale);
    const state = this.#state;
    this.#require(
      state === undefined || isStale || state.spent === null,
      "nothing is searched for when a budget is spent",
    );
  }

  opened(url: string, process: Process): void {
    this.#confirm(process);
    const isStale = process.lost.has(this.thread);
    this.#allowed(url, isStale);
    this.#require(
      isStale || (this.#state?.pages ?? 0) < this.limits.maxPages,
      "no page goes beyond the budget",
    );
    this.#require(
      !url.includes("made.example") || this.#edited.has(url),
      "no page is opened that nobody gave",
    );
  }

  /** The answer to a search is in the journal for good. */
  kept(query: string): void {
    this.#answered.add(query);
  }

  /** The engine has answered, and the answer is about to be written down. */
  answered(query: string): void {
    this.#fresh.add(query);
  }

  /** The journal could not be written. */
  unkept(query: string): void {
    this.#fresh.delete(query);
  }

  asked(items: readonly string[]): void {
    for (const item of items) this.#decisions.set(item, "asked");
  }

  decided(items: readonly string[], edits: readonly string[] | undefined, decision: Decision): void {
    for (const item of items) this.#decisions.set(item, decision);
    for (const edit of edits ?? []) {
      this.#decisions.set(edit, "granted");
      this.#edited.add(edit);
    }
  }

  #allowed(item: string, isStale: boolean): void {
    if (!this.limits.approveSearches || isStale) return;
    const decision = this.#decisions.get(item) ?? "never asked about";
    this.#require(
      decision === "granted",
      `nothing is sent that a person did not allow (${item}: ${decision})`,
    );
  }

  /** A state of this run is written down. */
  committed(state: RunState): void {
    const before = this.#state;
    this.#pending = new WeakMap();
    this.#state = state;
    const { opening, transcript } = state;
    if (opening?.limits !== undefined) {
      this.#require(
        JSON.stringify(sorted(opening.limits)) === JSON.stringify(sorted(this.limits)),
        "a question keeps the limits that it was opened with",
      );
    }
    this.#require(state.searches <= this.limits.maxSearches, "no more searches than allowed");
    this.#require(state.pages <= this.limits.maxPages, "no more pages than allowed");
    // a call that names pages of which some may be opened counts as one, too
    this.#require(
      state.repairs <= this.limits.maxRepairs + 1 + this.limits.maxPages,
      "no more repairs than allowed",
    );
    if (before === undefined) return;
    this.#require(
      before.transcript.every(({ text, origin }, at) => {
        const now = transcript[at];
        return now?.text === text && now.origin === origin;
      }),
      "the transcript only grows",
    );
    this.#require(headOf(before) === headOf(state), "the opening stays as it is");
    this.#require(
      before.sources.every(
        ({ number, url }, at) => state.sources[at]?.number === number && state.sources[at].url === url,
      ),
      "a source keeps its number",
    );
    if (before.stopReason !== null) {
      this.#require(
        state.stopReason === before.stopReason &&
          state.answer === before.answer &&
          state.answered === before.answered,
        "a run ends once, with one stop reason",
      );
    }
  }

  /** Texts of other runs must not be in what belongs to this one. */
  ownText(text: string, what: string, others: readonly string[] = []): void {
    for (const mark of marksIn(text)) {
      this.#require(mark === this.mark || others.includes(mark), `no text of one run in another (${what})`);
    }
  }

  #isOpen(): boolean {
    return this.#state !== undefined;
  }

  /** The turn that is written down. */
  #written(): string | undefined {
    return this.#state?.transcript.map(({ text }) => text).join("");
  }

  #require(holds: boolean, rule: string): void {
    if (!holds) this.#world.violate(`${this.mark}: ${rule}`);
  }

  hasSaid(text: string): boolean {
    return this.requests.some(({ said }) => said.includes(text));
  }

  /** The model wrote this, at this place of the turn, but for what an endpoint keeps to itself of a stop string. */
  wrote(before: string, text: string, stop: readonly string[]): boolean {
    return this.requests.some(({ turn, said }) => {
      if (!this.isFull && turn !== before) return false;
      let same = 0;
      while (same < text.length && text[same] === said[same]) same += 1;
      const rest = text.slice(same);
      return rest === "" || stop.some((each) => each.endsWith(rest));
    });
  }
}

function headOf({ opening }: RunState): string {
  return JSON.stringify(opening?.messages);
}

function sorted(limits: object): object {
  return Object.fromEntries(Object.entries(limits).sort(([left], [right]) => left.localeCompare(right)));
}
