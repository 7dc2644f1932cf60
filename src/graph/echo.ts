import type { Echo } from "../protocol/protocol.ts";

/** A text that the model has seen, as it is searched for others. */
export interface SeenText {
  readonly number: number;
  /** Its words, one space between them and at both ends. */
  readonly words: string;
}

/** So much of a text, in characters, has to stand in an earlier one for it to be an echo. */
const CONTAINED = 0.9;

/** A shorter text is not worth a reference, in UTF-16 units. */
const MIN_LENGTH = 80;

/** So many words on both sides of a sentence have to stand there with it: a bare "No." stands in many texts. */
const AROUND = 3;

/** What is put behind a text that was cut short. */
const CUT = /\s*…$/;

/** Words with one space between them already, as most engines bring them. */
const SPACED = /^[^\s。！？]+(?: [^\s。！？]+)*$/;

export function seenText(number: number, text: string): SeenText {
  return { number, words: ` ${SPACED.test(text) ? text : wordsOf(text).join(" ")} ` };
}

/**
 * The first earlier text that says nearly all of `text`, word for word and in its order, and the sentences that it
 * does not say: two words that stand side by side in `text`, and nowhere in the other one, are always among these. So
 * a copy in which a figure differs is shown with that figure.
 *
 * Equality alone would miss what engines bring most: the same article from two sites, with another head or date.
 */
export function findEcho(text: string, earlier: readonly SeenText[]): Echo | undefined {
  if (earlier.length === 0 || text.trim().length < MIN_LENGTH) return undefined;
  const sentences = sentencesOf(text.replace(CUT, ""));
  const length = sentences.reduce((sum, sentence) => sum + sentence.text.length, 0);
  for (const { number, words } of earlier) {
    const rest = restOf(sentences, words, length * (1 - CONTAINED));
    if (rest !== undefined) return { of: number, rest };
  }
  return undefined;
}

interface Sentence {
  readonly text: string;
  /** With the words around it, as it has to stand in the other text. Hardly any but the first is asked for. */
  readonly phrase: () => string;
}

function sentencesOf(text: string): readonly Sentence[] {
  const sentences = text
    .split(/(?<=[.!?]["'”’)\]]?)\s+|(?<=[。！？])|\n+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== "");
  const words: string[] = [];
  return sentences.map((sentence) => {
    const start = words.length;
    for (const word of wordsOf(sentence)) words.push(word);
    const end = words.length;
    let phrase: string | undefined;
    return {
      text: sentence,
      phrase: () => (phrase ??= ` ${words.slice(Math.max(start - AROUND, 0), end + AROUND).join(" ")} `),
    };
  });
}

/** `undefined` as soon as more than `most` of it is new. */
function restOf(sentences: readonly Sentence[], seen: string, most: number): string | undefined {
  const rest: string[] = [];
  let fresh = 0;
  for (const { text, phrase } of sentences) {
    if (seen.includes(phrase())) continue;
    rest.push(text);
    fresh += text.length;
    if (fresh > most) return undefined;
  }
  return rest.join("\n");
}

function wordsOf(text: string): readonly string[] {
  return text.match(/[^\s。！？]+[。！？]?|[。！？]/gu) ?? [];
}
