import { FUNCTION_WORDS } from "../../text/function-words.ts";
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

const SCRIPTS = [
  /\p{sc=Latin}/gu,
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/gu,
  /\p{sc=Hangul}/gu,
  /\p{sc=Arabic}/gu,
  /\p{sc=Hebrew}/gu,
  /\p{sc=Cyrillic}/gu,
  /\p{sc=Greek}/gu,
  /\p{sc=Devanagari}/gu,
] as const;

const LANGUAGES = ["en", "de", "fr", "es", "it", "pt"] as const;

/** Whether a sentence is in another language than a text, so that their words cannot be compared. */
export function isOtherLanguage(sentence: string, text: string): boolean {
  const sample = text.slice(0, 4000);
  const [ours, theirs] = [scriptOf(sentence), scriptOf(sample)];
  if (ours !== theirs) return true;
  if (ours !== SCRIPTS[0]) return false;
  const [mine, other] = [languageOf(sentence), languageOf(sample)];
  return mine !== undefined && other !== undefined && mine !== other;
}

/** The script of most letters; names in Latin letters count little in a text of another script. */
function scriptOf(text: string): RegExp {
  const counts = SCRIPTS.map((script, index) => (text.match(script)?.length ?? 0) * (index === 0 ? 0.3 : 1));
  return SCRIPTS[counts.indexOf(Math.max(...counts))] ?? SCRIPTS[0];
}

function languageOf(text: string): (typeof LANGUAGES)[number] | undefined {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  let best: (typeof LANGUAGES)[number] | undefined;
  let most = 1;
  for (const language of LANGUAGES) {
    const count = words.filter((word) => FUNCTION_WORDS[language].has(word)).length;
    if (count > most) [best, most] = [language, count];
  }
  return best;
}
