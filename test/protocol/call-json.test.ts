import { describe, expect, it } from "vitest";
import { isBalancedJson, readCallJson } from "../../src/protocol/call-json.ts";
import type { CallFault } from "../../src/protocol/protocol.ts";

const seed = (query: unknown): string => JSON.stringify({ action: "web_search", action_input: { query } });
const hermes = (input: unknown): string => JSON.stringify({ name: "web_search", arguments: input });

describe("calls that are read", () => {
  it.each<[string, string, string[]]>([
    ["the form of the prompt", seed("Mount Kenya"), ["Mount Kenya"]],
    ["the tool by its short name", '{"action":"search","action_input":{"query":"x"}}', ["x"]],
    ["the Hermes form", hermes({ query: "Mount Kenya" }), ["Mount Kenya"]],
    ["Hermes with parameters", '{"name":"web_search","parameters":{"query":"x"}}', ["x"]],
    [
      "Hermes within a function",
      '{"type":"function","function":{"name":"web_search","arguments":{"query":"x"}}}',
      ["x"],
    ],
    ["arguments in a JSON string", hermes('{"query": "say \\"hi\\""}'), ['say "hi"']],
    ["arguments that are the bare query", hermes("Mount Kenya"), ["Mount Kenya"]],
    ["a bare query in braces", hermes("{x | x < 1} in set theory"), ["{x | x < 1} in set theory"]],
    ["pretty-printed", JSON.stringify(JSON.parse(seed("x")), null, 2), ["x"]],
    ["in a code fence", `\n\`\`\`json\n${seed("x")}\n\`\`\`\n`, ["x"]],
    ["in a code fence without a language", `\`\`\`${seed("x")}\`\`\``, ["x"]],
    ["single quotes", "{'action': 'web_search', 'action_input': {'query': 'x y'}}", ["x y"]],
    [
      "a double quote within single quotes",
      `{'action': 'web_search', 'action_input': {'query': '5" disk'}}`,
      ['5" disk'],
    ],
    ["typographic quotes", "{“action”: “web_search”, “action_input”: {“query”: “x”}}", ["x"]],
    ["bare keys", '{action: "web_search", action_input: {query: "x"}}', ["x"]],
    ["trailing commas", '{"action":"web_search","action_input":{"query":"x",},}', ["x"]],
    ["a raw newline in a string", '{"action":"web_search","action_input":{"query":"x\ny"}}', ["x y"]],
    [
      "unescaped quotes in a string",
      '{"action":"web_search","action_input":{"query":"say "hi" now"}}',
      ['say "hi" now'],
    ],
    ["a missing last brace", '{"action":"web_search","action_input":{"query":"x"}', ["x"]],
    ["one brace too many", '{"action":"web_search","action_input":{"query":"x"}}}', ["x"]],
    ["a field in a text, twice", seed('"query": 1, "query": 2'), ['"query": 1, "query": 2']],
    ["a list of queries", seed(["x", " y\tz "]), ["x", "y z"]],
    ["a list under its own name", '{"action":"web_search","action_input":{"queries":["x","y"]}}', ["x", "y"]],
    ["a list of calls", `[${seed("x")}, ${hermes({ query: ["y", "z"] })}]`, ["x", "y", "z"]],
    ["calls line by line", `${seed("x")}\n${seed("y")}`, ["x", "y"]],
    ["non-Latin text", seed("東京 população мир 🗻"), ["東京 população мир 🗻"]],
    [
      "escaped non-Latin text",
      '{"action":"web_search","action_input":{"query":"\\u6771\\ud83d\\uddfb"}}',
      ["東🗻"],
    ],
    ["half a character", '{"action":"web_search","action_input":{"query":"a\\ud83d"}}', ["a\u{fffd}"]],
    [
      "fields that mean nothing",
      '{"action":"web_search","action_input":{"query":"x","top_k":5},"id":1}',
      ["x"],
    ],
    ["a query of 2000 characters", seed("x".repeat(2000)), ["x".repeat(2000)]],
  ])("%s", (_, payload, queries) => {
    expect(readCallJson(payload)).toEqual({ kind: "search", queries });
  });
});

const INCOMPLETE = "The text between the tags is not a complete JSON object.";
const NO_CALL = 'A call needs the fields "action" and "action_input".';
const NO_QUERY = 'The field "query" is missing.';
const WRONG_TYPE = '"query" must be a text or a list of texts.';
const EMPTY = "The query is empty.";
const DEEP = "The JSON is nested too deeply.";

describe("calls that are not", () => {
  it.each<[string, string, CallFault, string]>([
    ["nothing", "", "malformed", INCOMPLETE],
    ["prose", "Mount Kenya", "malformed", INCOMPLETE],
    ["a bare string", '"Mount Kenya"', "malformed", INCOMPLETE],
    ["a function call", 'web_search(query="x")', "malformed", INCOMPLETE],
    ["prose after the call", `${seed("x")} Now I wait`, "malformed", INCOMPLETE],
    [
      "truncated in a string",
      '{"action":"web_search","action_input":{"query":"Mount Ke',
      "malformed",
      INCOMPLETE,
    ],
    [
      "truncated after an escape",
      String.raw`{"action":"web_search","action_input":{"query":"say \"`,
      "malformed",
      INCOMPLETE,
    ],
    [
      "truncated in single quotes",
      "{'action': 'web_search', 'action_input': {'query': 'Mount Ke",
      "malformed",
      INCOMPLETE,
    ],
    [
      "an apostrophe in single quotes",
      "{'action': 'web_search', 'action_input': {'query': 'it's'}}",
      "malformed",
      INCOMPLETE,
    ],
    ["truncated in a key", '{"action":"web_search","action_in', "malformed", INCOMPLETE],
    [
      "truncated before the query",
      '{"action":"web_search","action_input":{"query":',
      "wrong-type",
      WRONG_TYPE,
    ],
    ["an empty object", "{}", "missing-field", NO_CALL],
    ["an empty list", "[]", "missing-field", "The list of calls is empty."],
    ["a list of numbers", "[1]", "missing-field", NO_CALL],
    ["no input", '{"action":"web_search"}', "missing-field", NO_CALL],
    ["no tool", '{"action_input":{"query":"x"}}', "missing-field", NO_CALL],
    ["a tool that is a number", '{"action":1,"action_input":{"query":"x"}}', "missing-field", NO_CALL],
    ["no query", '{"action":"web_search","action_input":{}}', "missing-field", NO_QUERY],
    ["no query in a JSON string", hermes('{"q":"x"}'), "missing-field", NO_QUERY],
    ["an input that is null", '{"action":"web_search","action_input":null}', "missing-field", NO_QUERY],
    ["an input that is a list", '{"action":"web_search","action_input":["x"]}', "missing-field", NO_QUERY],
    ["a query that is a number", seed(5), "wrong-type", WRONG_TYPE],
    ["a query that is null", seed(null), "wrong-type", WRONG_TYPE],
    ["a query that is an object", seed({ $ne: 1 }), "wrong-type", WRONG_TYPE],
    ["a list with a number", seed(["x", 1]), "wrong-type", WRONG_TYPE],
    ["an empty query", seed(" \n "), "empty-query", EMPTY],
    ["no queries", seed([]), "empty-query", EMPTY],
    ["an empty query in a list", seed(["x", ""]), "empty-query", EMPTY],
    ["one good call, one bad", `[${seed("x")},${seed("")}]`, "empty-query", EMPTY],
    [
      "an unknown tool",
      '{"action":"open_url","action_input":{"url":"x"}}',
      "unknown-tool",
      'There is no tool "open_url"; the only tool is "web_search".',
    ],
    [
      "a tool with a long name",
      JSON.stringify({ name: "x".repeat(99), arguments: {} }),
      "unknown-tool",
      `There is no tool "${"x".repeat(60)}"; the only tool is "web_search".`,
    ],
    [
      "a query of 2001 characters",
      seed("x".repeat(2001)),
      "too-long",
      "A query may have 2000 characters at most.",
    ],
    [
      "a query of a megabyte",
      seed("x".repeat(1 << 20)),
      "too-long",
      "A call may have 8192 characters at most.",
    ],
    ["an object nine deep", seed({ a: { b: { c: { d: { e: { f: { g: 1 } } } } } } }), "malformed", DEEP],
    ["3000 brackets", "[".repeat(3000), "malformed", DEEP],
    ["3000 brackets, closed", "[".repeat(3000) + "]".repeat(3000), "malformed", DEEP],
    ["3000 braces", '{"a":'.repeat(1600), "malformed", DEEP],
    [
      "a __proto__ key",
      '{"action":"web_search","action_input":{"query":"x","__proto__":{"a":1}}}',
      "malformed",
      'The field "__proto__" is not allowed.',
    ],
    [
      "an escaped __proto__ key",
      String.raw`{"action":"web_search","action_input":{"query":"x"},"\u005f_proto__":{}}`,
      "malformed",
      'The field "__proto__" is not allowed.',
    ],
    [
      "a constructor key",
      '{"action":"web_search","action_input":{"query":"x"},"constructor":{}}',
      "malformed",
      'The field "constructor" is not allowed.',
    ],
    [
      "a prototype key",
      '{"action":"web_search","action_input":{"query":["x"],"prototype":1}}',
      "malformed",
      'The field "prototype" is not allowed.',
    ],
    [
      "an lc key",
      '{"lc":1,"type":"constructor","id":["x"],"kwargs":{}}',
      "malformed",
      'The field "lc" is not allowed.',
    ],
    [
      "a field that stands there twice",
      '{"action":"web_search","action_input":{"query":"x","query":"y"}}',
      "malformed",
      'The field "query" stands there twice.',
    ],
    [
      "a field that stands there twice, in single quotes and with an escape",
      String.raw`{'action': 'web_search', 'action_input': {'query': 'x'}, 'act\u0069on': 'y'}`,
      "malformed",
      'The field "action" stands there twice.',
    ],
    ["a field twice in a JSON string", hermes('{"query":"x","query":"y"}'), "missing-field", NO_QUERY],
    ["a __proto__ key in a JSON string", hermes('{"query":"x","__proto__":{}}'), "missing-field", NO_QUERY],
  ])("%s", (_, payload, fault, detail) => {
    expect(readCallJson(payload)).toEqual({ kind: "fault", fault, detail });
  });

  it("no beginning of a call is read as a call before its query is closed", () => {
    const payload = seed("Mount Kenya");
    const closed = payload.indexOf("Kenya") + "Kenya".length + 1;
    const read = Array.from(
      { length: payload.length + 1 },
      (_, at) => readCallJson(payload.slice(0, at)).kind,
    );
    expect(read.indexOf("search")).toEqual(closed);
    expect(read.slice(closed)).toEqual(Array.from({ length: payload.length + 1 - closed }, () => "search"));
  });

  it("nothing is left on a prototype", () => {
    readCallJson('{"action":"web_search","action_input":{"query":"x","__proto__":{"polluted":1}}}');
    expect(Object.hasOwn(Object.prototype, "polluted")).toEqual(false);
  });
});

describe("balance", () => {
  it.each([
    [seed("x"), true],
    [seed('a } in "quotes" \\'), true],
    ["{'a': '}'}", true],
    ["[]", true],
    ["", false],
    ["x", false],
    ["{", false],
    ['{"a": "', false],
    ['{"a": "}', false],
    ["{'a': '}", false],
    ["{}}", false],
  ])("of %s is %s", (text, expected) => {
    expect(isBalancedJson(text)).toEqual(expected);
  });
});
