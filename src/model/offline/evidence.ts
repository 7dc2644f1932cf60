import { withEdges } from "../../text/letters.ts";
import { sentenceSpans } from "../../text/sentences.ts";
import { NEGATION, type Kind } from "./kinds.ts";
import { mentionedIn, mentions, type Mentions } from "./mentions.ts";
import { asksDegree, saysDegree } from "./degree.ts";
import { isRelation } from "./concepts.ts";
import { neededTerms, type Question, type Term } from "./question.ts";
import { impliedKeys } from "./implied.ts";
import type { Evidence, Source } from "./sources.ts";
import { FACTS, holdsWanted } from "./wanted.ts";

/** What was found, weighed against a question. */
export interface Judged extends Evidence {
  /** Share of the weight of the question that is covered, 0 to 1. */
  readonly coverage: number;
  /** Every name of the question is mentioned, and what it asks for is there. */
  readonly answers: boolean;
  readonly score: number;
  /** What is asked for stands in its heading. */
  readonly needsHeading: boolean;
}

const BASE = { name: 1.6, content: 1, generic: 0.25 } as const;
/** What a mention is worth that stands in the heading, the title, or the sentence beside. */
const ABOVE = { name: 0.95, content: 0.9, generic: 0.9 } as const;
const TITLED = { name: 0.95, content: 0.75, generic: 0.75 } as const;
const BESIDE = { name: 0.9, content: 0.5, generic: 0.5 } as const;
/** From this share of the question on a unit may answer it; the last words may be said otherwise. */
const ENOUGH = 0.75;

/** All units that say anything on a question, the best first. */
export function judge(question: Question, sources: readonly Source[]): readonly Judged[] {
  const units = sources.flatMap((source) => source.units);
  const terms = question.terms;
  const weights = terms.map((term) => weightOf(term, units));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return [];
  return units
    .map((unit) => withImplied(question, unit))
    .flatMap((unit): Judged | [] => {
      const found = terms.map((term) => mentioned(term, unit, question.kind === "overview"));
      const coverage = found.reduce((sum, share, at) => sum + share * (weights[at] ?? 0), 0) / total;
      if (coverage === 0) return [];
      const compares = question.kind === "comparison" || question.kind === "difference";
      const named = terms.every((term, at) => {
        if (term.kind === "generic") return true;
        if (term.kind === "name") return compares ? said(unit.own, term) : (found[at] ?? 0) > 0;
        return question.kind !== "difference" || framed(unit, term) || said(unit.own, term);
      });
      const own = terms.some((term) => term.kind !== "generic" && said(unit.own, term));
      const inText = holdsWanted(question, unit.text);
      const headed = !inText && UNDER_IT.has(question.kind) && holdsWanted(question, lastHeading(unit));
      const wanted = inText || headed;
      const bonus =
        (wanted ? 0.25 : 0) +
        (own ? 0.05 : 0) +
        defining(question, unit) +
        sameScript(question, unit) +
        subject(question, unit) +
        underIt(question, unit) +
        asWritten(question, unit) +
        0.02 / (1 + unit.position);
      const looser = (REFERRING.test(unit.text) ? 0.05 : 0) + (unit.implied ? 0.1 : 0);
      return {
        ...unit,
        coverage,
        needsHeading: headed,
        answers:
          named &&
          wanted &&
          (!FACTS.has(question.kind) || !asksDegree(question.text) || saysDegree(unit.text)) &&
          coverage >= ENOUGH &&
          saysItself(question, unit) &&
          !denies(question, unit) &&
          tells(question, unit),
        score: coverage * (own ? 1 : 0.6) + bonus - looser,
      };
    })
    .sort((a, b) => b.score - a.score || a.number - b.number || a.position - b.position);
}

/** Kinds whose answer may stand in the heading: the date of an entry, the version of a change. */
const UNDER_IT: ReadonlySet<Kind> = new Set<Kind>(["when", "value"]);

export function lastHeading({ heading }: Evidence): string {
  return heading.split(" > ").at(-1) ?? "";
}

/** With the words that it tells of by a measure. */
function withImplied(question: Question, unit: Evidence): Evidence & { readonly implied: boolean } {
  const keys = impliedKeys(question, `${lastHeading(unit)}\n${unit.text}`).filter(
    (key) => !unit.own.keys.has(key),
  );
  if (keys.length === 0) return { ...unit, implied: false };
  return { ...unit, own: { ...unit.own, keys: new Set([...unit.own.keys, ...keys]) }, implied: true };
}

/** It begins with a word for what was named before. */
export const REFERRING = withEdges(
  /^(?:it|its|this|that|these|those|they|their|he|she|his|her|such|er|sie|es|dies\p{L}*|il|elle|ce|cette|este|esta|esto)\b/iu,
);

function weightOf(term: Term, units: readonly Evidence[]): number {
  const frequency = units.filter(({ own }) => said(own, term)).length;
  if (frequency === 0 && term.kind === "generic") return 0;
  const rarity = Math.log(1 + units.length / (1 + frequency)) / Math.log(2 + units.length);
  return BASE[term.kind] * (0.5 + rarity);
}

function mentioned(term: Term, { own, above, beside, titled }: Evidence, overview: boolean): number {
  const titledShare = overview ? 0.95 : TITLED[term.kind];
  return Math.max(
    mentionedIn(own, term.text, term.keys),
    ABOVE[term.kind] * mentionedIn(above, term.text, term.keys),
    titledShare * mentionedIn(titled, term.text, term.keys),
    BESIDE[term.kind] * mentionedIn(beside, term.text, term.keys),
  );
}

function said(where: Mentions, term: Term): boolean {
  return mentionedIn(where, term.text, term.keys) > 0;
}

function framed({ above, titled }: Evidence, term: Term): boolean {
  return said(above, term) || said(titled, term);
}

/**
 * It says enough of the question itself. A heading or title may say the rest; what the sentences before it say counts for
 * things, not for what is done with them.
 */
function saysItself({ kind, terms }: Question, unit: Evidence): boolean {
  if (kind === "overview") return true;
  const { own, above, beside } = unit;
  const needed = terms.filter((term) => term.kind !== "generic");
  const content = needed.filter((term) => term.kind === "content");
  if (needed.length > 0 && !needed.some((term) => said(own, term)) && unit.kind === "sentence") {
    return ["how", "definition", "list", "why"].includes(kind) && needed.every((term) => said(above, term));
  }
  if (needed.length > 0 && !needed.some((term) => said(own, term) || said(above, term))) return false;
  const named = terms.every(
    (term) =>
      term.kind !== "name" ||
      said(own, term) ||
      framed(unit, term) ||
      unit.kind === "pair" ||
      PRONOUN.test(unit.text),
  );
  const lacking = content.filter((term) => !said(own, term) && !framed(unit, term));
  if (unit.kind === "pair") return lacking.every((term) => said(beside, term));
  return (
    named &&
    lacking.every((term) => (said(beside, term) ? !isRelation(term) : content.length > 2)) &&
    lacking.length <= content.length / 2
  );
}

/** A sentence with such a word goes on about what was named before. */
const PRONOUN = withEdges(
  /\b(?:it|its|he|she|they|them|their|his|her|this|that|these|those|er|sie|es|ihr\p{L}*|sein\p{L}*|dies\p{L}*|il|elle|ils|elles|son|sa|ses|leur|ce|cette|su|sus|este|esta|él|ella)\b|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Hangul}]|^(?:el|la|los|las|se)\s/iu,
);

const CLAUSE_END = withEdges(
  /[,;，；、]|\b(?:but|while|whereas|although|aber|während|mais|tandis|pero|mientras)\b/iu,
);

/** It denies what is asked, or does not deny what is asked to be denied. */
function denies({ kind, negated, terms }: Question, unit: Evidence): boolean {
  if (!FACTS.has(kind) && !negated) return false;
  const clauses = unit.text.split(CLAUSE_END);
  const hits = (clause: string): number => {
    const own = mentions(clause);
    return terms.filter((term) => mentionedIn(own, term.text, term.keys) > 0).length;
  };
  const [best = ""] = clauses.toSorted((a, b) => hits(b) - hits(a));
  const denied = NEGATION.test(best) || (negated && ADVISES_AGAINST.test(unit.text));
  return denied !== negated && !(kind === "count" && /^\D*\bno\b/iu.test(best));
}

/** What is advised against is what one should not do. */
const ADVISES_AGAINST = withEdges(
  /\b(?:against|avoid\p{L}*|forbid\p{L}*|forbidden|prohibit\p{L}*|banned|verboten|untersagt|vermeid\p{L}*|interdit\p{L}*|éviter|évitez|prohibid\p{L}*|evit\p{L}*)\b|避免|禁止|勿|避け|금지|피하/iu,
);

/** It says what its subject is. */
const DEFINITION =
  /^(?:\S+\s){1,9}?(?:is|are|was|were|means|refers to|describes|denotes|ist|sind|war|bedeutet|bezeichnet|est|sont|était|désigne|es|son|era|significa)\s/iu;
const CJK_DEFINITION = /^[^，。、]{1,20}(?:是|指|とは|は|은|는|이란|란)/u;

function defining({ kind, terms }: Question, unit: Evidence): number {
  if (kind !== "definition" && kind !== "overview" && kind !== "difference") return 0;
  const start = unit.kind === "pair" ? (unit.text.split(/[:：=–→⇒]|->/u)[0] ?? "") : unit.text.slice(0, 60);
  const begins = mentions(unit.text.split(/\s+/u, 6).join(" ") || start);
  const about = neededTerms(terms).some((term) => mentionedIn(begins, term.text, term.keys) > 0);
  const says = unit.kind === "pair" || DEFINITION.test(unit.text) || CJK_DEFINITION.test(unit.text);
  return about && says ? 0.3 : about ? 0.1 : 0;
}

/** A reader who asks in one script is answered in it, where the sources do. */
export function sameScript({ language }: Question, { text }: Evidence): number {
  const script = UNSPACED_SCRIPTS[language];
  return (script === undefined ? !CJK.test(text) : script.test(text)) ? 0.15 : 0;
}

const CJK = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;
const UNSPACED_SCRIPTS: Readonly<Partial<Record<Question["language"], RegExp>>> = {
  zh: /^[^\p{sc=Hiragana}\p{sc=Katakana}]*\p{sc=Han}[^\p{sc=Hiragana}\p{sc=Katakana}]*$/u,
  ja: /[\p{sc=Hiragana}\p{sc=Katakana}]/u,
  ko: /\p{sc=Hangul}/u,
};

/** A sentence that begins with what is asked about is about it. */
function subject({ kind, terms }: Question, { text }: Evidence): number {
  if (!FACTS.has(kind)) return 0;
  const begins = mentions(text.split(/\s+/u, 4).slice(0, 3).join(" "));
  return terms.some((term) => term.kind === "name" && mentionedIn(begins, term.text, term.keys) > 0)
    ? 0.08
    : 0;
}

/** The words of the question themselves count for more than others of their meaning. */
function asWritten({ terms }: Question, { own, above, titled }: Evidence): number {
  const needed = neededTerms(terms);
  const written = needed.filter(({ keys }) =>
    keys.some((key) => !key.startsWith("~") && [own, above, titled].some((where) => where.keys.has(key))),
  );
  return needed.length === 0 ? 0 : (0.04 * written.length) / needed.length;
}

/** Steps and lists say what they are about in what they stand under. */
function underIt({ kind, terms }: Question, { above, kind: form }: Evidence): number {
  if (kind !== "how" && kind !== "list") return 0;
  const needed = neededTerms(terms);
  const all = needed.length > 0 && needed.every((term) => mentionedIn(above, term.text, term.keys) > 0);
  return all ? (form === "item" ? 0.5 : 0.3) : 0;
}

/** It is more than the question itself or its subject. */
function tells({ terms, text }: Question, unit: Evidence): boolean {
  if (/[?？]["”’»)]*$/u.test(unit.text)) return false;
  const asked = mentions(text);
  const spans = sentenceSpans(unit.text).length;
  if (spans === 0) return false;
  const words = unit.text.match(/[\p{L}\p{N}]+/gu) ?? [];
  const cjk = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u.test(unit.text);
  const fresh = words.filter((word) => !asked.keys.has(`=${word.toLowerCase()}`)).length;
  return cjk ? unit.text.length > terms.length : fresh >= 1;
}
