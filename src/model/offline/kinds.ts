import { withEdges } from "../../text/letters.ts";
import { COUNT_ASKED } from "./counters.ts";
import type { Language } from "../../text/verdict.ts";

/** What a question wants to be told. */
export type Kind =
  | "who"
  | "when"
  | "where"
  | "count"
  | "cost"
  | "why"
  | "how"
  | "stands-for"
  | "difference"
  | "comparison"
  | "yes-no"
  | "overview"
  | "list"
  | "definition"
  | "value";

/** How each kind is asked, the first that fits counts. */
const PATTERNS: readonly (readonly [Kind, RegExp])[] = [
  [
    "stands-for",
    /\bstands? for\b|\bacronym\b|\babbreviat|\bwofür steht|\bsteht .*\bfür\b|\bausgeschrieben|\babkürzung|signifie le sigle|\bque signifie [A-Z]{2,}|\bsiglas?\b|\bsigles?\b|全称|全稱|缩写|略称|正式名称|何の略|약자|줄임말/iu,
  ],
  [
    "difference",
    /\bdifferen(?:t|ce|ces)\b|\bdiffer\b|\bcompare|\bcomparison\b|\bversus\b|\bvs\b|\bunterschied|\bvergleich|\bdifférence|\bcomparer?\b|\bdiferencia|区别|差别|不同|違い|比較|차이|비교/iu,
  ],
  [
    "overview",
    /\bsummari[sz]e|\bsummary\b|\btell me (?:more )?about\b|\bmore information\b|\boverview\b|\bdescribe (?!d)|\bexplain\b|\bzusammenfass|\bfasse\b|\berzähl|\berkläre?\b|\brésume|\brésumé\b|\bparle-moi\b|\bexplique|\bresum|\bexplica|\bháblame\b|总结|概括|介绍|要約|まとめて|説明して|について教え|요약|설명해|대해 알려/iu,
  ],
  [
    "how",
    /\bhow (?:is|are|was|were) .+\p{L}(?:ed|en|[lsw]t)\b|\bwie \p{L}+ (?:ich|man|wir)\b|\bhow (?:do|does|can|could|should|to|would|did)\b(?! .*\b(?:many|much)\b)|\bsteps?\b.*\b(?:to|for)\b|\bwie (?:kann|muss|soll|installier|mach|funktionier|geht|richte|starte|wird|werden|stell|füg)|\bcomment\b|\bcómo\b|怎么|如何|怎样|怎麼|どうやって|どのように|方法は|어떻게|방법/iu,
  ],
  [
    "cost",
    /\bhow much (?:is|are|was|does|do|did|will)\b|\bpric(?:e|es)\b|\bcosts?\b|\bfees?\b|\bkostet|\bkosten\b|\bpreis|\bcoûte|\bprix\b|\btarif|\bcuesta|\bprecio|多少钱|价格|费用|いくら|料金|値段|価格|얼마|가격|요금/iu,
  ],
  [
    "count",
    /\bhow (?:many|much|long|large|big|old|far|fast|high|tall|deep|heavy|often|wide)\b|\bnumber of\b|\bpercentage\b|\bwie ?viele?n?\b|\bwie (?:lange?|gro(?:ß|ss)|hoch|weit|schwer|alt|oft|tief|schnell)\b|\bcombien\b|\bquelle (?:taille|longueur|hauteur|durée)|\bcu[aá]nt[oa]s?\b|多少|多(?:长|高|大|久|远|重)|何日(?!に)|いくつ|どのくらい|どれくらい|몇(?!\s?(?:시(?!간)|년|월|일))|얼마나/iu,
  ],
  ["count", new RegExp(COUNT_ASKED, "u")],
  ["when", /几[点點月号號]|何時(?!間)|何日に|몇\s?(?:시(?!간)|년|월|일)/u],
  [
    "when",
    /\bwhen\b|\bwhat (?:year|date|day|time|month)\b|\bwhich (?:year|date|day|month)\b|\bdeadline\b|\bwann\b|\bum wie ?viel uhr|\bwelche[mrs]? (?:jahr|tag|datum|monat)|\bseit wann\b|\bstichtag|\bquand\b|\bquelle (?:année|date|heure)|\bquel jour|\bcuándo\b|\bqué (?:año|fecha|día|hora)\b|什么时候|何时|哪年|哪一年|几点|几月|日期|いつ|何時|何年(?!間)|何月|何曜日|언제|몇 ?(?:시|년|월)|날짜/iu,
  ],
  [
    "who",
    /\bwho(?:m|se)?\b|\bwer\b|\bwem\b|\bwen\b|\bwessen\b|\bqui(?= (?:a|est|sont|ont|était|dirige|doit|peut|va|s)\b)|^qui\b|\bquién(?:es)?\b|谁|誰|哪位|누가|누구/iu,
  ],
  [
    "where",
    /\bwhere\b|\bwo\b|\bwohin\b|\bwoher\b|\boù\b|\b(?:dónde|adónde)\b|哪里|哪裡|哪儿|在哪|どこ|어디/iu,
  ],
  [
    "why",
    /\bwhy\b|\bwhat (?:is )?the reason|\bwarum\b|\bwieso\b|\bweshalb\b|\bpourquoi\b|\bpor qué\b|为什么|為什麼|为何|なぜ|どうして|왜/iu,
  ],
  [
    "comparison",
    /\b(?:better|worse|faster|slower|larger|bigger|smaller|cheaper|older|newer|higher|lower|longer|shorter|more \w+) than\b|\b(?:besser|schneller|größer|kleiner|älter|teurer|billiger|höher|länger) als\b|\b(?:plus|moins) \S+ que\b|\b(?:más|menos) \S+ que\b|,? \b(?:or|oder|ou)\b .+\?|比.+(?:更|大|小|高|快|多)|より|보다|还是|それとも|아니면/iu,
  ],
  [
    "list",
    /\b(?:what|which) are\b|\blist\b|\bname (?:the|all|some)\b|\bwelche(?:n)? .*\bgibt es\b|\bzähle\b|\bnenne\b|\bquel(?:le)?s sont\b|\bénum|\bcuáles son\b|哪些|有什么|どれ(?:ら)?があり|何があり|나열|어떤 것들/iu,
  ],
  [
    "definition",
    /\bwhat(?:'s| is| are| was| were)\b(?! (?:the|your|my|our|her|his|their|its)\b)|\bdefin|\bwhat does .+ (?:mean|do)\b|\bwas macht\b|\bque fait\b|\bqué hace\b|\bwas ist\b(?! (?:der|die|das)\b)|\bwas bedeutet\b|\bqu['’]est-ce qu|\bque veut dire\b|\bqué (?:es|significa)\b(?! (?:el|la)\b)|是什么|是啥|什么是|とは|って何|이란|란 무엇|무엇인가/iu,
  ],
  [
    "yes-no",
    /^(?:is|are|was|were|does|do|did|can|could|has|have|had|will|would|should|may|must)\b|^(?:ist|sind|war|hat|haben|kann|können|darf|dürfen|gibt|wird|werden|muss|müssen|soll|unterstützt)\b|^(?:est-ce|y a-t-il|a-t-|peut-on)|^¿?(?:es|son|hay|tiene|puede|se puede|está|están|fue)\b|吗\s*[？?]?$|(?:ですか|ますか|ません?か)\s*[？?。]?$|(?:나요|습니까|까요|있어요|돼요|되나요)\s*[？?]?$/iu,
  ],
];

const ASKED = PATTERNS.map(([kind, asks]) => [kind, withEdges(asks)] as const);

/** Asked with one of these words somewhere, a question is of this kind whatever else it says. */
const ANYWHERE: ReadonlySet<Kind> = new Set<Kind>(["stands-for", "difference", "overview", "comparison"]);
const ASKS_VALUE = withEdges(
  /\b(?:which|what|welche[rsmn]?|was|wie|quel(?:le)?s?|que|qué|cuál(?:es)?)\b|哪|什么|どの|どんな|何|어느|어떤|무엇|무슨|뭐/iu,
);

/** The kind whose words come first. A question without any asks whether something is so. */
export function kindOf(question: string): Kind {
  const text = question.trim();
  let found: { kind: Kind; index: number } | undefined;
  for (const [kind, asks] of ASKED) {
    const match = asks.exec(text);
    if (match === null) continue;
    if (ANYWHERE.has(kind)) return kind;
    if (kind === "yes-no" && found !== undefined && match.index > 0) continue;
    if (found === undefined || match.index < found.index) found = { kind, index: match.index };
  }
  const value = ASKS_VALUE.exec(text);
  if (value !== null && (found === undefined || value.index < found.index)) return "value";
  return found?.kind ?? (/[?？]\s*$/u.test(text) ? "yes-no" : "value");
}

/** A question that only says something together with the one before it. */
export const REFERS: Readonly<Record<Language, RegExp>> = {
  en: withEdges(
    /^(?:and|but|so|also|then)\b|\b(?:it|its|he|she|him|his|her|hers|they|them|their|theirs|this|these|those|that one|the same|there)\b|^(?:what|how) about\b/iu,
  ),
  de: withEdges(
    /^(?:und|aber|also)\b|\b(?:er|ihn|ihm|sie|ihr|ihre|ihren|es|dies(?:e[rsmn]?)?|davon|dort|dafür|daran|dessen|deren)\b/iu,
  ),
  fr: withEdges(
    /^(?:et|mais)\b|\b(?:il|elle|ils|elles|lui|leur|celui-ci|celle-ci|cela|ça)\b|-t-(?:il|elle)\b|-(?:il|elle)\b/iu,
  ),
  es: withEdges(/^¿?(?:y|pero)\b|\b(?:él|ella|ellos|ellas|lo|esto|eso|ese|esa|su|sus)\b/iu),
  zh: withEdges(/^(?:那|那么|还有|而)|[它他她]|这个|那个|其/u),
  ja: withEdges(/^(?:それで|では|じゃあ|そして)|それ|これ|彼|彼女|その|この/u),
  ko: withEdges(/^(?:그럼|그리고|그러면)|그것|이것|그는|그녀|그의|그거/u),
};

/** Words by which a text or a question denies something. */
export const NEGATION = withEdges(
  /\b(?:not|no|never|none|neither|nor|(?<!with or )without|cannot|\p{L}+n['’]t|nicht|kein\p{L}*|nie|niemals|ohne|weder|ne|n['’]\p{L}+|pas|jamais|sans|aucun\p{L}*|nunca|sin|tampoco|ningun\p{L}*|ningún)\b|不(?!同|过|但)|没有|未(?!来)|无法|ない|ません|ず(?:に)|않|없|못|아니/iu,
);
