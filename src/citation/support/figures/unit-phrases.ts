import { createWordPatterns } from "../../../text/word-patterns/word-patterns.ts";

/** Units that are written as several words, with their names in `units.ts`. */
const PHRASES: readonly (readonly [words: string, unit: string])[] = [
  [
    "nautical miles?|seemeilen?|milles? (?:marins?|nautiques?)|millas? náuticas?|ميل بحري|أميال بحرية|מיי?ל(?:ים)? ימיי?(?:ים)?",
    "nmi",
  ],
  [
    "(?:square|sq\\.?) (?:kilomet(?:re|er)s?|km)|kilomètres? carrés?|kilómetros? cuadrados?|كيلومترا?ً?(?:ات)? مربعا?ً?ة?|קילומטר(?:ים)? רבוע(?:ים)?",
    "km²",
  ],
  [
    "(?:square|sq\\.?) (?:met(?:re|er)s?|m)|mètres? carrés?|metros? cuadrados?|مترا?ً? مربعا?ً?|أمتار مربعة|מטר(?:ים)? רבוע(?:ים)?",
    "m²",
  ],
  ["(?:square|sq\\.?) (?:miles?|mi)", "mi²"],
  ["(?:square|sq\\.?) (?:feet|foot|ft)", "ft²"],
  [
    "cubic met(?:re|er)s?|mètres? cubes?|metros? cúbicos?|مترا?ً? مكعبا?ً?|أمتار مكعبة|מטר(?:ים)? מעוקב(?:ים)?",
    "m³",
  ],
  ["cubic kilomet(?:re|er)s?|kilomètres? cubes?", "km³"],
  ["cubic (?:feet|foot|ft)", "ft³"],
  [
    '(?:kilomet(?:re|er)s?|km) (?:per|an) hour|kilometern? (?:pro|in der|je) stunde|stundenkilometern?|kilomètres?(?:[ -]| par )heure|kilómetros? por hora|كيلومترا?ً? في الساعة|קילומטר(?:ים)? לשעה|קמ"ש',
    "km/h",
  ],
  ["(?:miles?|mi) (?:per|an) hour", "mph"],
  [
    "(?:met(?:re|er)s?|m) (?:per|a) second|metern? (?:pro|in der|je) sekunde|mètres? par seconde|metros? por segundo",
    "m/s",
  ],
  ["kilowatt[ -]hours?", "kwh"],
  ["megawatt[ -]hours?", "mwh"],
  ["gigawatt[ -]hours?", "gwh"],
  ["terawatt[ -]hours?", "twh"],
  [
    "(?:degrees?|grad|degrés?|grados?|درجة|درجات|מעלות) (?:celsius|centigrades?|centígrados|مئوية|צלזיוס)",
    "°c",
  ],
  ["(?:degrees?|grad|degrés?|grados?|درجة|درجات|מעלות) (?:fahrenheit|فهرنهايت|פרנהייט)", "°f"],
  ["pounds? sterling|livres? sterling|libras? esterlinas?|pfund sterling", "£"],
];

const PHRASE = createWordPatterns()(
  String.raw`^[ \t\u00a0\u202f]*-?(?:${PHRASES.map(([words]) => `(${words})`).join("|")})(?![\p{L}\p{M}])`,
);

/** The unit of several words that a text begins with, and how long that is. */
export function unitPhraseOf(text: string): { readonly unit: string; readonly length: number } | undefined {
  const [[whole = "", ...each] = []] = PHRASE.matchAll(text);
  const unit = PHRASES[each.findIndex((words) => words !== undefined)]?.[1];
  return unit === undefined ? undefined : { unit, length: whole.length };
}
