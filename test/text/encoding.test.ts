import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { decodeBytes } from "../../src/text/encoding.ts";

const TEXTS: readonly (readonly [
  language: string,
  encodings: readonly string[],
  texts: readonly string[],
])[] = [
  [
    "German",
    ["ISO-8859-1", "WINDOWS-1252"],
    [
      "§ 5 Abs. 2",
      "Café",
      "Straße",
      "Grüße aus Köln",
      "Die Prüfung der Geräte erfolgt jährlich über die Behörde.",
    ],
  ],
  ["German with signs", ["WINDOWS-1252"], ["Der Preis beträgt 20 € – „sofort“"]],
  [
    "French",
    ["ISO-8859-1", "WINDOWS-1252"],
    ["naïve", "Où est la clé ?", "L'élève a reçu un café très sucré à l'hôtel."],
  ],
  ["Spanish", ["ISO-8859-1", "WINDOWS-1252"], ["mañana", "¿Dónde está el baño?", "El niño comió piña."]],
  ["Icelandic", ["WINDOWS-1252"], ["Það er þoka á Íslandi", "Góðan daginn, hvað segirðu gott?"]],
  [
    "Turkish",
    ["WINDOWS-1254", "ISO-8859-9"],
    ["şifre", "İstanbul'da güneş ışığı çok güçlü.", "Ağ şifresi: mandalina"],
  ],
  [
    "Greek",
    ["WINDOWS-1253", "ISO-8859-7"],
    ["κωδικός", "Η Αθήνα είναι η πρωτεύουσα της Ελλάδας.", "Ο κωδικός του Wifi: μανταρίνι"],
  ],
  [
    "Hebrew",
    ["WINDOWS-1255", "ISO-8859-8"],
    ["סיסמה", "ירושלים היא עיר הבירה של ישראל.", "סיסמת Wifi: קלמנטינה"],
  ],
  [
    "Arabic",
    ["WINDOWS-1256", "ISO-8859-6"],
    ["كلمة السر", "القاهرة هي عاصمة مصر وأكبر مدنها.", "كلمة مرور Wifi: يوسفي"],
  ],
  [
    "Thai",
    ["CP874", "TIS-620"],
    ["รหัสผ่าน", "กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย", "รหัสผ่านของ Wifi ในห้องประชุมคือส้มเขียวหวาน"],
  ],
  ["Swedish", ["WINDOWS-1252"], ["Smörgåsbord på ön", "Ærø og Århus"]],
  ["Polish", ["WINDOWS-1250"], ["Zażółć gęślą jaźń", "Hasło do sieci to mandarynka, proszę nie zapomnieć."]],
  ["Czech", ["WINDOWS-1250"], ["Příliš žluťoučký kůň úpěl ďábelské ódy"]],
  [
    "Russian",
    ["WINDOWS-1251", "KOI8-R", "ISO-8859-5"],
    ["привет", "Пароль от сети: мандарин", "ПАРОЛЬ: МАНДАРИН", "Москва является столицей России."],
  ],
  [
    "Chinese",
    ["GBK", "GB18030"],
    ["密码", "联通", "会议室的密码是香蕉。", "Wifi 密码：tangerine", "北京大学位于北京市海淀区。"],
  ],
  ["Chinese of Taiwan", ["BIG5"], ["密碼", "會議室的密碼是香蕉。", "臺北是臺灣的首都"]],
  [
    "Japanese",
    ["CP932", "EUC-JP"],
    ["東京", "パスワード", "会議室のパスワードはバナナです。", "年次休暇は三十日です"],
  ],
  ["Korean", ["CP949", "EUC-KR"], ["비밀번호", "회의실 비밀번호는 바나나입니다.", "서울의 저수량은 많다"]],
  [
    "several languages",
    ["UTF-8", "UTF-16LE", "UTF-16BE"],
    ["Hello world", "Grüße", "会议室的密码是香蕉。\n好", "Привет, мир"],
  ],
];

describe.each(
  TEXTS.flatMap(([language, encodings, texts]) =>
    encodings.map((encoding) => ({ language, encoding, texts })),
  ),
)("$language in $encoding", ({ encoding, texts }) => {
  test.each(texts)("%s", (text) => {
    for (const whole of [text, Array.from({ length: 40 }, () => text).join("\n")]) {
      const bytes = execFileSync("iconv", ["-f", "UTF-8", "-t", encoding], { input: whole });
      expect(decodeBytes(bytes)).toMatchObject({ text: whole, broken: 0 });
    }
  });
});

test.each([
  ["UTF-8", "efbbbf", "utf8"],
  ["UTF-16", "fffe", "utf16le"],
] as const)("a byte order mark of %s is followed and left out", (_, mark, encoding) => {
  const bytes = Buffer.concat([Buffer.from(mark, "hex"), Buffer.from("Zwölf", encoding)]);
  expect(decodeBytes(bytes)?.text).toBe("Zwölf");
});

test.each([
  ["ISO-8859-2", "gęś"],
  // which it is not
  ["UTF-8", "für"],
])("XML that says %s is read", (encoding, text) => {
  const input = `<?xml version="1.0" encoding="${encoding}"?><a>${text}</a>`;
  const bytes = execFileSync("iconv", ["-f", "UTF-8", "-t", "ISO-8859-2"], { input });
  expect(decodeBytes(bytes)).toMatchObject({ text: input, broken: 0 });
});

test("single broken characters of UTF-8 are counted, and do not make it another encoding", () => {
  const bytes = Buffer.concat([Buffer.from("Zwölf Boxkämpfer über ".repeat(10)), Buffer.from([0xff])]);
  expect(decodeBytes(bytes)).toEqual({
    text: `${"Zwölf Boxkämpfer über ".repeat(10)}\uFFFD`,
    encoding: "utf-8",
    broken: 1,
  });
});

test.each([
  ["a picture", "89504e470d0a1a0a0000000d4948445200000001"],
  ["bytes without sense", "ff00ff8081828384"],
  ["bytes of no alphabet", "fffefdfc81828384858687888990"],
])("%s is no text", (_, hex) => {
  expect(decodeBytes(Buffer.from(hex, "hex").subarray(hex.startsWith("fffe") ? 1 : 0))).toBeUndefined();
});
