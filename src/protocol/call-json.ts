import { jsonrepair } from "jsonrepair";
import { z } from "zod";
import { fault, readToolCalls, type ToolCall } from "./dialects/tool-call.ts";
import { duplicateKey } from "./duplicate-keys.ts";
import { MAX_CALL_LENGTH } from "./limits.ts";
import type { CallOptions, CallReading } from "./protocol.ts";

/** How deep the JSON of a call may nest. */
const MAX_DEPTH = 8;

/** Keys that mean something to JavaScript or to LangChain's serializer, and nothing in a call. */
const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype", "lc"]);

type Fault = CallReading & { kind: "fault" };

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
    .object({ tool_name: z.string(), parameters: z.unknown() })
    .transform((call) => ({ tool: call.tool_name, input: call.parameters })),
  z
    .object({ function: z.object({ name: z.string(), arguments: z.unknown() }) })
    .transform((call) => ({ tool: call.function.name, input: call.function.arguments })),
]);

/**
 * Reads the JSON of a call: one call or a list of them for the same tool, each with one query or address, or a list of
 * them.
 */
export function readCallJson(payload: string, options: CallOptions = {}): CallReading {
  if (payload.length > MAX_CALL_LENGTH) {
    return fault("too-long", `A call may have ${MAX_CALL_LENGTH} characters at most.`);
  }
  const calls = callsInJson(payload);
  return "kind" in calls ? calls : readToolCalls(calls, options);
}

/** The calls that a JSON text holds, or what is wrong with it. */
export function callsInJson(payload: string): readonly ToolCall[] | Fault {
  const parsed = parseLeniently(withoutFence(payload));
  if (parsed === undefined) {
    return fault("malformed", "The text between the tags is not a complete JSON object.");
  }
  const problem = problemOf(parsed);
  if (problem !== null) return fault("malformed", problem);
  const calls: ToolCall[] = [];
  for (const item of Array.isArray(parsed.value) ? parsed.value : [parsed.value]) {
    const call = callSchema.safeParse(item);
    if (!call.success) return fault("missing-field", 'A call needs the fields "action" and "action_input".');
    calls.push({ tool: call.data.tool, input: unwrapped(call.data.input) });
  }
  return calls;
}

/** The arguments of a call that names its tool elsewhere; `undefined` where they are not JSON. */
export function inputInJson(text: string): { readonly input: unknown } | Fault | undefined {
  const parsed = parseLeniently(withoutFence(text));
  if (parsed === undefined) return undefined;
  const problem = problemOf(parsed);
  return problem === null ? { input: parsed.value } : fault("malformed", problem);
}

/** Whether braces and quotes of a JSON text are balanced, so that nothing of it can be missing. */
export function isBalancedJson(text: string): boolean {
  const { depth, quote, seen } = scanJson(text);
  return seen && depth === 0 && quote === "";
}

/** Arguments come as an object, as that object in a JSON string, or as the bare query or address. */
function unwrapped(input: unknown): unknown {
  if (typeof input !== "string" || !input.trimStart().startsWith("{")) return input;
  const parsed = parseLeniently(input);
  if (parsed === undefined) return input;
  return problemOf(parsed) === null ? parsed.value : undefined;
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
  if (!/^[[{]/.test(trimmed) || scanJson(trimmed).quote !== "") return undefined;
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
  const text = payload.trim().replace(/^```[a-z]*\s*/i, "");
  return text.endsWith("```") ? text.slice(0, -3).trimEnd() : text;
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

/** What stands open at the end of a JSON text, and where its first value ends. */
export interface JsonScan {
  readonly depth: number;
  /** The quote of the string that is open; empty where none is. Models also put strings into single quotes. */
  readonly quote: string;
  readonly seen: boolean;
  /** Index behind the bracket that closes the first value; -1 while it is open. */
  readonly end: number;
}

export function scanJson(text: string): JsonScan {
  let depth = 0;
  let quote = "";
  let seen = false;
  let end = -1;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (quote !== "") {
      if (char === "\\") at += 1;
      else if (char === quote) quote = "";
    } else if (char === '"' || char === "'") quote = char;
    else if (char === "{" || char === "[") {
      depth += 1;
      seen = true;
    } else if (char === "}" || char === "]") {
      depth -= 1;
      if (depth === 0 && end < 0) end = at + 1;
    }
  }
  return { depth, quote, seen, end };
}
