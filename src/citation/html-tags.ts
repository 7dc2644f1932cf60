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

/** What becomes of a `<` with a name behind it: `take` the tag out, `part` the sign from the name, `keep` both. */
export type TagFate = "take" | "part" | "keep";

/**
 * `Map<string>`, `List<Object>` and `a<b` are no HTML, but a browser may take them for it. A tag is taken out when it
 * can be nothing else; behind a word it is kept where no browser knows it; in all other places a space behind the `<`
 * makes text of it.
 *
 * @param rest what stands between the name and the `>`, or whatever ends the tag before it
 */
export function tagFate(
  name: string,
  rest: string,
  {
    ended,
    closing,
    behindWord,
  }: { readonly ended: boolean; readonly closing: boolean; readonly behindWord: boolean },
): TagFate {
  const known = ELEMENTS.has(name.toLowerCase());
  // what is taken out behind it may leave it a `>`, and then it would have attributes
  if (!ended) return known || closing || !behindWord || rest.includes("=") ? "part" : "keep";
  if (rest.includes("=")) return "take";
  const isBare = /^\s*\/?$/.test(rest);
  if (!known) return behindWord ? "keep" : "part";
  if (!isBare) return "part";
  return closing || !behindWord || FORMATTING.has(name.toLowerCase()) ? "take" : "part";
}
