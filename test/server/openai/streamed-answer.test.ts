import { expect, test } from "vitest";
import { searchO1 } from "../../../src/protocol/plain/search-o1.ts";
import { searchR1 } from "../../../src/protocol/plain/search-r1.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import type { Protocol } from "../../../src/protocol/protocol.ts";
import { call, served } from "../../graph/agent.ts";
import { startOpenAiServer } from "./server.ts";

/** Twelve sentences, no two of which are alike: a model that repeats itself gives no answer. */
const LONG = [
  "It is a long story, told here from its beginning.",
  "A monk copied the first map by candlelight.",
  "Merchants bought it and sailed east with the tide.",
  "Two ships were lost near a cape without a name.",
  "The third brought back pepper, glass and a parrot.",
  "Nobody believed the captain until the parrot spoke.",
  "His daughter drew what he remembered on calfskin.",
  "That drawing hung in a tavern for ninety years.",
  "Soldiers burned the tavern but spared the wall.",
  "Under the plaster a mason found every coast again.",
  "Scholars quarrelled over which island was meant.",
  "Today it lies in a drawer, and few people ask for it.",
].join(" ");
const LOOK = "Let me look that up first.";

interface Case {
  readonly protocol?: Protocol;
  readonly said: readonly string[];
  readonly maxSearches?: number;
  readonly content: string;
  readonly reasoning: string;
}

const CASES: Readonly<Record<string, Case>> = {
  "a sentence before a call": {
    said: [`Hm.\n</think>\n\n${LOOK}\n${call("a")}`, "It is so [1]."],
    content: "It is so [[1]](https://example.org/a).",
    reasoning: `Hm.\n${LOOK}\n`,
  },
  "a sentence before each of two calls": {
    said: [`</think>\n\nErst suche ich:\n${call("a")}`, `Dann noch einmal:\n${call("b")}`, "So ist es [2]."],
    content: "So ist es [[2]](https://example.org/b).",
    reasoning: "Erst suche ich:\nDann noch einmal:\n",
  },
  "a thought that is closed twice": {
    said: ["Hm.\n</think>\n\nWait, is that so?\n</think>\n\nIt is 7."],
    content: "It is 7.",
    reasoning: "Hm.\nWait, is that so?\n",
  },
  "a sentence before a call that is refused": {
    maxSearches: 1,
    said: [call("a"), call("b"), `</think>\n\nI need to search again:\n${call("c")}`, "It is 8."],
    content: "It is 8.",
    reasoning: "I need to search again:\n",
  },
  "a call that cannot be read": {
    said: [`</think>\n\n${LOOK}\n<tool_call>\n{"action": 7}\n</tool_call>`, "It is 7."],
    content: "It is 7.",
    reasoning: `${LOOK}\n`,
  },
  "a short answer": { said: ["Hm.\n</think>\n\nIt is 7."], content: "It is 7.", reasoning: "Hm.\n" },
  "a long answer": { said: [`</think>\n\n${LONG}`], content: LONG, reasoning: "" },
  "an answer that a source supports, of a model that cites nothing": {
    protocol: searchR1,
    said: ["<think>Hm.</think><search>alpha</search>", "<answer>All about alpha. Or not so!</answer>"],
    content: "All about alpha [[1]](https://example.org/alpha). Or not so!",
    reasoning: "Hm.",
  },
  "an answer with a number that it copied from a page": {
    protocol: searchO1,
    said: [
      "Hm. <|begin_search_query|>alpha<|end_search_query|>",
      "</think>\n\nNobody knows it [1]. See x[7].",
    ],
    content: "Nobody knows it. See x.",
    reasoning: "Hm. ",
  },
  "a long answer with such a number": {
    protocol: searchO1,
    said: ["Hm. <|begin_search_query|>alpha<|end_search_query|>", `</think>\n\n${LONG} And [1], so it is.`],
    content: `${LONG} And, so it is.`,
    reasoning: "Hm. ",
  },
};

test.each(Object.entries(CASES))("%s: what is streamed is what is given whole", async (_, wanted) => {
  const { protocol = qwq, said, maxSearches, content, reasoning } = wanted;
  for (const chunkSize of [1, 7, 10_000]) {
    const ask = async (stream: boolean) => {
      const replies = said.map((text) => ({ text, chunkSize }));
      const { agent } = await served(replies, undefined, { protocol, ...(maxSearches !== undefined && { limits: { maxSearches } }) });
      const { post } = await startOpenAiServer({ agents: { it: agent } });
      return post({ model: "it", messages: [{ role: "user", content: "Q?" }], stream });
    }; // prettier-ignore
    const seen = { content: "", reasoning: "" };
    for (const [, data = ""] of (await (await ask(true)).text()).matchAll(/^data: (\{.*)$/gm)) {
      const { delta = {} } = (JSON.parse(data) as { choices: { delta?: Record<string, string> }[] })
        .choices[0]!;
      seen.content += delta["content"] ?? "";
      seen.reasoning += delta["reasoning_content"] ?? "";
    }
    const whole = (await (await ask(false)).json()) as {
      choices: { message: { content: string; reasoning_content: string } }[];
    };
    const { message } = whole.choices[0]!;
    expect({ chunkSize, ...seen }).toEqual({ chunkSize, content, reasoning });
    expect([message.content, message.reasoning_content]).toEqual([content, reasoning]);
  }
});

test("a long answer begins to stream before the model has finished", async () => {
  const { agent, completions } = await served([
    { text: `x\n</think>\n\n${LONG}`, chunkSize: 4, fault: { kind: "stall", after: 42_000 } },
  ]);
  const { client } = await startOpenAiServer({ agents: { it: agent } });
  const stream = await client.chat.completions.create({
    model: "it",
    messages: [{ role: "user", content: "Q?" }],
    stream: true,
  });
  let content = "";
  for await (const { choices } of stream) {
    content += choices[0]!.delta.content ?? "";
    if (content !== "") break;
  }
  expect(LONG.startsWith(content)).toBe(true);
  expect(await completions.requests[0]!.closedEarly).toBe(true);
});
