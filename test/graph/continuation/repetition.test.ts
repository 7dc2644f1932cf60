import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CORPUS_FOLDER } from "../../../src/assemble/assemble.ts";
import { createRepetitionWatch, endsInLoop } from "../../../src/graph/continuation/repetition.ts";

/** Where the watch first fires when a text is fed in chunks; -1 if never. */
function firesAt(text: string, chunk = 4): number {
  const watch = createRepetitionWatch();
  for (let at = 0; at < text.length; at += chunk) {
    if (watch.add(text.slice(at, at + chunk))) return at + chunk;
  }
  return -1;
}

const PROLOGUE = "First I should find out who released the model, and under which licence. ";

test.each([
  ["one token", "wait "],
  ["a sentence", "I should search again, but I have searched already. "],
  [
    "two lines",
    "Alternatively, the answer could be 7.\nBut the source says otherwise, so let me think again.\n",
  ],
  ["letters of two units", "😀"],
])("%s without end is found before long", (_name, piece) => {
  const text = PROLOGUE + piece.repeat(2000);
  const at = firesAt(text);
  expect(at).toBeGreaterThan(PROLOGUE.length);
  expect(at).toBeLessThan(PROLOGUE.length + Math.max(1200, piece.length * 8) + 2 * 500);
});

test.each([
  [
    "seven copies of a paragraph",
    `${"A long paragraph that a careful model may well quote again. ".repeat(6)}\n`.repeat(7).slice(0, 1199),
  ],
  ["a rule of dashes", `Title\n${"-".repeat(600)}\nText`],
  ["a table", Array.from({ length: 60 }, (_, row) => `| row ${row} | value ${row * 7} |`).join("\n")],
  ["counting", Array.from({ length: 2000 }, (_, n) => `${n}, `).join("")],
])("%s is no loop", (_name, text) => {
  expect(firesAt(text)).toBe(-1);
});

test("no article of the corpus is one", () => {
  const text = readdirSync(CORPUS_FOLDER)
    .map((name) => readFileSync(`${CORPUS_FOLDER}/${name}`, "utf8"))
    .join("\n");
  expect(firesAt(text, 37)).toBe(-1);
});

test("where the chunks are cut does not matter to whether it fires", () => {
  const text = PROLOGUE + "again and again ".repeat(300);
  for (const chunk of [1, 3, 100, 5000]) expect(firesAt(text, chunk)).toBeGreaterThan(0);
});

/** Draws from a list for ever, by a small generator, so that the order varies and the test does not. */
function drawn(pieces: readonly string[], times: number): string {
  let seed = 7;
  return Array.from({ length: times }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return pieces[seed % pieces.length] ?? "";
  }).join("");
}

const LOOPS: readonly (readonly [name: string, text: (times: number) => string])[] = [
  ["one sentence", (times) => "I am a person. ".repeat(times)],
  [
    "two that alternate",
    (times) => "I should search. But I have searched already, so I answer. ".repeat(times),
  ],
  [
    "three that come in any order",
    (times) => drawn(["I am a person. ", "I am a model of language. ", "I can answer that. "], times),
  ],
  [
    "one with a number that grows",
    (times) =>
      Array.from({ length: times }, (_, at) => `In attempt ${at} I should look for it once more. `).join(""),
  ],
  ["German", (times) => "Ich weiß es nicht, ich muss suchen. ".repeat(times)],
  ["Chinese", (times) => "我不知道，我应该再搜索一次。".repeat(times)],
  ["lines", (times) => "The answer is:\n\n- the answer is\n".repeat(times)],
];

test("five times one short sentence are a loop", () => {
  expect([4, 5].map((times) => endsInLoop("I am a person. ".repeat(times)))).toEqual([false, true]);
});

test.each([
  ["a sentence", "The answer is: Palder Works.\n"],
  ["two", "It is in Trier. It was built by the Romans [1].\n\n"],
  ["German", "Die Antwort lautet: das Werk Palder.\n"],
  ["Chinese", "答案是帕尔德工厂。\n"],
  ["figures", "The answer is 42 of 108.\n"],
])("four copies to the letter are a loop, the last one whole or cut off: %s", (_name, text) => {
  expect(endsInLoop(text.repeat(2))).toBe(false);
  for (const cut of [0, 1, 3]) {
    expect(endsInLoop(text.repeat(5).slice(0, text.length * 4 + cut))).toBe(true);
    expect(endsInLoop(`It is about Trier and its gate. ${text.repeat(4)}${text.slice(0, cut)}`)).toBe(true);
  }
});

test.each(LOOPS)("%s over and over is seen as it is written, and at its end however short", (_name, text) => {
  expect(firesAt(PROLOGUE + text(400))).toBeGreaterThan(0);
  expect(endsInLoop(text(30))).toBe(true);
  expect(endsInLoop(PROLOGUE + text(40))).toBe(true);
});

test.each([
  ["a word", "Paris."],
  ["a sentence", "It is in Trier, on the Moselle, and was built by the Romans [1]."],
  ["the same sentence twice", "It is in Trier [1]. As I said, it is in Trier [1]."],
  ["a list", "- Bonn\n- Trier\n- Köln\n- Mainz\n- Worms\n- Speyer\n- Straßburg\n- Basel\n"],
  ["a table", Array.from({ length: 60 }, (_, row) => `| row ${row} | value ${row * 7} | yes |`).join("\n")],
  [
    "years",
    Array.from({ length: 30 }, (_, at) => `In ${1990 + at} it had ${5_000 + at * 37} people.`).join(" "),
  ],
  ["counting", Array.from({ length: 200 }, (_, n) => `${n}, `).join("")],
])("%s is no loop at its end", (_name, text) => {
  expect(endsInLoop(text)).toBe(false);
});

test("no article of the corpus ends in one, nor does a draft that is written out as the answer", () => {
  for (const name of readdirSync(CORPUS_FOLDER)) {
    const text = readFileSync(`${CORPUS_FOLDER}/${name}`, "utf8");
    expect([name, endsInLoop(text), endsInLoop(text + text)]).toEqual([name, false, false]);
    expect(firesAt(text + text, 40)).toBe(-1);
  }
});

test.each([
  [
    "English",
    ["Paris", "Lyon", "Nice", "Lille", "Nantes", "Metz", "Dijon", "Reims"].map(
      (city) =>
        `The museum of fine arts in ${city} is open every day from nine to five, but not in winter [1].`,
    ),
  ],
  [
    "German",
    ["Ulm", "Bonn", "Trier", "Kiel", "Jena", "Halle", "Gera", "Fulda"].map(
      (city) => `- ${city}: Die Bibliothek ist montags bis freitags von neun bis achtzehn Uhr geöffnet [2].`,
    ),
  ],
  [
    "Chinese",
    ["北京", "上海", "广州", "深圳", "成都", "武汉", "南京", "西安"].map(
      (city) => `${city}博物馆周二至周日上午九点开放，免费参观[1]。`,
    ),
  ],
  [
    "a table in words",
    ["Anna", "Ben", "Cara", "Dora", "Emil", "Finn"].map(
      (name) => `${name} does not appear in any of the sources that were found.`,
    ),
  ],
])("a list whose lines differ in a name is no loop: %s", (_name, lines) => {
  expect(endsInLoop(lines.join("\n"))).toBe(false);
});
