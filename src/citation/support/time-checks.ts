import type { Claim } from "./claim.ts";
import { cue } from "./cues.ts";
import { type Figure, isSame, isYear } from "./figures/figures.ts";
import type { Passage } from "./passage.ts";
import { isSameUnit } from "./figures/units.ts";

const CONTRAST =
  "contre|against|compared (?:with|to)|versus|vs|(?:down|up) from|gegenüber|frente a|مقابل|مقارنة|לעומת";
/** What sets one figure with its time apart from another: "54 in 2021, compared with 39 in 2018". */
const APART = new RegExp(
  String.raw`[,;:，；：、،؛()（）](?!\p{N})|(?<![\p{L}])(?:${CONTRAST}|and|und|et|y)(?![\p{L}])|低于|高于|少于|多于|超过|而|比`,
  "giu",
);
const CONTRASTED = new RegExp(
  String.raw`^[\s,;，；،(（]*(?:(?:${CONTRAST})(?![\p{L}])|低于|高于|少于|多于|超过|而|比)`,
  "iu",
);
const RELATIVE = cue(
  String.raw`(?<![\p{L}])(?:last year|this year|a year (?:earlier|before|later)|previous year|voriges jahr|vergangenen? jahr|letztes jahr|im vorjahr|l['’]an dernier|l['’]année (?:dernière|précédente)|el año pasado|el año anterior|(?:في )?العام الماضي|השנה שעברה|בשנה שעברה)(?![\p{L}])|去年|前年|今年|上一年`,
);

interface Piece {
  readonly text: string;
  readonly figures: readonly Figure[];
}

/**
 * Whether the passage gives a figure for the year of the sentence; `other`: for another time, and for that year another
 * figure; undefined where it does not tell.
 */
export function yearOf(figure: Figure, claim: Claim, passage: Passage): "same" | "other" | undefined {
  const years = yearsIn(claim.figures);
  if (years.length === 0 || isYear(figure) || passage.cells.length > 0) return undefined;
  const said = piecesOf(claim.text, claim.figures).find(({ figures }) => figures.includes(figure));
  // "…, up from 940 million a year earlier": of another time than the year that is named
  if (said !== undefined && yearsIn(said.figures).length === 0 && isOfOtherTime(said)) return undefined;
  const isOfYear = ({ figures }: Piece): boolean => yearsIn(figures).some((year) => years.includes(year));
  const pieces = passage.units.flatMap((unit) =>
    piecesOf(passage.text.slice(unit.start, unit.end), unit.figures(), unit.start),
  );
  const giving = pieces.filter(({ figures }) => figures.some((given) => isSame(figure, given)));
  if (giving.some(isOfYear)) return "same";
  const others = pieces.filter(
    (piece) => isOfYear(piece) && piece.figures.some((given) => isAnother(figure, given)),
  );
  const isApart = (piece: Piece): boolean => yearsIn(piece.figures).length > 0 || isOfOtherTime(piece);
  const isContrasted = others.some(({ text }) => CONTRASTED.test(text));
  return giving.length > 0 && others.length > 0 && (isContrasted || giving.every(isApart))
    ? "other"
    : undefined;
}

/** A sentence in the parts that stand apart, with the figures of each. */
function piecesOf(sentence: string, figures: readonly Figure[], by = 0): readonly Piece[] {
  const ends = [...sentence.matchAll(APART)]
    .map(({ index }) => index)
    .filter((at) => !figures.some(({ start, end }) => at + by >= start && at + by < end));
  return [...ends, sentence.length].map((end, at) => {
    const from = ends[at - 1] ?? 0;
    return {
      text: sentence.slice(from, end),
      figures: figures.filter(({ start }) => start - by >= from && start - by < end),
    };
  });
}

function isOfOtherTime({ text }: Piece): boolean {
  return RELATIVE.test(text) || CONTRASTED.test(text);
}

/** Another figure of the kind. */
function isAnother(figure: Figure, given: Figure): boolean {
  const isOfKind =
    isSameUnit(figure.unit, given.unit) ||
    (!figure.isMeasured && !given.isMeasured) ||
    ((figure.unit === undefined || given.unit === undefined) && figure.unit !== "%" && given.unit !== "%");
  return isOfKind && !isYear(given) && !isSame(figure, given);
}

function yearsIn(figures: readonly Figure[]): readonly number[] {
  return figures
    .filter(isYear)
    .flatMap(({ values, dates }) => [...values, ...dates.flatMap(({ year }) => year ?? [])]);
}

const FROM = /(?<![\p{L}])(?:from|von|de|du|des|del|desde|من|מ|מן)[-\s\p{Sc}]*$|[从從由自]\s*$/iu;
const TO =
  /^[^\p{N},.;，。；]{0,24}?(?:(?<![\p{L}])(?:to|auf|zu|bis|à|a|hasta|إلى|ל)[-\s\p{Sc}]*$|[到至为為]\s*$)/iu;

/** `3.1, down from 4.4`. */
const BACK = /^[^\p{N}.;]{0,30}(?<![\p{L}])(?:down|up) from[\s\p{Sc}]*$/iu;

/** What rose or fell from one figure to another: as pairs. */
function changesIn(figures: readonly Figure[], text: string): readonly (readonly [Figure, Figure])[] {
  return figures.flatMap((from, at) => {
    const to = figures[at + 1];
    if (to !== undefined && BACK.test(text.slice(from.end, to.start))) return [[to, from] as const];
    return to !== undefined && FROM.test(text.slice(0, from.start)) && TO.test(text.slice(from.end, to.start))
      ? [[from, to] as const]
      : [];
  });
}

const TO_ALONE = /(?:^|[^\p{L}])(?:to|auf|à|a|إلى)[-\s\p{Sc}]*$|[到至]\s*$/iu;

/** A change is told the other way round: "from 24 to 18" of "from 18 to 24", or "to 18". */
export function turnedChanges(claim: Claim, passage: Passage): readonly string[] {
  const given = changesIn(passage.figures, passage.text);
  const changes = changesIn(claim.figures, claim.text);
  const alone = claim.figures.filter(
    (figure) =>
      TO_ALONE.test(claim.text.slice(0, figure.start)) &&
      given.some(([first]) => isSame(figure, first)) &&
      !given.some(([, second]) => isSame(figure, second)),
  );
  const turned = changes.flatMap(([from, to]) => {
    const isTurned = given.some(([first, second]) => isSame(from, second) && isSame(to, first));
    const isTold = given.some(([first, second]) => isSame(from, first) && isSame(to, second));
    return isTurned && !isTold ? [from.text, to.text] : [];
  });
  return turned.length > 0 || changes.length > 0 ? turned : alone.map(({ text }) => text);
}
