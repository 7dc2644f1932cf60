import { FUNCTION_WORDS } from "../../text/function-words.ts";
import { perWord } from "../../text/per-word.ts";
import { lettersIn } from "../../text/word-patterns/beginnings.ts";
import { stemKey } from "./terms.ts";

/** Words that a sentence may have beside those of its source without saying more, as keys. */
const LITTLE: ReadonlySet<string> = new Set(
  `according source sources text document report reported states stated says said note notes mentions mentioned describes
  described shows shown listed called named known namely located situated based came become became made done given takes
  took place place currently today still already approximately around about roughly total overall amounts amount
  respectively furthermore additionally moreover however therefore thus specifically particular well part kind
  laut gemäß zufolge quelle angaben bekannt namens genannt beträgt betragen insgesamt derzeit heute etwa rund
  ungefähr circa sowie zudem außerdem jedoch daher damit dabei liegt befindet selon source indique appelé nommé situé
  actuellement environ total également aussi según fuente indica llamado ubicado actualmente total además
  وفقا بحسب المصدر يسمى تسمى يقع تقع حاليا حوالي לפי המקור נקרא נקראת נמצא נמצאת כיום`
    .split(/\s+/)
    .flatMap((word) => stemKey(word) ?? []),
);

/** Chinese signs that add nothing to what is said. */
export const LITTLE_SIGNS =
  "的了是在和与或被由对从到个这那也都就于以及其为已将把里中上下内外约共达有可能用更很最较该此各每于之所而且还并则即";

export function saysLittle(word: string): boolean {
  const key = stemKey(word);
  return key === undefined || LITTLE.has(key);
}

const LATIN = /\p{sc=Latin}/gu;
const OTHER_SCRIPTS = [
  "\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}",
  "\\p{sc=Hangul}",
  "\\p{sc=Arabic}",
  "\\p{sc=Hebrew}",
  "\\p{sc=Cyrillic}",
  "\\p{sc=Greek}",
  "\\p{sc=Devanagari}",
] as const;
const SCRIPTS = [LATIN, ...OTHER_SCRIPTS.map((letters) => new RegExp(`[${letters}]`, "gu"))];
const OF_OTHER_SCRIPT = new RegExp(`[${OTHER_SCRIPTS.join("")}]`, "u");

const LANGUAGES = ["en", "de", "fr", "es", "it", "pt"] as const;
type Language = (typeof LANGUAGES)[number];
const languagesOf = perWord((word) => LANGUAGES.filter((language) => FUNCTION_WORDS[language].has(word)));

/** Whether a sentence is in another language than a text, so that their words cannot be compared. */
export function isOtherLanguage(sentence: string, text: string): boolean {
  const sample = text.slice(0, 4000);
  const [ours, theirs] = [scriptOf(sentence), scriptOf(sample)];
  if (ours !== theirs) return true;
  if (ours !== LATIN) return false;
  const [mine, other] = [languageOf(sentence), languageOf(sample)];
  return mine !== undefined && other !== undefined && mine !== other;
}

/** The script of most letters; names in Latin letters count little in a text of another script. */
function scriptOf(text: string): RegExp {
  if (!OF_OTHER_SCRIPT.test(text)) return LATIN;
  const counts = SCRIPTS.map((script, index) => (text.match(script)?.length ?? 0) * (index === 0 ? 0.3 : 1));
  return SCRIPTS[counts.indexOf(Math.max(...counts))] ?? LATIN;
}

function languageOf(text: string): Language | undefined {
  const counts = new Map<Language, number>();
  for (const word of lettersIn(text.toLowerCase()))
    for (const language of languagesOf(word)) counts.set(language, (counts.get(language) ?? 0) + 1);
  let best: Language | undefined;
  let most = 1;
  for (const language of LANGUAGES) {
    const count = counts.get(language) ?? 0;
    if (count > most) [best, most] = [language, count];
  }
  return best;
}
