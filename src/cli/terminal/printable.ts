/**
 * What a terminal may act on: C0 but line feed and tab, DEL and C1, so every escape sequence; and the marks that turn
 * the direction of the text around them.
 */
const COMMANDS = /(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu;

/**
 * Text from a model, the web, a file name or an error, as it may go to a terminal. Looks at one character at a time:
 * where a text is cut into chunks changes nothing.
 */
export function printable(text: string): string {
  return text.replaceAll(COMMANDS, "");
}

/** The same on one line, for titles, addresses and queries, which cannot begin lines of their own. */
export function printableLine(text: string): string {
  return printable(text.replaceAll(/[\n\r\t\u0085\u2028\u2029]+/g, " ")).trim();
}

/** JSON in which such characters are escaped, as `\u009b`. `indent` 0: on one line. */
export function printableJson(value: unknown, indent: 0 | 2 = 2): string {
  return JSON.stringify(value, null, indent).replaceAll(
    COMMANDS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
