import { array, assert, boolean, constantFrom, property, stringMatching } from "fast-check";
import { expect, test } from "vitest";
import { queryKey } from "../../src/graph/replies.ts";
import { ask, call, scripted } from "./agent.ts";

const DIFFERENT: readonly (readonly [string, string])[] = [
  ["cheapest flights Paris to London", "cheapest flights London to Paris"],
  ["did Germany invade Poland", "did Poland invade Germany"],
  ['"exact phrase"', "exact phrase"],
  ["“exact phrase”", "exact phrase"],
  ["jaguar -car", "jaguar car"],
  ["jaguar -car", "jaguar - car"],
  ["-5", "5"],
  ["5 - 3", "5 + 3"],
  ["1.5", "15"],
  ["$100", "100"],
  ["50%", "50"],
  ["x² derivative", "x2 derivative"],
  ["C", "C++"],
  ["C#", "C"],
  ["C#", "C++"],
  [".NET", "NET"],
  ["node.js", "node js"],
  ["@types", "types"],
  ["#metoo", "metoo"],
  ["site:python.org asyncio", "python.org asyncio"],
  ["site:python.org asyncio", "-site:python.org asyncio"],
  ["filetype:pdf llm", "filetype pdf llm"],
  ["cats OR dogs", "cats dogs"],
  ["(a b) c", "a (b c)"],
  ["a/b", "a b"],
  ["man in the the moon", "man in the moon"],
  ["café", "cafe"],
  ["它 不 是", "是 它 不"],
  ["Wie groß", "Wie gross"],
  ["???", "!"],
  ["السفر من القاهرة إلى دبي", "السفر من دبي إلى القاهرة"],
  ["Hund beißt Mann", "Mann beißt Hund"],
  ["«точная фраза»", "точная фраза"],
];

const SAME: readonly (readonly [string, string])[] = [
  ["QwQ licence", "  qwq\tLICENCE \n"],
  ["QwQ licence", "QwQ licence?"],
  ["What is C++?", "what is c++"],
  ["What is .NET?", "what is .net."],
  ["ＱｗＱ　３２Ｂ", "QwQ 32B"],
  ["caf\u00e9", "cafe\u0301"],
  ["东京天气？", "东京天气"],
  ["谁是总统。", "谁是总统"],
  ["ﾃｽﾄ", "テスト"],
  ["QwQ\u200b licence", "QwQ licence"],
  ["ΟΔΟΣ", "οδος"],
  ["who?!", "who..."],
  ["¿Quién es el rey?", "quién es el rey"],
  ["هل هو رئيس؟", "هل هو رئيس"],
  ["यह क्या है।", "यह क्या है"],
];

test.each(DIFFERENT)("%j and %j ask different things", (left, right) => {
  expect(queryKey(left)).not.toBe(queryKey(right));
});

test.each(SAME)("%j and %j ask the same", (left, right) => {
  expect(queryKey(left)).toBe(queryKey(right));
});

const word = stringMatching(/^[-+"#.]?[A-Za-z0-9]{1,6}[+#"%]{0,2}$/);
const words = array(word, { minLength: 1, maxLength: 6 });

/** In full-width letters and signs. */
function wide(text: string): string {
  return text.replaceAll(/[!-~]/g, (sign) => String.fromCodePoint(sign.charCodeAt(0) + 0xfe_e0));
}

test("words in any other order, or other words, are another query", () => {
  assert(
    property(words, words, (left, right) => {
      const same = left.join(" ").toLowerCase() === right.join(" ").toLowerCase();
      expect(queryKey(left.join(" ")) === queryKey(right.join(" "))).toBe(same);
    }),
  );
});

test("case, width, white space and a final sign make no other query", () => {
  assert(
    property(
      words,
      constantFrom(" ", "  ", "\t", "\u00a0", "\u3000"),
      constantFrom("", ".", "?", "!", "？", "...", " ?"),
      boolean(),
      (said, space, sign, isWide) => {
        const query = (isWide ? wide : String)(said.join(space).toUpperCase() + sign);
        expect(queryKey(query)).toBe(queryKey(said.join(" ")));
        expect(queryKey(queryKey(query))).toBe(queryKey(query));
      },
    ),
  );
});

test("each of two queries that differ in order alone gets its own results", async () => {
  const { agent, asked } = scripted([
    call("cheapest flights Paris to London"),
    call(["cheapest flights London to Paris", "Cheapest flights Paris to London?"]),
    "Done.\n</think>\n\nSee [2].",
  ]);
  const { state } = await ask(agent, "Q?");
  expect(asked).toEqual(["cheapest flights Paris to London", "cheapest flights London to Paris"]);
  expect(state).toMatchObject({ searches: 2, repeats: 1, stopReason: "answered" });
});
