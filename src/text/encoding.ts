import { analyse } from "chardet";

/** An encoding, the script of the texts that were written in it, and how much each letter speaks for it. */
interface Candidate {
  readonly name: string;
  readonly script: RegExp;
  /** The letters of these languages, the most frequent first. */
  readonly frequent: string;
  /** Letters of languages that fewer texts are in. */
  readonly seldom?: string;
  /** First and last lead byte of the characters that the standard lists as the common ones. */
  readonly common?: readonly [first: number, last: number];
  /** Its letters stand among those of ASCII. */
  readonly standsAlone?: boolean;
  /** A letter on its own is no word. */
  readonly inWords?: boolean;
  /** How much less likely it is than the others. */
  readonly rare?: number;
}

const PUNCTUATION = "“”‘’„–—…€«»°§·•，。、：；！？（）《》「」『』　";
const SIMPLIFIED =
  "的一是不了人在有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运";
const TRADITIONAL =
  "的一是不了人在有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西月話合回特代內信表化老給世位次度門任常先海通教原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清今切院讓識候帶導爭運";
const HANGUL =
  "이다는에의가을를고하은한로도지사기서리시인대어자라나아정해있수일부보전그으니제구것주여게우들상스장면적오동조과없비성세미선용공와원소국마내관진계위무학신까문안만년되때교방치체개행경합중말며실금호입파연결화모바드민최생할번분업산회날식물트였설차된통했습요저월천음처달야반강약료단복순양목추간후건심외육출속급력품터운";
const CYRILLIC = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё";
const CENTRAL_EUROPEAN = "ąćęłńóśźżáčďéěíňřšťúůýžäöüőűăâîşţßàèç";
const LATIN = "éäöüßèàñçóíáúøåæêâôîûùïëãõìòœ¿¡";
const TURKISH = "ışüğçöâîû";
const GREEK = "αοιετσνηυρπκμλςίόάγέδήχωθύφβώξζψϊϋΐΰ";
const HEBREW = "יוהלאמרתשבנדחפקםסעטגכזןצךףץ";
const ARABIC = "اليمنرتودبعهسفقكةحجشصطخأزضىغثذظءإئؤآًٌٍَُِّْپچژگ،؛؟ـ";
const THAI = "าเ่ีแ้ิไัะุ็ู์ำใโืึนรกองวมยลสตทบปคห";
const KANA =
  "のにはをたがでてとしれさいるなもっんこすまうりあくきけらだよどめつみおかわやえそちびばげじスンルトリアイラクードシレタコマプジメットパバワナ";

const KANJI =
  "東京日本人年大会社員部都県市区駅月時分間円今前後中上下行見学校生先電車休暇料金料理家族新聞高山田水木火土曜名所方法書類";
const JAPANESE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u;

const CANDIDATES: readonly Candidate[] = [
  { name: "windows-1252", script: /\p{Script=Latin}/u, frequent: LATIN, seldom: "ðþý", standsAlone: true },
  { name: "windows-1250", script: /\p{Script=Latin}/u, frequent: CENTRAL_EUROPEAN, rare: 0.65 },
  { name: "windows-1251", script: /\p{Script=Cyrillic}/u, frequent: CYRILLIC },
  { name: "koi8-r", script: /\p{Script=Cyrillic}/u, frequent: CYRILLIC },
  { name: "iso-8859-5", script: /\p{Script=Cyrillic}/u, frequent: CYRILLIC, rare: 0.1 },
  { name: "windows-1253", script: /\p{Script=Greek}/u, frequent: GREEK },
  { name: "windows-1254", script: /\p{Script=Latin}/u, frequent: TURKISH, rare: 0.1 },
  { name: "windows-1255", script: /\p{Script=Hebrew}/u, frequent: HEBREW, inWords: true },
  { name: "windows-1256", script: /[\p{Script=Arabic}ًٌٍَُِّْـ]/u, frequent: ARABIC, inWords: true },
  { name: "iso-8859-6", script: /[\p{Script=Arabic}ًٌٍَُِّْـ]/u, frequent: ARABIC, inWords: true },
  { name: "windows-874", script: /\p{Script=Thai}/u, frequent: THAI, inWords: true, rare: 0.2 },
  { name: "gb18030", script: /\p{Script=Han}/u, frequent: SIMPLIFIED, common: [0xb0, 0xd7] },
  { name: "big5", script: /\p{Script=Han}/u, frequent: TRADITIONAL, common: [0xa4, 0xc6] },
  { name: "shift_jis", script: JAPANESE, frequent: KANJI + KANA, common: [0x88, 0x97] },
  { name: "euc-jp", script: JAPANESE, frequent: KANJI + KANA, common: [0xb0, 0xcf] },
  { name: "euc-kr", script: /\p{Script=Hangul}/u, frequent: HANGUL, common: [0xb0, 0xc8] },
];
const WIDE: readonly Candidate[] = ["utf-16le", "utf-16be"].map((name) => ({
  name,
  script: /[\p{L}\p{M}]/u,
  frequent: LATIN + CYRILLIC + SIMPLIFIED + KANA + HANGUL,
}));

/** What chardet calls an encoding, and what `TextDecoder` does. */
const CHARDET_NAMES = new Map([
  ["iso-8859-1", "windows-1252"],
  ["iso-8859-2", "windows-1250"],
  ["iso-8859-7", "windows-1253"],
  ["iso-8859-8", "windows-1255"],
  ["iso-8859-9", "windows-1254"],
]);

/** What 0x80 to 0x9F are in windows-1252; some versions of Node leave them as control characters. */
const WINDOWS_1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ";

/** https://www.w3.org/TR/xml/#charencoding */
const XML_DECLARATION = /^<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/u;

/** So much of a text is looked at. In bytes. */
const SAMPLE = 64_000;
/** A text whose score is lower is in none of the encodings. */
const LEAST = 0.35;
const PRINTABLE_ASCII = /^[\t\n\r\f\v -~]*$/u;
const ODD = /[\p{Cn}\p{Co}\p{Cs}\uFFFD]|(?![\t\n\r\f\v])\p{Cc}/u;

/** A text, and how its encoding is called. `broken` is the number of characters that could not be read. */
export interface Decoded {
  readonly text: string;
  readonly encoding: string;
  readonly broken: number;
}

/**
 * Text of bytes in an unknown encoding: by a byte order mark, as UTF-8 where they are that, else as an XML declaration
 * says, else in the encoding in which they look most like something that a person wrote. `undefined` where they look so in none.
 */
export function decodeBytes(bytes: Uint8Array): Decoded | undefined {
  const marked = readMark(bytes);
  if (marked !== undefined) return decodeAs(bytes, marked);
  const utf8 = tryDecode(bytes, "utf-8");
  if (utf8 !== undefined && (!bytes.includes(0) || isTextWithNuls(utf8))) {
    return { text: utf8, encoding: "utf-8", broken: 0 };
  }
  const sample = sampleOf(bytes);
  if (bytes.includes(0)) {
    if (bytes.length % 2 === 1) return undefined;
    const wide = best(sample, WIDE);
    return wide === undefined ? undefined : decodeAs(bytes, wide);
  }
  const declared = XML_DECLARATION.exec(Buffer.from(bytes.subarray(0, 200)).toString("latin1"))?.[1];
  const named = declared === undefined ? undefined : decodeAs(bytes, declared);
  if (named !== undefined && named.encoding !== "utf-8") return named;
  const lenient = decodeAs(bytes, "utf-8");
  const sound = lenient?.text.match(/(?!\uFFFD)[^\0-\x7F]/gu)?.length ?? 0;
  if (lenient !== undefined && sound >= 10 * lenient.broken) return lenient;
  const found = best(sample, CANDIDATES);
  return found === undefined ? undefined : decodeAs(bytes, found);
}

/** The control characters that stand in texts. */
const CONTROLS = "\0\b\t\n\v\f\r\u001B";

/** Some programs pad a text with NULs: there are few of them, and no other signs that only a binary file has. */
function isTextWithNuls(text: string): boolean {
  const nuls = text.match(/\0/gu)?.length ?? 0;
  return nuls * 4 < text.length && (text.match(/\p{Cc}/gu) ?? []).every((sign) => CONTROLS.includes(sign));
}

/** In an encoding that is named. `undefined` for a name that nobody knows. Characters that are broken become U+FFFD. */
export function decodeAs(bytes: Uint8Array, encoding: string): Decoded | undefined {
  try {
    const decoder = new TextDecoder(encoding);
    const text = mendWindows1252(decoder.decode(bytes), decoder.encoding);
    return { text, encoding: decoder.encoding, broken: text.match(/\uFFFD/gu)?.length ?? 0 };
  } catch {
    return undefined;
  }
}

export function readMark([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}

/** The lines that hold what is not ASCII: they alone tell something, and may stand far from the beginning. */
function sampleOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= SAMPLE) return bytes;
  const first = bytes.findIndex((byte) => byte >= 0x80 || byte === 0);
  const start = bytes.lastIndexOf(0x0a, first) + 1;
  return bytes.subarray(start, start + SAMPLE - (SAMPLE % 2));
}

function best(sample: Uint8Array, candidates: readonly Candidate[]): string | undefined {
  const guesses = new Map(
    analyse(sample).map(({ name, confidence }) => {
      const lower = name.toLowerCase();
      return [CHARDET_NAMES.get(lower) ?? lower, confidence / 100];
    }),
  );
  let found: { readonly name: string; readonly score: number } | undefined;
  for (const one of candidates) {
    const text = tryDecode(sample, one.name);
    if (text === undefined) continue;
    const score = judge(text, one) + 0.3 * (guesses.get(one.name) ?? 0);
    if (score > (found?.score ?? LEAST)) found = { name: one.name, score };
  }
  return found?.name;
}

/** From about 2 for a text of the candidate's languages to below 0 for what no person wrote. */
function judge(text: string, candidate: Candidate): number {
  const weights = weigh(candidate);
  let sum = 0;
  let count = 0;
  let before = " ";
  const letters = Array.from(text);
  for (const [index, letter] of letters.entries()) {
    if (!PRINTABLE_ASCII.test(letter)) {
      count++;
      sum += judgeLetter(letter, before, letters[index + 1] ?? " ", candidate, weights);
    }
    before = letter;
  }
  return count === 0 ? 1 : sum / count - (candidate.rare ?? 0);
}

function judgeLetter(
  letter: string,
  before: string,
  after: string,
  { script, standsAlone = false, inWords = false }: Candidate,
  weights: ReadonlyMap<string, number>,
): number {
  if (ODD.test(letter)) return -5;
  if (PUNCTUATION.includes(letter)) return 1;
  const isLatin = /\p{Script=Latin}/u.test(letter);
  const weight = weights.get(letter.toLowerCase());
  if (weight === undefined && !script.test(letter)) return /\p{L}/u.test(letter) ? -1 : -0.5;
  if (!isLatin && /[A-Za-z]/u.test(before + after)) return -1;
  if (/\p{Ll}\p{Lu}|\p{Lu}\p{Lu}\p{Ll}|ς\p{L}/u.test(before + letter + after)) return -1;
  if (inWords && !script.test(before) && !script.test(after)) return -0.5;
  if (standsAlone && /^(?![ -~])\p{L}.(?![ -~])\p{L}$/u.test(before + letter + after)) return 0.3;
  return (weight ?? 0.1) * (/\p{Lu}/u.test(letter) ? 0.92 : 1);
}

const weighed = new Map<string, ReadonlyMap<string, number>>();

/** From 2 for the most frequent letter to 0.8 for the last one that is listed; 1 for the rest of the common ones. */
function weigh({ name, frequent, seldom = "", common }: Candidate): ReadonlyMap<string, number> {
  const known = weighed.get(name);
  if (known !== undefined) return known;
  const weights = new Map<string, number>();
  if (common !== undefined) {
    const decoder = new TextDecoder(name);
    for (let lead = common[0]; lead <= common[1]; lead++) {
      const first = name === "big5" || name === "shift_jis" ? 0x40 : 0xa1;
      const bytes = Array.from({ length: 0xff - first }, (_, index) => [lead, first + index]).flat();
      for (const letter of decoder.decode(Uint8Array.from(bytes)))
        if (letter > "\u007F") weights.set(letter, 1);
    }
  }
  for (const letter of seldom) weights.set(letter, 1.2);
  const letters = Array.from(frequent);
  for (const [index, letter] of letters.entries()) {
    if (!weights.has(letter) || index < letters.length / 2)
      weights.set(letter, 2 - (1.2 * index) / letters.length);
  }
  weighed.set(name, weights);
  return weights;
}

/** A character that the end of the sample cuts in two is no fault. */
function tryDecode(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    const decoder = new TextDecoder(encoding, { fatal: true });
    const text = decoder.decode(bytes, { stream: bytes.length >= SAMPLE - 1 });
    return mendWindows1252(text, decoder.encoding);
  } catch {
    return undefined;
  }
}

function mendWindows1252(text: string, encoding: string): string {
  if (encoding !== "windows-1252") return text;
  return text.replace(/[\u0080-\u009F]/gu, (sign) => WINDOWS_1252[sign.charCodeAt(0) - 0x80] ?? sign);
}
