import { type Check, likeClauses, restOf, type ShareOf } from "./checks.ts";
import type { Claim } from "./claim.ts";
import { isConditional, isOddlyNegated, isPlace, isRefusing, isTelling, negations } from "./cues.ts";
import { exceptedKeys, exceptionsIn } from "./exceptions.ts";
import type { Passage } from "./passage.ts";
import { isNamed } from "./figure-checks.ts";
import { type Figure, isSame } from "./figures/figures.ts";
import type { Clause, SourceText, Unit } from "./source-text.ts";
import type { Term } from "./terms.ts";

/** Negations, comparisons and hedges agree with what the passage says of the same. */
export function checkCues(
  claim: Claim,
  passage: Passage,
  source: SourceText,
  shareOf: ShareOf,
): readonly Check[] {
  const none = cellOfNone(claim, passage);
  if (none !== undefined) {
    const isSo = claim.cues().negated || claim.figures.some(({ values }) => values.includes(0));
    return [
      { check: "negation", result: isSo ? "pass" : "fail", words: isSo ? [none] : [claim.text.trim()] },
    ];
  }
  const checks: Check[] = [];
  let compared = false;
  const negated: string[] = [];
  const turned: string[] = [];
  const elsewhere: string[] = [];
  const doubted: string[] = [];
  const certain: string[] = [];
  for (const clause of claim.clauses) {
    const matching = likeClauses(clause, passage.clauses, shareOf);
    if (matching.length === 0) continue;
    compared = true;
    const flips = matching.map((other) => flipsOf(claim, clause, other, passage));
    if (flips.every(({ odd }) => odd)) {
      const byNegation = flips[0]?.byNegation === true;
      const isWhole =
        claim.clauses.length === 1 || flips.every(({ unitNegated }) => unitNegated !== claim.cues().negated);
      (byNegation ? (isWhole && !isGivenBeside(claim, passage) ? negated : elsewhere) : turned).push(
        clause.text.trim(),
      );
    } else if (flips.every(({ odd, doubtful }) => odd || doubtful)) doubted.push(clause.text.trim());
    if (claim.cues().hedges.length === 0 && matching.every((other) => other.cues().hedges.length > 0))
      certain.push(clause.text.trim());
    const isGeneral = passage.units.some(
      (unit) => unit.cues().absolutes.length > 0 && matching.some((other) => unit.clauses.includes(other)),
    );
    if (!isGeneral) certain.push(...clause.cues().absolutes);
    const goesOn = passage.units.some((unit) => unit.cues().still.length > 0);
    if (!goesOn) certain.push(...clause.cues().still);
  }
  if (negated.length === 0) elsewhere.push(...contradicted(claim, passage, source, shareOf));
  if (negated.length > 0) checks.push({ check: "negation", result: "fail", words: negated });
  else if (elsewhere.length > 0) checks.push({ check: "negation", result: "weak", words: elsewhere });
  else if (claim.cues().negated)
    checks.push({ check: "negation", result: compared ? "pass" : "weak", words: [...negations(claim.text)] });
  if (turned.length > 0) checks.push({ check: "comparison", result: "fail", words: turned });
  else if (doubted.length > 0) checks.push({ check: "comparison", result: "weak", words: doubted });
  if (certain.length > 0) checks.push({ check: "certainty", result: "weak", words: certain });
  return checks;
}

/** All figures of the sentence stand where nothing is turned round: "…, the cost of which is 47 000 euros". */
function isGivenBeside(claim: Claim, { figures: given, clauses }: Passage): boolean {
  const { negated } = claim.cues();
  return (
    claim.figures.length > 0 &&
    claim.figures.every((figure) =>
      given.some(
        (other) =>
          isSame(figure, other) &&
          clauses.some(
            (clause) =>
              other.start >= clause.start && other.start < clause.end && clause.cues().negated === negated,
          ),
      ),
    )
  );
}

const NONE = /^\s*(?:0|[-–—]|none|no|keine?r?|nein|aucune?|ningun[oa]|无|無|没有|沒有|לא|אין|لا|لا يوجد)\s*$/iu;

/** The cell of a named column that says there is none. */
function cellOfNone(claim: Claim, { cells, text }: Passage): string | undefined {
  const named = cells.slice(1).filter((cell) => isNamed(claim, cell));
  const [only] = named;
  if (only === undefined || named.length > 1) return undefined;
  const written = text.slice(only.start, only.end);
  return NONE.test(written) ? written.trim() : undefined;
}

/** So much of a sentence another one must have to be about the same. */
const RIVAL = 0.8;

/** Another sentence of the source says as much of it, and says that it is not so. */
function contradicted(
  claim: Claim,
  passage: Passage,
  source: SourceText,
  shareOf: ShareOf,
): readonly string[] {
  if (claim.clauses.length > 1 || claim.keys.size < 2) return [];
  const counts = new Map<number, number>();
  for (const key of claim.keys)
    for (const at of source.unitsWith(key)) counts.set(at, (counts.get(at) ?? 0) + 1);
  const titled = [...claim.keys].filter((key) => source.title.has(key)).length;
  const rivals = [...counts].flatMap(([at, count]) => {
    const unit = count + titled >= claim.keys.size / 2 ? source.units[at] : undefined;
    if (unit === undefined || passage.units.includes(unit) || unit.cells !== undefined) return [];
    return unit.clauses.filter(
      (clause) => shareOf(claim.keys, new Set([...clause.keys, ...source.title])) >= RIVAL,
    );
  });
  return rivals.some((clause) => clause.cues().negated !== claim.cues().negated) ? [claim.text.trim()] : [];
}

interface Flips {
  /** They contradict each other. */
  readonly odd: boolean;
  readonly byNegation: boolean;
  /** It is said in other words that may cancel out ("did not accept", "rejected"), or how it differs is not said. */
  readonly doubtful: boolean;
  /** The whole sentence of the source is negated. */
  readonly unitNegated: boolean;
}

function flipsOf(
  claim: Claim,
  clause: Clause,
  other: Clause,
  { units, clauses, title, text }: Passage,
): Flips {
  const unit = units.find((each) => each.clauses.includes(other));
  const theirsOf = (index: number): readonly number[] => {
    const [own = [], whole = []] = [other.cues().directions[index], unit?.cues().directions[index]];
    return own.length > 0 ? own : whole;
  };
  const { directions } = clause.cues();
  const turned = new Set(
    directions.flatMap((ours, index) => {
      if (ours.length === 0) return [];
      const theirs = theirsOf(index);
      // "less in the north than in the south" of "less than in the south"
      const isBeside = isPlace(index) && ours.length !== theirs.length;
      return !isBeside && isTurned(ours, theirs) ? [index] : [];
    }),
  );
  const untold = directions.some(
    (ours, index) => ours.length > 0 && isTelling(index) && unit?.cues().directions[index]?.length === 0,
  );
  // "without" is a negation and the opposite of "with": it counts once
  const negated = [other, ...restOf(clause, other, clauses, title)].some((each) =>
    each.cues().negatedBeside(turned),
  );
  const excepted = exceptionsIn(clause.text).length > 0;
  const excepts =
    !excepted &&
    unit !== undefined &&
    ([...exceptedKeys(text.slice(unit.start, unit.end))].some((key) => clause.keys.has(key)) ||
      claim.figures.some((figure) => isExceptedIn(unit, figure, text)));
  const byNegation =
    (clause.cues().negatedBeside(turned) !== negated) !== (excepts !== hasPrefixed(clause, other));
  // "closed" of "not open", "rejected" of "not passed"
  const isRefused = (): boolean => {
    const refusing = new Set(
      directions.flatMap((ours, index) => {
        const theirs = theirsOf(index);
        const isOne = (ours.length === 0) !== (theirs.length === 0) && [...ours, ...theirs].includes(-1);
        return isRefusing(index) && isOne ? [index] : [];
      }),
    );
    return (
      refusing.size > 0 && clause.cues().negatedBeside(refusing) !== other.cues().negatedBeside(refusing)
    );
  };
  const whole = text.slice(unit?.start ?? other.start, unit?.end ?? other.end);
  const isOdd = byNegation ? turned.size === 0 || turned.size > 1 : turned.size % 2 === 1;
  const isOpen =
    byNegation &&
    turned.size === 0 &&
    (excepted || isRefused() || isOddlyNegated(clause.text, whole) || isConditional(clause.text, whole));
  return {
    odd: isOdd && !isOpen,
    byNegation: byNegation && turned.size === 0,
    doubtful: (byNegation && turned.size === 1) || untold || isOpen,
    unitNegated: unit?.cues().negated ?? other.cues().negated,
  };
}

/** The sentence gives a figure only where it excepts something. */
function isExceptedIn(unit: Unit, figure: Figure, text: string): boolean {
  const given = unit.figures().filter((other) => isSame(figure, other));
  const places = given.length === 0 ? [] : exceptionsIn(text.slice(unit.start, unit.end));
  return (
    places.length > 0 &&
    given.every(({ start }) =>
      places.some(([from, to]) => start >= unit.start + from && start < unit.start + to),
    )
  );
}

/** Words that say as a whole that something is not so are looked for by themselves. */
const BY_ITSELF = /^(?:unable|impossible|unless|until|under|unter|indeed|into)/u;

const PREFIX = /^(?:un|i[nmlr]|dis|non)/u;

/** Whether a long word is one of the others behind a prefix. */
function isPrefixed({ text }: Term, others: readonly Term[]): boolean {
  const whole = text.toLowerCase();
  if (!PREFIX.test(whole) || BY_ITSELF.test(whole)) return false;
  const starts = others
    .map((other) => other.text.toLowerCase().slice(0, 6))
    .filter((part) => part.length > 3);
  return ["un", "in", "im", "il", "ir", "dis", "non", "non-"].some((prefix) =>
    starts.some((part) => whole.startsWith(prefix + part)),
  );
}

/** One of the two has the word of the other with `un-` or `in-` before it. */
function hasPrefixed({ terms }: Clause, { terms: others }: Clause): boolean {
  return terms.some((term) => isPrefixed(term, others)) || others.some((term) => isPrefixed(term, terms));
}

function isTurned(ours: readonly number[], theirs: readonly number[]): boolean {
  if (ours.length === theirs.length) return ours.some((direction, index) => direction !== theirs[index]);
  const [first] = ours;
  return first !== undefined && theirs.length > 0 && !theirs.includes(first);
}
