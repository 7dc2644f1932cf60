import { plainLine } from "../../citation/plain-stream.ts";
import type { RunEvent } from "../../graph/events.ts";
import { eventText, type StepEvent } from "../../view/event-text.ts";

type Told<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

/**
 * A search or the opening of a page as it happens. Why it failed is told by kind only: the words of an engine or a
 * reader may name the operator's addresses.
 */
export type Note =
  | Told<"search-start">
  | (Pick<Told<"search-end">, "type" | "query" | "engine" | "status" | "sources" | "milliseconds"> & {
      readonly failure?: NonNullable<Told<"search-end">["failure"]>["kind"];
    })
  | Told<"page-start">
  | (Omit<Told<"page-end">, "failure"> & {
      readonly failure?: NonNullable<Told<"page-end">["failure"]>["kind"];
    });

export function noteOf(event: StepEvent): Note {
  switch (event.type) {
    case "search-start":
      return { ...event, query: plainLine(event.query) };
    case "page-start":
      return event;
    case "search-end": {
      const { type, engine, status, failure, milliseconds } = event;
      const query = plainLine(event.query);
      const sources = event.sources.map(titled);
      const kind = failure === undefined ? {} : { failure: failure.kind };
      return { type, query, engine, status, sources, ...kind, milliseconds };
    }
    case "page-end": {
      const { failure, milliseconds, source, ...rest } = event;
      const page = source === undefined ? {} : { source: titled(source) };
      return { ...rest, ...page, ...(failure !== undefined && { failure: failure.kind }), milliseconds };
    }
  }
}

function titled<Source extends { readonly title: string }>(source: Source): Source {
  return { ...source, title: plainLine(source.title) };
}

/** The same for people: a line that Open WebUI shows above the answer, and that other clients pass over. */
export function statusEvent(event: StepEvent) {
  const done = event.type === "search-end" || event.type === "page-end";
  return statusLine(eventText(event, plainLine), done);
}

/** A line above the answer, in that client. */
export function statusLine(description: string, done: boolean) {
  return { type: "status", data: { description, done } };
}
