import { withEdges } from "../../text/letters.ts";
import { splitWords } from "../../text/words.ts";
import { isRelation } from "./concepts.ts";
import { judge, lastHeading, REFERRING, sameScript, type Judged } from "./evidence.ts";
import type { Source } from "./sources.ts";
import type { Kind } from "./kinds.ts";
import { flatten, mayMention, mentionedIn, mentions } from "./mentions.ts";
import { neededTerms, type Question } from "./question.ts";
import { FACTS } from "./wanted.ts";
import { begin, notFound } from "./wording.ts";

/** What a reader comes to. */
export interface Conclusion {
  readonly kind: "answer" | "passage" | "not-found";
  readonly text: string;
  /** It answers all that was asked. */
  readonly whole: boolean;
  /** Numbers of the sources that it cites. */
  readonly cited: readonly number[];
}

/** How much of a question the closest passage covers at least. */
const CLOSE = 0.45;
const MAX_GROUP = 12;

/** How many units answer a kind of question, and from which part of the best score on. */
const LENGTHS: Readonly<Partial<Record<Kind, { readonly most: number; readonly worth: number }>>> = {
  overview: { most: 5, worth: 0.5 },
  definition: { most: 3, worth: 0.75 },
  list: { most: 4, worth: 0.85 },
  how: { most: 3, worth: 0.85 },
  why: { most: 2, worth: 0.93 },
};
const ONE_FACT = { most: 1, worth: 1 };
const ONE_THING = { most: 2, worth: 0.96 };

/** Weighs what was found: the units that answer, else the closest one, else what none of the sources speaks of. */
export function conclude(question: Question, sources: readonly Source[]): Conclusion {
  const judged = judge(question, sources);
  const answering = judged.filter(({ answers }) => answers);
  const chosen = answering.length > 0 ? choose(question, answering, sources) : eachNamed(question, sources);
  if (chosen.length > 0)
    return { kind: "answer", text: citedText(question, chosen), whole: true, cited: numbersOf(chosen) };
  const closest = judged.find((unit) => isClose(question, unit));
  if (closest !== undefined) {
    const whole = question.kind === "how" || question.kind === "list" || closest.text.endsWith(":");
    const units = whole ? withGroup(closest, sources) : [closest];
    return {
      kind: "passage",
      text: `${begin("passage", question.language)}\n\n${citedText(question, units)}`,
      whole: false,
      cited: numbersOf(units),
    };
  }
  return { kind: "not-found", text: refusal(question, sources), whole: false, cited: [] };
}

function isClose({ terms }: Question, unit: Judged): boolean {
  if (unit.coverage < CLOSE) return false;
  const names = terms.filter(({ kind }) => kind === "name");
  const said = (term: (typeof terms)[number]): boolean =>
    [unit.own, unit.above, unit.beside, unit.titled].some(
      (where) => mentionedIn(where, term.text, term.keys) > 0,
    );
  return names.every(said) && neededTerms(terms).some(said);
}

/** The best unit, with what belongs to it, and others that say as much in other words. */
function choose(
  question: Question,
  answering: readonly Judged[],
  sources: readonly Source[],
): readonly Judged[] {
  const { kind, text } = question;
  const [best] = answering;
  if (best === undefined) return [];
  const { most, worth } = LENGTHS[kind] ?? (FACTS.has(kind) && kind !== "value" ? ONE_FACT : ONE_THING);
  const group =
    kind === "how" || kind === "list" || best.text.endsWith(":") ? withGroup(best, sources) : [best];
  if (group.length > 1) return group;
  const step = stepAsked(text);
  if (step !== 0) {
    const near = withGroup(best, sources).filter(({ position }) => position === best.position + step);
    return best.kind === "item" ? near : [best];
  }
  const picked: Judged[] = [best];
  // `It reads the pages.` goes on with what was said
  const next = kind === "definition" ? after(best, sources) : undefined;
  if (next !== undefined && REFERRING.test(next.text)) picked.push(next);
  for (const candidate of answering) {
    if (picked.length >= most || candidate.score < worth * best.score) break;
    if (isBeside(question, best, candidate) && !picked.some((other) => repeats(candidate, other)))
      picked.push(candidate);
  }
  return [best, ...picked.slice(1).sort((a, b) => a.number - b.number || a.position - b.position)];
}

function after(best: Judged, sources: readonly Source[]): Judged | undefined {
  const units = sources.find(({ number }) => number === best.number)?.units ?? [];
  const next = units.find(({ position, group }) => position === best.position + 1 && group === best.group);
  return next?.kind === "sentence" ? { ...best, ...next } : undefined;
}

/** What comes after a step, or before it, is the step beside the one that the question speaks of: 1, -1, else 0. */
function stepAsked(question: string): number {
  const [, which = ""] = SEQUENCE.exec(question) ?? [];
  if (which === "") return 0;
  return /^(?:before|vor|avant|antes)$/iu.test(which) ? -1 : 1;
}

const SEQUENCE = withEdges(
  /^(?:what|which step|was|welcher schritt|qu['’]est-ce qui|que|qué|¿qué)\b.*\b(?:comes?|happens?|follows?|do(?: i| you| we)?|next|kommt|folgt|passiert|vient|faire|viene|sigue|pasa|hago)\b.*\b(after|before|nach|vor|après|avant|después|antes)\b/iu,
);

/** A list or steps as a whole: with the words that lead up to it, or the whole of what stands under a heading. */
function withGroup(best: Judged, sources: readonly Source[]): readonly Judged[] {
  const units = sources.find(({ number }) => number === best.number)?.units ?? [];
  const asJudged = units.map((unit): Judged => ({ ...best, ...unit }));
  const below = asJudged.filter((unit) => unit.lead === best.text && unit.position > best.position);
  const beside = asJudged.filter((unit) => unit.group === best.group && unit.heading === best.heading);
  const next = asJudged.find((unit) => unit.position === best.position + 1);
  const code = best.text.endsWith(":") && next?.kind === "code" ? [next] : [];
  const whole =
    below.length > 0
      ? [best, ...below]
      : code.length > 0
        ? [best, ...code]
        : best.kind === "item"
          ? beside
          : [best];
  return whole.length <= MAX_GROUP ? whole : [best];
}

/** `Which came first, A or B?` is answered by when each of them did. */
const IN_TIME = withEdges(
  /\b(?:first|earlier|later|older|newer|before|after|zuerst|früher|später|älter|neuer|premier|première|avant|après|primero|antes|después)\b|先|早|晚|後|먼저|늦/iu,
);

/** Where no unit tells two things apart: what each of them is, or when each was. */
function eachNamed(question: Question, sources: readonly Source[]): readonly Judged[] {
  if (question.kind === "comparison" && IN_TIME.test(question.text)) {
    const names = question.terms.filter(({ kind }) => kind === "name");
    const rest = question.terms.filter(({ kind }) => kind === "content");
    if (names.length !== 2) return [];
    const dated = names.flatMap((name) => {
      const one = { ...question, kind: "when" as const, terms: [name, ...rest] };
      return judge(one, sources).find(({ answers }) => answers) ?? [];
    });
    return dated.length === names.length ? dated : [];
  }
  if (question.kind !== "difference") return [];
  const needed = neededTerms(question.terms);
  if (needed.length !== 2) return [];
  const found = needed.flatMap((term) => {
    const one = { ...question, kind: "definition" as const, terms: [term] };
    return judge(one, sources).find(({ answers, score }) => answers && score >= 1.5) ?? [];
  });
  return found.length === needed.length ? found : [];
}

function holds({ own, above, titled }: Judged, key: string): boolean {
  return own.keys.has(key) || above.keys.has(key) || titled.keys.has(key);
}

/** It is written as what answers best is, in the script of the question and with the names as they are asked for. */
function isBeside(question: Question, best: Judged, candidate: Judged): boolean {
  const names = question.terms.flatMap(({ kind, keys: [exact = ""] }) => (kind === "name" ? [exact] : []));
  return (
    sameScript(question, candidate) >= sameScript(question, best) &&
    names.every((name) => !holds(best, name) || holds(candidate, name))
  );
}

function repeats(a: Judged, b: Judged): boolean {
  const shared = [...a.own.keys].filter((word) => b.own.keys.has(word)).length;
  return shared / Math.min(a.own.keys.size, b.own.keys.size) > 0.6;
}

/** Names only words of which no source that was found holds a form. */
function refusal({ terms, language }: Question, sources: readonly Source[]): string {
  if (terms.length === 0) return notFound(language, "unnamed");
  const needed = neededTerms(terms);
  if (sources.length === 0) return notFound(language, { sought: needed.map(({ text }) => text) });
  const whole = sources.map(({ title, text }) => `${title}\n${text}`).join("\n");
  const [words, flat] = [splitWords(whole), flatten(whole)];
  const distinct = [...new Set(words)];
  const unsaid = needed.filter(({ text }) => comparable(text, whole) && !mayMention(distinct, flat, text));
  // what is done to a thing is told of only where the thing itself is there
  const things = unsaid.filter((term) => !isRelation(term));
  const silent = things.length > 0 ? things : unsaid;
  return silent.length === 0
    ? notFound(language, "unanswered")
    : notFound(language, { silent: silent.map(({ text }) => text) });
}

/** False for a word in a script that no source uses: it cannot be compared with them. */
function comparable(word: string, whole: string): boolean {
  const script = SCRIPTS.find((candidate) => candidate.test(word));
  return script === undefined || script.test(whole);
}

const SCRIPTS = [
  /\p{sc=Latin}/u,
  /\p{sc=Han}/u,
  /[\p{sc=Hiragana}\p{sc=Katakana}]/u,
  /\p{sc=Hangul}/u,
  /\p{sc=Cyrillic}/u,
  /\p{sc=Greek}/u,
  /\p{sc=Arabic}/u,
  /\p{sc=Hebrew}/u,
  /\p{sc=Devanagari}/u,
  /\p{sc=Thai}/u,
];

function numbersOf(units: readonly Judged[]): readonly number[] {
  return [...new Set(units.map(({ number }) => number))];
}

/** Each unit with the number of its source; sentences of one source are a paragraph, items and rows are lines. */
function citedText(question: Question, units: readonly Judged[]): string {
  const paragraphs: string[] = [];
  let before: Judged | undefined;
  const items = units.filter(({ kind }) => kind !== "sentence").length;
  for (const unit of units) {
    const listed = items > 1 && unit.kind !== "sentence" && unit.kind !== "code";
    const text = listed ? `- ${mark(unit)}` : written(question, unit, units.length === 1);
    const joins = before?.number === unit.number && before.kind !== "code" && unit.kind !== "code";
    if (joins && listed) paragraphs.splice(-1, 1, `${paragraphs.at(-1) ?? ""}\n${text}`);
    else if (joins && before?.kind === "sentence")
      paragraphs.splice(-1, 1, `${paragraphs.at(-1) ?? ""} ${text}`);
    else paragraphs.push(text);
    before = unit;
  }
  return paragraphs.join("\n\n");
}

function written(question: Question, unit: Judged, alone: boolean): string {
  const { text, kind, number } = unit;
  const above =
    unit.needsHeading && alone
      ? `${lastHeading(unit)}:`
      : kind === "sentence" || !alone
        ? ""
        : aboveIt(question, unit);
  if (kind !== "code") return mark({ kind, number, text: above === "" ? text : `${above} ${text}` });
  if (!alone) return `\`\`\`\n${text}\n\`\`\``;
  const name = above === "" ? unit.sourceTitle : above.replace(/[:：]$/u, "");
  return `${name} [${number}]:\n\n\`\`\`\n${text}\n\`\`\``;
}

/** What an item, a pair or a row is about, where it does not say so itself. */
function aboveIt({ terms }: Question, { own, lead, heading, sourceTitle, near }: Judged): string {
  const lacking = neededTerms(terms).filter((term) => mentionedIn(own, term.text, term.keys) === 0);
  const names = [...near, lead, heading.split(" > ").at(-1) ?? "", heading, sourceTitle];
  const telling = names.find((name) => {
    const said = mentions(name);
    return name !== "" && lacking.some((term) => mentionedIn(said, term.text, term.keys) > 0);
  });
  if (telling === undefined) return "";
  if (near.includes(telling)) return `${telling};`;
  return /[:：]$/u.test(telling) ? telling : `${telling}:`;
}

/** The number before the final mark. */
function mark({ text, number, kind }: Pick<Judged, "text" | "number" | "kind">): string {
  const [, body = text, end = ""] = /^(.*?)([.!?。！？]*)$/su.exec(text) ?? [];
  return `${body.replace(/[:：,;]$/u, "")} [${number}]${/[:：]$/u.test(body) ? ":" : end === "" && kind === "sentence" ? "." : end}`;
}
