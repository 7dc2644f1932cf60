import type { Figure } from "./figures.ts";

/** A fraction or a multiple of something else: "a third", `两成`, "three times as many". */
interface Ratio {
  readonly text: string;
  readonly value: number;
}

const NOT_BEFORE = String.raw`(?<![\p{L}\p{M}])`;
const NOT_BEHIND = String.raw`(?![\p{L}\p{M}])`;
const COUNTS =
  "two deux dos zwei|three trois tres drei|four quatre cuatro vier|five cinq cinco fünf|six seis sechs|seven sept siete sieben|eight huit ocho acht|nine neuf nueve neun|ten dix diez zehn"
    .split("|")
    .map((words) => words.split(" "));
const COUNT = `(?<count>${COUNTS.flat().join("|")}|[2-9]|10)`;

/** What one of so many parts is called; for ordinals only behind an article, a number or before "of". */
const PARTS: readonly (readonly [number, string])[] = [
  [3, "thirds?|dritteln?|tiers|tercios?|tercera parte"],
  [4, "quarters?|vierteln?|quarts?|cuartos?|cuarta parte"],
  [5, "fifths?|fünfteln?|cinquièmes?|quintos?|quinta parte"],
  [6, "sixths?|sechsteln?|sixièmes?|sexta parte"],
  [8, "eighths?|achteln?|huitièmes?|octava parte"],
  [10, "tenths?|zehnteln?|dixièmes?|décimas?|décima parte"],
];
const ONE = "a|an|one|ein|einem|eines|einen|das|une?|le|un|la";
/** `the third of five` and `the second quarter of 2025` are no parts. */
const ORDINAL = /^\s*(?:of|century|day|year|\d)/iu;

const WORD_LISTS: readonly (readonly [number, string])[] = [
  [0.5, "half|halves|halved|hälfte|halb so|halbiert\\p{L}*|moitié|mitad|نصف|النصف|חצי|מחצית"],
  [1 / 3, "ثلث|الثلث|שליש"],
  [2 / 3, "ثلثا|ثلثي|الثلثين|ثلثين|שני שליש\\p{L}*|שני שלישי"],
  [1 / 4, "ربع|الربع|רבע"],
  [3 / 4, "ثلاثة أرباع|שלושה רבעים|שלושת רבעי"],
  [1 / 5, "خمس (?=ال)|חמישית"],
  [
    2,
    "twice|doubled?|doubling|doppelt\\p{L}*|verdoppel\\p{L}*|le double|doublé\\p{L}*|el doble|duplic\\p{L}*|ضعف|ضعفي|ضعفا|פי שניים|כפול",
  ],
  [
    3,
    "thrice|triple[ds]?|dreifach\\p{L}*|verdreifach\\p{L}*|triplé?\\p{L}*|triplic\\p{L}*|ثلاثة أضعاف|פי שלושה",
  ],
  [
    4,
    "quadrupled?|vierfach\\p{L}*|vervierfach\\p{L}*|quadruplé?\\p{L}*|cuadruplic\\p{L}*|أربعة أضعاف|פי ארבעה",
  ],
  [5, "fivefold|fünffach\\p{L}*|quintuplé?\\p{L}*|خمسة أضعاف|פי חמישה"],
];
const WORDS = WORD_LISTS.map(
  ([value, words]) =>
    [value, new RegExp(`${NOT_BEFORE}(?:${words})(?:ها|ه|هم)?${NOT_BEHIND}`, "giu")] as const,
);

/** How the words of a list begin, as far as they are written out. */
const beginningsOf = (words: string): readonly string[] =>
  words.split("|").map((word) => word.replace(/(?:.\?|[[(\\]).*$/u, ""));

/** In lower case, one of these stands wherever a ratio does: with any of the patterns, a text without them is not read. */
const SIGN = new RegExp(
  [
    ...WORD_LISTS.flatMap(([, words]) => beginningsOf(words)),
    ...PARTS.flatMap(([, names]) => beginningsOf(names)),
    ..."y media|y medio|and a half|anderthalb|eineinhalb|et demi|שעה וחצי|media hora|demi-heure|halbe stunde".split(
      "|",
    ),
    ..." times | fois | veces |fold|mal so |one in |one out of |one of every | sur | de cada ".split("|"),
    ..."半|成|倍|分之".split("|"),
  ].join("|"),
  "u",
);

/** Of what is more than one, the half says nothing by itself. */
const AND_A_HALF = new RegExp(
  `${NOT_BEFORE}(?:hora y media|(?:año|día|mes) y medio|(?:an?|one) (?:\\p{L}+ )?and a half|anderthalb\\p{L}*|eineinhalb\\p{L}*|heure et demie|an et demi|ساعة ونصف|שעה וחצי)${NOT_BEHIND}|一个半`,
  "giu",
);
const HALF = new RegExp(
  `${NOT_BEFORE}(?:media hora|demi-heure|halbe stunde)${NOT_BEHIND}|半(?=小时|个小时|天|年)`,
  "giu",
);

const PART = PARTS.map(
  ([parts, names]) =>
    [
      parts,
      new RegExp(`${NOT_BEFORE}(?:${COUNT}[ -]|(?<one>${ONE})[ -])(?:${names})${NOT_BEHIND}`, "giu"),
    ] as const,
);
const TIMES = new RegExp(
  `${NOT_BEFORE}${COUNT}(?: times (?=as|more|larger|higher|greater|bigger|the|faster|longer)|-?fold${NOT_BEHIND}|-?mal so | fois (?=plus|supérieur)| veces (?=más|mayor))`,
  "giu",
);
const ONE_IN = new RegExp(
  `${NOT_BEFORE}(?:one (?:in|out of|of every) |(?:une?|uno|una) (?:sur|de cada) )${COUNT}${NOT_BEHIND}`,
  "giu",
);
const HAN_DIGITS = "一二三四五六七八九十";
const HAN =
  /(?<whole>[二三四五六七八九十])分之(?<some>[一二三四五六七八九])|(?<tenths>[一二两三四五六七八九])成(?![员立为功就熟果人年本分])|(?<half>一半|半数)|(?<times>[两二三四五六七八九十])倍/gu;

function countOf(word: string): number {
  const at = COUNTS.findIndex((words) => words.includes(word.toLowerCase()));
  return at < 0 ? Number(word) : at + 2;
}

function hanDigit(sign: string | undefined): number {
  return sign === "两" ? 2 : HAN_DIGITS.indexOf(sign ?? "") + 1;
}

/** The fractions and multiples that are written as words. */
function findRatios(sentence: string): readonly Ratio[] {
  const found: Ratio[] = [];
  // through capitals, as patterns fold them
  const folded = sentence.toUpperCase().toLowerCase();
  if (!SIGN.test(folded)) return found;
  const text = sentence.replaceAll(AND_A_HALF, (words) => {
    found.push({ text: words, value: 1.5 });
    return " ";
  });
  for (const [half] of text.matchAll(HALF)) found.push({ text: half, value: 0.5 });
  for (const [value, words] of WORDS)
    for (const [written] of text.matchAll(words)) found.push({ text: written, value });
  for (const [parts, words] of PART) {
    for (const { 0: written, index, groups } of text.matchAll(words)) {
      const count = groups?.["count"];
      if (
        count === undefined &&
        ORDINAL.test(text.slice(index + written.length)) &&
        /^(?:the|le|la|das)/iu.test(written)
      )
        continue;
      found.push({ text: written, value: (count === undefined ? 1 : countOf(count)) / parts });
    }
  }
  for (const { 0: written, groups } of text.matchAll(TIMES))
    found.push({ text: written.trim(), value: countOf(groups?.["count"] ?? "") });
  for (const { 0: written, groups } of text.matchAll(ONE_IN))
    found.push({ text: written, value: 1 / countOf(groups?.["count"] ?? "") });
  for (const { 0: written, groups = {} } of text.matchAll(HAN)) {
    const { whole, some, tenths, half, times } = groups;
    if (whole !== undefined) found.push({ text: written, value: hanDigit(some) / hanDigit(whole) });
    else if (tenths !== undefined) found.push({ text: written, value: hanDigit(tenths) / 10 });
    else if (half !== undefined) found.push({ text: written, value: 0.5 });
    else if (times !== undefined) found.push({ text: written, value: hanDigit(times) });
  }
  return found;
}

/** The fractions and multiples of a sentence that a passage does not give; `failed` where it gives another one. */
export function otherRatios(
  sentence: string,
  passage: string,
  figures: readonly Figure[],
): { readonly failed: string[]; readonly weak: string[] } {
  const wanted = findRatios(sentence);
  if (wanted.length === 0) return { failed: [], weak: [] };
  const given = findRatios(passage);
  const percentages = figures.flatMap(({ unit, values }) => (unit === "%" ? values : []));
  const failed: string[] = [];
  const weak: string[] = [];
  for (const { text, value } of wanted) {
    const isIn = (other: number): boolean => given.some((each) => isClose(each.value, other));
    if (isIn(value) || percentages.some((each) => isClose(each / 100, value))) continue;
    // "two thirds of" and "a third less", "half of" and "twice as much" may say the same
    if (given.length === 0 || isIn(1 - value) || isIn(1 / value)) weak.push(text);
    else failed.push(text);
  }
  return { failed, weak };
}

/** `60 %` of a text that says "six tenths". */
export function isRatioOf({ unit, values }: Figure, passage: string): boolean {
  return (
    unit === "%" &&
    findRatios(passage).some((ratio) => values.some((value) => isClose(value / 100, ratio.value)))
  );
}

function isClose(one: number, other: number): boolean {
  return Math.abs(one - other) < 0.005;
}
