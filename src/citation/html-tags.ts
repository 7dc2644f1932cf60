/** Elements that a browser gives a meaning, of HTML, and the roots and loaders of SVG and MathML. */
const ELEMENTS = new Set(
  "a abbr acronym address animate applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body br button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed fencedframe fieldset figcaption figure font footer foreignobject form frame frameset g h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins isindex kbd keygen label legend li link listing main map mark marquee math menu menuitem meta meter mglyph multicol nav nextid nobr noembed noframes noscript object ol optgroup option output p param picture plaintext portal pre progress q rb rp rt rtc ruby s samp script search section select slot small source spacer span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul use var video wbr xmp".split(
    " ",
  ),
);

/** Those of them that shape text; no programming language names a type so. */
const FORMATTING = new Set(
  "b i u s em strong small big sub sup br hr p div span li ul ol del ins mark code kbd samp tt strike font center table td th tr tbody thead blockquote h1 h2 h3 h4 h5 h6 q cite abbr wbr".split(
    " ",
  ),
);
/** Those that divide what stands before them from what follows. */
const DIVIDING = /^(?:br|p|div|li|tr|td|th|hr)$/i;

/** How much of the text behind a `<` decides, in UTF-16 units: a stream holds back no more. */
const LOOK_AHEAD = 40;

const BARE_TAG = /^<\/?([a-z][a-z0-9]*)\s*\/?>/i;
const BARE_TAG_BEGUN = /^<\/?[a-z0-9]*\s*\/?$/i;
/** `Map<string>`, `Map<string, …`, `List<List<int>>`. What ends it can neither be an attribute nor be taken out. */
const TYPES = /^(?:<[a-z][\w-]*)+(?=[>,();])/i;
const TYPES_BEGUN = /^(?:<[a-z][\w-]*)*<?$/i;

/**
 * What stands for the `<` at `at`, and where reading goes on; `undefined` where it begins no HTML. A bare formatting
 * tag is taken out. Any other `<` that a browser may take for HTML gets a space behind it and is text, except in front
 * of a name that no browser knows behind a word, which is a type or a comparison: `Vec<T>`, `f(i<n)`.
 */
export function htmlAt(
  text: string,
  at: number,
  before: string,
  final: boolean,
): { readonly end: number; readonly text: string } | "undecided" | undefined {
  const ahead = text.slice(at, at + LOOK_AHEAD);
  const behindWord = /\w/.test(before);
  const grows = !final && ahead.length < LOOK_AHEAD;
  if (grows && (BARE_TAG_BEGUN.test(ahead) || (behindWord && TYPES_BEGUN.test(ahead)))) return "undecided";
  if (!/^<[a-z/!?]/i.test(ahead)) return undefined;
  const [tag, name = ""] = BARE_TAG.exec(ahead) ?? [];
  if (tag !== undefined && FORMATTING.has(name.toLowerCase())) {
    return { end: at + tag.length, text: DIVIDING.test(name) ? " " : "" };
  }
  const types = behindWord ? (TYPES.exec(ahead)?.[0].slice(1).split("<") ?? []) : [];
  const isType = types.length > 0 && types.every((type) => !ELEMENTS.has(type.toLowerCase()));
  return isType ? undefined : { end: at + 1, text: "< " };
}
