import { type Colour, isUnseen, readColour, WHITE } from "./colour.ts";
import type { PageDocument, PageElement, PageNode } from "./dom.ts";
import { hidesText, type InlineStyle, isTransparent, readInlineStyle } from "./inline-style.ts";

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
const FRAMES = new Set(["HEAD", "NAV", "HEADER", "FOOTER"]);

/**
 * Removes what a person who looks at the page does not see: elements that are never shown, those whose own attributes
 * hide them (not shown, transparent, without size, outside of the screen), and text in the colour of its background.
 * Style sheets are not read. Pages that fade their text in while one scrolls are transparent until a script runs: where
 * everything but menus, headers and footers is, transparent text stays.
 */
export function removeHidden(document: PageDocument): void {
  for (const element of document.querySelectorAll(NEVER_SHOWN)) element.remove();
  const paints = new Map<PageElement, Paint>();
  const transparent: PageElement[] = [];
  /** What is hidden, transparent or a frame of the page, with all that is in it. */
  const besides = new Set<PageElement>();
  let showsText = false;
  for (const element of document.querySelectorAll("*")) {
    const parent = element.parentElement;
    const style = readInlineStyle(element.getAttribute("style") ?? "");
    const isHidden = hidesText(style);
    const fades = isTransparent(style);
    if (isHidden || fades || FRAMES.has(element.tagName.toUpperCase()) || (parent && besides.has(parent))) {
      besides.add(element);
    }
    if (isHidden) {
      element.remove();
      continue;
    }
    if (fades) transparent.push(element);
    const paint = readPaint(element, style, (parent && paints.get(parent)) ?? PLAIN);
    paints.set(element, paint);
    const { colour, background } = paint;
    const own = ownText(element);
    if (colour !== undefined && background !== "unknown" && isUnseen(colour, background)) {
      for (const node of own) node.remove();
    } else if (!besides.has(element) && own.some(({ textContent }) => textContent?.trim())) showsText = true;
  }
  if (showsText) for (const element of transparent) element.remove();
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

function ownText(element: PageElement): PageNode[] {
  return Array.from(element.childNodes, (node) => node).filter((node) => node.nodeType === TEXT_NODE);
}
