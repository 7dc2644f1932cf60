import { type Cues, cuesOf, isOpposite } from "./cues.ts";
import { type Figure, findFigures } from "./figures/figures.ts";
import { findNames, type Name } from "./names.ts";
import { once } from "./once.ts";
import { type Clause, clausesOf, keysOf } from "./source-text.ts";
import { type Term, termsOf } from "./terms.ts";

/** A sentence of an answer, taken apart. */
export interface Claim {
  readonly text: string;
  /** The words that say what it is about; those of figures are not among them. */
  readonly terms: readonly Term[];
  readonly keys: ReadonlySet<string>;
  readonly figures: readonly Figure[];
  /** With "one", which may be an article. */
  readonly allFigures: readonly Figure[];
  readonly names: readonly Name[];
  /** With those that figures are part of. */
  readonly allNames: readonly Name[];
  /** What stands in quotation marks, two words or four signs at least. */
  readonly quotes: readonly string[];
  readonly clauses: readonly Clause[];
  cues(): Cues;
}

const QUOTED = /[“„«「『"]\s*([^“”„«»「」『』"]{2,}?)\s*[”“»」』"]/gu;

const EMPHASIS = /[*`~]+|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu;

/** Reads sentences, each once. */
export function createClaimReader(): (sentence: string) => Claim {
  const claims = new Map<string, Claim>();
  return (sentence) => {
    const claim = claims.get(sentence) ?? readClaim(sentence);
    claims.set(sentence, claim);
    return claim;
  };
}

/** @param written with its emphasis in Markdown, which goes */
function readClaim(written: string): Claim {
  const sentence = written.replaceAll(EMPHASIS, "");
  const allFigures = findFigures(sentence);
  const figures = allFigures.filter(({ isSpelled, values }) => !isSpelled || values[0] !== 1);
  const cues = once(() => cuesOf(sentence));
  const isOfFigure = ({ start, end }: { readonly start: number; readonly end: number }): boolean =>
    figures.some((figure) => start < figure.end && end > figure.start);
  // what is compared how, is checked by itself
  const tells = (term: Term): boolean => !isOfFigure(term) && term.crosses !== true && !isOpposite(term.text);
  const all = termsOf(sentence);
  const terms = all.filter((term) => tells(term));
  const told = new Set(terms);
  const allNames = once(() => findNames(sentence));
  const names = once(() => allNames().filter((name) => !isOfFigure(name)));
  const clauses = once(() =>
    clausesOf(sentence, 0, all).map((clause) => ({
      ...clause,
      keys: keysOf(clause.terms.filter((term) => told.has(term))),
    })),
  );
  return {
    text: sentence,
    terms,
    keys: keysOf(terms),
    figures,
    allFigures,
    get allNames() {
      return allNames();
    },
    get names() {
      return names();
    },
    quotes: [...sentence.matchAll(QUOTED)].flatMap(([, words = ""]) => (isQuote(words) ? [words] : [])),
    get clauses() {
      return clauses();
    },
    cues,
  };
}

function isQuote(words: string): boolean {
  return (
    /\S\s+\S/u.test(words) || (words.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/gu)?.length ?? 0) >= 4
  );
}
