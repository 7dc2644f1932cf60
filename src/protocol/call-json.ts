import { jsonrepair } from "jsonrepair";
import { z } from "zod";
import { openFor } from "./address-text.ts";
import { duplicateKey } from "./duplicate-keys.ts";
import { MAX_CALL_LENGTH } from "./limits.ts";
import type { CallFault, CallOptions, CallReading } from "./protocol.ts";
import { searchFor } from "./query-text.ts";

/** How deep the JSON of a call may nest. */
const MAX_DEPTH = 8;

/** Keys that mean something to JavaScript or to LangChain's serializer, and nothing in a call. */
const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype", "lc"]);

/** A tool by the names that models give it, and the fields of what it is called for. */
interface Tool {
  readonly names: readonly string[];
  readonly fields: readonly [one: string, several: string];
  readonly call: (written: readonly string[]) => CallReading;
}

const SEARCH: Tool = { names: ["web_search", "search"], fields: ["query", "queries"], call: searchFor };
const OPEN: Tool = { names: ["open_url"], fields: ["url", "urls"], call: openFor };

/** The shapes that models write: the action form, the Hermes form, and OpenAI's nested one. */
const callSchema = z.union([
  z
    .object({ action: z.string(), action_input: z.unknown() })
    .transform((call) => ({ tool: call.action, input: call.action_input })),
  z
    .object({ name: z.string(), arguments: z.unknown() })
    .transform((call) => ({ tool: call.name, input: call.arguments })),
  z
    .object({ name: z.string(), parameters: z.unknown() })
    .transform((call) => ({ tool: call.name, input: call.parameters })),
  z
    .object({ function: z.object({ name: z.string(), arguments: z.unknown() }) })
    .transform((call) => ({ tool: call.function.name, input: call.function.arguments })),
]);

const textsSchema = z.union([z.string(), z.array(z.string())]);

const inputSchema = z.record(z.string(), z.unknown());

/**
 * Reads the JSON between call tags: one call or a list of them for the same tool, each with one query or address, or a
 * list of them.
 */
export function readCallJson(payload: string, options: CallOptions = {}): CallReading {
  if (payload.length > MAX_CALL_LENGTH) {
    return fault("too-long", `A call may have ${MAX_CALL_LENGTH} characters at most.`);
  }
  const parsed = parseLeniently(withoutFence(payload));
  if (parsed === undefined) {
    return fault("malformed", "The text between the tags is not a complete JSON object.");
  }
  const problem = problemOf(parsed);
  if (problem !== null) return fault("malformed", problem);
  const { value } = parsed;
  const queries: string[] = [];
  const urls: string[] = [];
  for (const item of Array.isArray(value) ? value : [value]) {
    const reading = readOne(item, options);
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

/** Whether braces and quotes of a JSON text are balanced, so that nothing of it can be missing. */
export function isBalancedJson(text: string): boolean {
  const { depth, inString, seen } = scanJson(text);
  return seen && depth === 0 && !inString;
}

function readOne(value: unknown, { pages = false }: CallOptions): CallReading {
  const call = callSchema.safeParse(value);
  if (!call.success) {
    return fault("missing-field", 'A call needs the fields "action" and "action_input".');
  }
  const { tool, input } = call.data;
  const called = (pages ? [SEARCH, OPEN] : [SEARCH]).find(({ names }) => names.includes(tool));
  if (called === undefined) {
    const known = pages ? 'the tools are "web_search" and "open_url"' : 'the only tool is "web_search"';
    return fault("unknown-tool", `There is no tool "${tool.slice(0, 60)}"; ${known}.`);
  }
  const [field] = called.fields;
  const found = fieldOf(input, called);
  if (found === undefined) return fault("missing-field", `The field "${field}" is missing.`);
  const texts = textsSchema.safeParse(found);
  if (!texts.success) return fault("wrong-type", `"${field}" must be a text or a list of texts.`);
  return called.call([texts.data].flat());
}

/** Arguments come as an object, as that object in a JSON string, or as the bare query or address. */
function fieldOf(input: unknown, tool: Tool): unknown {
  if (typeof input === "string") {
    const parsed = input.trimStart().startsWith("{") ? parseLeniently(input) : undefined;
    if (parsed === undefined) return input;
    return problemOf(parsed) === null ? fieldOf(parsed.value, tool) : undefined;
  }
  const read = inputSchema.safeParse(input);
  const field = tool.fields.find((name) => read.success && Object.hasOwn(read.data, name));
  return field === undefined ? undefined : read.data?.[field];
}

/** What was read, and the JSON that says it, repaired. */
interface Parsed {
  readonly json: string;
  readonly value: object;
}

/**
 * JSON as models write it: single quotes, trailing commas, raw line breaks and a forgotten last brace are repaired.
 * Text that ends within a string is not: half a query is not a query.
 */
function parseLeniently(text: string): Parsed | undefined {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed) || scanJson(trimmed).inString) return undefined;
  for (const read of [(): string => trimmed, (): string => jsonrepair(trimmed)]) {
    try {
      const json = read();
      const value: unknown = JSON.parse(json);
      if (typeof value === "object" && value !== null) return { json, value };
    } catch {
      // the next reading is tried
    }
  }
  return undefined;
}

function withoutFence(payload: string): string {
  return payload
    .trim()
    .replace(/^```[a-z]*\s*/i, "")
    .replace(/\s*```$/, "");
}

function problemOf({ json, value }: Parsed): string | null {
  const twice = duplicateKey(json);
  if (twice !== undefined) return `The field "${twice.slice(0, 60)}" stands there twice.`;
  return structureProblem(value, 0);
}

function structureProblem(value: unknown, depth: number): string | null {
  if (typeof value !== "object" || value === null) return null;
  if (depth >= MAX_DEPTH) return "The JSON is nested too deeply.";
  for (const [key, inner] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key)) return `The field "${key}" is not allowed.`;
    const problem = structureProblem(inner, depth + 1);
    if (problem !== null) return problem;
  }
  return null;
}

/** What stands open at the end of a JSON text. Models also put strings into single quotes. */
function scanJson(text: string): { depth: number; inString: boolean; seen: boolean } {
  let depth = 0;
  let quote = "";
  let seen = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (quote !== "") {
      if (char === "\\") at += 1;
      else if (char === quote) quote = "";
    } else if (char === '"' || char === "'") quote = char;
    else if (char === "{" || char === "[") {
      depth += 1;
      seen = true;
    } else if (char === "}" || char === "]") depth -= 1;
  }
  return { depth, inString: quote !== "", seen };
}

function fault(kind: CallFault, detail: string): CallReading {
  return { kind: "fault", fault: kind, detail };
}
