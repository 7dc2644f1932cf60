import { withEdges } from "../../text/letters.ts";
import type { Kind } from "./kinds.ts";
import { CJK_FIGURE, withoutCounters } from "./counters.ts";
import { mentionedIn, mentions } from "./mentions.ts";
import { isRelation } from "./concepts.ts";
import type { Question, Term } from "./question.ts";

const MONTHS =
  "jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|février|mar(?:ch|s)?|märz|apr(?:il)?|avril|abril|may|mai|mayo|jun[ei]?|juin|junio|jul[yi]?|juillet|julio|aug(?:ust)?|août|agosto|sep(?:t(?:ember|embre|iembre)?)?|o[ck]t(?:ober|obre|ubre)?|nov(?:ember|embre|iembre)?|de[cz](?:ember|iembre)?|décembre|enero|febrero|marzo";
const WEEKDAYS =
  "(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábados?|domingos?|noon|midnight|mittag|mitternacht|midi|minuit|mediodía|medianoche|daily|weekly|monthly|quarterly|yearly|annually|nightly|täglich|wöchentlich|monatlich|jährlich";
const TIME = withEdges(
  new RegExp(
    String.raw`\b(?:1[4-9]|20)\d\d\b|\b(?:${MONTHS})\b|\b(?:${WEEKDAYS})\b|\b\d{1,2}(?::|h|\.)\d\d\b|\b\d{1,2}\s*(?:am|pm|a\.m\.|p\.m\.|uhr|h|heures?)\b|\b\d{1,2}\.\s?\d{1,2}\.|\d\s*[年月日点时時分]|${CJK_FIGURE}\s*[年月日点點时時号號]|(?:午前|午後|上午|下午|晚上|早上|凌晨|中午|朝|夜)\s*${CJK_FIGURE}|${CJK_FIGURE}\s*(?:天|日|周|週|週間|小时|時間|个月|[ヶかカ]月)(?:以?[内內]|之[内內]|后|後|前)|(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|열한|열두)\s?시(?!간)|(?:일|주|개월|년)\s?(?:이내|안에|후|전)|星期|周[一二三四五六日末]|[月火水木金土日]曜|\d\s*(?:년|월|일|시)|요일|毎[日週月年]|每[天周月年]|매[일주월년]|\b(?:after|before|within|until|every|innerhalb|nach|avant|après|antes|después)\s+(?:the\s+)?(?:\d|day|week|month|year|night|morning|evening|two|three|four)|\b(?:last|next) (?:week|month|year)\b`,
    "iu",
  ),
);
const NUMBER = withEdges(
  /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|forty|fifty|hundred|thousand|million|billion|once|twice|half|none|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|dreißig|hundert|tausend|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|cent|mille|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|quince|veinte|treinta|cien|mil|täglich|daily|weekly|monthly|yearly|hourly|wöchentlich|monatlich)\b|[一二两兩三四五六七八九十百千万萬半]|(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|스무|백|천|만)\s?\p{sc=Hangul}|[毎每매][日天周週月年일주월]/iu,
);
const MONEY = withEdges(
  /[€$£¥₩]|\d|[一二两兩三四五六七八九十百千万半][角块塊毛]|\b(?:free|gratis|kostenlos|gratuit\p{L}*|euros?|dollars?|credits?)\b|免费|無料|무료|[元円원]/iu,
);
const GROUP = withEdges(
  /\b(?:team|university|universität|université|universidad|researchers|company|group|department|abteilung|service|équipe|equipo|institute|institut|laborator\p{L}+|foundation|committee|board|council|vorstand|verein|conseil|consejo|office|gmbh|inc|ltd|everyone|nobody|anyone|members?|staff|mother|father|mutter|vater|mère|père|madre|padre)\b/iu,
);
const ROLE =
  "mechanics?|specialists?|electricians?|plumbers?|nurses?|doctors?|guards?|caretakers?|janitors?|officers?|assistants?|technicians?|engineers?|teachers?|drivers?|owners?|clerks?|coordinators?|librarians?|receptionists?|supervisors?|treasurers?|chair(?:man|woman|person)?|president|secretar(?:y|ies)|managers?|directors?|captain|tenants?|landlord|host|trainees?|interns?|volunteers?|students?|parents|administrators?|editors?|accountants?|lawyers?|cooks?|hausmeister\\p{L}*|sekret[aä]r\\p{L}*|leiter\\p{L}*|pfleger\\p{L}*|arzt|ärzt\\p{L}*|lehrer\\p{L}*|mieter\\p{L}*|geschäftsführ\\p{L}*|infirmi\\p{L}+|gardien\\p{L}*|propriétaires?|direct(?:eur|rice|or|ora)|secrétaire|médecins?|enfermer\\p{L}+|encargad\\p{L}+|dueñ\\p{L}+|secretari\\p{L}+|conserje|médic\\p{L}+";
/** What does something without a name: `by the duty nurse`, `The caretaker locks …`. */
const ACTOR = withEdges(
  new RegExp(
    String.raw`(?:\b(?:by|von|vom|durch|par|por)|^)\s*(?:(?:the|an?|our|every|each|der|dem|die|den|einem|einer|le|la|les|un|une|el|los|las|una)\s+|l['’])?(?:\p{L}+\s+)?(${ROLE})\b`,
    "iu",
  ),
);
/** A word with one capital; words such as `QwQ`, `ReAct` and `Qwen2.5` name nobody, nor do months and weekdays. */
const PERSON = /(?<![\p{L}\p{N}-])(?:Mc|Mac|[OD]['’])?\p{Lu}\p{Ll}+(?![\p{L}\p{N}-])/gu;
const CALENDAR = new RegExp(`^(?:${MONTHS}|${WEEKDAYS})$`, "iu");

function namesPerson(text: string): boolean {
  return (text.match(PERSON) ?? []).some((word) => !CALENDAR.test(word));
}
const REASON = withEdges(
  /\b(?:because|since|so|due|therefore|thus|reason|in order|avoid|prevent|ensure|allow\p{L}*|help\p{L}*|lets?|means?|otherwise|as|caused?|by|weil|da|damit|denn|deshalb|daher|wegen|um|aufgrund|sonst|parce|car|afin|pour|raison|grâce|cause|porque|ya que|para|debido|pues|razón)\b|因为|因此|由于|以便|为了|所以|避免|ため|から|ので|理由|때문|위해|므로|어서|아서|니까/iu,
);
const PLACE = withEdges(
  /\b(?:in|at|on|near|under|behind|beside|next|between|inside|opposite|floor|room|street|road|building|from|im|am|an|auf|bei|neben|unter|hinter|zwischen|raum|stock|straße|gebäude|aus|dans|à|au|aux|sur|sous|chez|près|derrière|étage|salle|rue|en|cerca|sobre|bajo|detrás|junto|planta|sala|calle|via)\b|https?:|[/\\]\S|[在于里上下内楼室号街路]|[にで]|階|室|에|층|호|:/iu,
);
const CONTRAST = withEdges(
  /\b(?:than|whereas|while|unlike|but|compared|comparable|instead|contrast|however|both|differ\p{L}*|more|less|\p{L}+er|als|während|dagegen|hingegen|aber|im gegensatz|unterschied\p{L}*|unterscheid\p{L}*|différence|distingu\p{L}*|sondern|tandis|alors que|contrairement|mais|plus|moins|mientras|pero|más|menos|diferencia)\b|而|但|比|区别|より|一方|違|하지만|반면|보다|차이/iu,
);

/** `to save water`, `for safety`; not `to Graz`, `to the station`, `for 12 euros`. */
const AIM = /(?<!\p{L})(?:to|for)\s(?!(?:the|an?|our|their|his|her|its)\s)\p{Ll}/u;

/** Which X is asked for, and how an X looks. */
const NOUNS = (
  [
    [
      /\b(?:licen[cs]e|lizenz|licencia)\b|许可|ライセンス|라이[선센]스/iu,
      /\b(?:apache|mit|bsd|a?gpl|lgpl|mpl|cc[ -]|eupl|public domain|proprietary|creative|unlicense|isc)\b|licen[cs]e|lizenz|licencia|许可|ライセンス|라이[선센]스/iu,
    ],
    [/\b(?:version|versión)\b|版本|バージョン|버전/iu, /\d/u],
    [/\b(?:port|puerto)\b|端口|ポート|포트/iu, /\d{2,5}/u],
    [
      /\be-?mail\b|courriel|correo|邮箱|メール(?:アドレス)?|이메일/iu,
      /@|e-?mail|courriel|correo|邮|メール|이메일/iu,
    ],
    [
      /\b(?:phone|telephone|telefon\p{L}*|téléphone|teléfono)\b|电话|電話|전화/iu,
      /\d{3}|extension|durchwahl/iu,
    ],
    [
      /\b(?:temperature|temperatur|température|temperatura|percentage|percent|prozentsatz|pourcentage|porcentaje|score|rate|size|length|height|weight|width|age|speed|größe|höhe|gewicht|länge|alter|taille|hauteur|poids|altura|peso|budget|presupuesto|haushalt|amount|salary|gehalt|salaire|salario|capacity|kapazität|capacité|capacidad|rent|miete|loyer|alquiler)\b|温度|比例|预算|予算|예산|容量|온도|용량/iu,
      NUMBER,
    ],
    [
      /\b(?:universit\p{L}*|hochschule)\b|大学|대학/iu,
      /universit|college|institut|hochschule|école|academy|大学|대학/iu,
    ],
    [
      /\b(?:conference|konferenz|conférence|conferencia)\b/iu,
      /conferen|konferenz|workshop|symposi|proceedings/iu,
    ],
    [/\b(?:url|website|web address|webseite)\b|网址/iu, /https?:|www\.|\.\p{L}{2,}/iu],
  ] as const
).map(([asks, looks]) => [withEdges(asks), withEdges(looks)] as const);

/** The noun that is asked for stands right behind the asking word. */
const ASKED_NOUN =
  /(?:which|what|under (?:which|what)|welche[rsmn]?|wie (?:lautet|ist|hoch ist|sind)|was ist|quel(?:le)?s?|cuál(?:es)?|qué)(?:['’]s|\s+(?:is|are|was|were|est|sont|es|son))?(?:\s+(?:the|our|your|der|die|das|le|la|les|el|los|las|\p{L}+['’]s))?(?:\s+\S+){1,2}|^.*[\p{sc=Han}\p{sc=Hangul}\p{sc=Katakana}].*$/iu;

/** Whether a text holds the kind of thing that a question asks for, apart from what the question says itself. */
export function holdsWanted(question: Question, text: string): boolean {
  const { kind, text: asked } = question;
  const rest = withoutAsked(text, withoutCounters(asked));
  const cjk = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u.test(text);
  switch (kind) {
    case "who":
      return cjk || namesSomeone(question, text);
    case "when":
      return TIME.test(rest);
    case "count":
      return NUMBER.test(rest);
    case "cost":
      return MONEY.test(rest);
    case "where":
      return PLACE.test(rest);
    case "why":
      return REASON.test(rest) || AIM.test(text);
    case "difference":
    case "comparison":
      return CONTRAST.test(text) || /[,;]/u.test(text) || cjk;
    case "stands-for":
      return spelledOut(asked, text);
    case "value": {
      const noun = NOUNS.find(([asks]) => asks.test(ASKED_NOUN.exec(asked)?.[0] ?? ""));
      return noun === undefined || noun[1].test(rest);
    }
    case "how":
    case "list":
    case "definition":
    case "overview":
    case "yes-no":
      return true;
  }
}

/** A person or a group stands in the clause that says what they did. */
function namesSomeone({ terms, text: asked }: Question, text: string): boolean {
  const content = terms.filter((term) => term.kind === "content");
  if (actsItself(terms, text)) return false;
  const clauses = /^[^:：]{1,60}[:：]/u.test(text)
    ? [text]
    : // `The Council (BC) approves it.` is one clause, and so is what stands in the brackets
      [...text.split(CLAUSE), ...text.replaceAll(/\s*\([^)]*\)/gu, "").split(CLAUSE)];
  return clauses.some((clause) => {
    const said = mentions(clause);
    if (content.length > 0 && !content.some((term) => mentionedIn(said, term.text, term.keys) > 0))
      return false;
    const rest = withoutAsked(clause, asked);
    // a capital at the beginning of a sentence names nobody
    const inner = rest.replace(/^\W*\p{Lu}\p{Ll}*(?=\s+[\p{Ll}\d]|\s*$)/u, (word) =>
      STARTS.test(word) ? "" : word,
    );
    return namesGroup(rest, terms) || namesRole(clause, asked) || namesPerson(inner);
  });
}

/** `service` is no one in an answer to `Who services it?` */
function namesGroup(rest: string, terms: Question["terms"]): boolean {
  const [group] = GROUP.exec(rest) ?? [];
  if (group === undefined) return false;
  const said = mentions(group);
  return !terms.some((term) => mentionedIn(said, term.text, term.keys) > 0);
}

function namesRole(clause: string, asked: string): boolean {
  const role = ACTOR.exec(clause.trim())?.[1];
  return role !== undefined && !asked.toLowerCase().includes(role.toLowerCase());
}

const CLAUSE =
  /[;()]|,\s(?=(?:which|who|that|and|but)\b)|(?<=^(?:to|in|for|when|while|after|before|if)\b[^,]*),/iu;

/** `LangChain released LangGraph.` does not say who made LangChain. */
function actsItself(terms: readonly Term[], text: string): boolean {
  const [first = "", second = ""] = text
    .split(/\s+/u, 2)
    .map((word) => word.replaceAll(/[^\p{L}\p{N}-]/gu, ""));
  const [said, next] = [mentions(first), mentions(second)];
  return (
    terms.some((term) => term.kind === "name" && mentionedIn(said, term.text, term.keys) > 0) &&
    terms.some(
      (term) => term.kind === "content" && isRelation(term) && mentionedIn(next, term.text, term.keys) > 0,
    )
  );
}

/** Words that begin a sentence more often than a name does. */
const STARTS =
  /^\W*(?:the|a|an|to|in|on|at|for|from|with|by|of|if|when|while|after|before|during|since|until|about|although|because|both|many|more|other|such|there|here|according|it|its|this|that|these|those|they|he|she|we|you|i|our|all|each|every|no|not|one|two|three|some|many|most|reflection|training|der|die|das|ein|eine|im|in|am|mit|für|wenn|nach|es|er|sie|wir|le|la|les|un|une|des|dans|pour|il|elle|el|los|las|una|en|para|con|se)$/iu;

/** What an answer adds to the question: its words are taken out, numbers only as whole words. */
function withoutAsked(text: string, asked: string): string {
  const known = new Set(
    asked.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}.-]*[\p{L}\p{N}]|[\p{L}\p{N}]/gu) ?? [],
  );
  return text.replaceAll(/[\p{L}\p{N}][\p{L}\p{N}.-]*[\p{L}\p{N}]|[\p{L}\p{N}]/gu, (word) =>
    known.has(word.toLowerCase()) &&
    /[\p{L}\p{N}]/u.test(word) &&
    !/^(?:in|at|on|to|as|for|by|en)$/iu.test(word)
      ? ""
      : word,
  );
}

/** The letters of an abbreviation of the question begin words that follow one another, or it stands in brackets. */
function spelledOut(asked: string, text: string): boolean {
  const short = (
    asked.match(/(?<![\p{L}\p{N}])\p{L}*\p{Lu}[\p{L}\p{N}-]*\p{Lu}[\p{L}\p{N}-]*/gu) ?? []
  ).filter((word) => text.includes(word));
  if (short.length === 0) return false;
  return short.some((word) => {
    const letters = Array.from(word.replaceAll(/[^\p{L}]/gu, "").toLowerCase());
    const found = (text.replaceAll(word, " | ").match(/[\p{L}|]+/gu) ?? []).map((one) => one.toLowerCase());
    if (
      new RegExp(
        String.raw`stands? for|abbreviat|short for|steht für|signifie|significa|代表|全称|略|약자`,
        "iu",
      ).test(text)
    )
      return true;
    return found.some((_, start) => matchesLetters(found.slice(start), letters));
  });
}

/** Words that begin with the letters in turn, with small words between them. */
function matchesLetters(found: readonly string[], letters: readonly string[]): boolean {
  let at = 0;
  for (const word of found) {
    if (word.startsWith(letters[at] ?? "\u0000")) at += 1;
    else if (at === 0 || !/^(?:of|the|and|for|in|de|des|la|le|du|und|der|für|y|with|to)$/u.test(word))
      return false;
    if (at === letters.length) return at >= 2;
  }
  return false;
}

/** Kinds that ask for one fact, which a text that denies it does not tell. */
export const FACTS: ReadonlySet<Kind> = new Set<Kind>(["who", "when", "where", "count", "cost", "value"]);
