import { stemKey } from "../terms.ts";
import { unitPhraseOf } from "./unit-phrases.ts";

const THOUSAND = 1_000;
const MILLION = 1_000_000;
const BILLION = 1_000_000_000;
const TRILLION = 1_000_000_000_000;

/** What a number is multiplied with by the word behind it; in lower case. `billones` and `Billionen` are 10^12. */
const SCALES: ReadonlyMap<string, number> = new Map(
  (
    [
      [THOUSAND, "thousand thousands tausend mille mil миллe тысяч тысячи ألف ألفا ألفاً آلاف אלף אלפים 千"],
      [10_000, "万 萬"],
      [100_000_000, "亿 億"],
      [
        MILLION,
        "million millions mn mio mio. millionen millón millones milioni milhões миллион миллиона миллионов مليون مليونا مليوناً ملايين מיליון מיליוני",
      ],
      [
        BILLION,
        "billion billions bn mrd mrd. milliarde milliarden milliard milliards miliardi bilhões миллиард миллиарда миллиардов مليار مليارا ملياراً مليارات מיליארד מיליארדי",
      ],
      [TRILLION, "trillion trillions tn billionen billón billones تريليون تريليونات טריליון 兆"],
    ] as const
  ).flatMap(([value, words]) => words.split(" ").map((word) => [word, value] as const)),
);
/** Letters right behind a number, as in `32.5B`. */
const SUFFIXES: Readonly<Record<string, number>> = {
  k: THOUSAND,
  K: THOUSAND,
  M: MILLION,
  B: BILLION,
  T: TRILLION,
  Md: BILLION,
};
/** `17,5 M€`, `3 Md€`. */
const SUFFIX_OF_MONEY = /^[ \u00a0\u202f]?(k|K|M|B|T|Md)(?=[€$£¥])/u;

/** Units of measurement and currencies: each line is one unit in its spellings, the first is its name. */
const UNITS: ReadonlyMap<string, string> = new Map(
  `% percent prozent pourcent porciento percento procent процент процента процентов بالمئة بالمائة אחוז אחוזים パーセント 퍼센트
  km kilometre kilometer kilometres kilometers kilomètre kilomètres kilómetro kilómetros 公里 千米 كيلومترا كيلومتر كيلومترات קילומטר ק"מ キロ
  nmi 海里
  m metre meter metres meters mètre mètres metro metros 米 متر متراً أمتار מטר מטרים
  cm centimetre centimeter zentimeter centimetres centimeters centimètres centímetros 厘米 سنتيمتر
  mm millimetre millimeter millimetres millimeters 毫米
  mi mile miles meile meilen milles millas 英里 ميل أميال
  ft foot feet fuß 英尺 قدم
  kg kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes kilogramo kilogramos 公斤 千克 كيلوغرام كجم ק"ג
  g gram grams gramm gramme grammes gramos 克 غرام
  mg milligram milligrams milligramm 毫克
  t tonne tonnes ton tons tonnen toneladas 吨 噸 طن طنا أطنان טון טונות
  lb lbs 磅
  pound pounds pfund livre livres libra libras
  kb kilobyte kilobytes
  mb megabyte megabytes 兆字节
  gb gigabyte gigabytes giga go 吉字节
  tb terabyte terabytes
  kib
  mib
  gib
  ms millisecond milliseconds millisekunde millisekunden millisecondes milisegundos 毫秒
  s sec second seconds sekunde sekunden seconde secondes segundo segundos 秒 秒钟 ثانية ثوان שנייה שניות
  min minute minutes minuten minuto minutos 分钟 分鐘 دقيقة دقائق דקה דקות
  h hr hour hours stunde stunden heure heures hora horas 小时 小時 ساعة ساعات שעה שעות
  d day days tag tage tagen jour jours día días 天 يوم أيام יום ימים
  week weeks woche wochen semaine semaines semana semanas 周 星期 أسبوع أسابيع שבוע שבועות
  month months monat monate monaten mois mes meses 个月 個月 شهر أشهر חודש חודשים
  year years yr yrs jahr jahre jahren an ans année années año años سنة سنوات عام عاما أعوام שנה שנים
  °c celsius 摄氏度
  °f fahrenheit 华氏度
  $ usd us$ dollar dollars dólares 美元 دولار דולר
  € eur euro euros 欧元 歐元 يورو אירו
  £ gbp sterling 英镑 英鎊
  ¥ yuan rmb cny 元 人民币 يوان
  jpy yen 日元 円
  mark dm reichsmark 马克 مارك מרק
  franc francs franken chf 法郎 فرنك פרנק
  krone kronen kroner krona kronor 克朗 كرونة
  rouble roubles ruble rubles rubel рублей 卢布 روبل
  rupee rupees rupien 卢比 روبية
  lira 里拉 ليرة
  dinar dinars دينار دنانير
  dirham dirhams درهم
  riyal riyals ريال
  shekel shekels nis ₪ 谢克尔 שקל שקלים ש"ח
  krw 韩元
  peso pesos
  peseta pesetas peseten
  zloty zlotys złoty pln
  forint forints huf
  rand zar
  real reais brl
  gulden guilder guilders
  taler thaler thalers
  escudo escudos
  hryvnia hrywnja uah
  sgd
  hk$ hkd 港元 港币
  新台币 新臺幣 台币
  won 원
  baht thb
  schilling schillings shilling shillings
  km/h kmh kph 公里/小时
  mph
  m/s
  kn knot knots knoten 节 節 عقدة קשר
  inch inches zoll 英寸 بوصة
  yd yard yards 码
  oz ounce ounces unze unzen 盎司
  gal gallon gallons gallonen 加仑
  acre acres 英亩 فدان
  mu 亩 畝
  mi²
  ft²
  ft³
  km³
  kcal calorie calories kalorien 卡路里
  db decibel decibels dezibel 分贝
  bar
  hp horsepower ps pferdestärken 马力
  mwh megawattstunde megawattstunden mégawattheures 兆瓦时 兆瓦時
  gwh gigawattstunde gigawattstunden gigawattheures 吉瓦时 吉瓦時
  twh terawattstunde terawattstunden térawattheures 太瓦时
  decade decades jahrzehnt jahrzehnte jahrzehnten عقد عقود עשור עשורים
  century centuries jahrhundert jahrhunderte jahrhunderten 世纪 世紀 قرن قرون
  m² sqm quadratmeter quadratmetern 平方米
  km² sqkm quadratkilometer quadratkilometern 平方公里 平方千米
  m³ kubikmeter kubikmetern 立方米
  v volt volts
  w watt watts 瓦
  kw kilowatt kilowatts kilovatios 千瓦 كيلوواط كيلووات קילוואט
  mw megawatt megawatts megavatios 兆瓦 ميغاواط ميجاوات מגוואט מגה-וואט
  gw gigawatt gigawatts gigavatios 吉瓦 غيغاواط جيجاوات גיגוואט
  kwh kilowattstunde kilowattstunden kilowattheure kilowattheures 千瓦时 千瓦時 度电 度電
  hz hertz
  mhz megahertz
  ghz gigahertz
  l litre liter litres liters litro litros 升 لتر
  ml millilitre milliliter 毫升
  ha hectare hectares hektar hectárea hectáreas 公顷 هكتار هكتارا هكتارات הקטר הקטרים
  °`
    .split("\n")
    .flatMap((line) => {
      const [name = "", ...others] = line.trim().split(" ");
      return [name, ...others].map((spelling) => [spelling, name] as const);
    }),
);

/** Units of the same name, as far as one cannot tell: a pound of money or of weight, a degree of whatever scale. */
const ALIKE: ReadonlySet<string> = new Set(
  ["pound lb", "pound £", "° °c", "° °f"].flatMap((pair) => [pair, pair.split(" ").reverse().join(" ")]),
);

/** Whether two units may be one. */
export function isSameUnit(one: string | undefined, other: string | undefined): boolean {
  return one === other || ALIKE.has(`${one} ${other}`);
}

/** What a head of a column says of the numbers below it: `Area (ha)`, `产量（万吨）`, `Cost in million €`. */
export function measureOfHead(head: string): Pick<Measure, "scale" | "unit"> | undefined {
  const inside =
    /[(（[]\s*([^()（）[\]]+?)\s*[)）\]]\s*$/u.exec(head)?.[1] ?? /(?:^|\s)in\s+(\S.*)$/u.exec(head)?.[1];
  if (inside === undefined) return undefined;
  const { scale, unit, isMeasured } = measureAt(`1 ${inside}`, 0, 1);
  return isMeasured || scale > 1 ? { scale, ...(isMeasured && unit !== undefined && { unit }) } : undefined;
}

const SPACES = String.raw`[ \t\u00a0\u202f]`;
const WORD_BEHIND = new RegExp(
  String.raw`^${SPACES}*-?${SPACES}*(°\p{sc=Latin}?|[$€£¥%]|[\p{L}](?:[\p{L}\p{M}]|["'’](?=\p{L}))*(?:\.|[²³]|/[hs](?!\p{L}))?)`,
  "u",
);
/** `千瓦` and `兆瓦` are units. */
const HAN_SCALE = /^[ \t]*([万萬亿億]|[千兆](?![瓦米克卡赫字焦帕]))/u;
const PERCENT_OF_SEVERAL_WORDS = /^\s*(?:per cent|pour cent|por ciento|per cento|في المئة|في المائة)/iu;
const HAN_UNIT = /^[ \t]*(?:个月|個月|个小时|\p{sc=Han}{1,3}|[円キロパーセント퍼]+)/u;
const MONEY_BEFORE = /(?:US\$|[$€£¥]|USD|EUR|GBP|CNY|RMB)\s?$/u;

/** What stands around a number: how much it is multiplied by, what it counts, and where that ends. */
export interface Measure {
  readonly scale: number;
  /** Name of the unit, or the stem of the word behind the number. */
  readonly unit?: string;
  /** It is a unit of measurement or a currency, not just the word behind the number. */
  readonly isMeasured: boolean;
  readonly end: number;
}

export function measureAt(text: string, start: number, end: number): Measure {
  let at = end;
  let scale = 1;
  const suffix = SUFFIXES[text.charAt(at)];
  const ofMoney = SUFFIX_OF_MONEY.exec(text.slice(at, at + 8));
  if (suffix !== undefined && !/[\p{L}\p{N}]/u.test(text.charAt(at + 1))) {
    scale = suffix;
    at += 1;
  } else if (ofMoney !== null) {
    scale = SUFFIXES[ofMoney[1] ?? ""] ?? 1;
    at += ofMoney[0].length;
  }
  const money = MONEY_BEFORE.exec(text.slice(Math.max(0, start - 5), start))?.[0]
    .trim()
    .toLowerCase();
  if (money !== undefined && scale === 1 && /^m(?![\p{L}\p{N}²³/])/u.test(text.slice(at, at + 2))) {
    scale = MILLION;
    at += 1;
  }
  for (;;) {
    const han = HAN_SCALE.exec(text.slice(at, at + 8));
    const word = han ?? WORD_BEHIND.exec(text.slice(at, at + 40));
    const factor =
      SCALES.get(word?.[1]?.toLowerCase() ?? "") ??
      SCALES.get(word?.[1]?.toLowerCase().replace(/\.$/, "") ?? "");
    if (word === null || factor === undefined) break;
    scale *= factor;
    at += word[0].length;
  }
  const currency = money === undefined ? undefined : UNITS.get(money);
  if (currency !== undefined) return { scale, unit: currency, isMeasured: true, end: at };
  return { scale, ...unitAt(text, at) };
}

/** `two of them`: what is counted stands elsewhere. */
const PART_OF_THEM =
  /^(?:them|these|those|which|whom|davon|darunter|d['’]entre|eux|elles|ellos|ellas|منها|منهم|מהם|מהן)$/iu;

function unitAt(text: string, at: number): Omit<Measure, "scale"> {
  const behind = text.slice(at, at + 40);
  const phrase = unitPhraseOf(behind);
  if (phrase !== undefined) return { unit: phrase.unit, isMeasured: true, end: at + phrase.length };
  const percent = PERCENT_OF_SEVERAL_WORDS.exec(behind);
  if (percent !== null) return { unit: "%", isMeasured: true, end: at + percent[0].length };
  const han = HAN_UNIT.exec(behind)?.[0].trim() ?? "";
  for (let length = han.length; length > 0; length -= 1) {
    const unit = UNITS.get(han.slice(0, length));
    if (unit !== undefined) return { unit, isMeasured: true, end: at + behind.indexOf(han) + length };
  }
  const word = WORD_BEHIND.exec(
    behind.replace(/^\s*(?:(?:de|of|von)\s+|d['’]\s*)/u, (of) => " ".repeat(of.length)),
  );
  const written = word?.[1]?.replace(/\.$/, "") ?? "";
  // a single letter is a unit only as it is written: 5 m, not 5 M
  const lower = written.toLowerCase();
  const known =
    UNITS.get(written.length === 1 ? written : lower) ??
    (written.length > 3 ? UNITS.get(lower.replace(/(?:[ns]|اً?)$/u, "")) : undefined) ??
    (/\/[hs]$/u.test(lower) ? UNITS.get(lower.replace(/\/[hs]$/u, "")) : undefined);
  if (word !== null && known !== undefined)
    return { unit: known, isMeasured: true, end: at + word[0].length };
  const key = /\p{sc=Han}/u.test(written) || PART_OF_THEM.test(written) ? undefined : stemKey(written);
  return { ...(key !== undefined && { unit: key }), isMeasured: false, end: at };
}
