/** Where a page must name its charset, as the HTML standard has it. */
const PRESCAN_BYTES = 1_024;
const META_CHARSET = /<meta\b[^>]{0,500}?\bcharset\s*=\s*["']?\s*([\w.:-]+)/iu;

/** What 0x80 to 0x9F are in windows-1252; some versions of Node leave them as control characters. */
const WINDOWS_1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ";

/**
 * Text of a reply: by its byte order mark, else the charset of the header, else (in HTML) that of a `<meta>`, else
 * UTF-8. A charset that is not known counts for none. Invalid bytes become U+FFFD.
 */
export function decodePage(bytes: Uint8Array, charset: string | undefined, isHtml: boolean): string {
  const marked = readMark(bytes);
  if (marked !== undefined) return new TextDecoder(marked).decode(bytes);
  const decoder = createDecoder(charset) ?? (isHtml ? createDecoder(readMeta(bytes)) : undefined);
  const text = (decoder ?? new TextDecoder()).decode(bytes);
  if (decoder?.encoding !== "windows-1252") return text;
  return text.replace(/[\u0080-\u009F]/gu, (sign) => WINDOWS_1252[sign.charCodeAt(0) - 0x80] ?? sign);
}

function readMark([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}

/** A `<meta>` that can be read as ASCII cannot be in UTF-16, whatever it says. */
function readMeta(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, PRESCAN_BYTES)).toString("latin1");
  const charset = META_CHARSET.exec(head.replace(/<!--[\s\S]*?(?:-->|$)/gu, ""))?.[1];
  return charset === undefined || /^utf-?16/iu.test(charset) ? undefined : charset;
}

function createDecoder(charset: string | undefined): InstanceType<typeof TextDecoder> | undefined {
  if (charset === undefined) return undefined;
  try {
    return new TextDecoder(charset);
  } catch {
    return undefined;
  }
}
