/** Words that turn a sentence round, or say how far it is certain, in English, German, French, Spanish, Chinese, Japanese, Arabic and Hebrew. */

/** What only looks like a negation. */
const NOT_NEGATED =
  /\b(?:not only|not just|not least|no later than|no fewer than|no\.\s?\d|non-?profit|nicht nur|nicht zuletzt|nichts anderes als|non seulement|no s[oó]lo|no solamente|no obstante|nevertheless|nonetheless|nichtsdestotrotz)|(?:不仅|不僅|不但|不光|不只|不过|不過|不断|不斷|不久|不少|不同|不管|不论|不論|不得不|无论|無論|无线|無線|未来|未來|非常|非洲|不错|不錯|没收|ليس فقط|لا سيما|لا يزال|לא רק)/giu;
const NEGATED = new RegExp(
  String.raw`(?<![\p{L}\p{M}])(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|\p{L}+n['’]t|lacks?|lacking|fails? to|failed to|refuses? to|refused to|unable|impossible|nicht|kein\p{L}{0,2}|nie|niemals|niemand|nichts|weder|ohne|keinesfalls|keineswegs|fehlt|fehlen|pas|jamais|aucune?|sans|nunca|jamás|sin|ning[uú]n[ao]?|tampoco|nadie|nada|non|senza|nessun[ao]?|sem|não|nem|لا|لم|لن|ليس|ليست|ليسوا|غير|بدون|دون|عدم|وليس|ولم|ولا|ولن|לא|אין|אינו|אינה|אינם|אינן|בלי|ללא|מעולם|ואין|ולא|не|нет|без|никогда)(?![\p{L}\p{M}])|(?<![\p{L}])non-(?=\p{L})|[不没沒未无無]|(?<!除)非(?=[\p{sc=Han}])|ない|ません|なかった|なく|않|못했|없|아니`,
  "giu",
);

/** What is not to be, without a word of negation. A `*` stands for any ending. */
const FORBIDDEN = tableOf([
  "forbid* forbade prohibit* ban bans banned disallow* verbiete* verbot* untersag* interdi* prohíb* prohib* يحظر تحظر حظر* محظور* ممنوع* يمنع تمنع אסור* אוסר* נאסר*",
]);
const HAN_FORBIDDEN = /禁止|严禁|不准/u;

/** Each pair: words of one direction, and of the other one. A `*` stands for any ending. */
const OPPOSITES: readonly (readonly [string, string])[] = [
  [
    "more greater higher larger bigger mehr größer* höher* plus supérieur* más mayor mayores superior* أكثر أكبر أعلى יותר",
    "less fewer lower smaller weniger kleiner* niedriger* geringer* moins inférieur* menos menor menores inferior* أقل أصغر أدنى פחות",
  ],
  [
    "faster quicker fastest schneller* schnellst* rapide* rápid* أسرع מהיר*",
    "slower slowest langsamer* langsamst* lent lente* lents lento* lenta* أبطأ איטי*",
  ],
  [
    "often frequently häufig* oft öfter souvent frecuente* غالبا كثيرا",
    "rarely seldom selten* rarement raramente نادرا",
  ],
  [
    "better best besser* beste* bester bestes meilleur* mieux mejor mejores أفضل",
    "worse worst schlechter* schlechtest* pire pires peor peores أسوأ גרוע*",
  ],
  [
    "largest biggest highest most größt* höchst* meist* الأكبر الأعلى",
    "smallest lowest least fewest kleinst* niedrigst* geringst* الأصغر الأدنى",
  ],
  [
    "severe severer severely heavier stronger schwerer* stärker* heftiger* أشد أقوى أثقل חמור* קשה קשים קשות חזק*",
    "mild milder mildly lighter weaker leichter* milder* schwächer* أخف أضعف קל קלה קלים קלות חלש*",
  ],
  ["warmer hotter wärmer* heißer* أدفأ", "colder cooler kälter* kühler* أبرد"],
  ["wider broader breiter* أوسع", "narrower schmaler* أضيق"],
  ["deeper tiefer* أعمق", "shallower flacher*"],
  ["thicker dicker* أسمك", "thinner dünner* أنحف"],
  ["wetter nasser* feuchter*", "drier trockener*"],
  ["richer reicher* أغنى", "poorer ärmer* أفقر"],
  ["closer nearer näher* أقرب", "farther further أبعد"],
  ["safer sicherer*", "riskier unsicherer*"],
  ["easier einfacher* أسهل", "harder schwieriger* أصعب"],
  ["majority mehrheit* mayoría majorité أغلبية רוב", "minority minderheit* minoría minorité أقلية מיעוט"],
  [
    "profit* gewinn gewinne gewinns bénéfice* beneficio* ربح أرباح רווח",
    "loss losses verlust* perte pertes pérdida* خسارة خسائر הפסד",
  ],
  ["import* einfuhr* واردات", "export* ausfuhr* صادرات"],
  ["older oldest älter* ältest* أقدم", "newer newest younger youngest neuer* neuest* jünger* jüngst* أحدث"],
  ["longer longest länger* längst* أطول", "shorter shortest kürzer* kürzest* أقصر"],
  [
    "dearer teurer* cher chère* chers caro cara caros caras أغلى",
    "cheaper cheapest günstiger* billiger* barat* أرخص",
  ],
  [
    "above over exceed* minimum mindestens über oberhalb dessus encima فوق לפחות מעל",
    "below under maximum höchstens unter unterhalb maximal dessous debajo تحت מתחת",
  ],
  [
    "before earlier prior vor bevor früher avant antes قبل לפני",
    "after later nach nachdem später après después بعد אחרי לאחר",
  ],
  [
    "increas* rose rise rises rising grew grow grows growing gain* raised raises expand* stieg* steig* gestiegen* erhöh* wuchs* wächst gewachsen* zugenommen augment* hausse croît aument* subi* sube suben creci* ارتفع* زاد* ازداد* ازدياد ارتفاع עלה עלתה עלו גדל* צמח*",
    "decreas* fell fall falls falling shrank shrink* drop drops dropped lowered declin* reduc* sank* sink* gesunken* fiel* gefallen* verringer* schrumpf* abgenommen diminu* baiss* disminu* bajó bajaron bajan baja cayó cayeron انخفض* تراجع* هبط* انخفاض ירד* פחת* הצטמצם",
  ],
  [
    "with including include includes contains contain mit einschließlich avec con incluye مع עם כולל",
    "without excluding exclude excludes ohne ausgenommen sans sin excluye بدون ללא בלי",
  ],
  [
    "accept* approv* agreed akzeptier* genehmig* bewillig* zustimm* zugestimmt stimmte stimmten acept* aprob* وافق* يوافق توافق אישר*",
    "reject* refus* deny denies denied veto* ablehn* abgelehnt* lehnt* rejet* rechaz* رفض* يرفض ترفض דחה דחתה דחו סירב*",
  ],
  [
    "supported supports unterstütz* befürwort* soutien* soutenu* apoy* يدعم تدعم תומך תומכת",
    "oppos* bekämpf* opon* يعارض تعارض מתנגד*",
  ],
  [
    "open opened opens öffne* geöffnet eröffne* ouvert* ouvre abiert* abre abrió مفتوح* افتتح* פתוח* נפתח*",
    "close closed closes proprietary schließ* schloss geschlossen* ferm* cerrad* cierra cerró مغلق* أغلق* סגור* נסגר*",
  ],
  [
    "success* erfolgreich* gelang réussi* exitos* نجح* הצליח*",
    "failure scheiter* gescheitert misslang échou* fracas* فشل* נכשל*",
  ],
  [
    "true wahr richtig vrai vraie verdader* صحيح* נכון",
    "false untrue falsch unwahr faux fausse falso falsa خاطئ* שגוי",
  ],
  [
    "first erste erster erstes ersten premier* première* primer primera primero الأول* ראשונ* ראשון",
    "last letzt* dernier* dernière* últim* الأخير* אחרונ* אחרון",
  ],
  [
    "beat beats outperform* surpass* übertr* surpasse* supera* superó يتفوق تتفوق تفوق* win wins won gewann* gewonnen gewinnt gagn* ganó ganaron فاز* ניצח* זכה זכתה",
    "underperform* trail trails trailed lose loses lost verlor* verliert perd* perdi* خسر* הפסיד*",
  ],
  ["north* nörd* nord* norte شمال* צפונ* צפון", "south* süd* sud sur جنوب* דרומ* דרום"],
  ["east eastern östlich* osten est este شرق* מזרח*", "west western westlich* westen ouest oeste غرب* מערב*"],
  ["left links gauche izquierd*", "right rechts droite derech*"],
];
/** Pairs whose words also stand where nothing is compared. */
const PREPOSITIONS: ReadonlySet<number> = new Set(
  ["above", "before", "with"].map((word) => OPPOSITES.findIndex(([one]) => one.split(" ").includes(word))),
);
const DIRECTIONS = tableOf(OPPOSITES.flat());
/** What looks like the word of a pair and is none: `at least`, `at most`, `right to`. */
const NO_DIRECTION: Readonly<Record<string, string>> = { least: "at", most: "at" };

/** Words with the index of their line; the beginnings of words in a table of their own. */
interface WordTable {
  readonly words: ReadonlyMap<string, number>;
  readonly beginnings: ReadonlyMap<string, number>;
}

function tableOf(lines: readonly string[]): WordTable {
  const all = lines.flatMap((line, index) => line.split(" ").map((word) => [word, index] as const));
  return {
    words: new Map(all.filter(([word]) => !word.endsWith("*"))),
    beginnings: new Map(
      all.filter(([word]) => word.endsWith("*")).map(([word, index]) => [word.slice(0, -1), index]),
    ),
  };
}

/** The line that a word stands in. */
function lineOf(word: string, { words, beginnings }: WordTable): number | undefined {
  const line = words.get(word);
  if (line !== undefined) return line;
  for (let length = Math.min(word.length, 12); length > 1; length -= 1) {
    const begun = beginnings.get(word.slice(0, length));
    if (begun !== undefined) return begun;
  }
  return undefined;
}

const HAN_OPPOSITES: readonly (readonly [RegExp, RegExp])[] = (
  [
    [
      "高于|大于|多于|超过|超過|高於|大於|多於|更高|更大|更多|较高|较大|至少",
      "低于|小于|少于|不足|低於|小於|少於|更低|更小|更少|较低|较小|至多|最多(?=\\d)",
    ],
    [
      String.raw`(?<=[\p{N}度米元岁歲人个個年%％吨噸克斤里])以上`,
      String.raw`(?<=[\p{N}度米元岁歲人个個年%％吨噸克斤里])以下`,
    ],
    ["更快|较快|最快|快于", "更慢|较慢|最慢|慢于"],
    ["经常|常常|時常|频繁", "很少|极少|罕见|偶尔"],
    ["更好|优于|優於|最好|胜过|好于", "更差|劣于|不如|最差"],
    ["最大|最高|最多(?!\\d)|最长", "最小|最低|最少|最短"],
    ["之前|以前|早于|早於", "之后|以后|之後|以後|晚于|晚於"],
    ["增加|增长|增長|上升|提高|提升|上涨|扩大", "减少|減少|下降|降低|下跌|缩小"],
    ["批准|接受|支持|同意|通过了|通過了", "拒绝|拒絕|反对|反對|驳回|駁回|否决|否決"],
    ["开放|开源|開放|打开", "封闭|闭源|关闭|關閉"],
    ["成功", "失败|失敗"],
    ["第一|首个|首次|最早", "最后|最後|最晚"],
    ["赢|获胜|战胜|勝", "输给|落败|败给|敗"],
    ..."大小 高低 多少 快慢 长短 好坏 早晚 新旧 贵贱 强弱 重轻"
      .split(" ")
      .map(
        ([one, other]) =>
          [
            `${one}(?=[。，；！？、]|$|于|一些|得多|了)`,
            `${other}(?=[。，；！？、]|$|于|一些|得多|了)`,
          ] as const,
      ),
    ["东|東", "西"],
    ["南", "北"],
    ["増加|増え|上昇", "減少|減っ|低下"],
  ] as const
).map(([one, other]) => [new RegExp(one, "gu"), new RegExp(other, "gu")] as const);

/** What leaves open whether it is so. */
const HEDGED =
  /(?<![\p{L}])(?:may(?= \p{Ll})|might|could|possibly|perhaps|maybe|reportedly|allegedly|supposedly|expected|plans?|planned|planning|proposed|likely|unlikely|probably|rumou?red|potentially|intends?|aims?|hopes?|suspected|könnten?|möglicherweise|vielleicht|vermutlich|wahrscheinlich|angeblich|geplant|plant|soll(?:en|te|ten)?|dürften?|voraussichtlich|peut-être|pourrai(?:t|ent)|probablement|prévu\p{L}*|prévoit|serait|quizás?|tal vez|podrían?|probablemente|supuestamente|previst\p{L}*|planea\p{L}*|espera\p{L}*|ربما|قد(?= [يت])|يمكن أن|من المتوقع|يُتوقع|يتوقع|يعتزم|תعتزم|من المحتمل|يخطط|تخطط|אולי|עשוי\p{L}*|ייתכן|צפוי\p{L}*|מתכננ\p{L}*|מתכוונ\p{L}*)(?![\p{L}])|可能|也许|也許|或许|或許|据称|據稱|据说|預計|预计|计划|計劃|拟|有望|估计|かもしれ|予定|だろう/giu;

/** What leaves no exception. */
const ABSOLUTE =
  /(?<![\p{L}])(?:always|every|everyone|everywhere|all|entirely|completely|fully|totally|solely|exclusively|only|guarante\p{L}*|proves?|proven|undoubtedly|certainly|definitely|unique|immer|jede[rsmn]?|sämtliche\p{L}?|alle[nrsm]?|vollständig|völlig|ausschließlich|nur|einzig\p{L}*|garantier\p{L}*|beweist|zweifellos|toujours|tou(?:s|te|tes)|entièrement|complètement|uniquement|seule?s?|garanti\p{L}*|siempre|tod[oa]s?|completamente|totalmente|únic\p{L}*|sólo|solo|solamente|garantiz\p{L}*|دائما|دائمًا|جميع|كل|بالكامل|تماما|فقط|يضمن|الوحيد\p{L}*|תמיד|כל|לגמרי|לחלוטין|רק|היחיד\p{L}*|מבטיח\p{L}*)(?![\p{L}])|总是|總是|所有|全部|完全|唯一|仅仅|一切|始终|必然|保证|每个|每一|任何|必ず|すべて|全て/giu;

/** The doer stands behind the verb. */
const PASSIVE =
  /(?<![\p{L}])(?:(?:was|were|is|are|been|be|being|got)\s+(?:\p{L}+ly\s+|not\s+|never\s+|also\s+)?\p{L}+(?:ed|en|wn|lt|nt|ght|ut|ld|ft|id|ead|ade)|wurden?|wird|werden|worden|(?:a|ont|avait|fut|furent|est|sont)\s+(?:été\s+)?\p{L}+ée?s?|(?:fue|fueron|es|son|sido)\s+\p{L}+[ai]d[oa]s?|تم|تمت|بواسطة|من قبل|على يد|על ידי|על-ידי|ע"י)(?![\p{L}])|[被由]|によって|により|에 의해/giu;

const COORDINATED =
  /^[\s,]*(?:and|or|und|oder|et|ou|y|e|o|sowie|with|mit|avec|con|&|\/|,|،|、|和|与|與|及|跟|أو|וגם|ו)?[\s,]*و?ו?$/iu;

/** What a comparison compares with: `than X`, `als X`, `que X`, `比X`. */
const COMPARAND =
  /(?<![\p{L}])(?:than|als|que|مقارنة ب|من|مما|מאשר|לעומת)\s+(?:(?:the|that|those|of|der|die|das|den|dem|le|la|les|el|los|las|al|del)\s+)*([\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*)|比([\p{sc=Han}]{2,4}|[\p{sc=Latin}\p{N}._-]+)/giu;

export interface Cues {
  /** It says that something is not so, or is not to be. */
  readonly negated: boolean;
  /** For each pair of opposites, in the order of the text: 1 for a word of the first, -1 for one of the second. */
  readonly directions: readonly (readonly Direction[])[];
  readonly hedges: readonly string[];
  readonly absolutes: readonly string[];
  readonly passive: boolean;
}

export function cuesOf(text: string): Cues {
  const affirmed = text.replaceAll(NOT_NEGATED, (words) => "_".repeat(words.length));
  const words = wordsOf(text);
  const forbids = words.some((word) => lineOf(word, FORBIDDEN) !== undefined) || HAN_FORBIDDEN.test(text);
  return {
    negated: affirmed.search(NEGATED) >= 0 !== forbids,
    directions: [
      ...directionsOf(words),
      ...(HAN.test(text) ? HAN_OPPOSITES.map((pair) => inOrder(text, pair)) : []),
    ],
    hedges: text.match(HEDGED) ?? [],
    absolutes: text.match(ABSOLUTE) ?? [],
    passive: text.search(PASSIVE) >= 0,
  };
}

const HAN = /\p{sc=Han}/u;

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/\p{L}[\p{L}\p{M}]*/gu) ?? [];
}

type Direction = 1 | -1;

function directionsOf(words: readonly string[]): readonly (readonly Direction[])[] {
  const found: Direction[][] = OPPOSITES.map(() => []);
  for (const [at, word] of words.entries()) {
    const line = lineOf(word, DIRECTIONS);
    if (line === undefined || (word in NO_DIRECTION && words[at - 1] === NO_DIRECTION[word])) continue;
    found[Math.floor(line / 2)]?.push(line % 2 === 0 ? 1 : -1);
  }
  return found;
}

function inOrder(text: string, [one, other]: readonly [RegExp, RegExp]): readonly Direction[] {
  return [
    ...[...text.matchAll(one)].map(({ index }) => ({ index, direction: 1 as const })),
    ...[...text.matchAll(other)].map(({ index }) => ({ index, direction: -1 as const })),
  ]
    .sort((left, right) => left.index - right.index)
    .map(({ direction }) => direction);
}

/** Whether the words of a pair always say how two things differ. */
export function isTelling(pair: number): boolean {
  return !PREPOSITIONS.has(pair);
}

/** Whether a word is one of a pair of opposites: which one is checked by itself. */
export function isOpposite(word: string): boolean {
  return lineOf(word.toLowerCase(), DIRECTIONS) !== undefined;
}

/** The words that a text compares with. */
export function comparands(text: string): readonly string[] {
  return [...text.matchAll(COMPARAND)].flatMap(([, spaced, han]) => spaced ?? han ?? []);
}

/** The words of a text that negate. */
export function negations(text: string): readonly string[] {
  return text.replaceAll(NOT_NEGATED, (words) => "_".repeat(words.length)).match(NEGATED) ?? [];
}

/** Whether what stands between two names only lists them, so that their order means nothing. */
export function isCoordinated(between: string): boolean {
  return COORDINATED.test(between);
}
