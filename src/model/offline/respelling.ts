import { FUNCTION_WORDS } from "../../text/function-words.ts";
import { languageOf } from "../../text/language.ts";
import { isComparable, respell, slipsBetween, vocabularyOf, type Respelling } from "../../text/spelling.ts";
import { ASKING_WORDS } from "./common-words.ts";
import type { Source } from "./sources.ts";
import { mentionedIn } from "./mentions.ts";
import { readParts, termsOf } from "./parts.ts";
import { readTerms, type Question, type Term } from "./question.ts";

export interface AsMeant {
  readonly parts: readonly Question[];
  /** What was read in the place of which words. */
  readonly respellings: readonly Respelling[];
}

/** A question whose words that no source mentions are taken for those of the sources that they are slips of. */
export function readAsMeant(
  asked: string,
  earlier: readonly string[],
  parts: readonly Question[],
  sources: readonly Source[],
): AsMeant {
  const unsaid = termsOf(parts).filter((term) => isComparable(term.text) && !isSaid(term, sources));
  if (unsaid.length === 0 || sources.length === 0) return { parts, respellings: [] };
  const keys = new Set(unsaid.flatMap((term) => term.keys));
  const counts = countWords(sources);
  const correct = (word: string): string | undefined => {
    if (!readTerms(word).some((term) => term.keys.some((key) => keys.has(key)))) return undefined;
    return closest(word, counts) ?? askingWord(word, asked);
  };
  const meant = [...earlier, asked].map((text) => respell(text, correct));
  const texts = meant.map(({ text }) => text);
  const read = readParts(texts.at(-1) ?? asked, texts.slice(0, -1));
  if (termsOf(read).length === 0) return { parts, respellings: [] };
  const respellings = meant.flatMap((one) => one.respellings);
  return { parts: read, respellings: respellings.filter(({ as }) => counts.has(as.toLowerCase())) };
}

/** It stands there as a whole: some of its letters may be those of the right word. */
function isSaid({ text, keys }: Term, sources: readonly Source[]): boolean {
  return sources
    .flatMap(({ units }) => units)
    .some((unit) =>
      [unit.own, unit.above, unit.titled].some((mentioned) => mentionedIn(mentioned, text, keys) === 1),
    );
}

/** In how many sources each word stands. */
function countWords(sources: readonly Source[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { title, text } of sources)
    for (const word of vocabularyOf(`${title}\n${text}`)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function closest(word: string, counts: ReadonlyMap<string, number>): string | undefined {
  const [best] = [...counts]
    .flatMap(([as, count]) => {
      const slips = isComparable(word) && isComparable(as) ? slipsBetween(word, as) : undefined;
      return slips === undefined ? [] : [{ as, slips, count }];
    })
    .toSorted((a, b) => a.slips - b.slips || b.count - a.count);
  return best?.as;
}

/** `Waht` asks for what `What` asks for. */
function askingWord(word: string, asked: string): string | undefined {
  const known = [...FUNCTION_WORDS[SPACED.find((one) => one === languageOf(asked)) ?? "en"], ...ASKING_WORDS];
  const lower = word.toLowerCase();
  return known.find((one) => one.length === lower.length && slipsBetween(lower, one) === 1);
}

const SPACED = ["en", "de", "fr", "es"] as const;
