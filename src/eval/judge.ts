import { z } from "zod";

/** What a judge is shown of a run. */
export interface JudgedAnswer {
  readonly question: string;
  readonly golden: readonly string[];
  /** Without marks of citation. */
  readonly answer: string;
}

export interface JudgeMessage {
  readonly role: "system" | "user";
  readonly content: string;
}

/** `simpleqa`: correct, incorrect or not attempted. `hle`: correct or not, with the confidence that the answer tells. */
export const JUDGES = ["simpleqa", "hle"] as const;
export type JudgeName = (typeof JUDGES)[number];

export interface Judgement {
  readonly verdict: "correct" | "incorrect" | "not-attempted";
  /** 0 to 1; told by `hle` alone. */
  readonly confidence?: number;
  /** Why, in the judge's words; empty where it gave none. */
  readonly reason: string;
}

const SIMPLEQA = `You grade answers to questions by a list of reference answers. Give one of three grades.

CORRECT: the answer says what one of the references says and contradicts none of it. Other words, another order, a slip of
spelling in a name, more detail than asked and a hedged wording are all fine. A number has to agree up to the last digit that the
reference gives.
INCORRECT: the answer states something that contradicts the references, also when it is hedged, or names several
possibilities of which not all fit.
NOT_ATTEMPTED: the answer does not give what was asked for, and contradicts nothing: it says that it does not know, or
leaves out a part that the references have.

Parts of a reference that the question does not ask for may be missing. Judge the answer alone, by the references alone: what
you know or the answer says about itself does not matter.

The last line of your reply is one word: CORRECT, INCORRECT or NOT_ATTEMPTED.`;

const HLE = `You judge whether a response answers a question right, by the reference alone. Do not solve the question
yourself, and argue for no other answer than the reference. Small differences in rounding are no difference.

Reply with four lines, each beginning with its name:
extracted_final_answer: the final answer that the response gives, or None where it gives none
reasoning: in one or two sentences, whether that answer means the same as the reference
correct: yes where it does, and no where it does not or is ambiguous or missing
confidence: the confidence in percent, from 0 to 100, that the response itself tells; 100 where it tells none`;

/** What a judge is asked. The answer stands between tags that it cannot close. */
export function judgePrompt(judge: JudgeName, { question, golden, answer }: JudgedAnswer): JudgeMessage[] {
  const [said, named] = judge === "hle" ? ["response", "reference"] : ["answer", "references"];
  const parts = [block("question", question), block(named, golden.join("\n")), block(said, answer)];
  return [
    { role: "system", content: judge === "hle" ? HLE : SIMPLEQA },
    { role: "user", content: parts.join("\n\n") },
  ];
}

function block(name: string, text: string): string {
  return `<${name}>\n${text.replaceAll(/<(?=\s*\/?\s*(?:question|references?|answer|response)\b)/gi, "[")}\n</${name}>`;
}

/** What a judge replied; `undefined` where no grade can be read from it. */
export function readJudgement(judge: JudgeName, reply: string): Judgement | undefined {
  return judge === "hle" ? readHle(reply) : readSimpleQa(reply);
}

function readSimpleQa(reply: string): Judgement | undefined {
  const told = objectIn(reply);
  if (told !== undefined) {
    const grades = Object.values(told).flatMap((value) => (typeof value === "string" ? gradeOf(value) : []));
    const [verdict, other] = [...new Set(grades.filter((grade) => grade !== undefined))];
    if (verdict !== undefined && other === undefined) return { verdict, reason: reasonOf(told) };
  }
  const lines = reply
    .trim()
    .split("\n")
    .filter((line) => line.trim() !== "" && !FENCE.test(line));
  const grades = lines.map(gradeOf);
  // what stands behind a grade is no other one
  const at = grades.findLastIndex((grade) => grade !== undefined);
  const verdict = grades[at];
  if (verdict === undefined) return undefined;
  const isLast = at === lines.length - 1;
  if (!isLast && grades.some((grade) => grade !== undefined && grade !== verdict)) return undefined;
  return { verdict, reason: lines.filter((_, line) => line !== at).join("\n") };
}

const FENCE = /^\s*(?:```|~~~)\w*\s*$/;
const GRADE = String.raw`(?<grade>NOT[_\s-]?ATTEMPTED|INCORRECT|CORRECT)`;
/** Signs of emphasis, quotes, tags and the like around a grade. */
const AROUND = String.raw`(?:<\/?\w+>|\\(?:boxed|text)|[^\p{L}<\\])*`;
/** A line that is a grade, or names it. */
const ALONE = new RegExp(`^${AROUND}(?:(?:final )?(?:grade|verdict)${AROUND})?${GRADE}${AROUND}$`, "iu");
/** As the prompt writes it: at the end of a short sentence, or before what explains it. */
const AT_END = new RegExp(
  String.raw`^(?!.*\b(?:not|never|neither|if|whether)\b|.*n['’]t\b)(?:.{0,60}\bis|[\p{L}\p{M} ]{1,30}[:：]):?${AROUND}${GRADE}${AROUND}$`,
  "u",
);
const EXPLAINED = new RegExp(String.raw`^${AROUND}${GRADE}\**\s*[-–—:：.](?!.*(?:CORRECT|ATTEMPTED))`, "u");

function gradeOf(line: string): Judgement["verdict"] | undefined {
  const found = ALONE.exec(line) ?? AT_END.exec(line) ?? EXPLAINED.exec(line);
  const grade = found?.groups?.["grade"]?.toLowerCase();
  if (grade === undefined) return undefined;
  return grade === "correct" || grade === "incorrect" ? grade : "not-attempted";
}

function readHle(reply: string): Judgement | undefined {
  const object = objectIn(reply);
  const told = object && "correct" in object ? object : undefined;
  const correct = YES_OR_NO.exec(told ? plainText(told["correct"]) : field(reply, "correct"))?.[1];
  if (correct === undefined) return undefined;
  const confidence = confidenceOf(told ? plainText(told["confidence"]) : field(reply, "confidence"));
  const reason = told ? reasonOf(told) : field(reply, "reasoning");
  return { verdict: /^[yt]/i.test(correct) ? "correct" : "incorrect", confidence, reason };
}

/** Of a list of both, as the prompt's own words are, neither is told. */
const YES_OR_NO = /^(yes|no|true|false)\b(?!\s*(?:[|/]|or\b))/i;

/** 0 to 1, told in percent or as a part of one; 1 where none is told. */
function confidenceOf(text: string): number {
  const [, told = "100", sign] =
    /(\d+(?:[.,]\d+)?)\s*(%)/.exec(text) ?? /^(\d+(?:[.,]\d+)?)(?![\d.,e])/i.exec(text) ?? [];
  const value = Number(told.replace(",", "."));
  const isPart = sign === undefined && /[.,]/.test(told) && value <= 1;
  return isPart ? value : Math.min(100, value) / 100;
}

/** What stands behind the name of a line, without list, table, bold or quotes around it; the last one counts, empty where none does. */
function field(reply: string, name: string): string {
  const pattern = new RegExp(String.raw`^[\s>*_#|"'\d.)-]*${name}["'*_]*\s*[:：=|](.*)$`, "gim");
  return plainText([...reply.matchAll(pattern)].at(-1)?.[1]);
}

function plainText(value: unknown): string {
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  return typeof value === "string" ? value.replace(/^[\s*_"'`[(|]+/, "").replace(/[\s*_"'`|,]+$/, "") : "";
}

function reasonOf(told: Readonly<Record<string, unknown>>): string {
  const [reason] = [told["reasoning"], told["reason"]].filter((one) => typeof one === "string");
  return reason ?? "";
}

/** The JSON object in a reply, alone, in a fence or among words. */
function objectIn(reply: string): Readonly<Record<string, unknown>> | undefined {
  const [begin, end] = [reply.indexOf("{"), reply.lastIndexOf("}")];
  if (begin < 0 || end < begin) return undefined;
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(reply.slice(begin, end + 1))).data;
  } catch {
    return undefined;
  }
}
