import { z } from "zod";

/**
 * A namespace as one text: its labels as JSON, each with a comma behind it. So the text of a prefix is how the texts of
 * all namespaces below it begin, and of no others; whatever a label holds, it ends where it ends.
 */
export function encodeNamespace(labels: readonly string[]): string {
  return labels.map((label) => `${JSON.stringify(label)},`).join("");
}

const labels = z.array(z.string());

export function decodeNamespace(text: string): string[] {
  return labels.parse(JSON.parse(`[${text.slice(0, -1)}]`));
}

/** The texts that begin as a prefix does: from `from` on, and before `before`. */
export function rangeOf(prefix: readonly string[]): { readonly from: string; readonly before: string } {
  const from = encodeNamespace(prefix);
  // what follows a prefix begins with `"`, of which `#` is the next sign, as `-` is of the comma
  return { from, before: from === "" ? "#" : `${from.slice(0, -1)}-` };
}
