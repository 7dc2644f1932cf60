import { withEdges } from "../../text/letters.ts";
import { conclude, type Conclusion } from "./conclusion.ts";
import type { Source } from "./sources.ts";
import { notFound } from "./wording.ts";
import { readQuestion, type Question, type Term } from "./question.ts";

const ASKING = String.raw`(?:who(?:m|se)?|what|when|where|why|which|how|wer|wem|wen|wessen|was|wann|wo|warum|wieso|welche[rsmn]?|wie|wohin|qui|que|quoi|quand|où|pourquoi|comment|combien|quel(?:le)?s?|quién(?:es)?|qué|cuándo|dónde|cómo|cuál(?:es)?|cuánt[oa]s?)`;
const BEFORE = String.raw`(?:(?:under|in|on|at|to|for|by|from|with|of|since|until|unter|in|auf|an|zu|für|von|mit|seit|bis|sous|à|de|dans|pour|par|avec|depuis|con|en|por|desde)\s+)?`;
const AND = String.raw`(?:and|und|et|y|e)`;
/** What stands between two questions in one sentence: `…, and who …`. */
const BETWEEN = withEdges(new RegExp(String.raw`(?:\s*,)?\s+\b${AND}\s+(?=${BEFORE}${ASKING}\b)`, "iu"));
const BETWEEN_UNSPACED =
  /[，、,]\s*(?:以及|并且|而且|また|そして|그리고)?\s*(?=.*(?:谁|哪|什么|何|几|多少|怎|为什么|誰|いつ|どこ|なぜ|どの|どう|누|언제|어디|왜|몇|무엇|어떤|얼마))|(?:以及|并且|而且|그리고)\s*/u;
/** `When and where was it founded?` asks two things in the same words. */
const SHARED = withEdges(
  new RegExp(String.raw`^[¿\s]*(${ASKING})\s*(?:,|\b${AND}\b)\s*(${ASKING})\s+(?!${AND}\b)(.+)$`, "iu"),
);
const ENDED = /(?<=[?？])\s*(?=\P{White_Space})/u;
const ASKS = withEdges(
  new RegExp(
    String.raw`\b${ASKING}\b|谁|哪|什么|何|几|多少|怎|为什么|誰|いつ|どこ|なぜ|どの|どう|누|언제|어디|왜|몇|무엇|어떤|얼마|[?？]`,
    "iu",
  ),
);
const MOST = 3;

/**
 * What is asked, one question after the other: `Who wrote it, and when?` asks two. Each is about what the one before
 * was about, where it says so or names nothing itself.
 *
 * @param earlier the questions of before, oldest first
 */
export function readParts(text: string, earlier: readonly string[] = []): readonly Question[] {
  const parts = split(text.trim());
  const read = parts.map((part, at) => readQuestion(part, [...earlier, ...parts.slice(0, at)]));
  return parts.length === 0 || parts.length > MOST || read.some(({ terms }) => terms.length === 0)
    ? [readQuestion(text, earlier)]
    : read;
}

function split(text: string): readonly string[] {
  const shared = SHARED.exec(text);
  if (shared !== null) {
    const [, first = "", second = "", rest = ""] = shared;
    return [`${first} ${rest}`, `${second} ${rest}`];
  }
  return text
    .split(ENDED)
    .flatMap((sentence) => apart(sentence, BETWEEN))
    .flatMap((sentence) => apart(sentence, BETWEEN_UNSPACED))
    .filter((part) => part.trim() !== "");
}

/** Cut only where both sides ask something. */
function apart(sentence: string, between: RegExp): readonly string[] {
  const parts = sentence.split(between);
  return parts.length > 1 && parts.every((part) => ASKS.test(part)) ? parts : [sentence];
}

/** A passage without the words that lead up to it. */
function quoteOf(text: string): string {
  return text.slice(text.indexOf("\n\n") + 2);
}

/** The words of all parts, each once. */
export function termsOf(parts: readonly Question[]): readonly Term[] {
  const terms = new Map<string, Term>();
  for (const term of parts.flatMap((part) => part.terms)) {
    const key = term.keys[0] ?? term.text;
    if (!terms.has(key)) terms.set(key, term);
  }
  return [...terms.values()];
}

/** About what was talked of, else by itself where that was only guessed. */
function concludePart(part: Question, sources: readonly Source[]): Conclusion {
  const conclusion = conclude(part, sources);
  if (conclusion.kind === "answer" || part.alone === undefined) return conclusion;
  const alone = conclude(part.alone, sources);
  return alone.kind === "not-found" ? conclusion : alone;
}

/** Each part weighed by itself; an answer to one of them is an answer, and says what is not found of the others. */
export function concludeParts(parts: readonly Question[], sources: readonly Source[]): Conclusion {
  const each = parts.map((part) => concludePart(part, sources));
  const [first] = each;
  if (first !== undefined && each.length === 1) return first;
  const answers = each.filter(({ kind }) => kind === "answer");
  const passages = each.filter(({ kind }) => kind === "passage");
  const best = answers.length > 0 ? answers : passages.length > 0 ? passages.slice(0, 1) : each.slice(0, 1);
  const others = answers.length > 0 ? each.filter(({ kind }) => kind !== "answer") : [];
  const said: string[] = [];
  for (const one of best) if (!said.some((before) => before.includes(one.text))) said.push(one.text);
  for (const [at, one] of each.entries()) {
    if (!others.includes(one)) continue;
    const part = parts[at];
    // a passage that stands above already is no more than a refusal
    const isNew = one.cited.length === 0 || !said.some((before) => before.includes(quoteOf(one.text)));
    const text = isNew || part === undefined ? one.text : notFound(part.language, "unanswered");
    said.push(`${part?.text.trim() ?? ""} ${text}`);
  }
  return {
    kind: best[0]?.kind ?? "not-found",
    text: said.join("\n\n"),
    whole: each.every(({ whole }) => whole),
    cited: [...new Set([...best, ...others].flatMap(({ cited }) => cited))],
  };
}
