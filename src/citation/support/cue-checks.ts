import { type Check, likeClauses, restOf, type ShareOf } from "./checks.ts";
import type { Claim } from "./claim.ts";
import { isTelling, negations } from "./cues.ts";
import type { Passage } from "./passage.ts";
import type { Clause } from "./source-text.ts";

/** Negations, comparisons and hedges agree with what the passage says of the same. */
export function checkCues(claim: Claim, passage: Passage, shareOf: ShareOf): readonly Check[] {
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
    const flips = matching.map((other) => flipsOf(clause, other, passage));
    if (flips.every(({ odd }) => odd)) {
      const byNegation = flips[0]?.byNegation === true;
      const isWhole =
        claim.clauses.length === 1 || flips.every(({ unitNegated }) => unitNegated !== claim.cues().negated);
      (byNegation ? (isWhole ? negated : elsewhere) : turned).push(clause.text.trim());
    }
    if (flips.every(({ doubtful }) => doubtful)) doubted.push(clause.text.trim());
    if (claim.cues().hedges.length === 0 && matching.every((other) => other.cues().hedges.length > 0))
      certain.push(clause.text.trim());
    const isGeneral = passage.units.some(
      (unit) => unit.cues().absolutes.length > 0 && matching.some((other) => unit.clauses.includes(other)),
    );
    if (!isGeneral) certain.push(...clause.cues().absolutes);
  }
  if (negated.length > 0) checks.push({ check: "negation", result: "fail", words: negated });
  else if (elsewhere.length > 0) checks.push({ check: "negation", result: "weak", words: elsewhere });
  else if (claim.cues().negated)
    checks.push({ check: "negation", result: compared ? "pass" : "weak", words: [...negations(claim.text)] });
  if (turned.length > 0) checks.push({ check: "comparison", result: "fail", words: turned });
  else if (doubted.length > 0) checks.push({ check: "comparison", result: "weak", words: doubted });
  if (certain.length > 0) checks.push({ check: "certainty", result: "weak", words: certain });
  return checks;
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

function flipsOf(clause: Clause, other: Clause, { units, clauses, title }: Passage): Flips {
  const negated = [other, ...restOf(clause, other, clauses, title)].some((each) => each.cues().negated);
  const byNegation = clause.cues().negated !== negated;
  const unit = units.find((each) => each.clauses.includes(other));
  const turned = clause.cues().directions.filter((ours, index) => {
    const [own = [], whole = []] = [other.cues().directions[index], unit?.cues().directions[index]];
    return isTurned(ours, own.length > 0 ? own : whole);
  }).length;
  const untold = clause
    .cues()
    .directions.some(
      (ours, index) => ours.length > 0 && isTelling(index) && unit?.cues().directions[index]?.length === 0,
    );
  // "without" is a negation and the opposite of "with"
  const odd = byNegation ? turned === 0 || turned > 1 : turned % 2 === 1;
  return {
    odd,
    byNegation: byNegation && turned === 0,
    doubtful: (byNegation && turned === 1) || untold,
    unitNegated: unit?.cues().negated ?? other.cues().negated,
  };
}

function isTurned(ours: readonly number[], theirs: readonly number[]): boolean {
  if (ours.length === theirs.length) return ours.some((direction, index) => direction !== theirs[index]);
  const [first] = ours;
  return first !== undefined && theirs.length > 0 && !theirs.includes(first);
}
