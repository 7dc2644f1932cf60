import { FUNCTION_WORDS } from "../../../text/function-words.ts";
import type { StemLanguage } from "./stems.ts";

/** Also those of Chinese and Japanese, because a question in these languages has no spaces that would set them apart. */
const STOP_WORDS = new Set([...FUNCTION_WORDS.en, ...FUNCTION_WORDS.zh, ...FUNCTION_WORDS.ja]);

const OPERATORS = new Set(["AND", "OR", "NOT"]);

/** The words of English, and of the question's language. `IT` and `WHO` in capitals are names; `AND`, `OR` and `NOT` are meant as operators. */
export function isStopWord(word: string, language: StemLanguage | "en" = "en"): boolean {
  const isName = /^\p{Lu}{2,}$/u.test(word) && !OPERATORS.has(word);
  const lower = word.toLowerCase().replaceAll("’", "'");
  return !isName && (STOP_WORDS.has(lower) || FUNCTION_WORDS[language].has(lower));
}
