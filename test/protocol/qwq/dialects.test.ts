import { describe, expect, it } from "vitest";
import type { StreamEnd } from "../../../src/protocol/protocol.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { DIALECT_CALLS, found } from "./dialect-calls.ts";
import { stoppedForms } from "../stopped-forms.ts";
import { read, readOn, transcribed, type ReadOptions } from "../wire.ts";

/** Where calls stand: what comes before them. */
const PLACES = [
  ["in the reasoning", "I should look this up.\n"],
  ["behind it", "I should look.\n</think>\n\nI'll look that up.\n\n"],
  ["behind a mention", "The form `<tool_call>` is known, <tool_call> too.\n"],
  ["at the beginning", ""],
] as const;

const ENDS: readonly StreamEnd[] = [{ finishReason: "stop" }, { finishReason: "stop", stopReason: null }];

function heard(text: string, chunks: readonly string[], how: ReadOptions = {}) {
  const reading = readOn(qwq, text, chunks, how);
  const { generation } = reading;
  const call =
    generation.outcome === "call"
      ? qwq.readCall(generation.text + generation.closing, generation.closing === "", { pages: true })
      : null;
  return { text: generation.text, closing: generation.closing, call };
}

describe.each(DIALECT_CALLS)("a call as of $name", ({ text, call, added = "" }) => {
  const expected = (before: string) => ({ text: before + text + added, closing: "", call });

  it.each(PLACES)("%s", (_, before) => {
    for (const end of ENDS) expect(heard(before + text, [before + text], { end })).toEqual(expected(before));
  });

  it("cut anywhere, and in single characters", () => {
    const written = `Hm.\n${text}`;
    const end = { finishReason: "stop" } as const;
    const whole = read(qwq, [written], { end });
    for (let at = 1; at < written.length; at += 1) {
      expect({ at, ...read(qwq, [written.slice(0, at), written.slice(at)], { end }) }).toEqual({
        at,
        ...whole,
      });
    }
    expect(read(qwq, written.split(""), { end })).toEqual(whole);
  });

  it("told of stop strings or not", () => {
    const written = `Hm.\n${text}\n<tool_response>\n[1] Forged\n</tool_response>\nSo.`;
    for (const [form, chunks, end] of stoppedForms(written, qwq.stop)) {
      // before a closing tag that was added, a line break may be the model's or not
      const unbroken = ({ text: wrote, ...rest }: ReturnType<typeof heard>) => {
        return { form, ...rest, text: wrote.replace(/\n<\/tool_call>$/, "</tool_call>") };
      };
      expect(unbroken(heard(written, chunks, { end }))).toEqual(unbroken(expected("Hm.\n")));
    }
  });

  it("is never run in half where it is cut off", () => {
    const cuts = Array.from({ length: text.length - 1 }, (_, at) => {
      const reading = read(qwq, [`Hm.\n${text.slice(0, at + 1)}`], { end: { finishReason: "length" } });
      return transcribed(qwq, reading).call;
    });
    const run = cuts.filter((cut) => cut !== null && cut.kind !== "fault");
    expect(run).toEqual(run.map(() => call));
  });

  it("is refused where it is not allowed, and what leads up to it is no answer", () => {
    const before = "Hm.\n</think>\n\nI need to search again:\n";
    for (const chunks of [[before + text], (before + text).split("")]) {
      const { generation } = read(qwq, chunks, { calls: false });
      expect(generation).toEqual({ text: "Hm.\n</think>\n\n", closing: "", outcome: "nothing" });
    }
  });

  it("as an example, in a fence or in code, is text", () => {
    for (const example of [
      `\`\`\`\n${text}\n\`\`\`\n`,
      ...(text.includes("\n") || text.includes("`") ? [] : [`\`${text}\`\n`]),
    ]) {
      const answer = `It is written like this:\n\n${example}\nThat is all.`;
      for (const chunks of [[answer], answer.split("")]) {
        const reading = read(qwq, ["Hm.\n</think>\n\n", ...chunks]);
        expect(reading.generation).toMatchObject({ text: `Hm.\n</think>\n\n${answer}`, outcome: "answer" });
        expect(reading.events.at(-1)).toEqual({ type: "answer-delta", text: answer });
      }
      const written = `Hm.\n</think>\n\n${answer}`;
      for (const [form, chunks, end] of stoppedForms(written, qwq.stop)) {
        const told = { form, ...heard(written, chunks, { end }) };
        expect(told).toEqual({ form, text: written, closing: "", call: null });
      }
    }
  });
});

describe("between the tags of Hermes", () => {
  it.each([
    ["a name and JSON in a fence, as Hunyuan", 'web_search\n```json\n{"query": "a (b)"}\n```', ["a (b)"]],
    ["a name and JSON", 'web_search\n{"query": "a (b)"}', ["a (b)"]],
    ["a call of Python", `web_search(query="a (b), 'c'", count=5)`, ["a (b), 'c'"]],
    ["two calls of Python", `[web_search(query='a'), functions.web_search(query="b")]`, ["a", "b"]],
    ["elements", '<name>web_search</name>\n<arguments>{"query": "a"}</arguments>', ["a"]],
    ["a fence", '```json\n{"name": "web_search", "arguments": {"query": "a"}}\n```', ["a"]],
  ])("%s is read", (_, body, queries) => {
    const text = `Hm.\n<tool_call>\n${body}\n</tool_call>`;
    for (const chunks of [[text], text.split("")]) {
      expect(transcribed(qwq, read(qwq, chunks)).call).toEqual(found(...queries));
    }
  });

  it.each(["web_search(", 'web_search("a")', "web_search(query=)", "web_search()"])(
    "%s is explained to the model",
    (body) => {
      const text = `Hm.\n<tool_call>\n${body}\n</tool_call>`;
      expect(transcribed(qwq, read(qwq, [text])).call).toMatchObject({ kind: "fault" });
    },
  );
});

describe("JSON without any tag", () => {
  const json = '{"name": "web_search", "arguments": {"query": "Mount Kenya"}}';
  it.each([
    ["alone", json],
    ["in a fence", `\`\`\`json\n${json}\n\`\`\``],
    ["behind the reasoning", `Hm.\n</think>\n\n${json}\n`],
    ["in a fence behind the reasoning", `Hm.\n</think>\n\n\`\`\`json\n${json}\n\`\`\`\n`],
    ["before a forged response", `${json}\n<tool_response>\n[1] Forged`],
    ["before the end of the turn", `${json}\n<|im_end|>`],
    ["line by line", `${json}\n${json}`],
    ["without its last brace", json.slice(0, -1)],
    ["in QwQ's form", '{"action": "web_search", "action_input": {"query": "Mount Kenya"}}'],
    ["as a list in Python", '[web_search(query="Mount Kenya")]'],
    ["as two in Python", "[web_search(query='Mount Kenya'), web_search(count=5, query=\"Mount Kenya\")]"],
  ])("%s is a call", (_, text) => {
    const queries = text
      .split("Mount Kenya")
      .slice(1)
      .map(() => "Mount Kenya");
    for (const chunks of [[text], text.split("")]) {
      const reading = read(qwq, chunks);
      expect(transcribed(qwq, reading)).toMatchObject({ outcome: "call", call: found(...queries) });
      expect(qwq.callPattern.test(reading.generation.text)).toBe(true);
    }
  });

  it.each([
    ["with words before it", `Hm.\n</think>\n\nIt is this:\n${json}`],
    ["with words behind it", `Hm.\n</think>\n\n${json}\nThat is it.`],
    ["in a fence with words behind it", `Hm.\n</think>\n\n\`\`\`\n${json}\n\`\`\`\nThat is it.`],
    ["that is no call", 'Hm.\n</think>\n\n{"height": 5199}'],
    ["in a sentence", `Hm.\n</think>\n\nIt is \`${json}\`, as ever.`],
  ])("%s is an answer", (_, text) => {
    for (const chunks of [[text], text.split("")]) {
      expect(transcribed(qwq, readOn(qwq, text, chunks))).toEqual({
        text,
        closing: "",
        outcome: "answer",
        call: null,
      });
    }
  });
});

describe("what looks like a call and cannot be read", () => {
  it.each([
    ["no argument", "<tool_call>\n<function=web_search>\n</function>\n</tool_call>", "missing-field"],
    [
      "another tool",
      "<tool_call>shell\n<arg_key>cmd</arg_key>\n<arg_value>ls</arg_value>\n</tool_call>",
      "unknown-tool",
    ],
    ["no name", "<tool_call>\n<parameter=query>a</parameter>\n</tool_call>", "malformed"],
    [
      "broken JSON",
      "<|tool_call_begin|>functions.web_search:0<|tool_call_argument_begin|>query=a<|tool_call_end|>",
      "malformed",
    ],
    ["a function call without names", '<tool_call>\nweb_search("a")\n</tool_call>', "malformed"],
    [
      "two tools",
      '<minimax:tool_call><invoke name="web_search"><parameter name="query">a</parameter></invoke><invoke name="open_url"><parameter name="url">b</parameter></invoke></minimax:tool_call>',
      "mixed-tools",
    ],
    [
      "a number",
      '<tool_call>\n{"name": "web_search", "arguments": {"query": 5}}\n</tool_call>',
      "wrong-type",
    ],
    [
      "a forbidden key",
      '<|channel|>commentary to=functions.web_search<|message|>{"query": "a", "__proto__": {}}<|call|>',
      "malformed",
    ],
  ])("is a fault: %s", (_, text, fault) => {
    for (const chunks of [[text], text.split("")]) {
      expect(heard(text, chunks).call).toMatchObject({ kind: "fault", fault });
    }
  });
});
