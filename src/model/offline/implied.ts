import { words } from "../../text/function-words.ts";
import { withEdges } from "../../text/letters.ts";
import { wordForms } from "../../text/word-forms.ts";
import { meaningsOf } from "./concepts.ts";
import { counted } from "./counters.ts";
import type { Kind } from "./kinds.ts";
import type { Question } from "./question.ts";

/** A thing that is told of by its measure, without its name: `3.80 euros each` is what something costs. */
interface Implied {
  readonly kinds: readonly Kind[];
  /** Keys of the words that ask for it. */
  readonly keys: ReadonlySet<string>;
  readonly shown: RegExp;
}

const MONEY_SHOWN =
  /[€$£¥₩]\s?\d|\d\s?(?:[€$£¥₩元円원]|\b(?:euros?|eur|dollars?|usd|pounds?|gbp|chf|francs?|pesos?)\b)|[万億만千百十]\s?[元円원]|[一二两兩三四五六七八九十]\s?[元円角块毛]/iu;

const IMPLIED: readonly Implied[] = [
  row(["cost", "count", "value"], "cost price fee money geld argent dinero 钱 돈", MONEY_SHOWN),
  row(["count"], "contains have has hat haben tiene contient", /\d/u),
  row(
    ["count", "value"],
    "storage memory space ram disk speicher speicherplatz stockage mémoire memoria",
    /\d\s?[kmgt]i?b\b/iu,
  ),
  row(
    ["count", "value"],
    "score accuracy percentage share genauigkeit anteil précision",
    /\d\s?(?:%|\bpercent\b|\bprozent\b)/iu,
  ),
  row(
    ["count", "value"],
    "temperature",
    /\d\s?°|\d\s?\b(?:degrees?|grad|degrés?|grados|celsius|fahrenheit)\b|\d\s?[度도]/iu,
  ),
  row(
    ["count", "value"],
    "weigh",
    /\d\s?\b(?:kg|kilos?|kilograms?|grams?|g|t|tons?|tonnes?|tonnen|lbs?|pounds)\b/iu,
  ),
  row(
    ["count", "value"],
    "height length distance depth width tiefe breite profondeur",
    /\d\s?\b(?:km|m|cm|mm|met(?:er|re)s?|meter|metros?|mètres?|miles?|feet)\b/iu,
  ),
  row(
    ["count", "value"],
    "duration last take time zeit temps tiempo",
    /\d\s?\b(?:hours?|minutes?|seconds?|days?|weeks?|months?|years?|stunden?|minuten?|tagen?|wochen?|monate?n?|jahren?|heures?|jours?|mois|ans|horas?|minutos?|días?|semanas?|meses|años)\b/iu,
  ),
  row(["count"], "本 図書 書籍 書 书 图书 圖書 책", new RegExp(counted("冊|本", "권"), "u")),
  row(["count"], "人 人数 사람 인원", new RegExp(counted("人|名", "명"), "u")),
  row(["value"], "version", /\bv?\d+\.\d+/iu),
];

function row(kinds: readonly Kind[], asked: string, shown: RegExp): Implied {
  const keys = [...words(asked)].flatMap((word) => [...wordForms(word), ...meaningsOf(word)]);
  return { kinds, keys: new Set(keys), shown: withEdges(shown) };
}

/** Keys of the question's words that a text speaks of by a measure. */
export function impliedKeys({ kind, terms }: Question, text: string): readonly string[] {
  const shown = IMPLIED.filter((one) => one.kinds.includes(kind) && one.shown.test(text));
  return terms
    .filter((term) => shown.some(({ keys }) => term.keys.some((key) => keys.has(key))))
    .flatMap(({ keys }) => keys);
}
