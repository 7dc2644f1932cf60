import { type Check, graded, hasLike, type Others, type ShareOf } from "./checks.ts";
import type { Claim } from "./claim.ts";
import { exceptionsIn } from "./exceptions.ts";
import { type Figure, isSame, isYear, likeness } from "./figures/figures.ts";
import { isRatioOf, otherRatios } from "./figures/ratios.ts";
import type { Passage } from "./passage.ts";
import { turnedChanges, yearOf } from "./time-checks.ts";
import type { Cell, SourceText } from "./source-text.ts";

/** Numbers, dates, units, percentages and versions occur in the passage, with what they are said of. */
export function checkFigures(
  claim: Claim,
  passage: Passage,
  source: SourceText,
  others: Others,
  shareOf: ShareOf,
): readonly Check[] {
  const said = passage.units.map(({ start, end }) => passage.text.slice(start, end)).join("\n");
  const ratios = otherRatios(claim.text, said, passage.figures);
  if (claim.figures.length === 0 && ratios.failed.length === 0 && ratios.weak.length === 0) return [];
  const failed: string[] = [...turnedChanges(claim, passage), ...ratios.failed];
  const weak: string[] = [...ratios.weak];
  for (const figure of claim.figures) {
    if (isPartOfName(figure, claim, source) || isRatioOf(figure, said)) continue;
    const here = likest(figure, passage.figures);
    if (here === "same" || here === "rounded") {
      if (isSaidOfAnother(figure, claim, passage, source, shareOf)) failed.push(figure.text);
      else if (here === "rounded" || isGivenAsWhole(figure, claim, passage)) weak.push(figure.text);
      continue;
    }
    const isIn = (text: SourceText): boolean => ["same", "rounded"].includes(likest(figure, text.figures()));
    if (here === "other-unit" || passage.isRow || !(isIn(source) || others.some(isIn)))
      failed.push(figure.text);
    else weak.push(figure.text);
  }
  return [
    graded(
      "figures",
      failed,
      weak,
      claim.figures.map(({ text }) => text),
    ),
  ];
}

/** `Aero 13`: the number stands behind the same word in the source, whatever else it counts there. */
function isPartOfName(
  { start, end, isMeasured, dates }: Figure,
  { text }: Claim,
  source: SourceText,
): boolean {
  const word = /(\p{Lu}[\p{L}\p{N}]*)[\s-]$/u.exec(text.slice(0, start))?.[1];
  if (word === undefined || isMeasured || dates.length > 0) return false;
  return source.text.includes(`${word} ${text.slice(start, end)}`);
}

const LIKENESSES = ["same", "rounded", "other-unit", "different"] as const;

function likest(figure: Figure, given: readonly Figure[]): (typeof LIKENESSES)[number] {
  const found = new Set(given.map((other) => likeness(figure, other)));
  return LIKENESSES.find((each) => found.has(each)) ?? "different";
}

/** The passage gives the figure, but of another thing: another unit, another column, another name. */
function isSaidOfAnother(
  figure: Figure,
  claim: Claim,
  passage: Passage,
  source: SourceText,
  shareOf: ShareOf,
): boolean {
  const given = passage.figures.filter((other) => isSame(figure, other));
  // "40 branches" of "40 miles", where the source counts branches as well
  const all = given.every(({ isMeasured }) => isMeasured) ? source.figures() : passage.figures;
  if (
    isExcepted(given, claim, passage) ||
    (PART.test(claim.text.slice(figure.end)) && isOfWhole(given, claim, passage))
  )
    return true;
  const ofYear = yearOf(figure, claim, passage);
  if (countsAnother(figure, given, all) || ofYear === "other") return true;
  if (given.every((other) => isOfOtherColumn(other, claim, passage))) return true;
  if (ofYear === "same") return false;
  return (
    isOfOtherName(figure, claim, passage) ||
    isOfOtherSentence(figure, claim, passage, shareOf) ||
    isOfOtherClause(figure, claim, passage, shareOf)
  );
}

/** "every two minutes" of "every 15 seconds instead of every two minutes". */
function isExcepted(given: readonly Figure[], claim: Claim, { text, units }: Passage): boolean {
  const isExceptedThere = ({ start }: Figure): boolean => {
    const unit = units.find((each) => start >= each.start && start < each.end);
    return (
      unit !== undefined &&
      exceptionsIn(text.slice(unit.start, unit.end)).some(
        ([from, to]) => start >= unit.start + from && start < unit.start + to,
      )
    );
  };
  return (
    given.length > 0 &&
    given.every(isExceptedThere) &&
    exceptionsIn(claim.text).length === 0 &&
    !claim.cues().negated
  );
}

const OF_WHOLE =
  /^\s*(?:out\s+)?(?:of|von|der|de|des|del|sur|de las|de los)\s+(?:the|its|their|den|les|las|los|insgesamt)?\s*$/iu;
const WHOLE = /(?<=\p{L}{2}|\p{N}|%)\s(?:of|von|der|sur|de|des)\s(?:the|its|their|den|les|las|los)\s$/iu;
const PART = /^\s*(?:of|von|der|des|de|d['’]entre)\s/iu;

/** "Fourteen of the members" of "eleven of the fourteen members": of the whole is said what was said of a part. */
function isOfWhole(given: readonly Figure[], claim: Claim, { text, figures }: Passage): boolean {
  return given.every((whole) =>
    figures.some(
      (part) =>
        part.end <= whole.start &&
        OF_WHOLE.test(text.slice(part.end, whole.start)) &&
        !claim.figures.some((each) => isSame(each, part)),
    ),
  );
}

/** "22 came" of "17 of 22 came". */
function isGivenAsWhole(figure: Figure, claim: Claim, passage: Passage): boolean {
  const given = passage.figures.filter((other) => isSame(figure, other));
  return given.length > 0 && isOfWhole(given, claim, passage);
}

/** The sentence that says most of what the figure is said of gives another one of the kind. */
function isOfOtherSentence(figure: Figure, claim: Claim, { units }: Passage, shareOf: ShareOf): boolean {
  const clause = claim.clauses.find(({ start, end }) => figure.start >= start && figure.start < end);
  if (clause === undefined || units.length < 2) return false;
  const isOfKind = (other: Figure): boolean =>
    other.unit === figure.unit &&
    other.dates.length > 0 === figure.dates.length > 0 &&
    isYear(other) === isYear(figure);
  return [clause.keys, claim.keys].every((keys) => {
    const shares = units.map((unit) => ({ unit, share: shareOf(keys, unit.keys) }));
    const most = Math.max(...shares.map(({ share }) => share));
    const nearest = shares.filter(({ share }) => share >= most - 0.05).flatMap(({ unit }) => unit.figures());
    return !["same", "rounded"].includes(likest(figure, nearest)) && nearest.some(isOfKind);
  });
}

/** "20 apples" of "10 apples and 20 pears": what is counted is counted there, and is another number. */
function countsAnother(figure: Figure, given: readonly Figure[], all: readonly Figure[]): boolean {
  const { unit } = figure;
  if (
    unit === undefined ||
    figure.isMeasured ||
    given.some((other) => other.unit === undefined || other.unit === unit)
  )
    return false;
  return all.some((other) => other.unit === unit);
}

/** The sentence names another column than that of the figure, and not the figure of that column. */
function isOfOtherColumn(given: Figure, claim: Claim, { cells, figures }: Passage): boolean {
  const cell = cells.find(({ start, end }) => given.start >= start && given.end <= end);
  if (cell === undefined || isNamed(claim, cell)) return false;
  return cells.slice(1).some((other) => {
    if (other === cell || !isNamed(claim, other)) return false;
    const its = figures.filter(({ start, end }) => start >= other.start && end <= other.end);
    return !its.some((figure) => claim.figures.some((wanted) => likest(wanted, [figure]) === "same"));
  });
}

/** Whether a sentence names the column of a cell. */
export function isNamed(claim: Claim, { header }: Cell): boolean {
  return header.some((key) => claim.keys.has(key) || (key.length > 4 && hasLike(claim.keys, key)));
}

/** Where a clause names what the sentence names, and gives another figure of the kind, it is that one's. */
function isOfOtherName(figure: Figure, claim: Claim, passage: Passage): boolean {
  const clause = claim.clauses.find(({ start, end }) => figure.start >= start && figure.start < end);
  if (clause === undefined || passage.cells.length > 0) return false;
  const named = claim.names.filter(({ start, end }) => start >= clause.start && end <= clause.end);
  if (named.length === 0) return false;
  const inClauses = passage.clauses.map((each) => ({
    clause: each,
    figures: passage.figures.filter((given) => given.start >= each.start && given.start < each.end),
  }));
  return named.some(({ keys }) => {
    const ofName = inClauses.filter((each) => keys.every((key) => each.clause.keys.has(key)));
    const others = inClauses.filter(
      (each) => each.figures.some((given) => isSame(figure, given)) && !ofName.includes(each),
    );
    return (
      ofName.some((each) =>
        each.figures.some((given) => isAlike(figure, given) || isYear(given) === isYear(figure)),
      ) &&
      ofName.every(
        (each) => each.figures.length === 0 || !each.figures.some((given) => isSame(figure, given)),
      ) &&
      others.length > 0 &&
      others.every((each) =>
        each.clause.names().some((name) => !claim.names.some(({ text }) => text === name.text)),
      )
    );
  });
}

/** The clause that says what the figure is said of gives another one of the kind: "…, compared with 940 million before". */
function isOfOtherClause(figure: Figure, claim: Claim, { units }: Passage, shareOf: ShareOf): boolean {
  const clause = claim.clauses.find(({ start, end }) => figure.start >= start && figure.start < end);
  const { unit } = figure;
  if (clause === undefined || clause.keys.size < 2 || unit === undefined) return false;
  // "a fifth of the 260 desks"
  if (WHOLE.test(claim.text.slice(0, figure.start))) return false;
  const giving = units.filter(
    (each) => each.cells === undefined && each.figures().some((given) => isSame(figure, given)),
  );
  return (
    giving.length > 0 &&
    giving.every((each) => {
      const shares = each.clauses.map((other) => ({
        share: shareOf(clause.keys, other.keys),
        figures: each.figures().filter(({ start }) => start >= other.start && start < other.end),
      }));
      const gives = shares.filter(({ figures }) => figures.some((given) => isSame(figure, given)));
      const most = Math.max(0, ...gives.map(({ share }) => share));
      // what is counted in other words stands in that other clause
      const more = gives.some(({ figures }) =>
        figures.some((given) => isSame(figure, given) && isBare(given)),
      )
        ? 0.5
        : 0.2;
      return shares.some(
        ({ share, figures }) =>
          share >= 0.5 &&
          most < 0.5 &&
          share > most + more &&
          figures.some((given) => isAlike(figure, given) || isBare(given)),
      );
    })
  );
}

/** It counts what is named elsewhere: "six stations; an avalanche destroyed two". */
function isBare({ unit, dates, values, isMeasured }: Figure): boolean {
  return unit === undefined && !isMeasured && dates.length === 0 && values.some((value) => value < 1000);
}

function isAlike(figure: Figure, given: Figure): boolean {
  return given.unit === figure.unit && given.dates.length > 0 === figure.dates.length > 0;
}
