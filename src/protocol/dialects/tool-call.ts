import { openFor } from "../address-text.ts";
import type { CallFault, CallOptions, CallReading } from "../protocol.ts";
import { searchFor } from "../query-text.ts";

/** One call as a model wrote it, whatever its dialect. */
export interface ToolCall {
  readonly tool: string;
  /** Its arguments: an object, or whatever stands there instead. */
  readonly input: unknown;
}

/** A tool by the names that models give it, and the fields of what it is called for. */
interface Tool {
  readonly names: readonly string[];
  readonly fields: readonly [one: string, several: string];
  readonly call: (written: readonly string[]) => CallReading;
}

const SEARCH: Tool = { names: ["web_search", "search"], fields: ["query", "queries"], call: searchFor };
/** `visit` is how search models of the Tongyi line call it; their `goal` is not needed. */
const OPEN: Tool = { names: ["open_url", "visit"], fields: ["url", "urls"], call: openFor };

/** Whether a name is one that models give to a tool of ours, offered or not. */
export function isToolName(name: string): boolean {
  return [...SEARCH.names, ...OPEN.names].includes(plainName(name));
}

/** `functions.web_search:0` as `web_search`: Kimi and harmony write a namespace before it, Kimi counts its calls. */
function plainName(name: string): string {
  return name
    .trim()
    .replace(/^(?:[\w-]+[./])+/, "")
    .replace(/:\d+$/, "");
}

/** What one or several calls of the same tool ask for. */
export function readToolCalls(calls: readonly ToolCall[], options: CallOptions): CallReading {
  const queries: string[] = [];
  const urls: string[] = [];
  for (const call of calls) {
    const reading = readOne(call, options);
    if (reading.kind === "fault") return reading;
    if (reading.kind === "search") queries.push(...reading.queries);
    else urls.push(...reading.urls);
  }
  if (queries.length > 0 && urls.length > 0) {
    return fault("mixed-tools", 'One call is for one tool: for "web_search" or for "open_url".');
  }
  if (urls.length > 0) return openFor(urls);
  return queries.length === 0
    ? fault("missing-field", "The list of calls is empty.")
    : { kind: "search", queries };
}

function readOne({ tool, input }: ToolCall, { pages = false }: CallOptions): CallReading {
  const name = plainName(tool);
  const called = (pages ? [SEARCH, OPEN] : [SEARCH]).find(({ names }) => names.includes(name));
  if (called === undefined) {
    const known = pages ? 'the tools are "web_search" and "open_url"' : 'the only tool is "web_search"';
    return fault("unknown-tool", `There is no tool "${tool.slice(0, 60)}"; ${known}.`);
  }
  const [field] = called.fields;
  const found = fieldOf(input, called);
  if (found === undefined) return fault("missing-field", `The field "${field}" is missing.`);
  const texts = [found].flat();
  return texts.every((text) => typeof text === "string")
    ? called.call(texts)
    : fault("wrong-type", `"${field}" must be a text or a list of texts.`);
}

/** The field of the arguments; where they are no object, they are the query or address itself. */
function fieldOf(input: unknown, tool: Tool): unknown {
  if (typeof input === "string") return input;
  if (typeof input !== "object" || input === null || Array.isArray(input)) return undefined;
  const field = tool.fields.find((name) => Object.hasOwn(input, name));
  return Object.entries(input).find(([name]) => name === field)?.[1];
}

export function fault(kind: CallFault, detail: string): CallReading & { kind: "fault" } {
  return { kind: "fault", fault: kind, detail };
}
