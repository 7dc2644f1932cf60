import { type Colour, isUnseen, readColour, WHITE } from "./colour.ts";
import type { PageDocument, PageElement } from "./dom.ts";
import { hidesText, type InlineStyle, readInlineStyle } from "./inline-style.ts";

/** What browsers show no text of, whatever the style says. */
const NEVER_SHOWN = [
  "title",
  "script",
  "style",
  "template",
  "noscript",
  "noembed",
  "noframes",
  "iframe",
  "object",
  "canvas",
  "audio",
  "video",
  "svg",
  "datalist",
  "select",
  "dialog:not([open])",
  "[popover]",
  "[hidden]",
  '[aria-hidden="true" i]',
].join(",");

/** An image, or a colour that is not known: text on it counts as seen. */
type Background = Colour | "unknown";

/** What an element paints with, of its own or inherited. */
interface Paint {
  readonly colour: Colour | undefined;
  readonly background: Background;
}

const PLAIN: Paint = { colour: undefined, background: WHITE };
const TEXT_NODE = 3;

/**
 * Removes what a person who looks at the page does not see: elements that are never shown, those whose own attributes
 * hide them (not shown, transparent, without size, outside of the screen), and text in the colour of its background.
 * Style sheets are not read.
 */
export function removeHidden(document: PageDocument): void {
  for (const element of document.querySelectorAll(NEVER_SHOWN)) element.remove();
  const paints = new Map<PageElement, Paint>();
  for (const element of document.querySelectorAll("*")) {
    const style = readInlineStyle(element.getAttribute("style") ?? "");
    if (hidesText(style)) {
      element.remove();
      continue;
    }
    const inherited = (element.parentElement && paints.get(element.parentElement)) ?? PLAIN;
    const paint = readPaint(element, style, inherited);
    paints.set(element, paint);
    const { colour, background } = paint;
    if (colour !== undefined && background !== "unknown" && isUnseen(colour, background))
      removeOwnText(element);
  }
}

function readPaint(element: PageElement, style: InlineStyle, inherited: Paint): Paint {
  const colour = style.get("-webkit-text-fill-color") ?? style.get("color") ?? readFontColour(element);
  const background =
    style.get("background-color") ?? style.get("background") ?? element.getAttribute("bgcolor");
  return {
    colour: colour === null ? inherited.colour : (readColour(colour) ?? inherited.colour),
    background: readBackground(background) ?? inherited.background,
  };
}

function readBackground(value: string | null): Background | undefined {
  if (value === null || /^(?:none|inherit|initial|unset)?$/u.test(value)) return undefined;
  if (/url\(|gradient\(/u.test(value)) return "unknown";
  const colour = readColour(value);
  if (colour === undefined) return "unknown";
  return colour[3] <= 0.05 ? undefined : colour;
}

/** Of old HTML: `<font color>` and `<body text>`. */
function readFontColour(element: PageElement): string | null {
  const tag = element.tagName.toUpperCase();
  if (tag === "FONT") return element.getAttribute("color");
  return tag === "BODY" ? element.getAttribute("text") : null;
}

function removeOwnText(element: PageElement): void {
  const own = Array.from(element.childNodes, (node) => node).filter((node) => node.nodeType === TEXT_NODE);
  for (const node of own) node.remove();
}
