import type { Embedder } from "../../embedding/embedder.ts";
import type { SearchFailure } from "../../engine.ts";
import { cosine, type VectorMaking } from "./vector-table.ts";

/** Raised when the text that is embedded is made otherwise of a passage. */
const TEXT_VERSION = 1;

/** Embedded to know the model by. */
export const PROBE = "The lighthouse keeper wrote the height of the tide into a book each evening.";
/** Of one model, other hardware and other batches move a vector by less; another quantisation may move it by more. */
const SAME_MODEL = 0.95;

/** What vectors are made with now: asked once, with a text that is always the same. */
export async function probeMaking(
  embedder: Embedder,
  options: { readonly signal?: AbortSignal | undefined; readonly deadlineMs: number },
): Promise<VectorMaking | SearchFailure> {
  const embedded = await embedder.embed([PROBE], { ...options, purpose: "document" });
  if (embedded.status === "failed") return embedded.failure;
  const probe = [...(embedded.vectors[0] ?? [])];
  return {
    model: embedder.name ?? embedded.model ?? "unnamed",
    dimensions: probe.length,
    documentPrefix: embedder.documentPrefix,
    textVersion: TEXT_VERSION,
    probe,
  };
}

/** How vectors that are made now differ from those that there are; undefined where they can be compared. */
export function differenceOf(before: VectorMaking, now: VectorMaking): string | undefined {
  if (before.model !== now.model) return `they are of ${before.model}, and ${now.model} is asked now`;
  if (before.dimensions !== now.dimensions)
    return `they have ${before.dimensions} dimensions, and ${now.model} gives ${now.dimensions} now`;
  if (before.documentPrefix !== now.documentPrefix)
    return `they were made with the prefix ${JSON.stringify(before.documentPrefix)} before each text, and it is ${JSON.stringify(now.documentPrefix)} now`;
  if (before.textVersion !== now.textVersion) return "another version of this program made them";
  if (!(cosine(before.probe, now.probe) >= SAME_MODEL))
    return `what answers as ${now.model} is another model now`;
  return undefined;
}
