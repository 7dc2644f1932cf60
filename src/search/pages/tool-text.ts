import { z } from "zod";
import { parseJson } from "../engines/wire/refusal.ts";

/** What a tool gave back for a page. */
export type ToolText =
  | { readonly kind: "text"; readonly text: string; readonly title?: string; readonly url?: string }
  | { readonly kind: "error"; readonly words: string }
  | { readonly kind: "unknown" };

const MOST_LEVELS = 4;
const TEXT_FIELDS = ["text", "content", "pageContent", "page_content", "markdown", "body", "html", "data"];

const fieldsSchema = z.record(z.string(), z.unknown());
const messageSchema = z.object({
  tool_call_id: z.string(),
  content: z.unknown(),
  status: z.string().nullish(),
});
const blockSchema = z.object({ type: z.string(), text: z.string().optional() });
const line = z.string().optional().catch(undefined);

/**
 * Reads what tools return that read pages: text, blocks of content, a message that holds them, documents, an object
 * with the text in one of its fields, or JSON of these.
 */
export function readToolText(output: unknown, levels = MOST_LEVELS): ToolText {
  if (typeof output === "string") return readString(output, levels);
  if (levels === 0) return { kind: "unknown" };
  if (Array.isArray(output)) return readParts(output, levels);
  if (typeof output !== "object" || output === null) return { kind: "unknown" };
  const message = messageSchema.safeParse(output).data;
  if (message !== undefined) {
    const read = readToolText(message.content, levels - 1);
    return message.status === "error"
      ? { kind: "error", words: read.kind === "text" ? read.text : "" }
      : read;
  }
  const fields = fieldsSchema.safeParse({ ...output }).data;
  if (fields === undefined) return { kind: "unknown" };
  if (typeof fields["error"] === "string" && fields["error"] !== "") {
    return { kind: "error", words: fields["error"] };
  }
  const held = TEXT_FIELDS.map((name) => fields[name]).find((value) => value !== undefined && value !== null);
  const read = typeof held === "string" ? textOf(held) : readToolText(held, levels - 1);
  if (read.kind !== "text") return read;
  return {
    ...read,
    ...readAbout(fields),
    ...readAbout(fieldsSchema.safeParse(fields["metadata"]).data ?? {}),
  };
}

/** JSON only where it holds a page: a page may itself be JSON. */
function readString(text: string, levels: number): ToolText {
  const value = levels > 0 && /^\s*[[{]/u.test(text) ? parseJson(text) : undefined;
  const read = value === undefined ? undefined : readToolText(value, levels - 1);
  return read === undefined || read.kind === "unknown" ? textOf(text) : read;
}

function readParts(parts: readonly unknown[], levels: number): ToolText {
  const read = parts.map((part): ToolText => {
    const block = blockSchema.safeParse(part).data;
    if (block?.type === "text") return textOf(block.text ?? "");
    return block === undefined ? readToolText(part, levels - 1) : textOf("");
  });
  const texts = read.filter((part) => part.kind === "text");
  const [first] = texts;
  if (first === undefined) return { kind: "unknown" };
  const joined = texts.map(({ text }) => text).filter((text) => text !== "");
  return { ...first, text: joined.join("\n\n") };
}

function readAbout(fields: Readonly<Record<string, unknown>>): { title?: string; url?: string } {
  const title = line.parse(fields["title"]);
  const url = line.parse(fields["url"] ?? fields["source"]);
  return { ...(title === undefined ? {} : { title }), ...(url === undefined ? {} : { url }) };
}

function textOf(text: string): ToolText {
  return { kind: "text", text };
}
