import { perWord } from "../../text/per-word.ts";
import { lettersIn } from "../../text/word-patterns/beginnings.ts";
import { isMonthName } from "./figures/month-names.ts";
import { once } from "./once.ts";
import { stemKey } from "./terms.ts";

/** A name that a text gives: of a person, a product, a place. */
export interface Name {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The keys of its parts. */
  readonly keys: readonly string[];
}

const WORD = /\p{L}[\p{L}\p{M}\p{N}]*(?:['’]\p{L}+)?(?:[-‐‑._/+][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*[+#]*/gu;
/** What a common noun stands behind in German, where all of them have a capital letter. */
const ARTICLE =
  /(?<![\p{L}])(?:d(?:er|ie|as|en|em|es)|(?:k|m|d|s)?ein(?:e[rnsm]?)?|ihre?[rnsm]?|unsere?[rnsm]?|diese?[rnsm]?|[Ww]elche[rnsm]?|[Ww]essen|[Ww]ie viele|jede[rnsm]?|am|im|zum|zur|beim|vom|ins|ans|keine?[rnsm]?|viele|mehrere|alle[rn]?|\p{Ll}+(?:e|en|er|es|em)|\p{N}[\p{N}.,]*|Prozent|Millionen|Milliarden)\s+$/u;
const GERMAN: ReadonlySet<string> = new Set(
  "der das dem und ist sind war wurde wurden wird werden mit von vom nicht ein eine einer einen eines einem auf für haben zum zur über nach beim laut leben lebt wohnen gibt kostet sich liegt steht dieser dieses".split(
    " ",
  ),
);
/** A word that is a name at most in a text of another script. */
const SMALL = /^[a-z]+$/;
const WITHOUT_CAPITALS = /[\p{sc=Han}\p{sc=Arabic}\p{sc=Hebrew}\p{sc=Hiragana}\p{sc=Hangul}]/u;
const LATIN = /^[\p{sc=Latin}]/u;

/**
 * The names of a text: words with a capital letter that do not begin a sentence, with digits or capitals within. In German
 * only those that no article or adjective stands before; scripts without capitals have none but the Latin words in them.
 */
export function findNames(text: string): readonly Name[] {
  const isForeign = WITHOUT_CAPITALS.test(text);
  const isGerman = once(() => lettersIn(text).some((letters) => GERMAN.has(letters)));
  const spaced: Name[] = [];
  for (const { 0: written, index: start } of text.matchAll(WORD)) {
    if (!isForeign && SMALL.test(written)) continue;
    const word = written.replace(/['’]s?$/u, "");
    const keys = keysOfName(word);
    if (keys.length === 0 || isCalendarName(word)) continue;
    if (isName(word, text.slice(0, start), text, isGerman, isForeign))
      spaced.push({ text: word, start, end: start + word.length, keys });
  }
  return isForeign ? [...spaced, ...chinese(text), ...titled(text)] : spaced;
}

const keysOfName = perWord((word): readonly string[] =>
  word.split(/[-‐‑/_]/u).flatMap((part) => stemKey(part.replace(/^\p{L}['’](?=\p{Lu})/u, "")) ?? []),
);

/** A person's title in scripts without capitals; one or two words behind it are the name. */
const TITLED =
  /(?<![\p{L}])((?:ד["״]ר|פרופ['׳]|פרופסור|השופטת?|השרה?|הנשיאה?|المهندسة?|الدكتورة?|البروفيسورة?|الأستاذة?|السيدة?|الرئيسة?|الوزيرة?|القاضية?)\s+)(\p{L}+\s+\p{L}+)/gu;

function titled(text: string): readonly Name[] {
  return [...text.matchAll(TITLED)].map(({ 1: title = "", 2: name = "", index }) => ({
    text: name,
    start: index + title.length,
    end: index + title.length + name.length,
    keys: name
      .split(/\s+/u)
      .flatMap((word) => stemKey(word) ?? [])
      .slice(0, 1),
  }));
}

/** Frequent family names of Chinese that are seldom part of another word, with one or two signs behind. */
const CHINESE =
  /[赵趙钱錢孙孫李吴吳郑鄭王冯馮陈陳褚蒋蔣沈韩韓杨楊朱秦许許吕呂张張孔曹严嚴魏陶姜谢謝邹鄒柏窦窦苏蘇潘葛范彭鲁魯韦韋俞袁柳鲍鲍唐费費廉薛雷贺賀倪汤湯滕殷罗羅毕畢郝邬鄔傅卞齐齊伍余顾顧孟黄黃穆萧蕭尹姚邵湛汪祁毛狄贝贝臧伏戴宋庞龐熊纪紀舒屈项項祝董梁杜阮蓝藍闵閔席季麻贾賈娄婁江颜顏郭梅林刁锺钟鐘徐丘邱骆駱蔡田樊胡凌霍虞柯莫卢盧缪繆丁邓鄧洪崔吉龚龔程邢裴陆陸荣榮翁甄刘劉叶葉龙龍黎][\p{sc=Han}]{1,2}/gu;
const segmenter = new Intl.Segmenter("zh", { granularity: "word" });

function chinese(text: string): readonly Name[] {
  return [...text.matchAll(CHINESE)]
    .map(({ 0: name, index }) => ({
      text: name,
      start: index,
      end: index + name.length,
      keys: Array.from({ length: name.length - 1 }, (_, at) => name.slice(at, at + 2)),
    }))
    .filter(({ text: name, start }) => isPerson(name, text, start));
}

/** The runtime's dictionary does not know it as a word, or cuts it into single signs. */
function isPerson(name: string, text: string, start: number): boolean {
  const words = [...segmenter.segment(text.slice(start, start + 6))];
  const [first, second] = [words[0]?.segment ?? "", words[1]?.segment ?? ""];
  return first.length === 1 && second.length === 1 && name.startsWith(first + second);
}

const WEEKDAY =
  /^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|sonnabends?)$/iu;

function isCalendarName(word: string): boolean {
  return isMonthName(word) || WEEKDAY.test(word);
}

/** Endings of common nouns, verbs and adverbs that a sentence may begin with, without an article. */
const COMMON_ENDING =
  /(?:s|ing|ly|ed|tion|sion|ness|ment|ity|ism|en|e|er|ung|heit|keit|ment|ción|dad|mente|té)$/iu;

/** Whether the first word of a sentence is a name: no plural, no adverb, and a verb or another name behind it. */
function beginsWithName(word: string, behind: string, isGerman: boolean): boolean {
  const next = /^['’]?s?\s+(\S+)/u.exec(behind)?.[1] ?? "";
  if (/^['’]s/u.test(behind)) return true;
  if (/^\p{Lu}/u.test(next) && !isGerman) return stemKey(word) !== undefined && !COMMON_ENDING.test(word);
  return (
    word.length > 3 &&
    stemKey(word) !== undefined &&
    /^\p{Ll}/u.test(next) &&
    !COMMON_ENDING.test(word) &&
    !FEW.test(word) &&
    !(GERMAN_PARTICIPLE.test(word) && GERMAN_AUXILIARY.test(next))
  );
}

/** `Finanziert wurde die Studie`: the sentence begins with its verb. */
const GERMAN_PARTICIPLE = /(?:iert|^ge\p{L}{3,}t)$/iu;
const GERMAN_AUXILIARY = /^(?:wurden?|wird|werden|worden|hat|haben|hatten?|ist|sind|war|waren)$/u;

/** Words without an article that are no names. */
const FEW =
  /^(?:find|tell|name|take|give|list|show|explain|describe|nobody|nothing|none|everybody|everyone|everything|somebody|someone|anybody|anyone|neither|either|niemand|jemand|nichts|alles|personne|nadie|people|water|each|many|most|several|some|few|both|today|here|there|then|later|recent|early|about|almost|nearly|roughly|around|half|part|work|research|once|since|during|after|before|inside|outside|under|over|above|below|another|other|such|only|even|still|total|access|support|traffic|money|time|life|food|wind|rain|snow|light|heavy|high|low|long|short|open|free|full|good|bad|new|old|heute|dort|hier|damals|rund|etwa|fast|auch|noch|kaum|dann|nun|strom|geld|wasser)$/iu;

function isName(
  word: string,
  before: string,
  text: string,
  isGerman: () => boolean,
  isForeign: boolean,
): boolean {
  if (/\p{L}\p{N}|\p{N}\p{L}|\p{Ll}\p{Lu}|^\p{Lu}{2,}(?!\p{Ll})|-\p{N}/u.test(word)) return true;
  if (isForeign && LATIN.test(word)) return true;
  if (!/^\p{Lu}\p{L}/u.test(word)) return false;
  const begins = /(?:^|[.!?:;…]["”’»)]*)[\s"“„«'‘(*_>-]*$/u.test(before);
  if (begins) return beginsWithName(word, text.slice(before.length + word.length), isGerman());
  return !isGerman() || !ARTICLE.test(before);
}
