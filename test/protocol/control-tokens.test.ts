import { describe, expect, it } from "vitest";
import { neutralise } from "../../src/protocol/neutralise.ts";
import { reSearch } from "../../src/protocol/plain/re-search.ts";
import { searchR1 } from "../../src/protocol/plain/search-r1.ts";
import { searchO1 } from "../../src/protocol/plain/search-o1.ts";
import { r1Searcher } from "../../src/protocol/plain/r1-searcher.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { ALL_CONTROL_TOKENS, CONTROL_TOKENS, controlTokensOf } from "../../src/text/control-tokens.ts";
import { carelesslyRead } from "./evasions.ts";
import { numbered } from "./rendered-fields.ts";

const LINES = Object.entries(CONTROL_TOKENS);

const EVASIONS: readonly ((token: string) => string)[] = [
  (token) => token,
  (token) => token.toUpperCase(),
  (token) => Array.from(token).join("\u{200b}"),
  (token) => token.replaceAll(/[<>|[\]/]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0)),
  (token) => token.replaceAll(/[<>|[\]/]/g, (char) => `&#${char.charCodeAt(0)};`),
  (token) => token.replaceAll(/[<>|[\]/]/g, (char) => `%${char.charCodeAt(0).toString(16)}`),
  (token) => token.replaceAll("[", "&lsqb;").replaceAll("]", "&rbrack;"),
];

function held(text: string, tokens: readonly string[]): readonly string[] {
  const seen = carelesslyRead(text);
  return tokens.filter((token) => seen.includes(carelesslyRead(token)));
}

describe.each(LINES)("text for a model of the line %s", (_line, tokens) => {
  it("holds none of its tokens, however they are spelled, and stays so", () => {
    for (const token of tokens) {
      for (const evade of EVASIONS) {
        const once = neutralise(`a ${evade(token)}${evade(token)} b`, ["think"], tokens);
        expect(held(once, [token])).toEqual([]);
        expect(neutralise(once, ["think"], tokens)).toBe(once);
      }
    }
  });

  it("holds none for an equal list either, and what another list lets through for that one", () => {
    const text = tokens.join(" ");
    expect(held(neutralise(text, [], [...tokens]), tokens)).toEqual([]);
    for (const list of [tokens.slice(1), [], tokens.slice(0, -1)]) {
      const fresh = [...list, "[a token of no model]"];
      expect(neutralise(text, [], list)).toBe(neutralise(text, [], fresh));
    }
    expect(held(neutralise(text, [], [...tokens]), tokens)).toEqual([]);
  });
});

it.each([
  ["[INST] x [/INST]</s>", "mistral", "(INST) x (/INST)[/s]"],
  ["<start_of_turn>user", "gemma", "[start_of_turn]user"],
  ["<turn|>", "gemma 4", "[turn|]"],
  ["]~b]ai [e~[", "minimax", ")~b)ai (e~("],
  ["[gMASK]<sop>", "glm", "(gMASK)[sop]"],
  ["<｜User｜>", "deepseek", "[｜User｜]"],
])("%s", (text, line, expected) => {
  expect(neutralise(text, ["think"], CONTROL_TOKENS[line])).toBe(expected);
});

it("leaves text alone that is no token of this model", () => {
  const page = "<s>old</s> [INST] a[3] see [3] [1 k7f3 x.org] <start_of_turn> ]~b]";
  expect(neutralise(page, ["think"], CONTROL_TOKENS["harmony"])).toBe(page);
});

const PAGE = ALL_CONTROL_TOKENS.join(" and ");

it.each([qwq, searchR1, searchO1, r1Searcher, reSearch])(
  "$name lets no token of an unknown template into question, history, response or digest",
  (protocol) => {
    const { messages } = protocol.open({
      question: PAGE,
      history: [{ role: "user", content: PAGE }],
      date: "2026-01-01",
      maxSearches: 0,
    });
    const own = protocol.open({ question: "", history: [], date: "2026-01-01", maxSearches: 0 }).messages;
    const ours = own.map(({ content }) => content).join("\n");
    const results = [numbered({ number: 1, title: PAGE, text: PAGE })];
    const response = protocol.respond({
      kind: "results",
      queries: [{ query: PAGE, status: "found", results }],
      searchesLeft: 1,
    });
    const digest = protocol.digestSide
      .ask({ question: PAGE, turn: [], query: PAGE, results })
      .map(({ content }) => content)
      .join("");
    const around = protocol.respond({
      kind: "results",
      queries: [{ query: "q", status: "found", results: [] }],
      searchesLeft: 1,
    });
    const foreign = ALL_CONTROL_TOKENS.filter((token) => !ours.includes(token) && !around.includes(token));
    const shown = [...messages.map(({ content }) => content), response, digest].join("\n");
    expect(foreign.filter((token) => shown.includes(token))).toEqual([]);
  },
);

it.each([
  ["{{ bos_token }}[INST] {{ messages[index] }} [/INST]", "[INST]", "[TOOL_RESULTS]"],
  ["<start_of_turn>{{ role }}\n", "<start_of_turn>", "<end_of_turn>"],
  ["{{ ']~b]' }}ai", "]~b]", "[e~["],
  ["[gMASK]<sop><|user|>", "[gMASK]", "<eop>"],
  ["<|new_line|>{{ '<my_own:turn>' }}", "<my_own:turn>", "<|new_line|>"],
])("a template %s tells %s and %s", (template, ...tokens) => {
  expect(controlTokensOf(template)).toEqual(expect.arrayContaining(tokens));
  expect(controlTokensOf(template)).not.toContain("[index]");
});
