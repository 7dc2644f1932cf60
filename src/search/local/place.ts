import { foldWord, wordForms } from "../../text/word-forms.ts";
import { partsOf, splitWords } from "../../text/words.ts";
import { latinLanguageOf } from "./terms/stems.ts";
import { isStopWord } from "./terms/stop-words.ts";

interface FoundText {
  readonly title: string;
  readonly text: string;
  readonly page: number | null;
  /** A line for each section of the text. */
  readonly heading: string | null;
}

const MOST_LETTERS = 100;

/**
 * The fragment that opens a file where a passage of it stands: a page (`#page=137`), else its heading as a text fragment,
 * which browsers look up (`#:~:text=Install`). Of several sections in one passage it is the one that holds more of the
 * question than any other. Empty where there is none, or the heading is the title.
 *
 * https://wicg.github.io/scroll-to-text-fragment/
 */
export function placeIn({ title, text, page, heading }: FoundText, question: string): string {
  if (page !== null) return `#page=${page}`;
  const found = nearestHeading(text, heading?.split("\n") ?? [], question);
  if (found === "" || found === title) return "";
  return `#:~:text=${encodeURIComponent(shortened(found)).replaceAll(/[-!'()*~]/gu, encodeSign)}`;
}

function nearestHeading(text: string, headings: readonly string[], question: string): string {
  if (headings.length <= 1) return headings[0] ?? "";
  const sections = sectionsOf(text, headings).map((section) => ({
    folded: foldWord(section),
    keys: new Set(splitWords(section).flatMap((word) => [word, ...partsOf(word)].flatMap(wordForms))),
  }));
  const language = latinLanguageOf(question);
  const scores = sections.map(() => 0);
  for (const word of new Set(splitWords(question).filter((one) => !isStopWord(one, language)))) {
    const holding = sections.flatMap(({ folded, keys }, at) =>
      wordForms(word).some((key) => keys.has(key)) || (isUnspaced(word) && folded.includes(foldWord(word)))
        ? [at]
        : [],
    );
    // what fewer sections hold tells more
    for (const at of holding) scores[at] = (scores[at] ?? 0) + 1 / holding.length;
  }
  const most = Math.max(...scores);
  const best = scores.flatMap((score, at) => (score === most ? [at] : []));
  return best.length === 1 ? (headings[best[0] ?? 0] ?? "") : "";
}

/** Every section but the first begins with its heading. */
function sectionsOf(text: string, headings: readonly string[]): string[] {
  const sections: string[][] = [[]];
  for (const line of text.split("\n")) {
    const next = headings[sections.length];
    if (next !== undefined && line.replace(/^#{1,6} /u, "") === next && line !== next) sections.push([]);
    sections.at(-1)?.push(line);
  }
  return sections.map((lines) => lines.join("\n"));
}

function isUnspaced(word: string): boolean {
  return /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}ー]+$/u.test(word);
}

/** Cut behind a word: a text fragment is found as whole words only. */
function shortened(heading: string): string {
  const letters = Array.from(heading);
  if (letters.length <= MOST_LETTERS) return heading;
  return letters
    .slice(0, MOST_LETTERS)
    .join("")
    .replace(/\s+\S*$/u, "");
}

function encodeSign(sign: string): string {
  return `%${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase()}`;
}
