/** What models write in front of a number, in the languages that they answer in. */
const WORDS =
  "sources?|src|refs?|references?|docs?|documents?|citations?|cite?|results?|web|quellen?|fuentes?|fonti|fonte|bron(?:nen)?|źródł[oa]|kaynak|källa|kilde|lähde|zdroj|forrás|sumber|nguồn|πηγή|מקור|источники?|来源|來源|资料|資料|出典|参考|參考|文献|出处|出處|출처|자료|مصدر|المصدر|स्रोत";
const NUMBER = String.raw`(?:\d{1,4}|[０-９]{1,4})`;
const ITEM = String.raw`\^?(?:(?:${WORDS})[\s.:：#]{0,3})?${NUMBER}\^?`;
/** `1`, `1, 2`, `1-3`, `^1`, `Source 1`: what stands between the brackets of a mark. */
const ITEMS = String.raw`${ITEM}(?:\s{0,3}(?:[,;，、；&–—‑～〜~和及と-]|\band\b|\bund\b|\bet\b|\by\b)\s{0,3}${ITEM}){0,19}`;

/**
 * A mark that cites sources by their numbers: `[1]`, `[1, 2]`, `[1-3]`, `[^1]`, `[[1]]`, `［1］`, `【1†L1-L5】`,
 * `[Source 1]`. Group `items` holds the numbers, group `close` what closes it; a space before that makes it none.
 */
export const CITATION_MARK = String.raw`(?:\[\[|[[［【])(?<items>${ITEMS})(?:†(?:[^\]］】\n]{0,100}[^\]］】\s])?)?(?<close>\]\]|[\]］】])`;

/** The same raised, as HTML: `<sup>1</sup>`, `<sup>[1, 2]</sup>`. */
export const RAISED_MARK = String.raw`<sup>\[?(?<items>${ITEMS})(?<close>\]?<\/sup>)`;

/** A range that is longer, ends in larger numbers or begins with 0 is no citation: `[0-9]`, `[2020-2024]`. */
const LONGEST_RANGE = 20;
const LARGEST_IN_RANGE = 999;

/**
 * The numbers that the items of a mark stand for, ranges written out; `undefined` where they are no citation, such as
 * years.
 */
export function citedNumbers(items: string): readonly number[] | undefined {
  const numbers: number[] = [];
  const plain = items.normalize("NFKC");
  for (const part of plain.split(/[,;、&和及と]|\band\b|\bund\b|\bet\b|\by\b/)) {
    const [first = 0, last = first] = (part.match(/\d+/g) ?? []).map(Number);
    const isRange = last !== first;
    if (isRange && (first === 0 || last < first || last - first >= LONGEST_RANGE || last > LARGEST_IN_RANGE))
      return undefined;
    for (let number = first; number <= last; number += 1) numbers.push(number);
  }
  return numbers;
}
