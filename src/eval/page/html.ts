/** HTML that was made here: what is in it is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const EMPTY = new Set(["circle", "line", "rect"]);

/** An element; attributes and texts are escaped. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly (Html | string)[]
): Html {
  const told = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  if (EMPTY.has(name)) return new Html(`<${name}${told.join("")}/>`);
  const inner = children.map((child) => (typeof child === "string" ? escaped(child) : child.text));
  return new Html(`<${name}${told.join("")}>${inner.join("")}</${name}>`);
}

/** What shows nothing, and may turn or break the text around it: control characters, and the marks of direction. */
const UNSEEN = /(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu;

function escaped(text: string): string {
  return text
    .replaceAll(UNSEEN, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
