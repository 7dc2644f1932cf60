import { expect, test } from "vitest";
import { findNumberWords } from "../../../src/text/number-words/number-words.ts";

test.each([
  ["one hundred and five, two hundred twelve", "105 212"],
  ["twenty-one, a dozen, half a dozen, a hundred", "21 12 6 100"],
  // tens and units stand behind hundreds in two steps
  ["three hundred and twenty five", "320 5"],
  ["achtundvierzig, zweihundertfünf, zweihundertundfünf", "48 205 205"],
  ["neunhundertneunundneunzig, achtundneunzigtausend", "999 98000"],
  ["einundzwanzig, einhundert, dreissig, zwölfjährig", "21 100 30 12"],
  ["quarante-huit, soixante et onze, quatre-vingt-dix-sept", "48 71 97"],
  ["deux cent quatre vingt dix, cent un, trois cents", "290 101 300"],
  ["cuarenta y ocho, doscientas treinta y una, ciento uno", "48 231 101"],
  ["خمسة وعشرون, واحد وعشرون, مائة وثلاثة, ثلاثمئة وخمسة وعشرون", "25 21 103 325"],
  ["أحد عشر, ثلاثة عشر, خمس عشرة", "11 13 15"],
  ["עשרים וחמש, שלוש מאות ועשרים וחמש, מאה שלוש, חמש עשרה", "25 325 103 15"],
  ["四十八个, 二百五十, 三万人", "48 250 30000"],
  ["hundertzwei, zweiundzwei, undzwanzig, واحد", ""],
])("%s", (text, expected) => {
  expect(
    findNumberWords(text)
      .map(({ value }) => value)
      .join(" "),
  ).toBe(expected);
});

test("every German number below a thousand that is written as one word", () => {
  const units = "ein zwei drei vier fünf sechs sieben acht neun".split(" ");
  const teens = "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn".split(" ");
  const tens = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split(" ");
  const small = [
    ...units,
    ...teens,
    ...tens.flatMap((ten) => [ten, ...units.map((unit) => `${unit}und${ten}`)]),
  ];
  const hundreds = ["", ...units.map((unit) => `${unit}hundert`)];
  const all = hundreds.flatMap((hundred, times) =>
    small.map((word, at) => [hundred + word, times * 100 + at + 1] as const),
  );
  const missed = all
    .filter(([word]) => !/^ein$|hundertein$/.test(word))
    .filter(([word, value]) => findNumberWords(word)[0]?.value !== value);
  expect(all).toHaveLength(990);
  expect(missed).toEqual([]);
});
