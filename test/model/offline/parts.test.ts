import { expect, test } from "vitest";
import { readSources } from "../../../src/model/offline/sources.ts";
import { concludeParts, readParts } from "../../../src/model/offline/parts.ts";
import { NOTES } from "./notes.ts";

const LAMPS = {
  title: "Lamps",
  text: `The Kestrel lamp was designed by Mara Lind in 1961. Arvo Salo introduced the Plover lamp in 1974.
The Kestrel lamp weighs 4 kg. The manual advises against old bulbs, because old bulbs can crack.
The Institute of Light Design (ILD) tested the lamps. ILD members pay nothing.

## 2.1.0 (2024-05-21)

- The dimmer is no longer supported

## Assembly

1. Screw the foot to the pole.
2. Attach the shade.
3. Plug in the cable.`,
};
const sources = readSources(
  [LAMPS, ...NOTES].map(({ title, text }, at) => ({ number: at + 1, title, text })),
);

function answer(question: string, earlier: readonly string[] = []): string {
  return concludeParts(readParts(question, earlier), sources).text;
}

test.each([
  [
    "Who designed the Kestrel lamp, and what does it weigh?",
    ["Who designed the Kestrel lamp", "what does it weigh?"],
  ],
  ["Who introduced the Plover lamp and when?", ["Who introduced the Plover lamp", "when?"]],
  ["When and where is the meeting?", ["When is the meeting?", "where is the meeting?"]],
  ["Who wrote it? When was it written?", ["Who wrote it?", "When was it written?"]],
  ["Wer leitet das Projekt und wann beginnt es?", ["Wer leitet das Projekt", "wann beginnt es?"]],
  ["Qui dirige le projet et quand commence-t-il ?", ["Qui dirige le projet", "quand commence-t-il ?"]],
  ["¿Quién dirige el proyecto y cuándo empieza?", ["¿Quién dirige el proyecto", "cuándo empieza?"]],
  ["水库建于哪一年，负责人是谁？", ["水库建于哪一年", "负责人是谁？"]],
  ["What is the difference between tea and coffee?", ["What is the difference between tea and coffee?"]],
  ["Which plan includes phone and mail support?", ["Which plan includes phone and mail support?"]],
  ["...", ["..."]],
])("%s asks %j", (question, parts) => {
  expect(readParts(question).map(({ text }) => text)).toEqual(parts);
});

test.each([
  [
    "Who designed the Kestrel lamp, and what does it weigh?",
    "The Kestrel lamp was designed by Mara Lind in 1961 [1].\n\nThe Kestrel lamp weighs 4 kg [1].",
  ],
  [
    "Who designed the Kestrel lamp, and how much does the Wigeon lamp cost?",
    'The Kestrel lamp was designed by Mara Lind in 1961 [1].\n\nhow much does the Wigeon lamp cost? Not found in the sources: they say nothing about "Wigeon".',
  ],
  [
    "Who designed the Kestrel lamp, and who sold it?",
    "The Kestrel lamp was designed by Mara Lind in 1961 [1].\n\nwho sold it? Not found in the sources: no passage that was found answers this question.",
  ],
  [
    "Which was first, the Kestrel or the Plover?",
    "The Kestrel lamp was designed by Mara Lind in 1961 [1]. Arvo Salo introduced the Plover lamp in 1974 [1].",
  ],
  ["Who are the authors of the Plover?", "Arvo Salo introduced the Plover lamp in 1974 [1]."],
  [
    "Why should one not use old bulbs?",
    "The manual advises against old bulbs, because old bulbs can crack [1].",
  ],
  ["What did ILD test?", "The Institute of Light Design (ILD) tested the lamps [1]."],
  [
    "Which version no longer supports the dimmer?",
    "2.1.0 (2024-05-21): The dimmer is no longer supported [1]",
  ],
  ["What comes after attaching the shade?", "Plug in the cable [1]."],
  ["What comes before attaching the shade?", "Screw the foot to the pole [1]."],
  ["What is the weight of the Kestrel lamp?", "The Kestrel lamp weighs 4 kg [1]."],
])("%s: %s", (question, said) => {
  expect(answer(question)).toBe(said);
});

test("a part goes on with what the question before was about", () => {
  expect(answer("And who designed it?", ["What does the Kestrel lamp weigh?"])).toBe(
    "The Kestrel lamp was designed by Mara Lind in 1961 [1].",
  );
});
