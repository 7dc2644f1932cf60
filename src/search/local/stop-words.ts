/**
 * Words that ask or connect and name nothing. English, with the commonest of Chinese and Japanese, because a question
 * in those languages has no spaces that would set them apart.
 */
const STOP_WORDS = new Set(
  `a about an and any are as at be been being but by can could did do does doing for from had has have having he her
  hers him his how i if in into is it its many may me might much must my of on or our please shall she should so some
  than that the their them then there these they this those to tell us was we were what when where whether which while
  who whom whose why will with would you your
  aren't can't couldn't didn't doesn't don't hadn't hasn't haven't isn't shouldn't wasn't weren't won't wouldn't
  not nor also just only such too very
  的 了 是 在 和 吗 呢 有 与 什么 什麼 谁 誰 哪 哪里 哪裡 哪个 怎么 怎麼 怎样 如何 多少 几 为什么 為什麼 请问 我 你 他 她
  の は が を に で と も か へ や です ます だ 何 どこ いつ なぜ どう`.split(/\s+/u),
);

const OPERATORS = new Set(["AND", "OR", "NOT"]);

/** `IT` and `WHO` in capitals are names; `AND`, `OR` and `NOT` are meant as operators. */
export function isStopWord(word: string): boolean {
  const isName = /^\p{Lu}{2,}$/u.test(word) && !OPERATORS.has(word);
  return !isName && STOP_WORDS.has(word.toLowerCase().replaceAll("’", "'"));
}
