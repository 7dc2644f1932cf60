import { posix } from "node:path";
import type { ParsedBlocks, ParsedFile } from "./document.ts";
import { parseJson, parseJsonLines } from "./json.ts";
import { parsePlainText } from "./plain-text.ts";
import { toSections } from "./sections.ts";

/** What stands on a library is loaded with the first file of its kind: most questions read none. */
type Parser = (bytes: Uint8Array) => ParsedBlocks | Promise<ParsedBlocks>;

interface Kind {
  readonly parse: Parser;
  /** A small one of this kind takes no time and memory worth watching. */
  readonly isPlain: boolean;
  /** The ending is a part of what the file is called. */
  readonly isCode?: boolean;
}

const MARKDOWN: Kind = {
  parse: async (bytes) => (await import("./markdown.ts")).parseMarkdown(bytes),
  isPlain: true,
};
const TEXT: Kind = { parse: parsePlainText, isPlain: true };
const HTML: Kind = { parse: async (bytes) => (await import("./html.ts")).parseHtml(bytes), isPlain: true };

const TABLE: Kind = {
  parse: async (bytes) => (await import("./delimited.ts")).parseDelimited(bytes),
  isPlain: true,
};
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
  [".rst", { parse: async (bytes) => (await import("./outline.ts")).parseRst(bytes), isPlain: true }],
  [".org", { parse: async (bytes) => (await import("./outline.ts")).parseOrg(bytes), isPlain: true }],
  [".csv", TABLE],
  [".tsv", TABLE],
  [".json", { parse: parseJson, isPlain: true }],
  [".jsonl", JSON_LINES],
  [".ndjson", JSON_LINES],
  [".ipynb", { parse: async (bytes) => (await import("./notebook.ts")).parseNotebook(bytes), isPlain: true }],
  [".eml", { parse: async (bytes) => (await import("./email.ts")).parseEmail(bytes), isPlain: false }],
  [".pdf", { parse: async (bytes) => (await import("./pdf.ts")).parsePdf(bytes), isPlain: false }],
  ...[".docx", ".docm", ".dotx"].map((ending): [string, Kind] => [
    ending,
    { parse: async (bytes) => (await import("./office/docx.ts")).parseDocx(bytes), isPlain: false },
  ]),
  ...[".xlsx", ".xlsm", ".xltx"].map((ending): [string, Kind] => [
    ending,
    { parse: async (bytes) => (await import("./office/xlsx.ts")).parseXlsx(bytes), isPlain: false },
  ]),
  ...[".pptx", ".pptm", ".ppsx"].map((ending): [string, Kind] => [
    ending,
    { parse: async (bytes) => (await import("./office/pptx.ts")).parsePptx(bytes), isPlain: false },
  ]),
  ...[".odt", ".ott"].map((ending): [string, Kind] => [
    ending,
    { parse: async (bytes) => (await import("./office/odt.ts")).parseOdt(bytes), isPlain: false },
  ]),
  [".epub", { parse: async (bytes) => (await import("./office/epub.ts")).parseEpub(bytes), isPlain: false }],
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
