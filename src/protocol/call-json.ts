import { jsonrepair } from "jsonrepair";
import { z } from "zod";
import { MAX_CALL_LENGTH } from "./limits.ts";
import type { CallFault, CallReading } from "./protocol.ts";
import { searchFor } from "./query-text.ts";

/** How deep the JSON of a call may nest. */
const MAX_DEPTH = 8;

/** Keys that mean something to JavaScript or to LangChain's serializer, and nothing in a call. */
const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype", "lc"]);

const TOOL_NAMES = new Set(["web_search", "search"]);

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

const querySchema = z.union([z.string(), z.array(z.string())]);

const inputSchema = z.union([
  z.object({ query: z.unknown() }).transform((input) => input.query),
  z.object({ queries: z.unknown() }).transform((input) => input.queries),
]);

/** Reads the JSON between call tags: one call or a list of them, each with one query or a list of them. */
export function readCallJson(payload: string): CallReading {
  if (payload.length > MAX_CALL_LENGTH) {
    return fault("too-long", `A call may have ${MAX_CALL_LENGTH} characters at most.`);
  }
  const value = parseLeniently(withoutFence(payload));
  if (value === undefined) {
    return fault("malformed", "The text between the tags is not a complete JSON object.");
  }
  const problem = structureProblem(value, 0);
  if (problem !== null) return fault("malformed", problem);
  const queries: string[] = [];
  for (const item of Array.isArray(value) ? value : [value]) {
    const reading = readOne(item);
    if (reading.kind === "fault") return reading;
    queries.push(...reading.queries);
  }
  return queries.length === 0
    ? fault("missing-field", "The list of calls is empty.")
    : { kind: "search", queries };
}

/** Whether braces and quotes of a JSON text are balanced, so that nothing of it can be missing. */
export function isBalancedJson(text: string): boolean {
  const { depth, inString, seen } = scanJson(text);
  return seen && depth === 0 && !inString;
}

function readOne(value: unknown): CallReading {
  const call = callSchema.safeParse(value);
  if (!call.success) {
    return fault("missing-field", 'A call needs the fields "action" and "action_input".');
  }
  const { tool, input } = call.data;
  if (!TOOL_NAMES.has(tool)) {
    return fault("unknown-tool", `There is no tool "${tool.slice(0, 60)}"; the only tool is "web_search".`);
  }
  const found = queryOf(input);
  if (found === undefined) return fault("missing-field", 'The field "query" is missing.');
  const queries = querySchema.safeParse(found);
  if (!queries.success) return fault("wrong-type", '"query" must be a text or a list of texts.');
  return searchFor([queries.data].flat());
}

/** Arguments come as an object, as that object in a JSON string, or as the bare query. */
function queryOf(input: unknown): unknown {
  if (typeof input === "string") {
    const parsed = input.trimStart().startsWith("{") ? parseLeniently(input) : undefined;
    if (parsed === undefined) return input;
    return structureProblem(parsed, 0) === null ? queryOf(parsed) : undefined;
  }
  const read = inputSchema.safeParse(input);
  return read.success ? read.data : undefined;
}

/**
 * JSON as models write it: single quotes, trailing commas, raw line breaks and a forgotten last brace are repaired.
 * Text that ends within a string is not: half a query is not a query.
 */
function parseLeniently(text: string): object | undefined {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed) || scanJson(trimmed).inString) return undefined;
  for (const read of [(): string => trimmed, (): string => jsonrepair(trimmed)]) {
    try {
      const value: unknown = JSON.parse(read());
      if (typeof value === "object" && value !== null) return value;
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
