import { describe, expect, it } from "vitest";
import type { OpenOptions, Turn } from "../../src/protocol/protocol.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { searchR1 } from "../../src/protocol/plain/search-r1.ts";

const asked: OpenOptions = {
  question: "How high is Mount Kenya, and who climbed it first?",
  history: [
    { role: "user", content: "Where is Mount Kenya?" },
    { role: "assistant", content: "In Kenya [1]." },
  ],
  date: "2025-03-06",
  boundary: "k7f3",
  maxSearches: 5,
};

describe("the prompt of qwq", () => {
  it("is this, to the letter", async () => {
    const { messages, prefix } = qwq.open(asked);
    await expect(written(messages)).toMatchFileSnapshot("../fixtures/protocol/prompts/qwq.txt");
    expect(prefix).toEqual("<think>\n");
  });

  it("speaks of one search in the singular", async () => {
    const { messages } = qwq.open({ ...asked, history: [], maxSearches: 1 });
    await expect(written(messages)).toMatchFileSnapshot("../fixtures/protocol/prompts/qwq-one-search.txt");
  });

  it("without searches does not speak of the tool", async () => {
    const { messages } = qwq.open({ ...asked, history: [], maxSearches: 0 });
    await expect(written(messages)).toMatchFileSnapshot("../fixtures/protocol/prompts/qwq-no-search.txt");
  });
});

describe("the prompt of search-r1", () => {
  it("is the one of its training, to the letter", () => {
    expect(searchR1.open({ ...asked, question: " who got the first nobel prize in physics " })).toEqual({
      messages: [
        { role: "user", content: "Where is Mount Kenya?" },
        { role: "assistant", content: "In Kenya [1]." },
        {
          role: "user",
          content:
            "Answer the given question. You must conduct reasoning inside <think> and </think> first every time you get new information. After reasoning, if you find you lack some knowledge, you can call a search engine by <search> query </search> and it will return the top searched results between <information> and </information>. You can search as many times as your want. If you find no further external knowledge needed, you can directly provide the answer inside <answer> and </answer>, without detailed illustrations. For example, <answer> Beijing </answer>. Question: who got the first nobel prize in physics?\n",
        },
      ],
      prefix: "",
    });
  });

  it("gives a question no second question mark", () => {
    const { messages } = searchR1.open({ ...asked, history: [], question: "why?" });
    expect(messages.map(({ content }) => content.slice(-17))).toEqual([". Question: why?\n"]);
  });
});

function written(messages: readonly Turn[]): string {
  return messages.map(({ role, content }) => `--- ${role}\n${content}\n`).join("");
}
