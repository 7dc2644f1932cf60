import { type Check, graded, hasLike, hasLikeName, type Others } from "./checks.ts";
import type { Claim } from "./claim.ts";
import { findNames, type Name } from "./names.ts";
import type { Passage } from "./passage.ts";
import { keysOf, type SourceText } from "./source-text.ts";
import { termsOf } from "./terms.ts";
import { saysLittle } from "./wording.ts";

/** Names occur in the passage, or at least in the source. */
export function checkNames(
  claim: Claim,
  passage: Passage,
  source: SourceText,
  others: Others,
): readonly Check[] {
  const { names: all } = claim;
  if (all.length === 0) return [];
  const failed: string[] = [];
  const weak: string[] = [];
  for (const name of all) {
    if (name.keys.every((key) => passage.keys.has(key))) continue;
    const isIn = ({ keys }: SourceText): boolean =>
      name.keys.every((key) => keys.has(key) || hasLikeName(keys, key));
    if (isIn(source) || others.some(isIn)) weak.push(name.text);
    else if (
      isWithinWord(name, source) ||
      isCompoundOf(name, passage) ||
      isMoreOfName(name, claim, source) ||
      /^\p{Lu}\p{N}$/u.test(name.text)
    )
      weak.push(name.text);
    else failed.push(name.text);
  }
  return [
    graded(
      "names",
      failed,
      weak,
      all.map(({ text }) => text),
    ),
  ];
}

/** `Staumauer` of `Mauer`. */
function isCompoundOf({ text }: Name, { clauses }: Passage): boolean {
  const whole = text.toLowerCase();
  return clauses.some(({ terms }) =>
    terms.some(
      (term) =>
        term.text.length > 4 &&
        term.text.length < whole.length - 1 &&
        /^\p{Lu}/u.test(term.text) &&
        whole.endsWith(term.text.toLowerCase()),
    ),
  );
}

/** Fewer words are no sentence: they say something only of what the question asks. */
const FRAGMENT_TERMS = 4;

export function isFragment({ terms, clauses }: Claim): boolean {
  return terms.length <= FRAGMENT_TERMS && clauses.length <= 1;
}

/** "1734" as an answer to "When was Zanonden Works founded?": what is cited must name what was asked about. */
export function checkSubject(
  claim: Claim,
  namesOf: () => readonly Name[],
  source: SourceText,
  others: Others,
): readonly Check[] {
  if (!isFragment(claim)) return [];
  const asked = namesOf();
  const missing = asked.filter(
    (name) => !gives(source, name) && !others.some((other) => gives(other, name) && leadsTo(other, source)),
  );
  const ofNames = new Set(asked.flatMap(({ keys }) => keys));
  // it only says again what was asked about
  const isEcho =
    claim.keys.size > 0 && claim.figures.length === 0 && [...claim.keys].every((key) => ofNames.has(key));
  const words = (isEcho ? asked : missing).map(({ text }) => text);
  return words.length === 0 ? [] : [{ check: "subject", result: "weak", words }];
}

function gives({ keys: given, titleText, text: whole }: SourceText, { text, keys }: Name): boolean {
  return (
    keys.every((key) => given.has(key)) &&
    (keys.length === 1 || [titleText, whole].some((where) => where.includes(text)))
  );
}

/** The ship's article names the captain whose article gives the profession; without that it is any captain. */
function leadsTo({ keys }: SourceText, { title }: SourceText): boolean {
  return [...title].filter((key) => keys.has(key)).length * 2 >= title.size;
}

const ASKING =
  /^(?:tell|know|want|give|find|name|please|question|answer|explain|sagen?|sag|nenne|wissen|möchte|bitte|dis|dites|donne|nomme|dime|di|nombra|quiero)$/iu;

/** What a question asks of the names that it asks about: `profession` and `mayor` of "What is the profession of the mayor of Wenois?" */
export function relationAsked(question: string, asked: readonly Name[]): ReadonlySet<string> {
  const ofNames = new Set(asked.flatMap(({ keys }) => keys));
  return keysOf(
    termsOf(question).filter(
      ({ text, keys }) => !saysLittle(text) && !ASKING.test(text) && !keys.some((key) => ofNames.has(key)),
    ),
  );
}

/** Whether a passage has a word of what was asked, or there is none. */
export function tellsOf(relation: ReadonlySet<string>, { keys }: Passage): boolean {
  return relation.size === 0 || [...relation].some((key) => keys.has(key) || hasLike(keys, key));
}

/** What a question asks about, by name: words side by side are one. */
export function namesAsked(question: string): readonly Name[] {
  const names: Name[] = [];
  for (const name of findNames(question).filter(({ start }) => start > 0)) {
    const last = names.at(-1);
    if (last !== undefined && name.start === last.end + 1) {
      const text = question.slice(last.start, name.end);
      names[names.length - 1] = { ...last, text, end: name.end, keys: [...last.keys, ...name.keys] };
    } else names.push(name);
  }
  return names;
}

/** `Gletscher` of `Haldengletscher`: German writes as one what it is a part of. */
function isWithinWord({ text }: Name, source: SourceText): boolean {
  if (text.length < 5 || !/^\p{Lu}\p{Ll}+$/u.test(text)) return false;
  const at = source.text.indexOf(text.toLowerCase());
  return at > 0 && /\p{L}/u.test(source.text.charAt(at - 1));
}

/** The word beside it is a name of the source, which stands there without another word at this side: `Keller` as `Maria Keller`. */
function isMoreOfName({ start, end, text }: Name, claim: Claim, source: SourceText): boolean {
  if (/\p{N}/u.test(text)) return false;
  return claim.names.some((other) => {
    if (!other.keys.every((key) => source.keys.has(key))) return false;
    const isBefore = other.start === end + 1;
    if (!isBefore && other.end + 1 !== start) return false;
    const escaped = other.text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const beside = isBefore ? `\\p{Lu}\\p{L}+[ \\t]${escaped}` : `${escaped}[ \\t]\\p{Lu}\\p{L}+`;
    return !new RegExp(beside, "u").test(source.text);
  });
}
