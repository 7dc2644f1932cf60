import { decodeAs, decodeBytes, readMark } from "../../text/encoding.ts";

/** A page may name its charset behind scripts and styles: browsers look as far as this, although the standard asks for 1,024. */
const PRESCAN_BYTES = 64_000;
const META_CHARSET = /<meta\b[^>]{0,500}?\bcharset\s*=\s*["']?\s*([\w.:-]+)/giu;
const XML_ENCODING = /^\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([\w.:-]+)/iu;
/** A text in one of these is valid whatever its bytes are, so that its name proves nothing. */
const ANY_BYTES = /^(?:windows-125\d|iso-8859-|koi8|macintosh|ibm866|x-mac)/u;

/**
 * Text of a reply: by its byte order mark, else the charset of the header or (in HTML) of a `<meta>`, whichever can read
 * all of it; UTF-8 where the bytes are that and the name only stands for one byte a letter. Where nothing is said, or
 * what is said cannot be, the encoding is found out from the bytes. What nobody can read becomes U+FFFD.
 */
export function decodePage(bytes: Uint8Array, charset: string | undefined, isHtml: boolean): string {
  const marked = readMark(bytes);
  const declared = marked === undefined ? [charset, ...(isHtml ? readMetas(bytes) : [])] : [marked];
  const named = declared.flatMap((name) => (name === undefined ? [] : (decodeAs(bytes, name) ?? [])));
  const sound = named.find(({ broken }) => broken === 0);
  if (sound !== undefined && !ANY_BYTES.test(sound.encoding)) return sound.text;
  const found = decodeBytes(bytes);
  if (found?.encoding === "utf-8" && found.broken === 0) return found.text;
  const fewestBroken = [...named].sort((a, b) => a.broken - b.broken)[0];
  return (sound ?? found ?? fewestBroken)?.text ?? new TextDecoder().decode(bytes);
}

/** A `<meta>` that can be read as ASCII cannot be in UTF-16, whatever it says. */
function readMetas(bytes: Uint8Array): string[] {
  const head = Buffer.from(bytes.subarray(0, PRESCAN_BYTES)).toString("latin1");
  const shown = head.replace(/<!--[\s\S]*?(?:-->|$)|<script\b[\s\S]*?(?:<\/script|$)/giu, "");
  const names = [
    XML_ENCODING.exec(shown)?.[1],
    ...Array.from(shown.matchAll(META_CHARSET), (meta) => meta[1]),
  ];
  return names.filter((name) => name !== undefined && !/^utf-?16/iu.test(name)).flatMap((name) => name ?? []);
}
