import { perWord } from "../per-word.ts";
import { arabic, english, firstOf, french, german, hebrew, type Reading, spanish } from "./languages.ts";

interface Spelled {
  readonly table: ReadonlyMap<string, number>;
  /** Those that are put together with spaces, and within a word, as German does. */
  readonly spaced: readonly Reading[];
  readonly compound: readonly Reading[];
  /** With what those of several words begin, and of how many words they are at most. */
  readonly several: ReadonlyMap<string, number>;
}

const LONGEST = 7;
let made: Spelled | undefined;

function numbers(): Spelled {
  if (made !== undefined) return made;
  const compounding = german();
  const others = [english(), french(), spanish(), arabic(), hebrew()];
  const table = [...compounding.table, ...others.flatMap((each) => each.table)];
  const several = new Map<string, number>();
  for (const [words] of table) {
    const [first = "", ...behind] = words.split(" ");
    several.set(first, Math.max(several.get(first) ?? 0, behind.length + 1));
  }
  // what means a number by itself may be put together with others
  for (const [words] of [...table, ...others.flatMap(({ begins = [] }) => begins)])
    if (!words.includes(" ")) several.set(words, LONGEST);
  made = {
    table: new Map(table),
    spaced: others.flatMap(({ joined }) => joined),
    compound: compounding.joined,
    several,
  };
  return made;
}

function spelled(words: string): number | undefined {
  const { table, spaced, compound } = numbers();
  return table.get(words) ?? firstOf(words.includes(" ") ? spaced : compound, words);
}

export interface SpelledNumber {
  readonly start: number;
  readonly end: number;
  readonly value: number;
}

const WORD = /\p{L}[\p{L}\p{M}]*/gu;
const JOINED = /^[\s-]+$/u;

/** The numbers of a text that stand there as words, longest first: `forty-eight`, `achtundvierzig`, `quarante-huit`. */
export function findNumberWords(text: string): readonly SpelledNumber[] {
  const lower = text.toLowerCase();
  if (lower.match(WORD)?.some(isOfNumber) !== true) return hanNumbers(text);
  const words = [...lower.matchAll(WORD)].map((match) => ({
    word: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
  const found: SpelledNumber[] = [...hanNumbers(text)];
  for (let at = 0; at < words.length; at += 1) {
    const one = words[at]?.word ?? "";
    if (!isOfNumber(one)) continue;
    const most = Math.min(numbers().several.get(one) ?? 1, words.length - at);
    for (let count = most; count > 0; count -= 1) {
      if (count === 1 && valueOf(one) === undefined) break;
      const taken = words.slice(at, at + count);
      const value = valueOf(taken.map(({ word }) => word).join(" "));
      const [first, last] = [taken[0], taken.at(-1)];
      if (value === undefined || first === undefined || last === undefined) continue;
      const isOne = taken.every(
        ({ start }, index) => index === 0 || JOINED.test(text.slice(taken[index - 1]?.end, start)),
      );
      if (!isOne) continue;
      found.push({ start: first.start, end: last.end, value });
      at += count - 1;
      break;
    }
  }
  return found.sort((left, right) => left.start - right.start);
}

/** Whether a word is a number, or begins one of several words. */
const isOfNumber = perWord((word) => numbers().several.has(word) || valueOf(word) !== undefined);

/** German writes what is counted at once: `zweijährig`, `achtundneunzigtausend`. */
const GERMAN_COUNT =
  /^(?<count>\p{L}{3,}?)(?:mal|jährig|tägig|stündig|wöchig|monatig|minütig|fach|köpfig|stöckig|teilig|sprachig|spurig)\p{L}{0,2}$/u;

function valueOf(words: string): number | undefined {
  const value = spelled(words);
  if (value !== undefined) return value;
  if (words.includes(" ")) return undefined;
  const thousands = words.endsWith("tausend") ? spelled(words.slice(0, -"tausend".length)) : undefined;
  if (thousands !== undefined) return thousands * 1000;
  const count = !/(?:ig|fach|mal|ige[nrsm]?)$/u.test(words)
    ? undefined
    : GERMAN_COUNT.exec(words)?.groups?.["count"];
  return count === undefined ? undefined : spelled(count);
}

const HAN = /[〇零一二两兩三四五六七八九十百千万萬亿億]+/gu;
/** What is counted or measured: `十分` and `一般` are no numbers. */
const COUNTED =
  /^(?:个|個|位|名|家|条|條|篇|只|台|年|月|日|天|节|節|种|對|对|颗|顆|粒|件|套|批|场|場|门|門|头|頭|匹|株|棵|块|塊|片|根|口|间|間|栋|棟|幢|班|级|級|首|幅|期|轮|輪|代|页|頁|亩|畝|公顷|公頃|海里|里|克|组|組|周|週|星期|世纪|世紀|学期|處|处|支|瓶|箱|圈|条|小时|小時|分钟|分鐘|秒|人|元|美元|欧元|歐元|英镑|倍|次|款|种|種|项|項|章|层|層|度|米|公里|千米|平方|立方|千克|公斤|吨|噸|座|所|本|部|枚|届|屆|户|戶|辆|輛|艘|架|张|張|岁|歲|点|點|％|%)/u;

/** Nothing but a number looks like it, whatever is counted: `四十八万`, `二百`. */
function isNumeral(written: string): boolean {
  return written.length > 2 && /[一二两兩三四五六七八九][十百千万萬亿億]/u.test(written);
}

function hanNumbers(text: string): readonly SpelledNumber[] {
  return [...text.matchAll(HAN)].flatMap((match) => {
    const [start, end] = [match.index, match.index + match[0].length];
    const isPercent = text.slice(start - 3, start) === "百分之";
    // the scale of a number in digits, and the sign of a percentage
    if (/\d$/u.test(text.slice(0, start)) || (/^百$/u.test(match[0]) && text.startsWith("分之", end)))
      return [];
    if (match[0] === "一" || (!isPercent && !isNumeral(match[0]) && !COUNTED.test(text.slice(end))))
      return [];
    return [{ start, end, value: hanNumber(match[0].replaceAll("萬", "万").replaceAll("億", "亿")) }];
  });
}

const HAN_DIGITS = "〇一二三四五六七八九";

/** A number in Chinese signs: `四十八`, `二〇二五`. */
export function hanNumber(written: string): number {
  for (const [sign, unit] of [
    ["亿", 1e8],
    ["万", 1e4],
  ] as const) {
    const at = written.lastIndexOf(sign);
    if (at < 0) continue;
    const rest = written.slice(at + 1);
    return (at === 0 ? 1 : hanNumber(written.slice(0, at))) * unit + (rest === "" ? 0 : hanNumber(rest));
  }
  const digits = Array.from(written.replaceAll(/[两兩]/gu, "二").replaceAll("零", "〇"));
  if (!/[十百千]/u.test(written)) return Number(digits.map((sign) => HAN_DIGITS.indexOf(sign)).join(""));
  let sum = 0;
  let open: number | undefined;
  for (const sign of digits) {
    const unit = { 十: 10, 百: 100, 千: 1000 }[sign];
    if (unit === undefined) open = HAN_DIGITS.indexOf(sign);
    else {
      sum += (open === undefined || open === 0 ? 1 : open) * unit;
      open = 0;
    }
  }
  return sum + (open ?? 0);
}
