import { z } from "zod";
import { cleanText } from "../../clean-text.ts";
import type { Block, ParsedBlocks } from "./document.ts";
import { fence, readMarkdown } from "./markdown.ts";
import { decodeText } from "./plain-text.ts";

const written = z
  .union([z.string(), z.array(z.string())])
  .transform((text) => (typeof text === "string" ? text : text.join("")));
const output = z.object({
  text: written.optional(),
  data: z.object({ "text/plain": written.optional() }).optional(),
});
const cell = z.object({ cell_type: z.string(), source: written, outputs: z.array(output).optional() });
const notebook = z.object({
  cells: z.array(cell),
  metadata: z
    .object({
      language_info: z.object({ name: z.string() }).optional(),
      title: z.string().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** A Jupyter notebook of format 4: its Markdown, its code and what that printed. */
export function parseNotebook(bytes: Uint8Array): ParsedBlocks {
  const { text, problem } = decodeText(bytes);
  const { data } = notebook.safeParse(parse(text));
  if (data === undefined) throw new Error("it is no Jupyter notebook of format 4");
  const language = data.metadata?.language_info?.name ?? "";
  const blocks: Block[] = [];
  let title = data.metadata?.title;
  for (const { cell_type, source, outputs = [] } of data.cells) {
    if (source.trim() !== "" && cell_type === "markdown") {
      const read = readMarkdown(source);
      title ??= read.title;
      for (const block of read.blocks) blocks.push(block);
    } else if (source.trim() !== "")
      blocks.push({ text: cell_type === "code" ? fence(source, language) : source });
    for (const { text: printed, data: shown } of outputs) {
      const seen = cleanText(printed ?? shown?.["text/plain"] ?? "").trim();
      if (seen !== "") blocks.push({ text: seen });
    }
  }
  return { title, blocks, problem };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
