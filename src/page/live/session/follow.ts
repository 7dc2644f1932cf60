import { isRunEvent, type RunEvent } from "../../../graph/events.ts";
import type { PageRun, PageStep } from "../../run.ts";
import type { ServerEvent } from "./events.ts";
import {
  foundLast,
  settled,
  sum,
  withCost,
  withdrawn,
  withPage,
  withQuery,
  withSources,
  written,
} from "./steps.ts";
import { askedSchema, errorSchema, leftSchema, updateSchema, type Asked } from "./wire.ts";

/** A run as it is followed: of the graph itself, and of each agent inside it. */
export interface Followed {
  readonly run: PageRun;
  /** The agents inside the graph, in the order of their first event. */
  readonly parts: readonly FollowedPart[];
  /** What a person is asked, by whichever of them. */
  readonly asked: readonly Asked[];
  /** The server ended the run with an error. */
  readonly error?: string | undefined;
}

export interface FollowedPart {
  /** Where its events come from, such as `research:<id>`. */
  readonly place: string;
  readonly run: PageRun;
}

/** LangGraph tells an error in words of its own; what it tells otherwise is that there is no such run. */
const LOST = "The server does not know it any more. It may have been started anew.";

/** Nothing has happened yet. `run`: what it goes on from. */
export function begin(question: string, run?: PageRun): Followed {
  const {
    answer: _answer,
    stopReason: _reason,
    failure: _failure,
    answered: _answered,
    ...before
  } = run ?? {};
  return {
    run: { steps: [], sources: [], ...before, question, status: "running" },
    parts: [],
    asked: [],
  };
}

/** The run with one more event. An event that nobody knows changes nothing. */
export function follow(before: Followed, event: ServerEvent): Followed {
  const { name, place, data } = event;
  if (name === "error") {
    return {
      ...before,
      error: errorSchema.safeParse(data).data?.message ?? LOST,
      run: { ...before.run, status: "ended", active: undefined },
    };
  }
  if (name === "custom") {
    return isRunEvent(data) ? inPlace(before, place, (run) => withEvent(run, data)) : before;
  }
  if (name !== "updates") return before;
  const { data: updates } = updateSchema.safeParse(data);
  return updates === undefined
    ? before
    : Object.entries(updates).reduce(
        (state, [node, update]) => withUpdate(state, place, node, update),
        before,
      );
}

/** What the stream's end means: a run that was not ended by an event is no longer going on. */
export function ended(followed: Followed): Followed {
  const { run, asked } = followed;
  if (run.status === "ended" || asked.length > 0) return followed;
  return { ...followed, run: { ...run, status: "ended", active: undefined, steps: settled(run.steps) } };
}

/** A person has answered. */
export function goneOn(followed: Followed): Followed {
  return {
    ...followed,
    asked: [],
    error: undefined,
    run: going(followed.run),
    parts: followed.parts.map(({ place, run }) => ({ place, run: going(run) })),
  };
}

function going(run: PageRun): PageRun {
  return run.status === "waiting" ? { ...run, status: "running" } : run;
}

/** It waits for a person before it searches. */
export function waiting(run: PageRun): PageRun {
  return { ...run, status: "waiting", active: "web-search" };
}

/** Changes the run that an event is of. Parts of a part count as the part. */
function inPlace(followed: Followed, place: string, change: (run: PageRun) => PageRun): Followed {
  if (place === "") return { ...followed, run: change(followed.run) };
  const [own = ""] = place.split("|");
  const { parts } = followed;
  const known = parts.some((part) => part.place === own);
  const all = known
    ? parts
    : [...parts, { place: own, run: { question: "", status: "running", steps: [], sources: [] } as const }];
  return {
    ...followed,
    parts: all.map((part) => (part.place === own ? { place: own, run: change(part.run) } : part)),
  };
}

function withUpdate(followed: Followed, place: string, node: string, update: unknown): Followed {
  if (node === "__interrupt__") {
    const { data: asks = [] } = askedSchema.safeParse(update);
    const asked = [
      ...followed.asked,
      ...asks.filter(({ id }) => !followed.asked.some((one) => one.id === id)),
    ];
    const marked = place === "" ? followed : inPlace(followed, place, waiting);
    return {
      ...marked,
      asked,
      run: { ...waiting(marked.run), ...(marked.parts.length > 0 && { active: undefined }) },
    };
  }
  return inPlace(followed, place, (run) => withStep(run, node, update));
}

function withEvent(run: PageRun, event: RunEvent): PageRun {
  const { steps } = run;
  switch (event.type) {
    case "run-start": {
      const { question, model, protocol, engine } = event;
      return {
        question,
        model,
        protocol,
        engine,
        status: "running",
        active: "generate",
        steps: [],
        sources: [],
      };
    }
    case "reasoning-delta":
      return { ...run, active: "generate", steps: written(steps, "reasoning", event.text) };
    case "answer-delta":
      return { ...run, active: "generate", steps: written(steps, "answer", event.text) };
    case "answer-withdrawn":
      return { ...run, steps: withdrawn(steps) };
    case "tool-call": {
      const { queries, urls } = event;
      const step: PageStep =
        urls === undefined
          ? { kind: "search", queries: queries.map((query) => ({ query, status: "asked", sources: [] })) }
          : { kind: "pages", pages: urls.map((url) => ({ url, status: "asked" })) };
      return { ...run, active: "parse-tool-call", steps: [...steps, step] };
    }
    case "tool-call-invalid":
      return noted(run, `The call could not be read: ${event.reason}.`, event.detail);
    case "tool-call-refused":
      return noted(run, `No ${event.budget} budget is left: it has to answer from what it has.`);
    case "search-start": {
      const { query, engine } = event;
      return {
        ...run,
        active: "web-search",
        steps: withQuery(steps, { query, engine, status: "searching", sources: [] }),
      };
    }
    case "search-end": {
      const { query, engine, status, sources, attempts, note, failure, milliseconds } = event;
      const last = attempts.at(-1);
      return {
        ...run,
        steps: withQuery(steps, {
          query,
          status,
          sources: sources.map(({ number }) => number),
          ...(engine !== "" && { engine }),
          ...(status !== "not-run" && { milliseconds, attempts: attempts.length }),
          ...(last !== undefined && { cached: last.from !== "engine" }),
          ...(failure !== undefined && { reason: failure.message }),
          ...(note !== undefined && { note }),
        }),
        sources: withSources(run.sources, sources),
      };
    }
    case "page-start":
      return { ...run, active: "web-search", steps: withPage(steps, { url: event.url, status: "opening" }) };
    case "page-end": {
      const { url, status, source, failure, milliseconds } = event;
      return {
        ...run,
        steps: withPage(steps, {
          url,
          status,
          ...(source !== undefined && { title: source.title, source: source.number }),
          ...(status !== "not-run" && { milliseconds }),
          ...(failure !== undefined && { reason: failure.message }),
        }),
        sources: withSources(run.sources, source === undefined ? [] : [source]),
      };
    }
    case "answer-end": {
      const { answer: text, answered: isAnswered, citations, uncited, stopReason, failure } = event;
      return {
        ...run,
        status: "ended",
        active: undefined,
        steps: settled(steps),
        answer: { text, citations, uncited },
        answered: isAnswered,
        stopReason,
        failure,
      };
    }
    case "answer-mended":
      return noted(
        run,
        event.kept
          ? `${event.unsupported} of its sentences were not supported; it mended its answer.`
          : `${event.unsupported} of its sentences were not supported; its first answer stands.`,
      );
    case "reply-continued":
      return noted(run, `The model's connection broke; its reply was continued from its text.`);
    case "context-full":
      return noted(run, "The model's context is full: some of what searches found is not shown to it.");
    case "results-omitted":
      return noted(run, `It is shown the last ${event.kept} results alone.`);
    case "replies-rewritten":
    case "budget-left":
      return run;
  }
}

/** What a node leaves in the state: the turn, whole sources, and what it took. */
function withStep(run: PageRun, node: string, update: unknown): PageRun {
  const { data: left } = leftSchema.safeParse(update);
  if (left === undefined) return run;
  const { transcript, sources, usage, call } = left;
  const turn =
    transcript === undefined ? run.turn : [...(transcript.anew ? [] : (run.turn ?? [])), ...transcript.items];
  const next: PageRun = {
    ...run,
    ...(turn !== undefined && { turn }),
    sources: withSources(sources?.anew === true ? [] : run.sources, sources?.items ?? []),
    ...(usage !== undefined && { usage: sum(usage.anew ? undefined : run.usage, usage.value) }),
  };
  switch (node) {
    case "generate":
      return { ...next, steps: withCost(next.steps, usage?.value) };
    case "parse-tool-call":
      return {
        ...next,
        active: call?.kind === "search" || call?.kind === "open" ? "web-search" : "generate",
      };
    case "web-search": {
      const text = transcript?.items.map((segment) => segment.text).join("") ?? "";
      const steps = settled(next.steps);
      return {
        ...next,
        active: "generate",
        steps: text === "" ? steps : [...steps, { kind: "splice", text, sources: foundLast(steps) }],
      };
    }
    case "write": {
      const { answer: text, answered: isAnswered, citations = [], uncited = [] } = left;
      if (text === undefined) return next;
      const answer = { text, citations, uncited };
      return {
        ...next,
        status: "ended",
        active: undefined,
        answer,
        answered: isAnswered,
        stopReason: "answered",
      };
    }
    default:
      return next;
  }
}

function noted(run: PageRun, text: string, detail?: string): PageRun {
  return { ...run, steps: [...run.steps, { kind: "repair", text, ...(detail !== undefined && { detail }) }] };
}
