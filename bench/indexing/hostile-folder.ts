import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { deflateSync } from "node:zlib";
import { zipFile } from "../../test/search/local/zip-file.ts";
import { createRandom } from "../seeded-text.ts";

type Random = () => number;

/** Sizes of what is large only once it is read, in bytes or repetitions. */
export interface HostileSizes {
  readonly bomb: number;
  readonly depth: number;
}

/**
 * Fills a folder with hostile files, the same ones for the same seed: bombs, deep nesting, wrong endings, and files of
 * `samples` with bytes changed or the end cut off. Gives their names.
 */
export function makeHostileFolder(
  folder: string,
  { count, seed, samples, sizes }: { count: number; seed: number; samples: string; sizes: HostileSizes },
): string[] {
  const random = createRandom(seed);
  const files = new Map(Object.entries({ ...bombs(sizes), ...misnamed(samples, random) }));
  const sources = sampleFiles(samples);
  for (let number = 0; files.size < count; number++) {
    const source = sources[number % sources.length] ?? "";
    files.set(`spoilt-${number}${extname(source)}`, spoil(readFileSync(source), random));
  }
  const chosen = [...files].slice(0, count);
  for (const [name, bytes] of chosen) writeFileSync(join(folder, name), bytes);
  return chosen.map(([name]) => name);
}

/** One of each kind after another, so that the first ones are of different kinds. */
function sampleFiles(samples: string): string[] {
  const files = readdirSync(samples, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const seen = new Map<string, number>();
  const ranked = files.map((file) => {
    const rank = seen.get(extname(file)) ?? 0;
    seen.set(extname(file), rank + 1);
    return { file, rank };
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ file }) => file);
}

function spoil(bytes: Buffer, random: Random): Buffer {
  const at = (): number => Math.floor(random() * bytes.length);
  const copy = Buffer.from(bytes);
  const way = random();
  if (way < 0.25) return copy.subarray(0, at());
  if (way < 0.4) return Buffer.concat([copy.subarray(0, at()), copy.subarray(at())]);
  if (way < 0.5) return copy.fill(0, at());
  const changes = way < 0.8 ? 10 : Math.ceil(bytes.length / 20);
  for (let times = 0; times < changes; times++) copy[at()] = Math.floor(random() * 256);
  return copy;
}

/** Contents under the ending of another kind. */
function misnamed(samples: string, random: Random): Record<string, Buffer> {
  const sources = sampleFiles(samples);
  const kinds = ["pdf", "docx", "xlsx", "pptx", "odt", "epub", "eml", "ipynb", "json", "csv", "md", "html"];
  const files = kinds.map((kind, number): [string, Buffer] => {
    const source = sources.filter((file) => extname(file) !== `.${kind}`)[number * 3] ?? "";
    return [`misnamed-${number}.${kind}`, readFileSync(source)];
  });
  const noise = kinds.map((kind, number): [string, Buffer] => [
    `noise-${number}.${kind}`,
    Buffer.from(Array.from({ length: 2_000 }, () => Math.floor(random() * 256))),
  ]);
  return Object.fromEntries([...files, ...noise]);
}

function bombs({ bomb, depth }: HostileSizes): Record<string, Buffer | string> {
  const packed = Buffer.alloc(bomb, " ");
  const entities = Array.from({ length: 12 }, (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`);
  const cells = `<row><c r="ALL1"><v>1</v></c></row>`.repeat(depth);
  const columns = Array.from({ length: depth }, (_, n) => `column ${n}`).join(",");
  return {
    "empty.docx": "",
    "empty.pdf": "",
    "empty.json": "",
    "nul.md": Buffer.alloc(1_000),
    "bomb.docx": zipFile({ "word/document.xml": packed }),
    "bomb-that-says-so.docx": zipFile({ "word/document.xml": "x" }, { "word/document.xml": 2_000_000_000 }),
    "bomb-that-lies.docx": zipFile({ "word/document.xml": packed }, { "word/document.xml": 1_000 }),
    "bomb.epub": zipFile({ "META-INF/container.xml": packed }),
    "bomb.pdf": pdfBomb(packed),
    "entities.docx": zipFile({
      "word/document.xml": `<!DOCTYPE d [<!ENTITY e0 "ha">${entities.join("")}]>${word("<w:p><w:r><w:t>&e12;</w:t></w:r></w:p>")}`,
    }),
    "external.docx": zipFile({
      "word/document.xml": `<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>${word("<w:p><w:r><w:t>&x; words</w:t></w:r></w:p>")}`,
    }),
    "deep.docx": zipFile({ "word/document.xml": word("<w:sdt>".repeat(depth)) }),
    "wide.xlsx": zipFile({
      "xl/workbook.xml": `<workbook><sheets><sheet name="S" r:id="a"/></sheets></workbook>`,
      "xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="a" Target="worksheets/s.xml"/></Relationships>`,
      "xl/worksheets/s.xml": `<worksheet><sheetData>${cells}</sheetData></worksheet>`,
    }),
    "locked.docx": Buffer.from("d0cf11e0a1b11ae1000000000000", "hex"),
    "deep.json": `${"[".repeat(depth)}1${"]".repeat(depth)}`,
    "deep-objects.json": `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`,
    "long-names.json": JSON.stringify({
      ["k".repeat(depth)]: Object.fromEntries(Array.from({ length: depth / 10 }, (_, n) => [n, n])),
    }),
    "header.csv": `${columns}\n${"1,2\n".repeat(depth)}`,
    "quote.csv": `a,b\n"${"x,y\n".repeat(depth)}`,
    "deep.html": `${"<div>".repeat(depth)}words`,
    "inline.html": `${"<b>".repeat(depth)}words`,
    "comments.html": "<!--".repeat(depth),
    "quotes.md": `${">".repeat(depth)} words`,
    "brackets.md": "[".repeat(depth),
    "aliases.md": `---\na: &a [x, x]\n${Array.from({ length: 30 }, (_, n) => `b${n}: &b${n} [*${n === 0 ? "a" : `b${n - 1}`}, *${n === 0 ? "a" : `b${n - 1}`}]`).join("\n")}\n---\nbody`,
    "lines.log": "2026-01-01 something happened\n".repeat(depth),
    "one-line.txt": "word ".repeat(depth),
    "one-word.txt": "x".repeat(depth * 10),
    "blank.txt": "\n".repeat(depth),
    "roles.rst": ":".repeat(depth),
    "spaces.org": `* ${" ".repeat(depth)}x`,
    "parts.eml": `From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n${"--x\nContent-Type: multipart/mixed; boundary=x\n\n".repeat(depth / 10)}`,
    "cells.ipynb": JSON.stringify({ nbformat: 4, cells: Array.from({ length: depth / 10 }, () => ({})) }),
    "odd\nname\u001B[31m.txt": "words",
  };
}

function word(body: string): string {
  return `<w:document><w:body>${body}</w:body></w:document>`;
}

function pdfBomb(content: Buffer): Buffer {
  const packed = deflateSync(deflateSync(content));
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
  ].map((body, index) => `${index + 1} 0 obj\n${body}\nendobj\n`);
  const filters = `<< /Length ${packed.length} /Filter [/FlateDecode /FlateDecode] >>`;
  return Buffer.concat([
    Buffer.from(`%PDF-1.4\n${objects.join("")}4 0 obj\n${filters}\nstream\n`),
    packed,
    Buffer.from("\nendstream\nendobj\ntrailer\n<< /Root 1 0 R /Size 5 >>\n%%EOF\n"),
  ]);
}
