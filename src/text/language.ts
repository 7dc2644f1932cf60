import { FUNCTION_WORDS } from "./function-words.ts";
import type { Language } from "./verdict.ts";

const SPACED = ["en", "de", "fr", "es"] as const;
/** Letters and signs that only one of these languages writes. */
const SIGNS: Readonly<Record<(typeof SPACED)[number], RegExp>> = {
  en: /['’](?:s|re|ve|ll)\b/giu,
  de: /[äöüß]/giu,
  fr: /[çœêèàùéî]|(?<=\p{L})\s[?!:]|\b[ldnjsmcq](?:u)?['’]/giu,
  es: /[¿¡ñáíóúé]/giu,
};

/** The language that a text is written in, as far as its letters and function words tell. @default "en" */
export function languageOf(text: string): Language {
  if (/\p{sc=Hangul}/u.test(text)) return "ko";
  if (/[\p{sc=Hiragana}\p{sc=Katakana}]/u.test(text)) return "ja";
  const han = text.match(/\p{sc=Han}/gu)?.length ?? 0;
  if (han > 0 && han * 3 >= (text.match(/\p{L}/gu)?.length ?? 0)) return "zh";
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  let best: (typeof SPACED)[number] = "en";
  let most = 0;
  for (const language of SPACED) {
    const count =
      words.filter((word) => FUNCTION_WORDS[language].has(word)).length +
      (text.match(SIGNS[language])?.length ?? 0) * 0.6;
    if (count > most) [best, most] = [language, count];
  }
  return best;
}
