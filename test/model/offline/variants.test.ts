import { expect, test } from "vitest";
import { conclude } from "../../../src/model/offline/conclusion.ts";
import { readSources } from "../../../src/model/offline/sources.ts";
import { readQuestion } from "../../../src/model/offline/question.ts";

function answer(question: string, text: string): string {
  return conclude(readQuestion(question), readSources([{ number: 1, title: "notes", text }])).text;
}

/** A note in several languages, the way people write one: the key, the value, and how it is asked for. */
const NOTES = [
  ["Wifi password", "tangerine", "What is the wifi password"],
  ["Gate code", "4711", "What is the code of the gate"],
  ["WLAN-Passwort", "Sonnenblume", "Wie lautet das WLAN-Passwort"],
  ["Mot de passe du coffre", "violette", "Quel est le mot de passe du coffre"],
  ["Contraseña del servidor", "girasol", "¿Cuál es la contraseña del servidor"],
  ["无线网密码", "向日葵", "无线网密码是什么"],
  ["Wi-Fiのパスワード", "ひまわり", "Wi-Fiのパスワードは何ですか"],
  ["와이파이 비밀번호", "해바라기", "와이파이 비밀번호는 무엇인가요"],
] as const;
const LINES = [
  "- KEY: VALUE",
  "KEY = VALUE",
  "KEY=VALUE",
  "* KEY → VALUE",
  "KEY -> VALUE",
  "KEY: VALUE",
  "**KEY:** VALUE",
  "1. KEY – VALUE",
  "KEY：VALUE",
];
const ASKED = [
  (question: string) => `${question}?`,
  (question: string) => question,
  (question: string) => question.toLowerCase(),
];

test.each(NOTES)("%s is told, however it is written and asked for", (key, value, question) => {
  for (const line of LINES) {
    const text = `Colour of the door: green\n\n${line.replace("KEY", key).replace("VALUE", value)}\n\nThe bus leaves at noon.`;
    for (const ask of ASKED) {
      const said = answer(ask(question), text);
      expect({ line, said }).toEqual({
        line,
        said: expect.stringMatching(new RegExp(`^[^\n]*${value} \\[1\\]`, "u")),
      });
    }
  }
});

/** The same table in the dialects that notes are written in. */
const ROWS = [
  ["Name", "Role", "Phone"],
  ["Ingrid Solheim", "Office manager", "555-0142"],
  ["Marco Bianchi", "IT support", "555-0177"],
  ["Priya Nair", "Accountant", "555-0199"],
] as const;
const TABLES: Readonly<Record<string, string>> = {
  markdown: `| ${ROWS[0].join(" | ")} |\n|---|:--:|---|\n${ROWS.slice(1)
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n")}`,
  "markdown without outer bars": `${ROWS[0].join(" | ")}\n--- | --- | ---\n${ROWS.slice(1)
    .map((row) => row.join(" | "))
    .join("\n")}`,
  org: `| ${ROWS[0].join(" | ")} |\n|------+------+-------|\n${ROWS.slice(1)
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n")}`,
  grid: ROWS.map((row) => `+---+---+---+\n| ${row.map((cell) => cell.padEnd(15)).join(" | ")} |`).join("\n"),
  tabs: ROWS.map((row) => row.join("\t")).join("\n"),
  spaces: ROWS.map((row) =>
    row
      .map((cell) => cell.padEnd(18))
      .join("")
      .trim(),
  ).join("\n"),
  "simple rst": `==============  ==============  ========\n${ROWS.map((row) =>
    row
      .map((cell) => cell.padEnd(16))
      .join("")
      .trim(),
  ).join("\n")}`,
  semicolons: ROWS.map((row) => row.join(";")).join("\n"),
  commas: ROWS.map((row) => row.join(", ")).join("\n"),
};

test.each(Object.entries(TABLES))("a table written with %s has its header in each row", (_, table) => {
  const text = `The office is in Oslo.\n\n${table}\n\nVisitors park in lot C.`;
  const row = "Name: Marco Bianchi; Role: IT support; Phone: 555-0177 [1]";
  expect(answer("What is the phone number of IT support?", text)).toBe(row);
  expect(answer("what is marco bianchi's phone", text)).toBe(row);
  expect(answer("Who is the accountant?", text)).toBe(
    "Name: Priya Nair; Role: Accountant; Phone: 555-0199 [1]",
  );
});

test("prose with commas or wide spaces is no table", () => {
  const text =
    "We met Anna, Ben, and Carla.\nThey live in Oslo, Bergen, and Rome.\nThey like tea, milk, and bread.";
  expect(answer("Where do they live?", text)).toBe("They live in Oslo, Bergen, and Rome [1].");
  expect(answer("Who lives in Rome?", "Anna lives in Rome.  Ben lives in Oslo.")).toBe(
    "Anna lives in Rome [1].",
  );
});
