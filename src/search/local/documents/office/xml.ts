import { Parser } from "htmlparser2";
import { decodeAs, decodeBytes } from "../../../../text/encoding.ts";

/** What is read of XML, in its order. Elements are named without their prefix, attributes with and without it. */
export interface XmlReader {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** The parser's time grows with the square of the depth. */
const MAX_DEPTH = 2_000;

/** Goes through an XML file. No entity that the file declares is put in, so that none can make it larger. Linear time. */
export function readXml(bytes: Uint8Array, reader: XmlReader): void {
  let depth = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (++depth > MAX_DEPTH) throw new Error(`it is nested more than ${MAX_DEPTH} deep`);
        const entries = Object.entries(attributes).map(([key, value]) => [localName(key), value] as const);
        reader.open?.(localName(name), { ...Object.fromEntries(entries), ...attributes });
      },
      ontext: (text) => reader.text?.(text),
      onclosetag(name) {
        depth--;
        reader.close?.(localName(name));
      },
    },
    { xmlMode: true },
  );
  parser.write(decodeXml(bytes));
  parser.end();
}

function decodeXml(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 200)).toString("latin1");
  const named = /^\s*<\?xml\b[^>]{0,150}?\bencoding\s*=\s*["']([\w.:-]+)/u.exec(head)?.[1];
  const decoded = (named === undefined ? undefined : decodeAs(bytes, named)) ?? decodeBytes(bytes);
  if (decoded === undefined) throw new Error("the encoding of one of its parts cannot be told");
  return decoded.text;
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

/** The text of the first element of this name. */
export function firstText(bytes: Uint8Array, wanted: string): string | undefined {
  let found: string | undefined;
  let depth = 0;
  let isDone = false;
  readXml(bytes, {
    open: (name) => {
      if (name === wanted && !isDone) depth++;
    },
    text: (text) => {
      if (depth > 0) found = (found ?? "") + text;
    },
    close: (name) => {
      if (name !== wanted || depth === 0) return;
      depth--;
      isDone = depth === 0;
    },
  });
  return found?.trim() || undefined;
}

/** The attributes of all elements of this name. */
export function attributesOf(bytes: Uint8Array, wanted: string): Readonly<Record<string, string>>[] {
  const found: Readonly<Record<string, string>>[] = [];
  readXml(bytes, {
    open: (name, attributes) => {
      if (name === wanted) found.push(attributes);
    },
  });
  return found;
}
