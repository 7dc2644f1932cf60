/** What can be turned into text. */
export type ContentKind = "html" | "markdown" | "text" | "pdf";

/** How a reply is read. */
export interface Content {
  readonly kind: ContentKind;
  /** As the header names it. */
  readonly charset?: string | undefined;
}

const KINDS = new Map<string, ContentKind>([
  ["text/html", "html"],
  ["application/xhtml+xml", "html"],
  ["text/plain", "text"],
  ["application/json", "text"],
  ["text/markdown", "markdown"],
  ["text/x-markdown", "markdown"],
  ["application/pdf", "pdf"],
]);

/** Reads the header `content-type`. `undefined` for what is no text; `html` where the server says nothing. */
export function readContentType(header: string | undefined): Content | undefined {
  const [name = "", ...parameters] = (header ?? "").split(";").map((part) => part.trim());
  const type = name.toLowerCase();
  const kind = type === "" ? "html" : (KINDS.get(type) ?? (type.endsWith("+json") ? "text" : undefined));
  if (kind === undefined) return undefined;
  const charset = parameters
    .map((parameter) => /^charset\s*=\s*["']?([\w.:-]+)/iu.exec(parameter)?.[1])
    .find((found) => found !== undefined);
  return { kind, charset };
}

/** True where the bytes are what the type says: a PDF for a PDF, and no other file for text. */
export function isWhatItSays(bytes: Uint8Array, { kind, charset }: Content): boolean {
  const isPdf = Buffer.from(bytes.subarray(0, 1_024)).toString("latin1").includes("%PDF-");
  if (kind === "pdf") return isPdf;
  const isUtf16 = /^utf-?16/iu.test(charset ?? "") || hasUtf16Mark(bytes);
  return (isUtf16 || !bytes.includes(0)) && !startsWithPdf(bytes);
}

function startsWithPdf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 5)).toString("latin1") === "%PDF-";
}

function hasUtf16Mark([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}
