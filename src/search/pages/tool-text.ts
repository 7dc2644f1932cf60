import { z } from "zod";
import { unwrapToolOutput } from "../langchain/unwrap.ts";

/** What a tool gave back for a page. */
export type ToolText =
  | { readonly kind: "text"; readonly text: string; readonly title?: string; readonly url?: string }
  | { readonly kind: "error"; readonly words: string }
  | { readonly kind: "unknown" };

const MOST_LEVELS = 4;
const TEXT_FIELDS = ["text", "content", "pageContent", "page_content", "markdown", "body", "html", "data"];

const fieldsSchema = z.record(z.string(), z.unknown());
const line = z.string().optional().catch(undefined);

/**
 * Reads what tools return that read pages: text, documents, an object with the text in one of its fields, or a list of
 * these. JSON that holds no page is the page.
 */
export function readToolText(output: unknown): ToolText {
  const unwrapped = unwrapToolOutput(output);
  if (unwrapped.kind === "error") return unwrapped;
  const read = readValue(unwrapped.value, MOST_LEVELS);
  return read ?? (unwrapped.text === undefined ? { kind: "unknown" } : textOf(unwrapped.text));
}

type Text = Extract<ToolText, { readonly kind: "text" }>;

function readValue(value: unknown, levels: number): Text | undefined {
  if (typeof value === "string") return textOf(value);
  if (levels === 0 || typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) {
    const texts = value.flatMap((part) => readValue(part, levels - 1) ?? []);
    const [first] = texts;
    const joined = texts.map(({ text }) => text).filter((text) => text !== "");
    return first && { ...first, text: joined.join("\n\n") };
  }
  const fields = fieldsSchema.safeParse({ ...value }).data ?? {};
  const held = TEXT_FIELDS.map((name) => fields[name]).find((found) => found !== undefined && found !== null);
  const read = readValue(held, levels - 1);
  const metadata = fieldsSchema.safeParse(fields["metadata"]).data ?? {};
  return read && { ...read, ...readAbout(fields), ...readAbout(metadata) };
}

function readAbout(fields: Readonly<Record<string, unknown>>): { title?: string; url?: string } {
  const title = line.parse(fields["title"]);
  const url = line.parse(fields["url"] ?? fields["source"]);
  return { ...(title === undefined ? {} : { title }), ...(url === undefined ? {} : { url }) };
}

function textOf(text: string): Text {
  return { kind: "text", text };
}
