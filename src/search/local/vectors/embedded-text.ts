import { createHash } from "node:crypto";

/** Of a passage, what is embedded. */
export interface TitledText {
  readonly title: string;
  /** A line for each section of the text. */
  readonly heading: string | null;
  readonly text: string;
}

/** The passage below its title and its first heading. */
export function embeddedText({ title, heading, text }: TitledText): string {
  const headings = (heading ?? "").split("\n").filter((line) => line !== "" && !text.includes(line));
  return [...new Set([title, ...headings.slice(0, 1)])].concat(text).join("\n").trim();
}

/** Passages of one digest have one vector. 16 bytes. */
export function digestOf(passage: TitledText): Buffer {
  return createHash("sha256").update(embeddedText(passage)).digest().subarray(0, 16);
}
