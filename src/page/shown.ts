/**
 * What acts on the text around it and shows nothing: C0 but line feed and tab, DEL, C1, and the marks that turn the direction
 * of what follows.
 */
const UNSEEN = /(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu;

/** Text from a model, the web or a file as a page shows it; half a character is a replacement character. */
export function shown(text: string): string {
  return text
    .replaceAll(UNSEEN, "")
    .replaceAll(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD");
}

/** The same on one line. */
export function shownLine(text: string): string {
  return shown(text.replaceAll(/[\n\r\t\u0085\u2028\u2029]+/g, " ")).trim();
}

/** The address where a page may link to it: http and https alone. */
export function webAddress(url: string): string | undefined {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined;
  const { href, username, password } = new URL(url);
  return username === "" && password === "" ? href : undefined;
}

/** Where a source lies, in few words: a host, or the name of a file, with the page or the heading. */
export function placeName(url: string): string {
  const address = webAddress(url);
  if (address !== undefined) return new URL(address).host.replace(/^www\./, "");
  if (!/^file:/i.test(url) || !URL.canParse(url)) return shownLine(url);
  const { pathname, hash } = new URL(url);
  const name = decoded(pathname.split("/").at(-1) ?? "");
  const page = /^#page=(\d+)$/.exec(hash)?.[1];
  const heading = /^#:~:text=(.+)$/.exec(hash)?.[1];
  const where =
    page === undefined ? (heading === undefined ? "" : `, “${decoded(heading)}”`) : `, p. ${page}`;
  return shownLine(name + where);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
