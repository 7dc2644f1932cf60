let made: ReadonlyMap<string, number | undefined> | undefined;
/** Numbers as words, in lower case with spaces for hyphens, and what they mean; with what some begin with, which means none. */
function spelled() {
  if (made !== undefined) return made;
  const all = [english(), german(), french(), spanish(), arabic(), hebrew()].flatMap((each) => [...each]);
  made = new Map([...all.map(([words]) => [words.split(" ", 1)[0] ?? "", undefined] as const), ...all]);
  return made;
}
const LONGEST = 7;

export interface SpelledNumber {
  readonly start: number;
  readonly end: number;
  readonly value: number;
}

const WORD = /\p{L}[\p{L}\p{M}]*/gu;
const JOINED = /^[\s-]+$/u;

/** The numbers of a text that stand there as words, longest first: `forty-eight`, `achtundvierzig`, `quarante-huit`. */
export function findNumberWords(text: string): readonly SpelledNumber[] {
  const words = [...text.toLowerCase().matchAll(WORD)].map((match) => ({
    word: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
  const found: SpelledNumber[] = [...hanNumbers(text)];
  for (let at = 0; at < words.length; at += 1) {
    const most = spelled().has(words[at]?.word ?? "") ? Math.min(LONGEST, words.length - at) : 1;
    for (let count = most; count > 0; count -= 1) {
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

/** German writes what is counted at once: `zweijährig`, `achtundneunzigtausend`. */
const GERMAN_COUNT =
  /^(?<count>\p{L}{3,}?)(?:mal|jährig|tägig|stündig|wöchig|monatig|minütig|fach|köpfig|stöckig|teilig|sprachig|spurig)\p{L}{0,2}$/u;

function valueOf(words: string): number | undefined {
  const value = spelled().get(words);
  if (value !== undefined) return value;
  if (words.includes(" ")) return undefined;
  const thousands = words.endsWith("tausend") ? spelled().get(words.slice(0, -"tausend".length)) : undefined;
  if (thousands !== undefined) return thousands * 1000;
  const count = !/(?:ig|fach|mal|ige[nrsm]?)$/u.test(words)
    ? undefined
    : GERMAN_COUNT.exec(words)?.groups?.["count"];
  return count === undefined ? undefined : spelled().get(count);
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

type Numbers = ReadonlyMap<string, number>;

function list(words: string, from: number, step = 1): readonly (readonly [string, number])[] {
  return words.split(" ").map((word, index) => [word.replaceAll("_", " "), from + index * step] as const);
}

/** Tens with the units behind or before them. */
function composed(
  tens: readonly (readonly [string, number])[],
  units: readonly (readonly [string, number])[],
  join: (ten: string, unit: string) => readonly string[],
): readonly (readonly [string, number])[] {
  return tens.flatMap(([ten, value]) =>
    units.flatMap(([unit, more]) => join(ten, unit).map((word) => [word, value + more] as const)),
  );
}

function english(): Numbers {
  const units = list("one two three four five six seven eight nine", 1);
  const teens = list("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10);
  const tens = list("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10);
  const small = [...units, ...teens, ...tens, ...composed(tens, units, (ten, unit) => [`${ten} ${unit}`])];
  return new Map([
    ...small,
    ...composed(
      units.map(([word, value]) => [`${word} hundred`, value * 100] as const),
      small.filter(([word]) => !word.includes(" ")),
      (hundred, rest) => [`${hundred} and ${rest}`, `${hundred} ${rest}`],
    ),
    ...units.map(([word, value]) => [`${word} hundred`, value * 100] as const),
    ["twice", 2],
    ["thrice", 3],
    ["a hundred", 100],
    ["a dozen", 12],
    ["dozen", 12],
    ["half a dozen", 6],
  ]);
}

function german(): Numbers {
  const units = [...list("zwei drei vier fünf sechs sieben acht neun", 2), ["ein", 1], ["zwo", 2]] as const;
  const teens = list("zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn", 10);
  const tens = list("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig", 20, 10);
  const composite = composed(tens, units, (ten, unit) => [`${unit}und${ten}`]);
  const hundreds = units.map(([word, value]) => [`${word}hundert`, value * 100] as const);
  const plain = units.filter(([word]) => word !== "ein");
  const small = [...plain, ...teens, ...tens, ["dreissig", 30] as const, ...composite];
  return new Map([
    ...small,
    ...hundreds,
    ...composed(hundreds, small, (hundred, rest) => [`${hundred}${rest}`, `${hundred}und${rest}`]),
    ["hundert", 100],
    ["dutzend", 12],
  ]);
}

function behind(ten: string, unit: string): readonly string[] {
  return [`${ten} ${unit}`];
}

function french(): Numbers {
  const units = list("deux trois quatre cinq six sept huit neuf", 2);
  const teens = list("dix onze douze treize quatorze quinze seize dix_sept dix_huit dix_neuf", 10);
  const tens = list("vingt trente quarante cinquante soixante", 20, 10);
  const small = [
    ...units,
    ...teens,
    ...tens,
    ...composed(tens, units, behind),
    ...tens.map(([ten, value]) => [`${ten} et un`, value + 1] as const),
    ...composed([["soixante", 60]], teens, behind),
    ["soixante et onze", 71] as const,
    ["quatre vingts", 80] as const,
    ["quatre vingt un", 81] as const,
    ...composed([["quatre vingt", 80]], [...units, ...teens], behind),
  ];
  const hundreds = [
    ["cent", 100] as const,
    ...units.map(([word, value]) => [`${word} cent`, value * 100] as const),
  ];
  return new Map([
    ...small,
    ...hundreds,
    ...composed(hundreds, [["un", 1], ...small], behind),
    ...units.map(([word, value]) => [`${word} cents`, value * 100] as const),
    ["une douzaine", 12],
  ]);
}

function spanish(): Numbers {
  const units = list("dos tres cuatro cinco seis siete ocho nueve", 2);
  const tens = list("treinta cuarenta cincuenta sesenta setenta ochenta noventa", 30, 10);
  const small = [
    ...units,
    ...list("diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte", 10),
    ...list("veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete", 21),
    ...list("veintiocho veintinueve", 28),
    ...tens,
    ...composed(tens, [...units, ["uno", 1], ["una", 1]], (ten, unit) => [`${ten} y ${unit}`]),
  ];
  const hundreds = [
    ["ciento", 100] as const,
    ...["os", "as"].flatMap((ending) =>
      list(
        `doscient${ending} trescient${ending} cuatrocient${ending} quinient${ending} seiscient${ending} setecient${ending} ochocient${ending} novecient${ending}`,
        200,
        100,
      ),
    ),
  ];
  return new Map([
    ...small,
    ["cien", 100],
    ...hundreds,
    ...composed(hundreds, [["uno", 1], ["una", 1], ...small], behind),
  ]);
}

function arabic(): Numbers {
  const units = [
    ...list("ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة", 3),
    ...list("ثلاث أربع خمس ست سبع ثماني تسع", 3),
    ["اثنان", 2],
    ["اثنين", 2],
    ["اثنتان", 2],
    ["اثنتين", 2],
    ["ثمان", 8],
  ] as const;
  const tens = [
    ...list("عشرون ثلاثون أربعون خمسون ستون سبعون ثمانون تسعون", 20, 10),
    ...list("عشرين ثلاثين أربعين خمسين ستين سبعين ثمانين تسعين", 20, 10),
  ];
  const ones = [["واحد", 1], ["واحدة", 1], ["إحدى", 1], ...units] as const;
  const two = composed(tens, ones, (ten, unit) => [`${unit} و${ten}`]);
  const hundreds = ["مئة", "مائة"].flatMap((hundred) => [
    [hundred, 100] as const,
    ...list("ثلاث أربع خمس ست سبع ثماني تسع", 3).map(
      ([unit, value]) => [`${unit}${hundred}`, value * 100] as const,
    ),
  ]);
  hundreds.push(["مئتان", 200], ["مئتين", 200], ["مائتان", 200], ["مائتين", 200]);
  return new Map([
    ...units,
    ["عشرة", 10],
    ["عشر", 10],
    ["أحد عشر", 11],
    ["إحدى عشرة", 11],
    ["اثنا عشر", 12],
    ["اثني عشر", 12],
    ...composed([["عشر", 10]], units, (ten, unit) => [`${unit} ${ten}`, `${unit} ${ten}ة`]),
    ...tens,
    ...two,
    ...hundreds,
    ...composed(hundreds, [...ones, ...tens, ...two], (hundred, rest) => [`${hundred} و${rest}`]),
  ]);
}

function hebrew(): Numbers {
  const units = [
    ...list("שלוש ארבע חמש שש שבע שמונה תשע", 3),
    ...list("שלושה ארבעה חמישה שישה שבעה שמונה תשעה", 3),
    ["שניים", 2],
    ["שתיים", 2],
  ] as const;
  const tens = list("עשרים שלושים ארבעים חמישים שישים שבעים שמונים תשעים", 20, 10);
  const two = composed(tens, units, (ten, unit) => [`${ten} ו${unit}`]);
  const hundreds = [
    ["מאה", 100] as const,
    ["מאתיים", 200] as const,
    ...list("שלוש ארבע חמש שש שבע שמונה תשע", 3).map(
      ([unit, value]) => [`${unit} מאות`, value * 100] as const,
    ),
  ];
  return new Map([
    ...units,
    ...list("עשר אחד_עשר שנים_עשר", 10),
    ...list("עשרה אחת_עשרה שתים_עשרה", 10),
    ...composed([["עשר", 10]], units, (ten, unit) => [`${unit} ${ten}`, `${unit} ${ten}ה`]),
    ...tens,
    ...two,
    ...hundreds,
    ...composed(hundreds, [...units, ...tens, ...two], (hundred, rest) => [
      `${hundred} ו${rest}`,
      `${hundred} ${rest}`,
    ]),
  ]);
}
