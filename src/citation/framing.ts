import { isRefusal } from "../text/refusal.ts";
import { createWordPatterns } from "../text/word-patterns/word-patterns.ts";

const pattern = createWordPatterns();

/** Words by which a sentence is seen to state nothing by itself, in English, German, French, Spanish, Chinese, Hebrew and Arabic. */
const BEGIN = String.raw`^[\s\p{P}\p{S}]*`;
const END_OF_WORD = String.raw`(?![\p{L}\p{M}])`;

/** Greetings, thanks, and what only leads to the answer or offers more. */
const FRAMING = pattern(
  String.raw`${BEGIN}(?:(?:hello|hi|hey|good (?:morning|evening|afternoon)|thanks|thank you|you(?:['’]re| are) welcome|sure|certainly|of course|great question|here(?:['’]s| is| are)|below (?:is|are)|the following (?:is|are|lists?|tables?|sections?|points?)|let me|let['’]s|i hope|i(?:['’]ll| will)|i(?:['’]ve| have)? (?:searched|looked)|feel free|please|if you (?:want|need|have|would|like|wish)|this (?:answer|summary|overview|section)|for more (?:details|information)|see also|would you|do you want|hallo|guten (?:tag|morgen|abend)|danke|vielen dank|gern|gerne|bitte|hier (?:ist|sind|folgt|finden)|im folgenden|nachfolgend|ich (?:hoffe|habe (?:gesucht|nachgesehen)|werde)|lassen sie|(?:wenn|falls) (?:sie|du) (?:möchte\p{L}*|woll\p{L}*|willst|weitere|noch|mehr|fragen)|diese (?:antwort|übersicht)|weitere (?:informationen|einzelheiten)|siehe auch|bonjour|merci|voici|j['’]espère|n['’]hésitez|si vous (?:souhaitez|voulez|avez)|hola|gracias|aquí (?:está|están|tiene\p{L}*)|espero|si (?:quieres|desea|necesitas|tiene\p{L}*)|שלום|היי|תודה|בבקשה|הנה|להלן|אני (?:מקווה|אשמח|אחפש)|אם (?:תרצה|תרצי|תרצו|יש לך|ברצונך)|בשמחה|ראו גם|תשובה זו|مرحبا\p{L}*|أهلا|السلام عليكم|شكرا|عفوا|إليك|فيما يلي|آمل|أتمنى|إذا (?:كنت|أردت|رغبت)|بكل سرور|يسعدني|انظر أيضا|هذه الإجابة)${END_OF_WORD}|你好|您好|谢谢|感谢|不客气|以下|下面(?:是|为|列)|希望(?:这|以上|对)|如果(?:你|您)|如需|请(?:问|告|参|注)|我(?:将|会|来|先|可以)|让我|本(?:回答|答案))`,
);

/** What a sentence begins with that draws from those before. */
const CONCLUDING = pattern(
  String.raw`${BEGIN}(?:(?:so|thus|therefore|hence|together|in total|altogether|overall|in sum(?:mary)?|in short|in conclusion|to summari[sz]e|to sum up|that (?:is|makes|means)|this (?:means|makes|gives|adds)|combined|as a result|consequently|also|somit|damit|daher|folglich|insgesamt|zusammen|zusammengenommen|zusammenfassend|kurz|das (?:heißt|macht|ergibt|bedeutet|sind)|demnach|donc|ainsi|au total|en résumé|en conclusion|por (?:lo )?tanto|así|en total|en resumen|en conclusión|juntos|לכן|אם כן|כלומר|לסיכום|בסך הכו?ל|יחד|מכאן|על כן|لذلك|إذن|و?بالتالي|باختصار|المجموع|إجمالا|في المجموع|أي أن|وهكذا|خلاصة القول|ومن ثم)${END_OF_WORD}|因此|所以|因而|总之|综上|总共|合计|一共|总体|也就是说|换言之|由此)`,
);

/** The heading of a list of sources. */
const SOURCES = pattern(
  String.raw`^[\s\p{P}\p{S}]*(?:(?:list of )?sources?(?: cited)?|references?|bibliography|further reading|citations?|quellen(?:verzeichnis|angaben)?|literatur(?:verzeichnis)?|einzelnachweise|nachweise|références|fuentes|referencias|来源|參考資料|参考(?:资料|文献|来源)?|资料来源|引用|מקורות|הפניות|المصادر|المراجع)[\s\p{P}\p{S}]*(?:$|(?<=[:：]\s*)\S)`,
);

export function isFraming(sentence: string): boolean {
  return FRAMING.test(sentence);
}

const SENTENCE_ENDS = /(?<=[.!?。！？؟])\s*|\n+/u;
/** What follows says something after all. */
const TURNS =
  /[,;:，；：、]\s*(?=(?:but|however|yet|though|although|aber|jedoch|doch|mais|cependant|toutefois|pero|sino|aunque|ma|però|mas|porém|maar|echter|но|однако|ale|jednak|하지만|그러나|אבל|لكن)(?!\p{L})|但|不过|然而|しかし|ただし)/iu;

/** An apology, with nothing behind it. */
const APOLOGY =
  /^[\s\p{P}]*(?:(?:i['’]m |i am )?(?:very )?sorry|unfortunately|es tut mir leid|leider|désolée?|lo siento|mi dispiace|sinto muito|het spijt me|извините|对不起|抱歉|申し訳ありません|죄송합니다)[\s\p{P}]*$/iu;

/** Whether an answer says that nothing was found, and nothing else. */
export function refusesOnly(answer: string): boolean {
  const said = answer
    .split(SENTENCE_ENDS)
    .flatMap((sentence) => sentence.split(TURNS))
    .filter((piece) => /\p{L}/u.test(piece) && !isFraming(piece) && !APOLOGY.test(piece));
  return said.length > 0 && said.every(isRefusal);
}

export function isConcluding(sentence: string): boolean {
  return CONCLUDING.test(sentence);
}

export function headsSources(line: string): boolean {
  return SOURCES.test(line);
}
