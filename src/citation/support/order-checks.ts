import { foldedCase } from "../../text/word-patterns/beginnings.ts";
import { type Check, likeClauses, type ShareOf } from "./checks.ts";
import type { Claim } from "./claim.ts";
import { comparands, isCoordinated, isOpposite, isTelling } from "./cues.ts";
import type { Name } from "./names.ts";
import type { Passage } from "./passage.ts";
import type { Clause } from "./source-text.ts";
import { type Term, termsOf } from "./terms.ts";

/** Who does what to whom: where names change places and the verb does not, no check can tell. */
export function checkOrder(claim: Claim, passage: Passage, shareOf: ShareOf): readonly Check[] {
  for (const clause of claim.clauses) {
    const named = movable(claim, clause);
    const words = [
      ...otherDoers(claim, clause, passage, shareOf),
      ...(named.length < 2 ? [] : likeClauses(clause, passage.clauses, shareOf)).flatMap((other) => {
        const swapped = swappedTerms(claim.text, named, passage.text, other);
        return swapped.length > 0 && clause.cues().passive === other.cues().passive ? swapped : [];
      }),
      ...swappedInComparison(claim, clause, named, passage),
      ...comparedTheOtherWay(claim, passage),
      ...doneByTheOther(claim, passage),
      ...doneByAnotherBehind(claim, passage),
      ...doneWithTheOther(claim, passage),
      ...crossed(claim, clause, passage, shareOf),
    ];
    if (words.length > 0) return [{ check: "order", result: "weak", words: [...new Set(words)] }];
  }
  return [];
}

/** What a clause says is said in the passage, but of another name, and of its own name something else. */
function otherDoers(claim: Claim, clause: Clause, passage: Passage, shareOf: ShareOf): readonly string[] {
  const named = claim.names.filter(({ start, end }) => start >= clause.start && end <= clause.end);
  const ofNames = new Set(named.flatMap(({ keys }) => keys));
  const rest = new Set([...clause.keys].filter((key) => !ofNames.has(key) && !passage.title.has(key)));
  if (named.length === 0 || rest.size === 0) return [];
  const isNamed = (other: Clause): boolean =>
    named.some(({ keys }) => keys.every((key) => other.keys.has(key)));
  const saying = passage.clauses.filter((other) => shareOf(rest, other.keys) >= 0.6);
  const isOfAnother = (other: Clause): boolean =>
    !isNamed(other) &&
    other.names().some((name) => !name.keys.some((key) => ofNames.has(key) || passage.title.has(key)));
  return saying.length > 0 && saying.every(isOfAnother) && passage.clauses.some(isNamed)
    ? named.map(({ text }) => text)
    : [];
}

/** A comparison of two names the other way round, however its sentence is cut into clauses. */
function swappedInComparison(
  claim: Claim,
  clause: Clause,
  named: readonly Movable[],
  passage: Passage,
): readonly string[] {
  if (claim.clauses.length > 1 || isUncompared(clause)) return [];
  return passage.units.flatMap((unit) => {
    const isSame = clause
      .cues()
      .directions.every(
        (ours, index) => ours.length === 0 || unit.cues().directions[index]?.includes(ours[0] ?? 1) === true,
      );
    const terms = unit.clauses.flatMap((each) => each.terms);
    const places = named.flatMap(({ key, word }) => {
      const term = terms.find(({ keys }) => keys[0] === key);
      return term === undefined ? [] : [{ word, at: term.start, to: term.end }];
    });
    const [first, second] = [places[0], places.find(({ word }) => word !== places[0]?.word)];
    return isSame &&
      first !== undefined &&
      second !== undefined &&
      first.at > second.at &&
      !BESIDE.test(passage.text.slice(second.to, first.at))
      ? [first.word, second.word]
      : [];
  });
}

function isUncompared(clause: Clause): boolean {
  return clause.cues().directions.every((each, pair) => each.length === 0 || !isTelling(pair));
}

/** The same comparison from its other side: "men less often than women" of "women more often than men". */
export function isConverse(claim: Claim, passage: Passage): boolean {
  const isTold = claim.clauses.some((clause) => !isUncompared(clause));
  const [own] = comparands(claim.text).map((word) => termsOf(word).flatMap(({ keys }) => keys));
  return (
    isTold &&
    own !== undefined &&
    own.length > 0 &&
    own.every((key) => passage.keys.has(key)) &&
    comparedTheOtherWay(claim, passage).length > 0
  );
}

/** What the passage compares with is what the sentence compares with something else. */
function comparedTheOtherWay(claim: Claim, passage: Passage): readonly string[] {
  const ours = comparands(claim.text);
  const ourKeys = new Set(ours.flatMap((word) => termsOf(word).flatMap(({ keys }) => keys)));
  if (ourKeys.size === 0) return [];
  return passage.units.flatMap((unit) =>
    comparands(passage.text.slice(unit.start, unit.end)).filter((word) => {
      const keys = termsOf(word).flatMap((term) => term.keys);
      return keys.length > 0 && keys.every((key) => claim.keys.has(key) && !ourKeys.has(key));
    }),
  );
}

function isOf(name: Name, { keys }: Name): boolean {
  return name.keys.some((key) => keys.includes(key));
}

/**
 * Of two names, the verb between them stands in the passage behind the second one, which there does it: "Marsh succeeded
 * Ruiz" of "Marsh led it until Ruiz succeeded her".
 */
function doneByTheOther(claim: Claim, passage: Passage): readonly string[] {
  if (claim.clauses.length > 1) return [];
  const [first, second] = [claim.names[0], claim.names.at(-1)];
  if (first === undefined || second === undefined || first.keys.some((key) => second.keys.includes(key)))
    return [];
  const verbs = claim.terms.filter(
    ({ start, end, text }) => start >= first.end && end <= second.start && !/^\p{Lu}/u.test(text),
  );
  const isHan = /\p{sc=Han}/u.test(claim.text);
  if (verbs.length === 0 || (claim.cues().passive && !isHan)) return [];
  const turned = verbs.filter(({ keys }) =>
    passage.clauses.some((clause) => {
      const verb = clause.terms.find((term) => term.keys.some((key) => keys.includes(key)));
      if (verb === undefined || (clause.cues().passive && !isHan)) return false;
      const doer = clause.names().findLast(({ end }) => clause.start + end <= verb.start);
      return doer !== undefined && isOf(doer, second) && !isOf(doer, first);
    }),
  );
  return turned.length === 0 ? [] : [first.text, second.text];
}

const WITH =
  /(?<!\p{L})(?<sign>from|for|under|bei|für|unter|chez|pour|sous|para|bajo)\s+(?:(?:the|der|dem|den|die|la|le|el)\s+)?$/u;

function signBefore(text: string, start: number): string | undefined {
  return WITH.exec(foldedCase(text.slice(Math.max(0, start - 24), start)))?.groups?.["sign"];
}

/** "Sandner learned from Reuschel" of "He learned from Sandner": whom it is done with has become who does it. */
function doneWithTheOther(claim: Claim, passage: Passage): readonly string[] {
  return claim.names.flatMap((name) => {
    const sign = signBefore(claim.text, name.start);
    if (sign === undefined) return [];
    return passage.clauses.flatMap((clause) =>
      clause.names().flatMap((other) => {
        const isWith = signBefore(clause.text, other.start) === sign && !isOf(other, name);
        const first = claim.names.find((each) => isOf(each, other) && each.end <= name.start);
        return isWith && first !== undefined && signBefore(claim.text, first.start) === undefined
          ? [first.text, name.text]
          : [];
      }),
    );
  });
}

/** Two clauses whose words have changed places: "the female feeds them, the male broods" of it the other way round. */
function crossed(claim: Claim, clause: Clause, passage: Passage, shareOf: ShareOf): readonly string[] {
  const mate = claim.clauses.find((each) => each !== clause);
  if (claim.clauses.length !== 2 || mate === undefined) return [];
  const [like] = likeClauses(clause, passage.clauses, shareOf);
  if (like === undefined) return [];
  const missing = clause.terms.filter(({ keys }) => !keys.some((key) => like.keys.has(key)));
  const added = like.terms.filter(({ keys }) => !keys.some((key) => clause.keys.has(key)));
  if (missing.length !== 1 || added.length > 2) return [];
  const others = passage.clauses.filter((each) => each !== like);
  const [own] = missing.filter(({ keys }) => keys.some((key) => others.some((each) => each.keys.has(key))));
  const [theirs] = added.filter(({ keys }) => keys.some((key) => mate.keys.has(key)));
  return own === undefined || theirs === undefined ? [] : [own.text, theirs.text];
}

/** Words of Arabic that stand before a year or a name. */
const BEFORE_NAME = /^(?:عام|سنة|(?:و?ال)?(?:مهندس|دكتور|بروفيسور|أستاذ|سيد|رئيس|وزير|قاضي)ة?)$/u;

function withoutTitles(terms: readonly Term[]): readonly Term[] {
  return terms.filter(({ text }) => !BEFORE_NAME.test(text));
}

/** Arabic, where the verb comes first: behind it stands another doer than in the passage, whom the sentence names too. */
function doneByAnotherBehind(claim: Claim, { text, keys, clauses }: Passage): readonly string[] {
  const [verb, doer] = withoutTitles(claim.terms);
  const key = verb?.keys[0];
  if (doer === undefined || key === undefined || !/\p{sc=Arabic}/u.test(claim.text)) return [];
  if (
    ADVERBIAL.test(foldedCase(claim.text.slice(0, doer.start))) ||
    !doer.keys.every((each) => keys.has(each))
  )
    return [];
  for (const clause of clauses) {
    const terms = withoutTitles(clause.terms);
    const at = terms.findIndex((term) => term.keys[0] === key);
    const other = at < 0 ? undefined : terms[at + 1];
    if (other === undefined || other.keys[0] === doer.keys[0]) continue;
    if (
      other.keys.every((each) => claim.keys.has(each)) &&
      !ADVERBIAL.test(foldedCase(text.slice(0, other.start).slice(-24)))
    )
      return [doer.text, other.text];
  }
  return [];
}

/** What says only where, when or how, and may stand anywhere; in lower case. */
const ADVERBIAL =
  /(?<!\p{L})(?:in|on|at|since|during|under|for|from|near|as|of|to|against|with|within|among|between|into|onto|after|before|gegen|um|über|hinter|neben|mit|nach|vor|zwischen|beim|vom|am|ins|durch|ohne|contre|avec|après|avant|entre|contra|con|im|am|in|an|auf|seit|während|unter|aus|bei|für|zum|zur|en|à|au|aux|sous|pour|depuis|dans|de|du|des|desde|bajo|para|del|jede[snr]|eines|dieses|في|منذ|خلال|تحت|إلى|לפי|מאז)\s+(?:the\s+|a\s+|der\s+|dem\s+|den\s+|die\s+|le\s+|la\s+|les\s+|el\s+)?(?:\p{L}{3,}e[nm]\s+)?$/u;

/** A list in Chinese: the rest of a word, and what joins it to the next. */
const HAN_LIST = /^\p{sc=Han}{0,4}[和与與及跟、或]\p{sc=Han}{0,2}$/u;

/** Nothing that is done stands between: a title beside its name, a verb of Chinese and what it is done to. */
const BESIDE = /^[\s“”‘’"'«»「」]*(?:[\p{Lu}][\p{L}\p{N}.-]*\s+)*[了着过過的]?[\s“”‘’"'«»「」]*$/u;

function swappedTerms(
  claimText: string,
  named: readonly Movable[],
  text: string,
  other: Clause,
): readonly string[] {
  const places = named.flatMap(({ key, start, end, word, isName }) => {
    const at = other.terms.find(({ keys }) => keys[0] === key);
    return at === undefined ? [] : [{ key, word, isName, start, end, at: at.start, to: at.end }];
  });
  for (const [index, first] of places.entries()) {
    for (const second of places.slice(index + 1)) {
      if (first.key === second.key || first.at < second.at || first.isName !== second.isName) continue;
      const lists = (between: string): boolean => isCoordinated(between) || HAN_LIST.test(between);
      if (lists(claimText.slice(first.end, second.start)) && lists(text.slice(second.to, first.at))) continue;
      if (first.end >= second.start || second.to >= first.at) continue;
      if (BESIDE.test(text.slice(second.to, first.at))) continue;
      return [first.word, second.word];
    }
  }
  return [];
}

const DETERMINED =
  /(?<!\p{L})(?:the|a|an|der|die|das|den|dem|ein|eine|einen|einem|le|la|les|un|une|el|los|las|una)\s+$/u;

type Movable = ReturnType<typeof movable>[number];

/** Where the names that stand directly before a word begin: `beim TSV Lohberg`. */
function startOfNames(names: readonly Name[], start: number): number {
  const before = names.find(({ end }) => end + 1 === start);
  return before === undefined ? start : startOfNames(names, before.start);
}

/** Names and nouns of a clause that may be who does it, or whom it is done to. */
function movable({ text, allNames: names, allFigures: figures }: Claim, clause: Clause) {
  return clause.terms.flatMap(({ keys, start, end, text: word }) => {
    const before = foldedCase(text.slice(Math.max(0, start - 24), startOfNames(names, start)));
    const isArabic = /\p{sc=Arabic}|\p{sc=Hebrew}/u.test(word);
    const isNamed =
      names.some((name) => name.start <= start && name.end >= end) ||
      (/^\p{Lu}/u.test(word) &&
        start > 0 &&
        !figures.some((figure) => start < figure.end && end > figure.start)) ||
      DETERMINED.test(before) ||
      (isArabic && /^(?:و|ل|ب)?ال|^ה/u.test(word)) ||
      (/^\p{sc=Han}{2}$/u.test(word) &&
        !/[年月日夜晚晨时時期间間不周週]/u.test(word) &&
        !/^\p{sc=Han}?[内內里裡中上外]/u.test(text.slice(end, end + 2)));
    const [key] = keys;
    return key === undefined || !isNamed || isOpposite(word) || ADVERBIAL.test(before)
      ? []
      : [{ key, word, isName: names.some((name) => name.start <= start && name.end >= end), start, end }];
  });
}
