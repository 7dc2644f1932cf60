import type { Question } from "./questions.ts";

/**
 * What became of a question. `false refusal`: the documents hold the answer, and it was not given; `wrong`: something
 * else was given as an answer.
 */
export const VERDICTS = ["right", "partly", "wrong", "honest refusal", "false refusal"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** An answer that hides the fact among more words than these is only partly right. */
const MAX_WORDS = 150;

/** Judges an answer by the accepted spellings. What is not given as an answer (`answered` false) is a refusal. */
export function judge(
  { kind, answers }: Pick<Question, "kind" | "answers">,
  { answer, answered }: { readonly answer: string; readonly answered: boolean },
): Verdict {
  const said = withoutAddresses(answer);
  const held = answers.filter((spellings) => spellings.some((spelling) => holds(said, spelling))).length;
  const all = answers.length > 0 && held === answers.length;
  if (!answered) {
    if (all) return "partly";
    return kind === "answerable" || kind === "two-hop" ? "false refusal" : "honest refusal";
  }
  if (all) return countWords(said) > MAX_WORDS ? "partly" : "right";
  return held > 0 ? "partly" : "wrong";
}

/** Whether a text holds a fact, case and spacing aside; a number is not found within another. */
export function holds(text: string, spelling: string): boolean {
  const [, pattern, flags] = /^\/(.+)\/([a-z]*)$/u.exec(spelling) ?? [];
  if (pattern !== undefined) return new RegExp(pattern, flags).test(normalise(text));
  const wanted = normalise(spelling).toLowerCase();
  const within = normalise(text).toLowerCase();
  for (let at = within.indexOf(wanted); at >= 0; at = within.indexOf(wanted, at + 1)) {
    if (!continues(within, at) && !continues(within, at + wanted.length)) return true;
  }
  return false;
}

/** Whether a word or number of Latin letters or digits goes on across a place. */
function continues(text: string, at: number): boolean {
  return /^(?:[a-z]{2}|\d\d)$/u.test(text.slice(Math.max(at - 1, 0), at + 1)) && at > 0;
}

function normalise(text: string): string {
  return text.normalize("NFKC").replaceAll("’", "'").replaceAll(/\s+/gu, " ");
}

function withoutAddresses(markdown: string): string {
  return markdown.replaceAll(/\]\(<?[^)\s]*>?\)/gu, "]").replaceAll(/\[\[?\d+\]?\]/gu, "");
}

function countWords(text: string): number {
  return (
    text.match(
      /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]{2}|[^\s\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]+/gu,
    )?.length ?? 0
  );
}
