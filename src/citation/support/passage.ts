import { STEPS } from "../../text/at-once.ts";
import type { Claim } from "./claim.ts";
import { type Figure, likeness } from "./figures/figures.ts";
import type { Cell, Clause, SourceText, Unit } from "./source-text.ts";

/** One to three sentences of a source that say most of what is claimed, or one row of a table. */
export interface Passage {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly title: ReadonlySet<string>;
  /** With those of the title. */
  readonly keys: ReadonlySet<string>;
  readonly figures: readonly Figure[];
  readonly clauses: readonly Clause[];
  readonly cells: readonly Cell[];
  readonly isRow: boolean;
  readonly units: readonly Unit[];
}

/** How much a word counts, by how rare it is among the sources of the run. */
export type WeightOf = (key: string) => number;

const MAX_UNITS = 3;
/** Another sentence must add more than this to a passage. */
const WORTH = 0.08;
/** A figure counts as much as this many words. */
const FIGURE_WEIGHT = 1.5;

/** Where a source says most of a claim; nothing where it shares no word with it. Stops often. */
export function* bestPassage(
  claim: Claim,
  source: SourceText,
  weightOf: WeightOf,
): Generator<undefined, Passage | undefined> {
  const figures = claim.figures;
  const total = sumOf(claim.keys, weightOf) + figures.length * FIGURE_WEIGHT;
  if (total === 0) return undefined;
  const isRow = (at: number): boolean => source.units[at]?.cells !== undefined;
  let best: readonly Unit[] = [];
  let most = 0;
  const hits = yield* hitsOf(claim, source, weightOf);
  for (const [at, from] of [...hits.keys()].sort((left, right) => left - right).entries()) {
    if (at % STEPS === STEPS - 1) yield undefined;
    const found: Hit[] = [];
    for (let count = 1; count <= MAX_UNITS && from + count <= source.units.length; count += 1) {
      const last = from + count - 1;
      if (count > 1 && (isRow(from) || isRow(last))) break;
      const hit = hits.get(last);
      if (hit !== undefined) found.push(hit);
      const bound = found.reduce((sum, { worth }) => sum + worth, 0) / total - (count - 1) * WORTH;
      if (bound <= most) continue;
      const keys = new Set(found.flatMap((each) => each.keys));
      const given = new Set(found.flatMap((each) => each.figures));
      const score = (sumOf(keys, weightOf) + given.size * FIGURE_WEIGHT) / total - (count - 1) * WORTH;
      if (score > most) [best, most] = [source.units.slice(from, last + 1), score];
    }
  }
  const [first, last] = [best[0], best.at(-1)];
  return first === undefined || last === undefined
    ? undefined
    : passageOf(source, best, first.start, last.end);
}

interface Hit {
  readonly keys: string[];
  readonly figures: Figure[];
  /** What it adds at most. */
  worth: number;
}

/** The units that have something of a claim, by their places. */
function* hitsOf(
  { keys, figures }: Claim,
  source: SourceText,
  weightOf: WeightOf,
): Generator<undefined, ReadonlyMap<number, Hit>> {
  const hits = new Map<number, Hit>();
  const hitAt = (at: number): Hit => {
    const hit = hits.get(at) ?? { keys: [], figures: [], worth: 0 };
    hits.set(at, hit);
    return hit;
  };
  let places = 0;
  for (const key of keys) {
    const weight = weightOf(key);
    for (const at of source.unitsWith(key)) {
      places += 1;
      if (places % STEPS === 0) yield undefined;
      const hit = hitAt(at);
      hit.keys.push(key);
      hit.worth += weight;
    }
  }
  for (const figure of figures) {
    for (const at of source.unitsGiving(figure)) {
      places += 1;
      if (places % STEPS === 0) yield undefined;
      const isGiven = source.units[at]?.figures().some((given) => likeness(figure, given) === "same");
      if (isGiven !== true) continue;
      const hit = hitAt(at);
      hit.figures.push(figure);
      hit.worth += FIGURE_WEIGHT;
    }
  }
  return hits;
}

function passageOf(source: SourceText, units: readonly Unit[], start: number, end: number): Passage {
  const cells = units.flatMap((unit) => unit.cells ?? []);
  return {
    start,
    end,
    text: source.text,
    keys: new Set([...source.title, ...units.flatMap(({ keys }) => [...keys])]),
    figures: units.flatMap((unit) => unit.figures()),
    clauses: units.flatMap(({ clauses }) => clauses),
    cells,
    isRow: cells.length > 0,
    units,
    title: source.title,
  };
}

function sumOf(keys: Iterable<string>, weightOf: WeightOf): number {
  let sum = 0;
  for (const key of keys) sum += weightOf(key);
  return sum;
}
