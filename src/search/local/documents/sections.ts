import { cleanLine, cleanText } from "../../clean-text.ts";
import type { Block, Section } from "./document.ts";

/** Puts blocks together to sections, each with its heading as first line and the path of headings that it stands below. */
export function toSections(blocks: readonly Block[]): Section[] {
  const sections: Section[] = [];
  const path: { readonly level: number; readonly text: string }[] = [];
  let texts: string[] = [];
  let page: number | undefined;
  const close = (): void => {
    const headings = path.map(({ text }) => text);
    if (texts.length > 0) sections.push({ text: texts.join("\n\n"), page, headings });
    texts = [];
  };
  for (const block of blocks) {
    const text = block.level === undefined ? trimLines(cleanText(block.text)) : cleanLine(block.text);
    if (text === "") continue;
    if (block.level !== undefined || block.page !== page) close();
    page = block.page;
    if (block.level === undefined) texts.push(text);
    else {
      const { level } = block;
      while ((path.at(-1)?.level ?? 0) >= level) path.pop();
      path.push({ level, text });
      texts.push(`${"#".repeat(Math.min(level, 6))} ${text}`);
    }
  }
  close();
  return sections;
}

/** Without blank lines at its ends; the indent of the first line stays. */
function trimLines(text: string): string {
  return text.replace(/^(?:[^\S\n]*\n)+/u, "").trimEnd();
}

/** The text of blocks as a whole. */
export function textOf(blocks: readonly Block[]): string {
  return toSections(blocks)
    .map(({ text }) => text)
    .join("\n\n")
    .trim();
}
