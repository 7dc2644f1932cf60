import type { Block } from "../document.ts";
import { tableToBlock } from "../table.ts";

/** How a paragraph is shown. */
export interface ParagraphKind {
  readonly level?: number | undefined;
  readonly isItem?: boolean | undefined;
}

/** Puts paragraphs and tables of a text processor together, as they come. A table in a cell is text of that cell. */
export interface Writing {
  add(text: string, kind?: ParagraphKind): void;
  openTable(): void;
  openRow(): void;
  openCell(): void;
  closeTable(): void;
  blocks(): readonly Block[];
}

export function createWriting(): Writing {
  const blocks: Block[] = [];
  const tables: string[][][] = [];
  let items: string[] = [];
  const closeItems = (): void => {
    if (items.length > 0) blocks.push({ text: items.join("\n") });
    items = [];
  };
  function add(text: string, kind: ParagraphKind = {}): void {
    if (text.trim() === "") return;
    const row = tables[0]?.at(-1);
    if (row !== undefined) row.push(`${row.pop() ?? ""} ${text}`.trim());
    else if (kind.isItem === true && kind.level === undefined) items.push(`- ${text.trim()}`);
    else {
      closeItems();
      blocks.push({ text, level: kind.level });
    }
  }
  return {
    add,
    openTable: () => {
      closeItems();
      tables.push([]);
    },
    openRow: () => {
      if (tables.length === 1) tables[0]?.push([]);
    },
    openCell: () => {
      if (tables.length === 1) tables[0]?.at(-1)?.push("");
    },
    closeTable: () => {
      const table = tables.pop();
      if (table !== undefined && tables.length === 0) blocks.push(tableToBlock(table));
    },
    blocks: () => {
      closeItems();
      return blocks;
    },
  };
}
