import { cue, EXCEPTING } from "./cues.ts";
import { keysOf } from "./source-text.ts";
import { termsOf } from "./terms.ts";

const EXCEPT = cue(
  String.raw`(?<![\p{L}])(?:(?:except(?:ing)?(?: for)?|with the exception of|excluding|instead of|rather than|as opposed to|ausgenommen|mit ausnahme|außer|statt(?=\s+(?!und|oder)\p{L})|anstatt|anstelle|sauf|excepté|à l['’]exception|hormis|au lieu|plutôt que|salvo|excepto|a excepción|en vez|en lugar|باستثناء|ما عدا|عدا|بدلا من|بدلاً من|عوضا عن|למעט|במקום)(?![\p{L}])|(?:חוץ|פרט) (?=[מל])|${EXCEPTING})|代替`,
);
const END = /[.;:,，。；：、]|(?<=\s)(?:and is|but|aber|mais|pero|sondern)(?=\s)/u;
/** The sign stands behind what is excepted: `除…外`. */
const HAN_EXCEPT = /除了?(\p{sc=Han}{1,12}?)(?:以外|之外|外)(?=[，、])/gu;

/** The places of a sentence that are excepted from what it says, in pairs of start and end. */
export function exceptionsIn(text: string): readonly (readonly [number, number])[] {
  const behind = EXCEPT.matchAll(text).map(({ 0: words, index }) => {
    const start = index + words.length;
    const length = text.slice(start).search(END);
    return [start, length < 0 ? text.length : start + length] as const;
  });
  // what is done besides is not excepted
  const isHan = text.includes("除") && !/[还還也]/u.test(text);
  const han = !isHan
    ? []
    : [...text.matchAll(HAN_EXCEPT)].map(({ 0: words, index }) => [index, index + words.length] as const);
  return [...behind, ...han];
}

/** The keys that stand in a sentence only where something is excepted. */
export function exceptedKeys(text: string): ReadonlySet<string> {
  const places = exceptionsIn(text);
  if (places.length === 0) return new Set();
  const excepted = keysOf(places.flatMap(([start, end]) => termsOf(text.slice(start, end))));
  const rest = places.reduceRight(
    (left, [start, end]) => left.slice(0, start) + " ".repeat(end - start) + left.slice(end),
    text,
  );
  const said = keysOf(termsOf(rest));
  return new Set([...excepted].filter((key) => !said.has(key)));
}
