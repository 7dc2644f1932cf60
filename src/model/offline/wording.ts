import type { Respelling } from "../../text/spelling.ts";
import { VERDICTS, type Language, type Verdict } from "../../text/verdict.ts";

interface Wording {
  readonly or: string;
  readonly and: string;
  readonly quotes: readonly [string, string];
  /** Why there is no answer, behind "Not found in the sources". `words`: what none of the sources mentions. */
  silent(words: string): string;
  nothing(words: string): string;
  /** That a word was taken for another that it is likely to be mistyped for. */
  readAs(word: string, as: string): string;
  readonly unanswered: string;
  readonly unnamed: string;
  readonly greeting: string;
  readonly thanks: string;
  readonly ask: string;
}

const WORDINGS: Readonly<Record<Language, Wording>> = {
  en: {
    or: "or",
    and: "and",
    quotes: ['"', '"'],
    silent: (words) => `: they say nothing about ${words}.`,
    nothing: (words) => `: nothing was found for ${words}.`,
    readAs: (word, as) => `"${word}" read as "${as}"`,
    unanswered: ": no passage that was found answers this question.",
    unnamed: ": the question names nothing to look for.",
    greeting: "Hello!",
    thanks: "You are welcome.",
    ask: "Ask me what your documents say: who, when, where, how much, how something is done, what a word means or stands for. I answer with their sentences and say where each one stands.",
  },
  de: {
    or: "oder",
    and: "und",
    quotes: ["„", "“"],
    silent: (words) => `: sie sagen nichts über ${words}.`,
    nothing: (words) => `: zu ${words} wurde nichts gefunden.`,
    readAs: (word, as) => `„${word}“ gelesen als „${as}“`,
    unanswered: ": keine gefundene Stelle beantwortet die Frage.",
    unnamed: ": die Frage nennt nichts, wonach zu suchen wäre.",
    greeting: "Hallo!",
    thanks: "Gern geschehen.",
    ask: "Fragen Sie, was in den Dokumenten steht: wer, wann, wo, wie viel, wie etwas geht, was ein Wort bedeutet. Ich antworte mit ihren Sätzen und sage, wo jeder steht.",
  },
  fr: {
    or: "ou",
    and: "et",
    quotes: ["« ", " »"],
    silent: (words) => ` : elles ne disent rien sur ${words}.`,
    nothing: (words) => ` : rien n'a été trouvé pour ${words}.`,
    readAs: (word, as) => `« ${word} » lu comme « ${as} »`,
    unanswered: " : aucun passage trouvé ne répond à cette question.",
    unnamed: " : la question ne nomme rien à chercher.",
    greeting: "Bonjour !",
    thanks: "Avec plaisir.",
    ask: "Demandez ce que disent les documents : qui, quand, où, combien, comment faire, ce que veut dire un mot. Je réponds avec leurs phrases, en disant où chacune se trouve.",
  },
  es: {
    or: "o",
    and: "y",
    quotes: ["«", "»"],
    silent: (words) => `: no dicen nada sobre ${words}.`,
    nothing: (words) => `: no se encontró nada para ${words}.`,
    readAs: (word, as) => `«${word}» leído como «${as}»`,
    unanswered: ": ningún pasaje encontrado responde a la pregunta.",
    unnamed: ": la pregunta no nombra nada que buscar.",
    greeting: "¡Hola!",
    thanks: "De nada.",
    ask: "Pregunte qué dicen los documentos: quién, cuándo, dónde, cuánto, cómo se hace algo, qué significa una palabra. Respondo con sus frases y digo dónde está cada una.",
  },
  zh: {
    or: "或",
    and: "和",
    quotes: ["“", "”"],
    silent: (words) => `：其中没有提到${words}。`,
    nothing: (words) => `：搜索${words}没有结果。`,
    readAs: (word, as) => `“${word}”理解为“${as}”`,
    unanswered: "：找到的段落都没有回答这个问题。",
    unnamed: "：问题里没有可以查找的内容。",
    greeting: "你好！",
    thanks: "不客气。",
    ask: "您可以问文档里写了什么：谁、什么时候、在哪里、多少、怎么做、某个词是什么意思。我用原文的句子回答，并注明出处。",
  },
  ja: {
    or: "または",
    and: "と",
    quotes: ["「", "」"],
    silent: (words) => `：${words}については何も書かれていません。`,
    nothing: (words) => `：${words}を検索しましたが、何もありませんでした。`,
    readAs: (word, as) => `「${word}」を「${as}」と読む`,
    unanswered: "：見つかった箇所はどれもこの質問に答えていません。",
    unnamed: "：質問に検索できる言葉がありません。",
    greeting: "こんにちは。",
    thanks: "どういたしまして。",
    ask: "文書に書かれていることを聞いてください。誰が、いつ、どこで、いくつ、どうやって、言葉の意味など。文書の文で答え、出典を示します。",
  },
  ko: {
    or: "또는",
    and: "및",
    quotes: ["“", "”"],
    silent: (words) => `: ${words}에 대한 내용이 없습니다.`,
    nothing: (words) => `: ${words} 검색 결과가 없습니다.`,
    readAs: (word, as) => `“${word}”을(를) “${as}”(으)로 읽음`,
    unanswered: ": 찾은 구절 중에 이 질문에 답하는 것이 없습니다.",
    unnamed: ": 질문에 찾을 말이 없습니다.",
    greeting: "안녕하세요!",
    thanks: "천만에요.",
    ask: "문서에 적힌 것을 물어보세요. 누가, 언제, 어디서, 얼마나, 어떻게, 말의 뜻 등. 문서의 문장으로 답하고 출처를 밝힙니다.",
  },
};

const MAX_LISTED = 6;

/** Why there is no answer. `silent`: what no source mentions; `sought`: what was searched for and found nothing. */
export function notFound(
  language: Language,
  why:
    | { readonly silent: readonly string[] }
    | { readonly sought: readonly string[] }
    | "unanswered"
    | "unnamed",
): string {
  const wording = WORDINGS[language];
  const because =
    why === "unanswered" || why === "unnamed"
      ? wording[why]
      : "silent" in why
        ? wording.silent(listed(why.silent, language, "or"))
        : wording.nothing(listed(why.sought, language, "and"));
  return begin("not-found", language) + because;
}

/** An answer with what was read in the place of mistyped words: above it, or behind what it says of itself. */
export function withRespellings(
  { kind, text }: { readonly kind: Verdict | "answer"; readonly text: string },
  respellings: readonly Respelling[],
  language: Language,
): string {
  if (respellings.length === 0) return text;
  const said = respellings.map(({ word, as }) => WORDINGS[language].readAs(word, as));
  const all = [...new Set(said)].join(language === "zh" || language === "ja" ? "、" : ", ");
  const colon = language === "zh" || language === "ja" ? "：" : language === "fr" ? " :" : ":";
  if (kind === "answer") return `${all}${colon}\n\n${text}`;
  const begun = begin(kind, language);
  // it is said in the language of another part of the question
  if (!text.startsWith(begun)) return text;
  const rest = text.slice(begun.length);
  return kind === "passage" ? `${begun}\n\n${all}${colon}${rest}` : `${begun} (${all})${rest}`;
}

export function begin(verdict: Verdict, language: Language): string {
  return VERDICTS[verdict][language];
}

/** The words in quotes, with `and` or `or` before the last. */
export function listed(texts: readonly string[], language: Language, conjunction: "and" | "or"): string {
  const { quotes, [conjunction]: joint } = WORDINGS[language];
  const quoted = texts.slice(0, MAX_LISTED).map((text) => quotes[0] + text + quotes[1]);
  const space = language === "zh" || language === "ja" ? "" : " ";
  const comma = language === "zh" || language === "ja" ? "、" : ", ";
  return quoted.length < 2
    ? quoted.join("")
    : `${quoted.slice(0, -1).join(comma)}${space}${joint}${space}${quoted.at(-1) ?? ""}`;
}

const GREETING =
  /^(?:hi|hello|hey|good (?:morning|evening|afternoon)|hallo|guten (?:tag|morgen|abend)|moin|servus|bonjour|salut|bonsoir|hola|buenos días|buenas|你好|您好|嗨|こんにちは|こんばんは|おはよう(?:ございます)?|안녕(?:하세요)?)(?:[\s,!.。！、]+(?:there|all|zusammen|everyone|how are you(?: doing)?(?: today)?|wie geht'?s|wie geht es (?:dir|ihnen)|ça va|qué tal|comment allez-vous))?[\s!.?。！？]*$/iu;
const THANKS =
  /^(?:many )?(?:thanks|thank you|thx|danke|vielen dank|merci|gracias|谢谢|多谢|ありがとう(?:ございます)?|감사합니다|고마워요?)(?:\s+(?:a lot|so much|very much|schön|sehr|beaucoup|bien|muchas))?[\s!.。！]*$/iu;
const ABOUT_ITSELF =
  /^(?:how are you(?: doing)?(?: today)?|who are you|what are you|what can (?:you do|i ask)(?: you)?(?: for me)?|help(?: me)?|how can you help(?: me)?|wer bist du|wer sind sie|was kannst du|was kann ich fragen|wie geht es dir|wie geht's|qui es-tu|qui êtes-vous|que peux-tu faire|comment ça va|ça va|quién eres|qué puedes hacer|cómo estás|qué tal|你是谁|你能做什么|你会什么|你好吗|あなたは誰(?:ですか)?|何ができますか|누구세요|뭘 할 수 있(?:어|나요)|무엇을 할 수 있나요)[\s!.?¿。！？]*$/iu;

const SAID_IN: readonly (readonly [Language, RegExp])[] = [
  ["de", /^(?:hallo|guten|moin|servus|danke|vielen dank|w(?:er|as|ie) )/iu],
  ["fr", /^(?:bonjour|salut|bonsoir|merci|qui |que |comment |ça )/iu],
  ["es", /^(?:hola|buen[oa]s|gracias|muchas|quién |qué |cómo )/iu],
];

/** A kind word and what can be asked, for what is no question about documents; else `undefined`. */
export function smallTalk(text: string, language: Language): string | undefined {
  const said = text.trim().replace(/^[¿¡]/u, "");
  const spoken = SAID_IN.find(([, begins]) => begins.test(said))?.[0] ?? language;
  const { greeting, thanks, ask } = WORDINGS[spoken];
  const space = spoken === "zh" || spoken === "ja" ? "" : " ";
  if (THANKS.test(said)) return thanks + space + ask;
  return GREETING.test(said) || ABOUT_ITSELF.test(said) ? greeting + space + ask : undefined;
}
