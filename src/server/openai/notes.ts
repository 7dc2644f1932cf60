import type { RunEvent } from "../../graph/events.ts";

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

export function noteOf(event: Told<"search-start" | "search-end"> | Told<"page-start" | "page-end">): Note {
  switch (event.type) {
    case "search-start":
    case "page-start":
      return event;
    case "search-end": {
      const { type, query, engine, status, sources, failure, milliseconds } = event;
      const kind = failure === undefined ? {} : { failure: failure.kind };
      return { type, query, engine, status, sources, ...kind, milliseconds };
    }
    case "page-end": {
      const { failure, milliseconds, ...rest } = event;
      return { ...rest, ...(failure !== undefined && { failure: failure.kind }), milliseconds };
    }
  }
}

/** The same for people: a line that Open WebUI shows above the answer, and that other clients pass over. */
export function statusEvent(note: Note) {
  const done = note.type === "search-end" || note.type === "page-end";
  return { type: "status", data: { description: statusLine(note), done } };
}

function statusLine(note: Note): string {
  switch (note.type) {
    case "search-start":
      return `Searching ${JSON.stringify(note.query)}`;
    case "search-end":
      return searchLine(note);
    case "page-start":
      return `Opening ${JSON.stringify(note.url)}`;
    case "page-end":
      return pageLine(note);
  }
}

function searchLine({ query: asked, status, sources }: Extract<Note, { type: "search-end" }>): string {
  const query = JSON.stringify(asked);
  switch (status) {
    case "found":
    case "repeated":
      return `${sources.length} ${sources.length === 1 ? "source" : "sources"} for ${query}`;
    case "nothing":
      return `Nothing found for ${query}`;
    case "failed":
      return `The search for ${query} failed`;
    case "not-run":
      return `Not searched: ${query}`;
  }
}

function pageLine({ url, status, source }: Extract<Note, { type: "page-end" }>): string {
  const page = JSON.stringify(url);
  switch (status) {
    case "read":
    case "repeated":
      return `Read ${source === undefined || source.title === "" ? page : JSON.stringify(source.title)}`;
    case "failed":
      return `${page} could not be read`;
    case "refused":
    case "not-run":
      return `Not opened: ${page}`;
  }
}
