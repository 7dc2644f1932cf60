import { expect, test } from "vitest";
import { checkAnswer } from "../../src/citation/check.ts";

const SOURCES = [
  {
    number: 1,
    title: "Harbour bridge",
    url: "https://bridge.example/",
    text: "The bridge opened in 1998. It is 412 metres long. The tunnel is 300 metres long.",
  },
];

test.each([
  [
    "English",
    `# The harbour bridge

Hello! Here is what I found. The bridge opened in 1998 [1]. It was designed by Ada Cole. Who paid for it? I could not find who paid for it.
The sources do not say how heavy it is. Key facts:

- It is 412 metres long [1].
- The tunnel is 300 metres long [1]
- It cost 48 million dollars

| Part | Length |
| --- | --- |
| Bridge | 412 [1] |
| Ramp | 90 metres |

Together, the bridge and the tunnel are 712 metres long. Therefore the bridge carries 48 trains. The bridge opened in 1998.

\`\`\`
print("The bridge was sold in 2001.")
\`\`\`

I hope this helps! If you want more, please ask.

## Sources
- Harbour bridge, opened in 1998 by the port authority.`,
    [
      "It was designed by Ada Cole.",
      "It cost 48 million dollars",
      "| Ramp | 90 metres |",
      "Therefore the bridge carries 48 trains.",
    ],
  ],
  [
    "German",
    "Guten Tag! Hier ist die Antwort. Die Brücke wurde 1998 eröffnet [1]. Sie wurde von Ada Cole entworfen. In den Quellen steht nicht, wer sie bezahlt hat. Zusammen sind Brücke und Tunnel 712 Meter lang. Die Brücke ist 412 m und der Tunnel 300 m lang [1]. Wer zahlte?\n\nQuellen:\n- Hafenbrücke, eröffnet von der Behörde.",
    ["Sie wurde von Ada Cole entworfen."],
  ],
  [
    "Chinese",
    "你好！以下是答案。大桥于1998年开通[1]。它由李明设计。来源没有提到费用。因此，大桥在1998年开通。谁付的钱？希望这对你有帮助。\n\n参考资料：\n1. 海港大桥，由港务局开通。",
    ["它由李明设计。"],
  ],
  [
    "Hebrew",
    "שלום! הנה התשובה. הגשר נפתח בשנת 1998 [1]. הוא תוכנן על ידי עדה כהן. המקורות אינם מציינים מי שילם. מי שילם? לכן הגשר נפתח בשנת 1998.\n\nמקורות:\n- גשר הנמל, נפתח על ידי הרשות.",
    ["הוא תוכנן על ידי עדה כהן."],
  ],
  [
    "Arabic",
    "مرحبا! إليك الجواب. افتتح الجسر عام 1998 [1]. صممته المهندسة ليلى حداد. لا تذكر المصادر من دفع. من دفع؟ لذلك افتتح الجسر عام 1998.\n\nالمصادر:\n- جسر الميناء، افتتحته السلطة.",
    ["صممته المهندسة ليلى حداد."],
  ],
  [
    "a verb that the checks compare",
    "It opened in 1999. Sie stieg 1999. It is open.",
    ["It opened in 1999.", "Sie stieg 1999."],
  ],
  ["one word", "Ulamia.", ["Ulamia."]],
  ["a greeting", "You are welcome!", []],
  ["a refusal", "I could not find an answer in the sources.", []],
])("sentences that state a fact and have no source are listed: %s", (_, answer, uncited) => {
  expect(checkAnswer(answer, SOURCES).uncited).toEqual(uncited);
});

test("an answer of one word is judged by what the question asks about", () => {
  const verdicts = ["How long is the Harbour bridge?", "How long is the Ardell bridge?"].map((question) =>
    checkAnswer("412 metres [1].", SOURCES, question).citations.map(({ verdict, checks }) => ({
      verdict,
      subject: checks.filter(({ check }) => check === "subject"),
    })),
  );
  expect(verdicts).toEqual([
    [{ verdict: "partly", subject: [] }],
    [{ verdict: "unclear", subject: [{ check: "subject", result: "weak", words: ["Ardell"] }] }],
  ]);
});

function source(number: number, title: string, text: string) {
  return { number, title, url: `https://e.example/${number}`, text };
}

function verdictsOf(ship: string, question: string, person: string) {
  return checkAnswer(
    "Botanist [1][2].",
    [source(1, "Spirit of Harstead", ship), source(2, person, "By profession he is a botanist.")],
    question,
  ).citations.map(({ verdict }) => verdict);
}

test("an answer of two steps is unclear where the first source does not lead to the second", () => {
  const question = "What is the profession of the captain of Spirit of Harstead?";
  expect([
    verdictsOf("Its captain is Kaldan Garth.", question, "Kaldan Garth"),
    verdictsOf("Its captain is Kaldan Garth.", question, "Kaldan Garth – Almanac"),
    verdictsOf("It was launched in 1952.", question, "Kaldan Garth"),
    verdictsOf(
      "Ihr Kapitän ist Kaldan Garth.",
      "Welchen Beruf hat der Kapitän der Spirit of Harstead?",
      "Kaldan Garth",
    ),
  ]).toEqual([
    ["unsupported", "supported"],
    ["unsupported", "supported"],
    ["unsupported", "unclear"],
    ["unsupported", "supported"],
  ]);
});

test("a word or two are supported where the passage speaks of what was asked, and partly where it does not", () => {
  const about = source(
    1,
    "The Crooked Orchard",
    "The Crooked Orchard was written by Wenelvin Lanowick in 1911.",
  );
  const verdictTo = (question: string, answer: string) =>
    checkAnswer(`${answer} [1].`, [about], question).citations.map(({ verdict }) => verdict)[0];
  expect([
    verdictTo("Who has written The Crooked Orchard?", "Wenelvin Lanowick"),
    verdictTo("Who published The Crooked Orchard?", "Wenelvin Lanowick"),
    verdictTo("Name the publisher of The Crooked Orchard.", "Wenelvin Lanowick"),
    verdictTo("Wer hat The Crooked Orchard geschrieben?", "Wenelvin Lanowick"),
  ]).toEqual(["supported", "partly", "partly", "supported"]);
});

test("a name of two words is found as one, and an answer that only says it again says nothing", () => {
  const about = source(1, "Ras Harstad", "Ras Harstad works at Mel Foundry.");
  const verdictOf = (answer: string, question: string) =>
    checkAnswer(answer, [about], question).citations.map(({ verdict }) => verdict);
  expect(verdictOf("Mel Foundry [1].", "Where does Ras Harstad work?")).toEqual(["supported"]);
  expect(verdictOf("Mel Foundry [1].", "Who owns Harstad Foundry?")).toEqual(["unclear"]);
  expect(verdictOf("Ras Harstad [1].", "Who pays Ras Harstad?")).toEqual(["unclear"]);
});
