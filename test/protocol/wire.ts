import { readdirSync, readFileSync } from "node:fs";
import type {
  CallReading,
  Generation,
  Protocol,
  ProtocolEvent,
  StreamEnd,
} from "../../src/protocol/protocol.ts";

const FIXTURES = new URL("../fixtures/protocol/", import.meta.url);

/** What a model wrote, from a server that stops for nothing: by name, the text to the last byte. */
export function wireFixtures(protocolName: string): readonly { name: string; text: string }[] {
  const folder = new URL(`${protocolName}/`, FIXTURES);
  return readdirSync(folder).map((file) => ({
    name: file.replace(/\.txt$/, ""),
    text: readFileSync(new URL(file, folder), "utf8"),
  }));
}

export interface Reading {
  readonly events: readonly ProtocolEvent[];
  readonly generation: Generation;
  readonly done: boolean;
}

export interface ReadOptions {
  /** @default what the protocol opens the turn with */
  readonly before?: string;
  /** @default true */
  readonly calls?: boolean;
  /** @default a stop that is not further explained */
  readonly end?: StreamEnd;
}

/** What the protocol's reader makes of a stream; adjacent deltas of one type are joined. */
export function read(protocol: Protocol, chunks: readonly string[], options: ReadOptions = {}): Reading {
  const { before = prefixOf(protocol), calls = true, end = { finishReason: "stop" } } = options;
  const reader = protocol.reader(before, { calls });
  const events = chunks.flatMap((chunk) => [...reader.feed(chunk)]);
  events.push(...reader.end(end));
  return { events: coalesce(events), generation: reader.generation, done: reader.done };
}

/**
 * The same where the graph goes on behind a tag that is only mentioned: `text` is all that the model would write, and a
 * second request gets the rest of it without stop strings.
 */
export function readOn(
  protocol: Protocol,
  text: string,
  chunks: readonly string[],
  options: ReadOptions = {},
): Reading {
  const first = read(protocol, chunks, options);
  if (first.generation.mention !== true) return first;
  const { before = prefixOf(protocol), calls = true } = options;
  const written = first.generation.text;
  const rest = text.slice(written.length);
  const second = read(protocol, [rest], { before: before + written, calls });
  const { generation } = second;
  return {
    events: coalesce([...first.events, ...second.events]),
    generation: {
      ...generation,
      text: written + generation.text,
      outcome:
        generation.outcome === "nothing" && generation.text === ""
          ? first.generation.outcome
          : generation.outcome,
    },
    done: second.done,
  };
}

/** What becomes of the transcript: the text with the runtime's closing tag, and the call read off it. */
export function transcribed(
  protocol: Protocol,
  { generation: { text, closing, outcome } }: Reading,
): { text: string; closing: string; outcome: string; call: CallReading | null } {
  const call = outcome === "call" ? protocol.readCall(text + closing, closing === "") : null;
  return { text, closing, outcome, call };
}

export function prefixOf(protocol: Protocol): string {
  return protocol.open({ question: "Why?", history: [], date: "2025-03-06", maxSearches: 5 }).prefix;
}

export const reasoning = (text: string): ProtocolEvent => ({ type: "reasoning-delta", text });
export const answer = (text: string): ProtocolEvent => ({ type: "answer-delta", text });
export const withdrawn: ProtocolEvent = { type: "answer-withdrawn" };
export const forged: ProtocolEvent = { type: "response-forged" };

export function callEvents(text: string, whole = true): readonly ProtocolEvent[] {
  return [{ type: "call-end", text, whole }];
}

function coalesce(events: readonly ProtocolEvent[]): readonly ProtocolEvent[] {
  const joined: ProtocolEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    const isDelta = event.type === "reasoning-delta" || event.type === "answer-delta";
    if (isDelta && last?.type === event.type)
      joined[joined.length - 1] = { ...event, text: last.text + event.text };
    else joined.push(event);
  }
  return joined;
}
