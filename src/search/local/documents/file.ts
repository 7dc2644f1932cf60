import { posix } from "node:path";
import { parseDelimited } from "./delimited.ts";
import type { ParsedBlocks, ParsedFile } from "./document.ts";
import { parseEmail } from "./email.ts";
import { parseHtml } from "./html.ts";
import { parseJson, parseJsonLines } from "./json.ts";
import { parseMarkdown } from "./markdown.ts";
import { parseNotebook } from "./notebook.ts";
import { parseDocx } from "./office/docx.ts";
import { parseEpub } from "./office/epub.ts";
import { parseOdt } from "./office/odt.ts";
import { parsePptx } from "./office/pptx.ts";
import { parseXlsx } from "./office/xlsx.ts";
import { parseOrg, parseRst } from "./outline.ts";
import { parsePdf } from "./pdf.ts";
import { parsePlainText } from "./plain-text.ts";
import { toSections } from "./sections.ts";

type Parser = (bytes: Uint8Array) => ParsedBlocks | Promise<ParsedBlocks>;

interface Kind {
  readonly parse: Parser;
  /** A small one of this kind takes no time and memory worth watching. */
  readonly isPlain: boolean;
  /** The ending is a part of what the file is called. */
  readonly isCode?: boolean;
}

const MARKDOWN: Kind = { parse: parseMarkdown, isPlain: true };
const TEXT: Kind = { parse: parsePlainText, isPlain: true };
const HTML: Kind = { parse: parseHtml, isPlain: true };

const TABLE: Kind = { parse: parseDelimited, isPlain: true };
const JSON_LINES: Kind = { parse: parseJsonLines, isPlain: true };
const CODE: Kind = { parse: parsePlainText, isPlain: true, isCode: true };

/** Program texts, settings and the like, by their endings. */
const CODE_ENDINGS = (
  "bash bat c cc cfg clj cmake conf cpp cs css cxx dart ex exs fish go gradle graphql groovy h hpp hs ini java jl js json5 jsonc jsx kt kts " +
  "less lua m mjs cjs ml mts nix php pl pm properties proto ps1 py pyi r rb rs sass scala scss sh sql svelte swift tcl tex tf toml " +
  "ts tsx vb vim vue xml yaml yml zig zsh"
).split(" ");
/** Texts that have no ending. */
const TEXT_NAMES = new Set(
  "readme license licence notice authors contributors changelog changes news todo copying install".split(" "),
);
/** Program texts that have none. */
const CODE_NAMES = new Set(["dockerfile", "makefile", "rakefile", "gemfile", "vagrantfile", "jenkinsfile"]);

const KINDS = new Map<string, Kind>([
  [".md", MARKDOWN],
  [".markdown", MARKDOWN],
  [".txt", TEXT],
  [".text", TEXT],
  [".adoc", TEXT],
  [".asciidoc", TEXT],
  [".log", TEXT],
  [".html", HTML],
  [".htm", HTML],
  [".xhtml", HTML],
  [".rst", { parse: parseRst, isPlain: true }],
  [".org", { parse: parseOrg, isPlain: true }],
  [".csv", TABLE],
  [".tsv", TABLE],
  [".json", { parse: parseJson, isPlain: true }],
  [".jsonl", JSON_LINES],
  [".ndjson", JSON_LINES],
  [".ipynb", { parse: parseNotebook, isPlain: true }],
  [".eml", { parse: parseEmail, isPlain: false }],
  [".pdf", { parse: parsePdf, isPlain: false }],
  ...[".docx", ".docm", ".dotx"].map((ending): [string, Kind] => [
    ending,
    { parse: parseDocx, isPlain: false },
  ]),
  ...[".xlsx", ".xlsm", ".xltx"].map((ending): [string, Kind] => [
    ending,
    { parse: parseXlsx, isPlain: false },
  ]),
  ...[".pptx", ".pptm", ".ppsx"].map((ending): [string, Kind] => [
    ending,
    { parse: parsePptx, isPlain: false },
  ]),
  ...[".odt", ".ott"].map((ending): [string, Kind] => [ending, { parse: parseOdt, isPlain: false }]),
  [".epub", { parse: parseEpub, isPlain: false }],
  ...CODE_ENDINGS.map((ending): [string, Kind] => [`.${ending}`, CODE]),
]);

function kindOf(path: string): Kind | undefined {
  const name = posix.basename(path).toLowerCase();
  return KINDS.get(endingOf(path)) ?? (CODE_NAMES.has(name) ? CODE : TEXT_NAMES.has(name) ? TEXT : undefined);
}

/** A text with what is shown of it. */
export type NamedFile = ParsedFile & { readonly title: string };

/** True for a file name whose ending is one that can be read. */
export function isReadable(path: string): boolean {
  return kindOf(path) !== undefined;
}

/** True where reading it can neither take long nor much memory, so that it needs no thread of its own. */
export function isQuicklyRead(path: string, bytes: number): boolean {
  return kindOf(path)?.isPlain === true && bytes <= MAX_QUICK_BYTES;
}

const MAX_QUICK_BYTES = 50_000;

/** Reads a file by the ending of its name; the title is the name where the file has none. Rejects for a broken one. */
export async function parseFile(path: string, bytes: Uint8Array): Promise<NamedFile> {
  const kind = kindOf(path);
  const parsed = await kind?.parse(bytes);
  if (parsed === undefined) throw new Error("files of this kind are not read");
  const { title, url, date, problem, blocks } = parsed;
  const sections = toSections(blocks);
  const text = sections
    .map((section) => section.text)
    .join("\n\n")
    .trim();
  const name = kind?.isCode === true ? posix.basename(path) : posix.basename(path, posix.extname(path));
  return { title: title || name, url, date, problem, text, sections };
}

/** In lower case, with its dot; empty for a name without one. */
export function endingOf(path: string): string {
  return posix.extname(path).toLowerCase();
}
