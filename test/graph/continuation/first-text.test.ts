import { describe, expect, test } from "vitest";
import { createAnswerContent } from "../../../src/graph/answer-content.ts";
import { createShownEvents } from "../../../src/graph/continuation/shown-events.ts";
import { protocols } from "../../../src/protocol/index.ts";
import { ask, scripted } from "../agent.ts";

type Name = keyof typeof protocols;
const NAMES = Object.keys(protocols) as Name[];

/** How many tokens after the first of an answer something of it is shown, where each comes in a chunk of its own. */
function tokensLate(name: Name, tokens: readonly string[]): number {
  const protocol = protocols[name];
  const question = { question: "Q?", history: [], date: "2026-11-22", maxSearches: 3, boundary: "k7f3" };
  const reader = protocol.reader(protocol.open({ ...question, dialect: "qwq" }).prefix, { calls: true });
  const shown = createShownEvents({ protocol, isKnown: () => false });
  const before = protocol.modelSide.answer("@@").split("@@")[0]!;
  for (const event of before.split("").flatMap((character) => shown(reader.feed(character))))
    expect(event.type).not.toBe("answer-delta");
  return tokens.findIndex((token) => shown(reader.feed(token)).some(({ type }) => type === "answer-delta"));
}

describe("the first token of an answer leaves when it arrives", () => {
  test.each([
    ["a word", ["The", " answer", " is"]],
    ["a word in pieces", ["Q", "w", "Q", "-", "3", "2", "B", " is"]],
    ["a word like an address", ["How", "ever", ",", " it"]],
    ["Chinese", ["北京", "是", "中国"]],
    ["Japanese", ["東京", "は", "日本"]],
    ["Thai", ["กรุง", "เทพ", "เป็น"]],
    ["Arabic", ["ال", "قاهرة", " هي"]],
    ["Hebrew", ["יר", "ושלים", " היא"]],
    ["Hindi", ["दि", "ल्ली", " भारत"]],
    ["Korean", ["서", "울은", " 대한"]],
    ["Cyrillic", ["Мо", "ск", "ва", " —"]],
    ["accents", ["É", "mile", " Z"]],
    ["accents in two characters", ["E\u0301", "mile", " Z"]],
    ["bold", ["**", "Q", "w", "Q", "**"]],
    ["a heading", ["#", " Answer", "\n"]],
    ["a list", ["-", " one", "\n"]],
    ["a numbered list", ["1", ".", " One"]],
    ["a year", ["2", "0", "2", "6", " was"]],
    ["a share", ["42", "%", " of"]],
    ["a table", ["|", " a", " |"]],
    ["a quotation", ['"', "It", " is"]],
    ["a quotation in curls", ["“", "It", " is"]],
    ["a quoted line", [">", " It", " is"]],
    ["a bracket", ["(", "It", " is"]],
    ["an emoji", ["😀", " It", " is"]],
    ["an emoji of two", ["👩‍", "💻", " It"]],
    ["a name of a host", ["host", ".com", " is"]],
  ])("%s", (_, tokens) => {
    expect(NAMES.map((name) => [name, tokensLate(name, tokens)])).toEqual(NAMES.map((name) => [name, 0]));
  });

  test.each([
    ["half an emoji", ["\uD83D", "\uDE00", " It"], 1],
    ["what may begin an address", ["h", "ow", " so"], 1],
    ["an address", ["https", "://", "a.b", " is"], 3],
    ["a sign before a digit", ["~", "5", " are"], 1],
    ["a smaller", ["<", " 5", " are"], 1],
    ["what may begin a reference", ["&", " so", " on"], 1],
    ["what may begin an image", ["!", " so", " on"], 1],
    ["code", ["`", "npm", " i", "`", " does"], 4],
    ["a mark", ["[", "1", "]", " says", " so"], 4],
  ])("but %s is held back until it is known", (_, tokens, late) => {
    for (const name of NAMES) expect(tokensLate(name, tokens)).toBeLessThanOrEqual(late);
  });
});

/** So long a text is taken for the answer before it ends. */
const FILLER = Array.from({ length: 70 }, (_, at) => `So is number ${at * at}.`).join(" ");

test.each([
  ["Booking.com", "Booking`.com`"],
  ["me@host.org", "me`@host.org`"],
  ["smb://host/share", "smb`://host/share`"],
  ["192.0.2.1", "192`.0.2.1`"],
  ["https://evil.example/x", "`https://evil.example/x` (unverified)"],
  ["QwQ-32B", "QwQ-32B"],
])(
  "of an answer that begins with %s no client is sent a link, and those who cannot take back the answer itself",
  async (name, streamed) => {
    const text = `I know.\n</think>\n\n${name} is so, and so on. ${FILLER}`;
    const { agent } = scripted([{ chunks: text.split("") }]);
    const { events, state } = await ask(agent, "Q?");
    const answer = events.flatMap((event) => (event.type === "answer-delta" ? [event.text] : [])).join("");
    expect(answer.slice(0, streamed.length + 7)).toBe(`${streamed} is so,`);
    const content = createAnswerContent();
    for (const event of events) content.take(event);
    for (const event of events) if (event.type === "answer-end") content.finish(event);
    expect(content.sent).toBe(state.answer);
  },
);
