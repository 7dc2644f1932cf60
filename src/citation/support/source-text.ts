import { foldedCase } from "../../text/word-patterns/beginnings.ts";
import { eachSentenceSpan } from "../../text/sentences.ts";
import { type Cues, cuesOf } from "./cues.ts";
import { type Figure, findFigures } from "./figures/figures.ts";
import { findNames, type Name } from "./names.ts";
import { once } from "./once.ts";
import { type Term, termsOf } from "./terms.ts";
import { type Measure, measureOfHead } from "./figures/units.ts";

/** A part of a sentence that says one thing. */
export interface Clause {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly terms: readonly Term[];
  readonly keys: ReadonlySet<string>;
  cues(): Cues;
  names(): readonly Name[];
}

/** A sentence, a list item, a row of a table. */
export interface Unit {
  readonly start: number;
  readonly end: number;
  readonly keys: ReadonlySet<string>;
  figures(): readonly Figure[];
  readonly clauses: readonly Clause[];
  cues(): Cues;
  /** The cells of a row, with the keys of the header above each. */
  readonly cells?: readonly Cell[];
}

export interface Cell {
  readonly start: number;
  readonly end: number;
  readonly header: readonly string[];
  /** What its column says of bare numbers. */
  readonly measure?: Pick<Measure, "scale" | "unit">;
}

/** A text that claims are compared with, taken apart once. */
export interface SourceText {
  readonly text: string;
  readonly titleText: string;
  /** The keys of the title: they stand for every sentence's subject. */
  readonly title: ReadonlySet<string>;
  readonly units: readonly Unit[];
  figures(): readonly Figure[];
  readonly keys: ReadonlySet<string>;
  /** The places of the units that have a key or may have a figure. */
  unitsWith(key: string): readonly number[];
  unitsGiving(figure: Figure): readonly number[];
  /** The text as quotations are compared, worked out when one is. */
  quotable(): string;
}

/** Takes a text apart; it stops behind each sentence, so that long ones need not be taken apart at once. */
export function* readSourceText(title: string, text: string): Generator<undefined, SourceText> {
  const units: Unit[] = [];
  const byKey = new Map<string, number[]>();
  const byFigure = new Map<string, number[]>();
  let before: Unit | undefined;
  for (const plain of unitsOf(text)) {
    const unit = withSubject(plain, before, text);
    const at = units.push(unit) - 1;
    for (const key of unit.keys) placesIn(byKey, key).push(at);
    for (const label of unit.figures().flatMap((figure) => labelsOf(figure)))
      placesIn(byFigure, label).push(at);
    before = plain;
    yield undefined;
  }
  const titleKeys = keysOf(termsOf(title));
  return {
    unitsWith: (key) => byKey.get(key) ?? [],
    unitsGiving: (figure) => [...new Set(labelsOf(figure).flatMap((label) => byFigure.get(label) ?? []))],
    quotable: once(() => plainQuote(text)),
    text,
    titleText: title,
    title: titleKeys,
    units,
    figures: once(() => [...units.flatMap((unit) => unit.figures()), ...findFigures(title)]),
    keys: new Set([...titleKeys, ...units.flatMap(({ keys }) => [...keys])]),
  };
}

function placesIn(index: Map<string, number[]>, name: string): number[] {
  const places = index.get(name) ?? [];
  index.set(name, places);
  return places;
}

/** What two figures that are the same have in common: a value, a year, or that they are a date or a version. */
function labelsOf({ values, dates, version }: Figure): readonly string[] {
  const numbers = [...values, ...dates.flatMap(({ year }) => year ?? [])].map((value) =>
    value.toPrecision(9),
  );
  if (dates.length > 0) return [...numbers, "date"];
  if (version === undefined) return numbers;
  const [major = "", minor = ""] = version.split(".");
  return ["version", ...[major, `${major}.${minor}`].map((part) => Number(part).toPrecision(9))];
}

/** A text as it is compared with a quotation. */
export function plainQuote(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[“”„«»「」『』"‘’']/gu, "'")
    .replaceAll(/[\u00ad\u200b-\u200f*_`]/gu, "")
    .replaceAll(/\s+/gu, " ");
}

/** What a sentence begins with, in lower case, that speaks of the same as the one before. */
const PRONOUN =
  /^(?:it|its|he|she|they|their|this|these|that|those|es|er|sie|ihr\p{L}*|dies\p{L}*|il|elle|ils|elles|ce|cette|ces|este|esta|esto|estos|estas|ello|su|sus|هو|هي|هم|هذا|هذه|وهو|وهي|הוא|היא|הם|זה|זו)(?![\p{L}])|^[它他她这這该該其]/u;
/** So many words of a sentence name what it is about. */
const SUBJECT_TERMS = 3;

/** With the first words of the sentence before, where a pronoun stands for them. */
function withSubject(unit: Unit, before: Unit | undefined, text: string): Unit {
  if (before === undefined || !PRONOUN.test(foldedCase(text.slice(unit.start, unit.end)))) return unit;
  const subject = before.clauses.flatMap(({ terms }) => terms).slice(0, SUBJECT_TERMS);
  const named = keysOf(subject);
  const [first, ...others] = unit.clauses;
  return {
    ...unit,
    keys: new Set([...unit.keys, ...named]),
    clauses: first === undefined ? [] : [{ ...first, keys: new Set([...first.keys, ...named]) }, ...others],
  };
}

const ROW = /^\s*\|?[^|\n]+(?:\|[^|\n]*)+$|^[^\t\n]+(?:\t[^\t\n]*)+$/u;
const RULE = /^[\s|:+=-]+$/u;

function* unitsOf(text: string): Generator<Unit> {
  let header: readonly Head[] | undefined;
  for (const line of text.matchAll(/[^\n]+/g)) {
    if (!ROW.test(line[0])) {
      header = undefined;
      for (const { start, end } of withAnswers(line[0]))
        yield unitAt(text, line.index + start, line.index + end);
      continue;
    }
    if (RULE.test(line[0])) continue;
    const cells = cellsOf(line[0], line.index);
    if (header === undefined) {
      header = cells.map(({ start, end }) => {
        const head = text.slice(start, end);
        return { keys: [...keysOf(termsOf(head))], measure: measureOfHead(head) };
      });
      yield unitAt(text, line.index, line.index + line[0].length);
      continue;
    }
    const named = cells.map((cell, index) => {
      const { keys = [], measure } = header?.[index] ?? {};
      return { ...cell, header: keys, ...(measure !== undefined && { measure }) };
    });
    yield unitAt(text, line.index, line.index + line[0].length, named);
  }
}

/** The sentences of a line: a question says something only with what answers it. */
function* withAnswers(line: string): Generator<{ readonly start: number; readonly end: number }> {
  let asked: number | undefined;
  let last = 0;
  for (const { start, end } of eachSentenceSpan(line)) {
    const from = asked ?? start;
    last = end;
    asked = /[?？؟]\s*$/u.test(line.slice(start, end)) ? from : undefined;
    if (asked === undefined) yield { start: from, end };
  }
  if (asked !== undefined) yield { start: asked, end: last };
}

interface Head {
  readonly keys: readonly string[];
  readonly measure: Cell["measure"];
}

/** A bare number of a table in the unit that its column has. */
function measured(figure: Figure, cells: readonly Cell[]): Figure {
  const { measure } = cells.find(({ start, end }) => figure.start >= start && figure.end <= end) ?? {};
  if (measure === undefined || figure.isMeasured || figure.values.length === 0) return figure;
  const { scale, unit } = measure;
  return {
    ...figure,
    values: figure.values.map((value) => value * scale),
    ...(unit !== undefined && { unit, isMeasured: true }),
  };
}

function cellsOf(line: string, from: number): readonly { readonly start: number; readonly end: number }[] {
  const sign = line.includes("|") ? "|" : "\t";
  const cells: { start: number; end: number }[] = [];
  let start = line.trimStart().startsWith("|") ? line.indexOf("|") + 1 : 0;
  while (start < line.length) {
    const next = line.indexOf(sign, start);
    const end = next < 0 ? line.length : next;
    cells.push({ start: from + start, end: from + end });
    start = end + 1;
  }
  return cells;
}

function unitAt(text: string, start: number, end: number, cells?: readonly Cell[]): Unit {
  const part = text.slice(start, end);
  const clauses = clausesOf(part, start);
  const keys = new Set<string>();
  for (const clause of clauses) for (const key of clause.keys) keys.add(key);
  for (const cell of cells ?? []) for (const key of cell.header) keys.add(key);
  const figures = once(() => findFigures(part).map((figure) => measured(moved(figure, start), cells ?? [])));
  return {
    start,
    end,
    keys,
    figures,
    clauses,
    cues: once(() => cuesOf(part)),
    ...(cells !== undefined && { cells }),
  };
}

/** Where a sentence goes on to say something else. */
const BREAK =
  /[;:，；：،؛]|,(?!\p{N})|\s[-–—]\s|—|(?!(?<=\p{N})\s(?:and|und|et|y)\s\p{N})\s(?:and|but|while|whereas|although|though|und|aber|sondern|während|obwohl|et|mais|tandis que|pero|mientras|aunque|y|sino|و?لكن(?:ه|ها|هم|هما)?|بينما|غير أن|إلا أن|אבל|אך|אולם|ואילו)(?=\s)|(?<=\s)(?=[و](?:لم|لا|لن|ليس|هو|هي|كان|يت|تت|ي|ت)\p{L}+)|\|/giu;

/** Fewer words say nothing by themselves: they belong to the clause before, or behind. */
const MIN_TERMS = 2;

/** "…, flash is not": of what it names, what was said before is not so. */
const ELLIPTIC = /\p{L}[\s\S]*\s(?:not|nicht|pas|non|no)[\s.!]*$/iu;

/**
 * The clauses of a sentence, in order, with their places in a text in which it begins `by`.
 * @param all its words, where they are read already
 */
export function clausesOf(
  sentence: string,
  by = 0,
  all: readonly Term[] = termsOf(sentence, by),
): readonly Clause[] {
  const ends = [...[...sentence.matchAll(BREAK)].map(({ index }) => index), sentence.length];
  const pieces: { start: number; end: number; terms: readonly Term[] }[] = [];
  let start = 0;
  let next = 0;
  for (const end of ends) {
    if (end <= start) continue;
    const first = next;
    while ((all[next]?.start ?? Infinity) < by + end) next += 1;
    const terms = all.slice(first, next);
    const last = pieces.at(-1);
    const isWhole = terms.length >= MIN_TERMS || ELLIPTIC.test(sentence.slice(start, end));
    if (last === undefined || (isWhole && last.terms.length >= MIN_TERMS)) pieces.push({ start, end, terms });
    else pieces.splice(-1, 1, { start: last.start, end, terms: [...last.terms, ...terms] });
    start = end;
  }
  return pieces.map(({ start: from, end, terms }) => clauseOf(sentence.slice(from, end), by + from, terms));
}

function clauseOf(text: string, start: number, terms: readonly Term[]): Clause {
  return {
    text,
    start,
    end: start + text.length,
    terms,
    keys: keysOf(terms),
    cues: once(() => cuesOf(text)),
    names: once(() => findNames(text)),
  };
}

function moved<Span extends { readonly start: number; readonly end: number }>(span: Span, by: number): Span {
  return { ...span, start: span.start + by, end: span.end + by };
}

export function keysOf(terms: readonly Term[]): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const term of terms) for (const key of term.keys) keys.add(key);
  return keys;
}
