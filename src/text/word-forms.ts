import { stem } from "./stem.ts";

/** Endings of German, French and Spanish words, the longest that leaves enough of the word counts. */
const ENDINGS: readonly (readonly [RegExp, number])[] = [
  [/(?:issements?|ements?|iciones|aciones|ierungen|ierung)$/, 4],
  [/(?:ungen|ieren|ierte[nrs]?|ciones|sion(?:es|s)?|tions?|cion|mente?|aron|ieron|iendo|ando)$/, 4],
  [/(?:ung|iert|ados?|adas?|idos?|idas?|ees|ent|ez|ern|ers|est|ten|tes?|aux)$/, 4],
  [/(?:en|em|er|es|et|ee|as|os|an|st|te|ar|ir|is)$/, 4],
  [/[aons]$/, 4],
  [/[es]$/, 3],
];

/** Particles and endings behind a Korean noun, longest first. */
const KOREAN =
  /(?:되었습니까|되었습니다|되었나요|되었다|되었던|됩니까|됩니다|되나요|된다|되는|했습니까|했습니다|했나요|했다|했던|합니까|합니다|하나요|한다|하는|입니까|인가|이었습니까|이었나요|이었습니다|입니까|인가요|이에요|예요|입니다|에게서|으로부터|에서는|에서의|으로는|에는|에서|에게|까지|부터|으로|한테|처럼|보다|이란|이라는|라는|라고|이나|은|는|이|가|을|를|의|에|로|와|과|도|만|란|요)$/u;

/** Without accents and in lower case; `ß` is `ss`. */
export function foldWord(word: string): string {
  return word
    .toLowerCase()
    .replaceAll("ß", "ss")
    .normalize("NFKD")
    .replaceAll(/(?<=\p{sc=Latin})\p{M}+/gu, "")
    .normalize("NFC");
}

/**
 * Under what keys the forms of a word meet, in English, German, French, Spanish and Korean: two words are forms of one
 * if they share a key. Words with digits and words of other scripts have one key, the word itself.
 */
export function wordForms(word: string): readonly string[] {
  const folded = foldWord(word);
  if (/^\p{sc=Hangul}+$/u.test(folded)) {
    const verb = withoutPoliteness(folded);
    return [...new Set([folded, withoutParticle(folded), ...(verb === folded ? [] : [`${verb}+`])])];
  }
  if (!/^[a-z]{3,}$/.test(folded)) return [folded];
  const light = lightStem(folded);
  const past = PARTICIPLE.exec(folded);
  const stems =
    folded.length === 3
      ? [folded]
      : [
          stem(folded),
          light,
          light.replace(/(?<=[^qg])ie(?=[b-df-hj-np-tv-z]{1,2}$)/, "e"),
          ...(past === null ? [] : [`${past[1] ?? ""}${past[2] ?? ""}`]),
        ];
  // `added` has the stem `ad`, so `add` has it too
  return [...new Set(stems.map((one) => one.replace(/([b-df-hj-np-tv-z])\1$/, "$1")))];
}

/** `eingefüllt` is of `einfüllen`, and `gefahren` of `fahren`. */
const PARTICIPLE =
  /^(ab|an|auf|aus|bei|durch|ein|fest|her|hin|los|mit|nach|um|vor|weg|weiter|zu|zuruck|zusammen)?ge([b-df-hj-np-tv-z][a-z]{3,}?)(?:e?t|en)$/;

/** A Korean word without the particle behind it, where two syllables are left. */
export function withoutParticle(word: string): string {
  const bare = word.replace(KOREAN, "");
  return bare.length >= 2 ? bare : word;
}

/** A Korean verb without the ending that tells or asks politely: `엽니다` and `엽니까` are both `엽`. */
export function withoutPoliteness(word: string): string {
  return word.replace(/(?<=\p{sc=Hangul})(?:습니다|습니까|니다|니까)$/u, "");
}

function lightStem(word: string): string {
  const ending = ENDINGS.find(
    ([pattern, least]) => word.replace(pattern, "").length >= least && pattern.test(word),
  );
  return ending === undefined ? word : word.replace(ending[0], "");
}
