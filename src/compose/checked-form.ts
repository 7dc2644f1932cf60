import { runInNewContext } from "node:vm";
import { Validator, type Schema, type SchemaDraft } from "@cfworker/json-schema";
import { z } from "zod";
import type { JsonForm } from "../model/model.ts";

/** A schema of somebody else's may hold patterns that never end. */
const LONGEST_MS = 1000;

/** Why nothing can be checked against a schema, or null. */
export function problemOfSchema(schema: JsonForm["schema"]): string | null {
  const errors = check(schema, null);
  return typeof errors === "string" ? errors : null;
}

/** What a model wrote as one JSON text that fits the schema, or why it is none. */
export function readForm(
  written: string,
  schema: JsonForm["schema"],
): { readonly json: string } | { readonly problem: string } {
  const text = written.trim();
  const value = parsed(/^```(?:json)?\s*\n([\s\S]*?)\n?```$/.exec(text)?.[1] ?? text);
  if (value === undefined) return { problem: "what the model wrote is no JSON" };
  const errors = check(schema, value);
  if (typeof errors === "string") return { problem: errors };
  const [deepest] = errors;
  return deepest === undefined ? { json: JSON.stringify(value) } : { problem: deepest };
}

/** What does not fit, the innermost first; a string where it cannot be told. */
function check(schema: JsonForm["schema"], value: unknown): readonly string[] | string {
  // the validator writes into it
  const own: Schema = structuredClone(schema);
  const validate = () => new Validator(own, draftOf(schema)).validate(value);
  try {
    const { errors } = z
      .object({ errors: errorsSchema })
      .parse(runInNewContext("validate()", { validate }, { timeout: LONGEST_MS }));
    return errors
      .toSorted((left, right) => right.instanceLocation.length - left.instanceLocation.length)
      .map(({ instanceLocation: at, error }) => `${at}: ${error}`);
  } catch (error) {
    // an error of the other realm is none of this one's classes
    const { data } = z.object({ message: z.string() }).safeParse(error);
    return `the schema cannot be used: ${data?.message ?? "unknown problem"}`;
  }
}

const errorsSchema = z.array(z.object({ instanceLocation: z.string(), error: z.string() }));

function draftOf({ $schema: named }: JsonForm["schema"]): SchemaDraft {
  const text = typeof named === "string" ? named : "";
  if (text.includes("draft-04")) return "4";
  if (/draft-0[67]/.test(text)) return "7";
  return text.includes("2019-09") ? "2019-09" : "2020-12";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
