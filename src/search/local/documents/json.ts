import type { Block, ParsedBlocks } from "./document.ts";
import { decodeText } from "./plain-text.ts";

const MAX_DEPTH = 200;
/** Of a name with those above it: a long one is repeated on each line below it. In characters. */
const MAX_NAME = 200;

/** JSON as lines `name of name: value`, one paragraph for each object of a list. A broken one is read as the text that it is. */
export function parseJson(bytes: Uint8Array): ParsedBlocks {
  const { text, problem } = decodeText(bytes);
  const value = tryParse(text);
  if (value === undefined) {
    return { blocks: [{ text }], problem: problem ?? "it is not valid JSON; it is indexed as plain text" };
  }
  return { blocks: toBlocks(value.json), problem };
}

/** One JSON value a line; lines that are none are read as the text that they are. */
export function parseJsonLines(bytes: Uint8Array): ParsedBlocks {
  const { text, problem } = decodeText(bytes);
  const lines = text.split(/\r?\n/u).filter((line) => line.trim() !== "");
  const parsed = lines.map(tryParse);
  const broken = parsed.filter((value) => value === undefined).length;
  const blocks = parsed.map((value, index) => ({
    text: value === undefined ? (lines[index] ?? "") : linesOf(value.json).join("\n"),
  }));
  const said =
    broken === 0
      ? undefined
      : `${broken} of its ${lines.length} lines are not valid JSON; they are indexed as plain text`;
  return { blocks, problem: problem ?? said };
}

function tryParse(text: string): { readonly json: unknown } | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return { json };
  } catch {
    return undefined;
  }
}

function toBlocks(value: unknown): Block[] {
  const isList = Array.isArray(value) && value.some((item) => typeof item === "object" && item !== null);
  const items: readonly unknown[] = isList ? value : [value];
  return items.map((item) => ({ text: linesOf(item).join("\n") }));
}

/** `database.host: otter` for each value that is no object; a list of such values on one line. */
function linesOf(value: unknown): string[] {
  const lines: string[] = [];
  const visit = (item: unknown, name: string, depth: number): void => {
    if (depth > MAX_DEPTH) throw new Error(`it is nested more than ${MAX_DEPTH} deep`);
    if (typeof item !== "object" || item === null) lines.push(toLine(name, String(item)));
    else if (Array.isArray(item) && item.every((one) => typeof one !== "object" || one === null)) {
      if (item.length > 0) lines.push(toLine(name, item.map(String).join(", ")));
    } else {
      const isList = Array.isArray(item);
      for (const [key, inner] of Object.entries(item)) {
        const below = isList ? name : key;
        visit(inner, isList || name === "" ? shorten(below) : shorten(`${name}.${key}`), depth + 1);
      }
    }
  };
  visit(value, "", 0);
  return lines;
}

/** The end of a name tells what the value is. */
function shorten(name: string): string {
  return name.length <= MAX_NAME ? name : `…${name.slice(1 - MAX_NAME)}`;
}

function toLine(name: string, value: string): string {
  return name === "" ? value : `${name}: ${value}`;
}
