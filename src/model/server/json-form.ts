import type { JsonForm } from "../model.ts";
import type { ServerDialect } from "./dialects.ts";

/** Servers that hold a chat to JSON, but to no schema. */
const JSON_ALONE: ReadonlySet<ServerDialect> = new Set(["deepseek", "moonshot", "zai"]);

/** `response_format` of a chat. Source: https://platform.openai.com/docs/guides/structured-outputs */
export function chatForm(form: JsonForm | undefined, dialect: ServerDialect): Record<string, unknown> {
  if (form === undefined) return {};
  if (JSON_ALONE.has(dialect)) return { response_format: { type: "json_object" } };
  return { response_format: { type: "json_schema", json_schema: form } };
}
