import { FUNCTION_WORDS, words } from "../../text/function-words.ts";
import { languageOf } from "../../text/language.ts";
import type { Language } from "../../text/verdict.ts";
import { withoutParticle, wordForms } from "../../text/word-forms.ts";
import { partsOf, splitWords } from "../../text/words.ts";
import { ASKING_WORDS, GENERIC_WORDS } from "./common-words.ts";
import { isRelation, meaningsOf, meaningsOfWhole, widerMeanings } from "./concepts.ts";
import { isCounted, withoutCounters } from "./counters.ts";
import { kindOf, NEGATION, REFERS, type Kind } from "./kinds.ts";
import { simplified } from "./traditional.ts";
import { exactKey, withoutHangulEnding, withoutPhrases } from "./mentions.ts";

/** A word of a question that an answer should speak of. */
export interface Term {
  /** As it was written. */
  readonly text: string;
  /**
   * `name`: a proper name, a number, or a word with digits; `content`: any other word that says what is asked about;
   * `generic`: one that classifies, which an answer may do without.
   */
  readonly kind: "name" | "content" | "generic";
  /** What is looked up in the mentions of a text; any of them will do. */
  readonly keys: readonly string[];
}

export interface Question {
  readonly text: string;
  readonly language: Language;
  readonly kind: Kind;
  readonly terms: readonly Term[];
  readonly negated: boolean;
  /** The same without what was only guessed to be its topic. */
  readonly alone?: Question;
}

/** A question that is a whole page is about its first words; what is longer than a word is none. */
const MAX_TERMS = 40;
const MAX_WORD_CHARACTERS = 60;

/** @param earlier the questions before it, oldest first: one that refers to them is about what they were about */
export function readQuestion(text: string, earlier: readonly string[] = []): Question {
  const language = languageOf(text);
  const asks = language === "zh" ? simplified(text) : text;
  const kind = kindOf(asks);
  const own = readTerms(text, language).map((term) =>
    kind === "who" ? { ...term, keys: [...term.keys, ...widerMeanings(term.keys)] } : term,
  );
  const asked = { text, language, kind, terms: own, negated: NEGATION.test(asks) };
  const before = earlier.at(-1);
  if (before === undefined) return asked;
  const content = own.filter((term) => term.kind === "content");
  const refers = refersIn(language, asks.trim(), content.length);
  const elliptic =
    kind === "value" || kind === "yes-no" ? splitWords(text).length <= 5 && GOES_ON.test(text.trim()) : false;
  const short = own.filter((term) => term.kind !== "generic").length <= 1 && splitWords(text).length <= 4;
  const named = own.some((term) => term.kind === "name");
  if (!elliptic && !refers && !(short && !named)) return asked;
  const past = readQuestion(before, earlier.slice(0, -1));
  const known = new Set(own.flatMap(({ keys }) => keys));
  const isNew = ({ keys }: Term): boolean => !keys.some((key) => known.has(key));
  if (elliptic && own.length > 0) {
    // what is named takes the place of what was named before, a year that of a year
    const rest = past.terms.filter((term) =>
      named ? term.kind !== "name" || !own.some((other) => isNumber(other) === isNumber(term)) : false,
    );
    return { ...asked, kind: past.kind, terms: [...own, ...rest.filter(isNew)] };
  }
  const names = past.terms.filter((term) => term.kind === "name");
  const topic = (named ? [] : names.length > 0 ? names : lastIn(before, past, content.length === 0)).filter(
    isNew,
  );
  const isGuess = !elliptic && !refers && names.length === 0 && content.length > 0;
  return { ...asked, terms: [...own, ...topic], ...(isGuess && { alone: asked }) };
}

/**
 * What a question without names is about: the last things that it names itself. `And when?` is about what was done with
 * them, too.
 */
function lastIn(text: string, past: Question, done: boolean): readonly Term[] {
  const contentOf = (terms: readonly Term[]): readonly Term[] =>
    terms.filter(({ kind }) => kind === "content");
  const own = contentOf(readTerms(text, past.language));
  const content = own.length > 0 ? own : contentOf(past.terms);
  const things = content.filter((term) => !isRelation(term));
  return (things.length > 0 && !done ? things : content).slice(-2);
}

function refersIn(language: Language, text: string, content: number): boolean {
  // `Quand la piscine est-elle ouverte ?` names what it asks about
  const asked =
    language === "fr" && content > 1 ? text.replaceAll(/-(?:t-)?(?:ils?|elles?)(?!\p{L})/giu, "") : text;
  return REFERS[language].test(asked);
}

function isNumber({ text }: Term): boolean {
  return /^\p{N}/u.test(text);
}

/** A question that only names another thing to ask the same about. */
const GOES_ON =
  /^(?:and|what about|how about|und|et|y|¿y|那|那么|では|じゃあ|그럼|그리고)(?=\P{sc=Latin}|[\s,])/iu;

/** The words that a question is about, in its order, each once. */
export function readTerms(question: string, language: Language = languageOf(question)): readonly Term[] {
  const found = joinVersions(
    joinSuffixes(splitWords(withoutPhrases(withoutCounters(question)))).map(withoutHangulEnding),
  ).filter(({ length }) => length <= MAX_WORD_CHARACTERS);
  const shouted = !/\p{Ll}/u.test(question);
  const terms = new Map<string, Term>();
  found.forEach((word, at) => {
    const counted = HOW_MANY.test(found[at - 1] ?? "");
    for (const read of termsOf(word, { plain: at === 0 || shouted, language, counted })) {
      // `the module Reason-in-Documents`: what is named needs no word for its kind
      const isKind =
        read.kind === "content" && THE.test(found[at - 1] ?? "") && isName(found[at + 1], language);
      const term = isKind ? { ...read, kind: "generic" as const } : read;
      const key = term.keys[0] ?? term.text;
      if (!terms.has(key)) terms.set(key, term);
    }
  });
  return [...terms.values()].slice(0, MAX_TERMS);
}

/** What is counted is asked about, whatever word it is. */
const HOW_MANY = /^(?:many|viele|combien|cuántos|cuántas)$/iu;
const THE = /^(?:the|der|die|das|le|la|les|el|los|las)$/iu;

function isName(word: string | undefined, language: Language): boolean {
  return word !== undefined && termsOf(word, { plain: false, language })[0]?.kind === "name";
}

/** Names and content words; in a question without any, the generic ones. */
export function neededTerms(terms: readonly Term[]): readonly Term[] {
  const needed = terms.filter(({ kind }) => kind !== "generic");
  return needed.length > 0 ? needed : terms;
}

const ARTICLES = words("the a an of der die das le la les el los las");

interface Place {
  readonly plain: boolean;
  readonly language: Language;
  readonly counted?: boolean;
}

function termsOf(word: string, at: Place): Term[] {
  // capitals make a name of a common word: WHO, US, MIT
  const acronym = !at.plain && /^\p{Lu}{2,}$/u.test(word);
  if (isStop(word, at) && !acronym) return [];
  const elided = /^(?:[ldnjsmc]|qu)['’](.+)$/iu.exec(word);
  if (elided?.[1] !== undefined) return termsOf(elided[1], at);
  const parts = partsOf(word);
  const inner = /\p{Lu}/u.test(word.slice(1)) && /\p{Ll}/u.test(word);
  // German writes every noun with a capital
  const capital = at.language !== "de" && !at.plain && /^\p{Lu}/u.test(word);
  const named =
    /\p{N}/u.test(word) ||
    (inner && parts.length === 1) ||
    capital ||
    acronym ||
    (/^\p{Lu}{2,}/u.test(word) && !at.plain);
  // `WLAN-Passwort` is a password, too
  const compound = at.language === "de" && parts.length > 1 && parts.some((part) => NOUN.test(part));
  if (parts.length > 1 && (!named || compound))
    return parts.flatMap((part) => termsOf(part, { ...at, plain: at.language !== "de" && at.plain }));
  if (at.language === "zh" && MODAL.test(word)) return termsOf(word.slice(1), at);
  const inflected = at.language === "ja" ? INFLECTED.exec(word)?.[1] : undefined;
  if (inflected !== undefined) return termsOf(inflected, at);
  const forms = [...wordForms(word), ...headless(word, at.language)];
  const meanings = [...meaningsOf(word), ...meaningsOfWhole(word)];
  if (!named) {
    const generic =
      // `partir` looks like a form of `part`
      (meanings.length === 0 && forms.some((form) => GENERIC_FORMS.has(form))) ||
      GENERIC_WORDS.has(word.toLowerCase()) ||
      isCounted(word);
    return [{ text: shown(word), kind: generic ? "generic" : "content", keys: [...forms, ...meanings] }];
  }
  const plain = /^\p{L}+$/u.test(word);
  return [
    {
      text: word,
      kind: "name",
      // `ReSearch` is no form of `researchers`
      keys:
        plain && !inner ? [...forms, ...(capital ? [] : meanings)] : [exactKey(word), ...meaningsOf(word)],
    },
  ];
}

/** `能借` is about `借`. */
const MODAL = /^能(?![力源量耗见])\p{sc=Han}$/u;

/** A German noun; `Bahn` and `Reason` look alike. */
const NOUN = /^\p{Lu}\p{Ll}{3,}$/u;

/** `返し` and `返す` are forms of a word that begins with `返`. */
const INFLECTED = /^(\p{sc=Han}+)\p{sc=Hiragana}+$/u;

/** `Ruhezeiten` is also about `Ruhe`: the end of a German compound often only says what kind of thing is asked for. */
function headless(word: string, language: Language): readonly string[] {
  const first = language === "de" ? MEASURE_COMPOUND.exec(word)?.[1] : undefined;
  return first === undefined ? [] : wordForms(first);
}

const MEASURE_COMPOUND =
  /^(\p{L}{4,}?)s?(?:zeit(?:en)?|tage?n?|dauer|kosten|preise?|nummern?|adressen?|datum|termine?|höhe|größe|anzahl)$/iu;

/** A Korean word is named without its particle. */
function shown(word: string): string {
  return /^\p{sc=Hangul}+$/u.test(word) ? withoutParticle(word) : word;
}

const GENERIC_FORMS: ReadonlySet<string> = new Set(
  // without its accent `país` would be a form of `pays`
  [...GENERIC_WORDS].filter((word) => /^[a-z]+$/u.test(word)).flatMap(wordForms),
);

function isStop(word: string, { language, counted = false }: Pick<Place, "language" | "counted">): boolean {
  const lower = (language === "zh" ? simplified(word) : word).toLowerCase();
  if (/^(?:\p{Ll}|[ÀÉÓ])$/u.test(word) || (!counted && ASKING_WORDS.has(lower)) || ARTICLES.has(lower))
    return true;
  if (language === "ja" && /^\p{sc=Hiragana}{1,2}$/u.test(word)) return true;
  if (language === "ko") return KOREAN_ASKING.test(word) || FUNCTION_WORDS.en.has(lower);
  return (
    FUNCTION_WORDS[language].has(lower) ||
    (/[a-z]/u.test(lower) && UNSPACED.has(language) && FUNCTION_WORDS.en.has(lower))
  );
}

const UNSPACED: ReadonlySet<Language> = new Set<Language>(["zh", "ja"]);
const KOREAN_ASKING =
  /^(?:개|명|시|몇|일|년|월|층|하나|되나|할|무엇|뭐|누구|누가|언제|어디|어떻게|어떤|왜|몇|얼마|무슨|어느|것|수|대해|대한|알려|주세요|있나요|있습니까|인가요|입니까|합니까|하나요|되나요|됩니까|그리고|그럼)(?:은|는|이|가|을|를|의|에|에서|나|인가|인지|일까요|인가요|입니까|예요|이에요|줘|줘요)?$/u;

/** What ends a compound of Chinese or Japanese that the dictionary cuts off: `图书|馆`, `洗濯|機`. */
const SUFFIX =
  /^[馆館室场場机機车車网網店站院所部员員者器品費费号號学學校园園楼厅廳局库庫率料賃金票证證券]$/u;

function joinSuffixes(found: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of found) {
    const before = joined.at(-1);
    if (
      before !== undefined &&
      SUFFIX.test(word) &&
      /^\p{sc=Han}{2,3}$/u.test(before) &&
      !isStop(before, CHINESE)
    )
      joined.splice(-1, 1, before + word);
    else joined.push(word);
  }
  return joined;
}

const CHINESE = { language: "zh" } as const;

/** A name and the number behind it are one term: `GPT 9`, `QwQ 72B`, `qwq 72b`. */
function joinVersions(found: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of found) {
    const before = joined.at(-1);
    const version = /^\d+(?:\.\d+)?$/.test(word) && word.length <= 3;
    const size = /^\d+(?:\.\d+)?[a-z]$/i.test(word);
    const name =
      before !== undefined && /^[\p{L}][\p{L}-]*$/u.test(before) && !isStop(before, { language: "en" });
    if (
      before !== undefined &&
      name &&
      (size || (version && /^\p{Lu}/u.test(before) && !MONTH.test(before)))
    ) {
      joined.splice(-1, 1, `${before}-${word}`);
    } else {
      joined.push(word);
    }
  }
  return joined;
}

const MONTH =
  /^(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|room|raum|version|stage|step|chapter|section|page)/i;
