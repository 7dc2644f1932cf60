import { perWord } from "../../text/per-word.ts";
import { createWordPatterns } from "../../text/word-patterns/word-patterns.ts";
import { once } from "./once.ts";
import { HAN_OPPOSITES, OPPOSITES } from "./opposites.ts";

/** Words that turn a sentence round, or say how far it is certain, in English, German, French, Spanish, Chinese, Japanese, Arabic and Hebrew. */

/** Makes a pattern of cues. */
export const cue = createWordPatterns();

/** What goes on. */
const STILL = cue(
  String.raw`(?<![\p{L}])(?:still|noch(?! (?:nicht|nie|kein))|weiterhin|nach wie vor|encore|toujours|todavía|aún|sigue\p{L}*|siguen|ما زال\p{L}*|ما يزال|لا يزال|لا تزال|עדיין)(?![\p{L}])|仍|还在|還在|依然|依旧|まだ|今も`,
);

/** "in the cellar, but not in the hall": what excepts with a word of negation. */
export const EXCEPTING = String.raw`(?:but|and) not (?=(?:in|on|at|for|with|the|to|of|from|by|those|when|if)\b)|(?:und|aber) nicht (?=(?:in|auf|im|am|an|mit|von|bei|für|zum?|zur|aus|nach|der|die|das|den|dem)\b)|(?:et non|mais pas|mais non|y no|pero no) (?=(?:à|au|en|dans|sur|pour|par|avec|de|des|les?|la|por|con|el|los|las)\b)|(?<!\p{L})وليس (?=\p{L})|(?<!\p{L})ולא (?=[בלמה])|而不是|而非`;
/** What only looks like a negation. */
const NOT_NEGATED = cue(
  String.raw`(?<![\p{L}])(?:${EXCEPTING})|` +
    String.raw`\b(?:not only|not just|not least|no later than|no (?:fewer|less|more) than|(?:not|never|cannot) (?:be )?(?:exceed|(?:larger|bigger|higher|greater|longer|heavier|more|older|taller) than)(?= [\p{Sc}]?\p{N})|nicht (?:mehr|größer|höher|länger|älter|schwerer) als(?= \p{N})|no\.\s?\d|non-?profit|nicht nur|nicht zuletzt|nichts anderes als|non seulement|no s[oó]lo|no solamente|no obstante|nevertheless|nonetheless|nichtsdestotrotz)|(?:不仅|不僅|不但|不光|不只|不过|不過|不断|不斷|不久|不少|不同|不管|不论|不論|不得不|无论|無論|无线|無線|未来|未來|非常|非洲|不错|不錯|没收|ليس فقط|لا سيما|لا يزال|לא רק)`,
);
const NEGATED = cue(
  String.raw`(?<![\p{L}\p{M}])(?:not|no|never|none|ni|nobody|nothing|nowhere|neither|nor|cannot|hardly|scarcely|barely|rarely|seldom|\p{L}+n['’]t|yet to|(?<!(?:is|are|was|were|be|been|being) )used to(?= (?:be|have|live|work))|unable|impossible|nicht|kaum|selten|kein\p{L}{0,2}|nie|niemals|niemand|nichts|weder|keinesfalls|keineswegs|pas|guère|rarement|n(?:e\s+|['’])(?:\p{L}+\s+){1,3}?(?:plus|guère)|jamais|aucune?|nunca|jamás|apenas|raramente|ning[uú]n[ao]?|tampoco|nadie|nada|non|nessun[ao]?|sem|não|nem|لا|لم|لن|ليس|ليست|ليسوا|غير|نادرا|وليس|ولم|ولا|ولن|לא|אין|אינו|אינה|אינם|אינן|בקושי|מעולם|טרם|ואין|ולא|не|нет|никогда)(?![\p{L}\p{M}])|(?<![\p{L}])non-(?=\p{L})|[不没沒未无無]|很少|极少|(?<!除)非(?=[\p{sc=Han}])|ない|ません|なかった|なく|않|못했|없|아니`,
  "n't",
  "n’t",
);

/** Words that negate what they are said of, and that another negation takes back: "did not refuse to". */
const UNDONE = cue(
  String.raw`(?<![\p{L}\p{M}])(?:without|lack(?:s|ed|ing)?|lack of|avoid(?:s|ed|ing)?|prevent(?:s|ed|ing)?(?= [^.;,]{1,40} from )|fails? to|failed to|failure to|refus(?:es?|ed|al|ing) to|declin(?:es?|ed|ing) to|out of (?:service|order|use|print|action)|(?:stop|quit|ceas|halt|end|abandon)(?:s|p?ed|es)?(?= \p{Ll}+ing)|ceased? to|ohne|fehlt|fehlen|vermeid\p{L}*|meide[tn]|mied|mangelt|außer betrieb|weigert?en? (?:es )?sich|verzichte\p{L}* auf|unterl(?:ässt|ieß|ießen|assen)|sans|évit(?:e|ent|ait|aient|a|er|é)|manquent? de|dépourvue?s?|hors service|renonc\p{L}* à|sin|evit(?:a|an|ó|aba|ar)|carec\p{L}*|dej(?:a|an|ó|aron|ado|ar|aba|aban) de|se neg(?:ó|aron|aba|aban) a|se niegan? a|rehus\p{L}*|renunci\p{L}* a|fuera de servicio|senza|sem|بدون|دون|عدم|يفتقر|تفتقر|يتجنب|تتجنب|تجنب|رفض\p{L}*|يرفض|ترفض|امتنع\p{L}*|توقف\p{L}* عن|בלי|ללא|סירב\p{L}*|הפסיק\p{L}*|נמנע\p{L}*|חדל\p{L}*|без)(?![\p{L}\p{M}])|(?<![\p{L}])(?:refus\p{L}*|cess\p{L}*|défendue?s?|défense) d(?:e(?!\p{L})|['’])|拒绝|拒絕|避免|缺乏|缺少|停止|放弃|放棄|停用|停运`,
);

/** What is not to be, without a word of negation. A `*` stands for any ending. */
const lineForbidding = tableOf([
  "forbid* forbade prohibit* ban bans banned disallow* verbiete* verbot* untersag* interdi* prohíb* prohib* يحظر تحظر حظر* محظور* ممنوع* يمنع تمنع אסור* אוסר* נאסר*",
]);
const HAN_FORBIDDEN = /禁止|严禁|不准/u;

/** Pairs whose words also stand where nothing is compared. */
const PREPOSITIONS: ReadonlySet<number> = new Set(
  ["above", "before", "with", "twice"].map((word) =>
    OPPOSITES.findIndex(([one]) => one.split(" ").includes(word)),
  ),
);
const PLACES: ReadonlySet<number> = new Set(
  ["north*", "east", "left"].map((word) => OPPOSITES.findIndex(([one]) => one.split(" ").includes(word))),
);
const lineOfDirection = tableOf(OPPOSITES.flat());
/** What looks like the word of a pair and is none: `at least`, `at most`, `right to`. */
const NO_DIRECTION: Readonly<Record<string, string>> = { least: "at", most: "at" };

/** No beginning of a word in a table is longer. */
const LONGEST = 12;

/** The line of a table that a word stands in, or begins as one that ends in a `*`; null where there is none. */
function tableOf(lines: readonly string[]): (word: string) => number | null {
  const all = lines.flatMap((line, index) => line.split(" ").map((word) => [word, index] as const));
  const words = new Map(all.filter(([word]) => !word.endsWith("*")));
  const beginnings = new Map(
    all.filter(([word]) => word.endsWith("*")).map(([word, index]) => [word.slice(0, -1), index]),
  );
  return perWord((word) => {
    const line = words.get(word);
    if (line !== undefined) return line;
    for (let length = Math.min(word.length, LONGEST); length > 1; length -= 1) {
      const begun = beginnings.get(word.slice(0, length));
      if (begun !== undefined) return begun;
    }
    return null;
  });
}

/** What leaves open whether it is so. */
const HEDGED = cue(
  String.raw`(?<![\p{L}])(?:may(?= \p{Ll})|might|could|possibly|perhaps|maybe|reportedly|allegedly|supposedly|expected|plans?|planned|planning|proposed|likely|unlikely|probably|rumou?red|potentially|intends?|aims?|hopes?|suspected|könnten?|möglicherweise|vielleicht|vermutlich|wahrscheinlich|angeblich|geplant|plant|soll(?:en|te|ten)?|dürften?|voraussichtlich|peut-être|pourrai(?:t|ent)|probablement|prévu\p{L}*|prévoit|serait|quizás?|tal vez|podrían?|probablemente|supuestamente|previst\p{L}*|planea\p{L}*|espera\p{L}*|ربما|قد(?= [يت])|يمكن أن|من المتوقع|يُتوقع|يتوقع|يعتزم|תعتزم|من المحتمل|يخطط|تخطط|אולי|עשוי\p{L}*|ייתכן|צפוי\p{L}*|מתכננ\p{L}*|מתכוונ\p{L}*)(?![\p{L}])|可能|也许|也許|或许|或許|据称|據稱|据说|預計|预计|计划|計劃|拟|有望|估计|かもしれ|予定|だろう|[?？؟]\s*$`,
);

/** What leaves no exception. */
const ABSOLUTE = cue(
  String.raw`(?<![\p{L}])(?:always|every|everyone|everywhere|all|entirely|completely|fully|totally|solely|exclusively|only|guarante\p{L}*|proves?|proven|undoubtedly|certainly|definitely|unique|immer|jede[rsmn]?|sämtliche\p{L}?|alle[nrsm]?|vollständig|völlig|ausschließlich|nur|einzig\p{L}*|garantier\p{L}*|beweist|zweifellos|toujours|tou(?:s|te|tes)|entièrement|complètement|uniquement|seule?s?|garanti\p{L}*|siempre|tod[oa]s?|completamente|totalmente|únic\p{L}*|sólo|solo|solamente|garantiz\p{L}*|دائما|دائمًا|جميع|كل|بالكامل|تماما|فقط|يضمن|الوحيد\p{L}*|תמיד|כל|לגמרי|לחלוטין|רק|היחיד\p{L}*|מבטיח\p{L}*)(?![\p{L}])|总是|總是|所有|全部|完全|唯一|仅仅|一切|始终|必然|保证|每个|每一|任何|必ず|すべて|全て`,
);

/** The doer stands behind the verb. */
const PASSIVE = cue(
  String.raw`(?<![\p{L}])(?:(?:was|were|is|are|been|be|being|got)\s+(?:\p{L}+ly\s+|not\s+|never\s+|also\s+)?\p{L}+(?:ed|en|wn|lt|nt|ght|ut|ld|ft|id|ead|ade)|wurden?|wird|werden|worden|(?:a|ont|avait|fut|furent|est|sont)\s+(?:pas\s+)?(?:été\s+)?\p{L}+ée?s?|(?:ist|sind|war|waren)\s+(?:\p{L}+\s+){0,5}?(?:ge|be|ver|er|ent)\p{L}+(?:en|t)(?=\s*(?:[.,;:]|$))|(?:fue|fueron|es|son|sido|está|están)\s+\p{L}+[ai]d[oa]s?|تم|تمت|بواسطة|من قبل|على يد|על ידי|על-ידי|ע"י)(?![\p{L}])|[被由]|受(?=\p{sc=Han}{1,8}影响)|によって|により|에 의해`,
);

const COORDINATED =
  /^[\s,]*(?:and|or|und|oder|et|ou|y|e|o|sowie|with|mit|avec|con|&|\/|,|،|、|和|与|與|及|跟|أو|וגם|ו)?[\s,]*و?ו?$/iu;

/** What a comparison compares with: `than X`, `als X`, `que X`, `比X`. */
const COMPARAND = cue(
  String.raw`(?<![\p{L}])(?:than|als|que|مقارنة ب|من|مما|מאשר|לעומת)\s+(?:(?:the|that|those|of|der|die|das|den|dem|le|la|les|el|los|las|al|del)\s+)*([\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*)|比([\p{sc=Han}]{2,4}|[\p{sc=Latin}\p{N}._-]+)`,
);

export interface Cues {
  /** It says that something is not so, or is not to be. */
  readonly negated: boolean;
  /** The same, but for the negations that are words of these pairs of opposites. */
  negatedBeside(pairs: ReadonlySet<number>): boolean;
  /** For each pair of opposites, in the order of the text: 1 for a word of the first, -1 for one of the second. */
  readonly directions: readonly (readonly Direction[])[];
  readonly hedges: readonly string[];
  readonly absolutes: readonly string[];
  /** Words by which it goes on. */
  readonly still: readonly string[];
  readonly passive: boolean;
}

/** Each of them is worked out when it is asked for. */
export function cuesOf(text: string): Cues {
  const affirmed = once(() => withoutAffirming(text));
  const words = once(() => wordsOf(text));
  const forbids = once(
    () => words().some((word) => lineForbidding(word) !== null) || HAN_FORBIDDEN.test(text),
  );
  const directions = once(() => directionsIn(text, words()));
  const negated = once(() => (NEGATED.test(affirmed()) !== UNDONE.test(affirmed())) !== forbids());
  const negatedBeside = (pairs: ReadonlySet<number>): boolean => {
    if (pairs.size === 0) return negated();
    const isBeside = ([written]: RegExpExecArray): boolean =>
      !directionsIn(written).some((each, pair) => each.length > 0 && pairs.has(pair));
    const [plain, undone] = [NEGATED, UNDONE].map((signs) => signs.matchAll(affirmed()).some(isBeside));
    return (plain !== undone) !== forbids();
  };
  const hedges = once(() => HEDGED.match(text));
  const absolutes = once(() => ABSOLUTE.match(text));
  const still = once(() => STILL.match(text));
  const passive = once(() => PASSIVE.test(text));
  return {
    get negated() {
      return negated();
    },
    negatedBeside,
    get directions() {
      return directions();
    },
    get hedges() {
      return hedges();
    },
    get absolutes() {
      return absolutes();
    },
    get still() {
      return still();
    },
    get passive() {
      return passive();
    },
  };
}

/** The text without what only looks like a negation, each index where it was. */
function withoutAffirming(text: string): string {
  return NOT_NEGATED.replaceAll(text, (words) => "_".repeat(words.length));
}

const HAN = /\p{sc=Han}/u;

function directionsIn(text: string, words = wordsOf(text)): readonly (readonly Direction[])[] {
  const found = directionsOf(words);
  return HAN.test(text) ? [...found, ...HAN_OPPOSITES.map((pair) => inOrder(text, pair))] : found;
}

/** Bounds that are written as several words, as words of the table. */
const LEAST = cue(
  String.raw`(?<![\p{L}])(?:at least|no (?:fewer|less) than|not (?:fewer|less) than|au moins|al menos|por lo menos|como mínimo|على الأقل)(?![\p{L}])`,
);
const MOST = cue(
  String.raw`(?<![\p{L}])(?:at most|no more than|not more than|(?:not|never|cannot) (?:be )?(?:exceed|(?:larger|bigger|higher|greater|longer|heavier|more|older|taller) than)(?= [\p{Sc}]?\p{N})|up to(?= [\p{Sc}]?\p{N})|bis zu(?= \p{N})|nicht (?:mehr|größer|höher|länger|älter|schwerer) als(?= \p{N})|jusqu['’]à(?= \p{N})|hasta(?= \p{N})|au (?:plus|maximum)|a lo sumo|como (?:máximo|mucho)|على الأكثر|לכל היותר)(?![\p{L}])`,
);

function wordsOf(text: string): readonly string[] {
  return (
    MOST.replaceAll(
      LEAST.replaceAll(text, () => " minimum "),
      () => " maximum ",
    )
      .toLowerCase()
      .match(/\p{L}[\p{L}\p{M}]*/gu) ?? []
  );
}

type Direction = 1 | -1;

const NONE: readonly Direction[] = [];
const UNTURNED = OPPOSITES.map(() => NONE);

function directionsOf(words: readonly string[]): readonly (readonly Direction[])[] {
  let found: (readonly Direction[])[] | undefined;
  for (const [at, word] of words.entries()) {
    const line = lineOfDirection(word);
    if (line === null || (word in NO_DIRECTION && words[at - 1] === NO_DIRECTION[word])) continue;
    const pair = Math.floor(line / 2);
    found ??= [...UNTURNED];
    found[pair] = [...(found[pair] ?? NONE), line % 2 === 0 ? 1 : -1];
  }
  return found ?? UNTURNED;
}

function inOrder(text: string, [one, other]: readonly [RegExp, RegExp]): readonly Direction[] {
  return [
    ...[...text.matchAll(one)].map(({ index }) => ({ index, direction: 1 as const })),
    ...[...text.matchAll(other)].map(({ index }) => ({ index, direction: -1 as const })),
  ]
    .sort((left, right) => left.index - right.index)
    .map(({ direction }) => direction);
}

/** Whether the words of a pair are places as well, which may be named beside what is compared. */
export function isPlace(pair: number): boolean {
  return PLACES.has(pair);
}

/** Whether the words of a pair always say how two things differ. */
export function isTelling(pair: number): boolean {
  return !PREPOSITIONS.has(pair);
}

const REFUSING: ReadonlySet<number> = new Set(
  ["accept*", "open", "success*", "true"].map((word) =>
    OPPOSITES.findIndex(([one]) => one.split(" ").includes(word)),
  ),
);
const HAN_REFUSING = /^(?:批准|开放|成功)/u;

/** Whether the second word of a pair says that the first is not so: "closed", "rejected". */
export function isRefusing(pair: number): boolean {
  return pair < OPPOSITES.length
    ? REFUSING.has(pair)
    : HAN_REFUSING.test(HAN_OPPOSITES[pair - OPPOSITES.length]?.[0].source ?? "");
}

/** What is no more, so that it is not. */
const REMOVED = cue(
  String.raw`(?<![\p{L}])(?:remov\p{L}*|dropp\p{L}*|discontinu\p{L}*|abolish\p{L}*|scrapp\p{L}*|cancel\p{L}*|withdr\p{L}*|died|dead|destroy\p{L}*|demolish\p{L}*|dissol\p{L}*|gestrichen|abgeschafft|entfernt?|eingestellt|aufgelöst|gestorben|starb\p{L}*|zerstör\p{L}*|abgerissen|supprim\p{L}*|abandonn\p{L}*|détrui\p{L}*|mort\p{L}?|décéd\p{L}*|suprim\p{L}*|elimin\p{L}*|muri\p{L}*|destru\p{L}*|ألغ\p{L}*|توفي\p{L}*|هدم\p{L}*|دمر\p{L}*|בוטל\p{L}*|נהרס\p{L}*|נפטר\p{L}*|הוסר\p{L}*)(?![\p{L}])|取消|废除|拆除|去世|烧毁|销毁`,
);
const WITHOUT = cue(String.raw`(?<![\p{L}])(?:without|ohne|sans|sin|بدون|בלי|ללא)(?![\p{L}])`);
const UNLESS = cue(
  String.raw`(?<![\p{L}])(?:unless|only (?:if|with|when)|es sei denn|nur (?:mit|in|wenn)|à moins|que si|a menos que|s[oó]lo (?:con|si)|إلا|אלא)(?![\p{L}])|除非|只有`,
);

/** Whether one of two texts says in words of its own, which no check reads, that something is not so. */
export function isOddlyNegated(one: string, other: string): boolean {
  return REMOVED.test(one) !== REMOVED.test(other);
}

/** "not without", of which "only with" or "unless" may say the same. */
export function isConditional(one: string, other: string): boolean {
  return WITHOUT.test(one) && !cuesOf(one).negated && UNLESS.test(other);
}

/** Whether a word is one of a pair of opposites: which one is checked by itself. */
export function isOpposite(word: string): boolean {
  return lineOfDirection(word.toLowerCase()) !== null;
}

/** The words that a text compares with. */
export function comparands(text: string): readonly string[] {
  return COMPARAND.matchAll(text).flatMap(([, spaced, han]) => spaced ?? han ?? []);
}

/** The words of a text that negate. */
export function negations(text: string): readonly string[] {
  const affirmed = withoutAffirming(text);
  return [NEGATED, UNDONE].flatMap((signs) => signs.match(affirmed));
}

/** Whether what stands between two names only lists them, so that their order means nothing. */
export function isCoordinated(between: string): boolean {
  return COORDINATED.test(between);
}
