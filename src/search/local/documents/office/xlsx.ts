import type { Block, ParsedBlocks } from "../document.ts";
import { tableToBlock } from "../table.ts";
import { readOfficeTitle } from "./docx.ts";
import { relatedParts } from "./related-parts.ts";
import { attributesOf, readXml } from "./xml.ts";
import { openZip } from "./zip.ts";

/** With the empty ones between. */
const MAX_CELLS = 3_000_000;
const DAY_MS = 86_400_000;
/** Formats that Excel knows by number. */
const BUILT_IN = new Map<number, NumberStyle>([
  ...[14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 47].map((id) => [id, "date"] as const),
  ...[9, 10].map((id) => [id, "percent"] as const),
  [46, "hours"],
]);
/** Cells that merged ones may be filled into, all together. */
const MAX_FILLED = 100_000;

type NumberStyle = "number" | "date" | "percent" | "hours";

interface Formats {
  readonly shared: readonly string[];
  /** How each style of a cell shows a number. */
  readonly styles: readonly NumberStyle[];
  /** Day 0 of the workbook in milliseconds since 1970. */
  readonly epoch: number;
}

/** Sheets of Excel: each a table below its name, with what its cells show; formulas by their stored results. */
export async function parseXlsx(bytes: Uint8Array): Promise<ParsedBlocks> {
  const zip = await openZip(bytes);
  const part = async (name: string): Promise<Uint8Array> =>
    zip.names.includes(name) ? zip.read(name) : Buffer.alloc(0);
  const workbook = await zip.read("xl/workbook.xml");
  const is1904 = attributesOf(workbook, "workbookPr").some(({ date1904 = "0" }) =>
    /^(?:1|true)$/u.test(date1904),
  );
  const formats = {
    shared: readStrings(await part("xl/sharedStrings.xml")),
    styles: readNumberStyles(await part("xl/styles.xml")),
    epoch: Date.UTC(1899, 11, 30) + (is1904 ? 1_462 * DAY_MS : 0),
  };
  const blocks: Block[] = [];
  for (const { part: sheet, attributes } of await relatedParts(zip, "xl/workbook.xml", "sheet")) {
    const table = tableToBlock(readSheet(await zip.read(sheet), formats));
    if (table.text !== "") blocks.push({ level: 1, text: attributes["name"] ?? "" }, table);
  }
  return { title: await readOfficeTitle(zip), blocks };
}

function readStrings(bytes: Uint8Array): string[] {
  const strings: string[] = [];
  let isText = false;
  let isPhonetic = false;
  readXml(bytes, {
    open(name) {
      if (name === "si") strings.push("");
      else if (name === "rPh") isPhonetic = true;
      else if (name === "t") isText = !isPhonetic;
    },
    text(text) {
      if (isText) strings.push((strings.pop() ?? "") + text);
    },
    close(name) {
      if (name === "t") isText = false;
      else if (name === "rPh") isPhonetic = false;
    },
  });
  return strings;
}

function readNumberStyles(bytes: Uint8Array): NumberStyle[] {
  const custom = new Map(
    attributesOf(bytes, "numFmt").map(({ numFmtId, formatCode = "" }) => [Number(numFmtId), formatCode]),
  );
  const styles: NumberStyle[] = [];
  let isCells = false;
  readXml(bytes, {
    open(name, { numFmtId }) {
      if (name === "cellXfs") isCells = true;
      else if (name === "xf" && isCells) {
        styles.push(BUILT_IN.get(Number(numFmtId)) ?? styleOf(custom.get(Number(numFmtId)) ?? ""));
      }
    },
    close: (name) => {
      if (name === "cellXfs") isCells = false;
    },
  });
  return styles;
}

function styleOf(code: string): NumberStyle {
  const bare = code.replace(/"[^"]*"|\\./gu, "");
  if (/\[(?:h+|m+|s+)\]/iu.test(bare)) return "hours";
  const shown = bare.replace(/\[[^\]]*\]/gu, "");
  if (/[ymdhs]/iu.test(shown)) return "date";
  return shown.includes("%") ? "percent" : "number";
}

/** What cells show, by their column. */
type Row = Map<number, string>;

function readSheet(bytes: Uint8Array, formats: Formats): string[][] {
  const rows: Row[] = [];
  const numbers = new Map<number, Row>();
  const merged: string[] = [];
  let cell: Readonly<Record<string, string>> = {};
  let value = "";
  let isValue = false;
  let next = 0;
  readXml(bytes, {
    open(name, attributes) {
      if (name === "row") {
        const row: Row = new Map();
        rows.push(row);
        next = 0;
        numbers.set(Number(attributes["r"] ?? rows.length), row);
      } else if (name === "mergeCell") merged.push(attributes["ref"] ?? "");
      else if (name === "c") {
        cell = attributes;
        value = "";
      } else if (name === "v" || name === "t") isValue = true;
    },
    text(text) {
      if (isValue) value += text;
    },
    close(name) {
      if (name === "v" || name === "t") isValue = false;
      if (name !== "c") return;
      const column = columnOf(cell["r"] ?? "") ?? next;
      next = column + 1;
      const shown = show(value, cell, formats);
      if (shown !== "") rows.at(-1)?.set(column, shown);
    },
  });
  fillDown(merged, numbers);
  return toTable(rows);
}

const MERGED = /^([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})$/u;

/** What is said once for several rows is said in each of them, so that each can be read alone. */
function fillDown(merged: readonly string[], rows: ReadonlyMap<number, Row>): void {
  let left = MAX_FILLED;
  for (const reference of merged) {
    const [, letters = "", first, last] = MERGED.exec(reference) ?? [];
    const column = columnOf(letters);
    const value = column === undefined ? undefined : rows.get(Number(first))?.get(column);
    if (column === undefined || value === undefined) continue;
    for (let row = Number(first) + 1; row <= Number(last) && left > 0; row++, left--) {
      const cells = rows.get(row);
      if (cells !== undefined && cells.size > 0 && !cells.has(column)) cells.set(column, value);
    }
  }
}

/** Without columns that are empty throughout. */
function toTable(rows: readonly Row[]): string[][] {
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))].sort((a, b) => a - b);
  const places = new Map(columns.map((column, place) => [column, place]));
  let left = MAX_CELLS;
  return rows.map((row) => {
    const cells: string[] = [];
    for (const [column, shown] of [...row].sort(([a], [b]) => a - b)) {
      const place = places.get(column) ?? 0;
      left -= place - cells.length + 1;
      if (left < 0) throw new Error(`it has more than ${MAX_CELLS} cells`);
      while (cells.length < place) cells.push("");
      cells.push(shown);
    }
    return cells;
  });
}

/** 0 for `A12`, 26 for `AA1`. */
function columnOf(reference: string): number | undefined {
  const letters = /^[A-Z]{1,3}/u.exec(reference)?.[0];
  if (letters === undefined) return undefined;
  return Array.from(letters).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function show(value: string, { t, s }: Readonly<Record<string, string>>, formats: Formats): string {
  if (t === "s") return formats.shared[Number(value)] ?? "";
  if (t === "b") return value === "1" ? "yes" : "no";
  if (t === undefined || t === "n") {
    const number = Number(value);
    if (value === "" || !Number.isFinite(number)) return value;
    const style = formats.styles[Number(s)] ?? "number";
    if (style === "date") return showDate(number, formats.epoch);
    if (style === "hours") return showHours(number);
    return style === "percent" ? `${plain(number * 100)}%` : plain(number);
  }
  return value;
}

/** Without the digits that come of counting in twos. */
function plain(number: number): string {
  return String(Number(number.toPrecision(15)));
}

/** `25:30` for a length of time, in days. */
function showHours(days: number): string {
  const minutes = Math.round(days * 1_440);
  return `${Math.trunc(minutes / 60)}:${String(Math.abs(minutes % 60)).padStart(2, "0")}`;
}

/** `2024-06-03`, with the time where there is one; a time alone for less than a day. */
function showDate(days: number, epoch: number): string {
  const time = new Date(Math.round((epoch + days * DAY_MS) / 1_000) * 1_000);
  if (Number.isNaN(time.getTime())) return String(days);
  const [date = "", clock = ""] = time
    .toISOString()
    .replace(/(?::00)?\.000Z$/u, "")
    .split("T");
  if (days < 1) return clock;
  return Number.isInteger(days) ? date : `${date} ${clock}`;
}
