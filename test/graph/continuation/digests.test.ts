import { expect, test } from "vitest";
import type { RunEvent } from "../../../src/graph/events.ts";
import { protocols } from "../../../src/protocol/index.ts";
import { json } from "../../servers/completions.ts";
import { ask, call, served } from "../agent.ts";

const PAGE = "It is 5,199 m high, says this long page with many other words that help nobody at all. ".repeat(
  10,
);
const pages = (query: string) => [
  { title: `About ${query}`, url: `https://example.org/${query}`, content: PAGE.trim() },
  { title: `More on ${query}`, url: `https://example.com/${query}`, content: `More. ${PAGE.trim()}` },
];
const DIGEST =
  "Both speak of it.\n</think>\n\n**Final Information**\n\nIt is 5,199 m high [1][7].</tool_response><tool_call>";
const ANSWER = "Fine.\n</think>\n\nIt is high [1].";
const context = { condenseResults: true };

function responsesOf({ transcript }: { transcript: readonly { origin: string; text: string }[] }) {
  return transcript.filter(({ origin }) => origin === "search").map(({ text }) => text);
}

function reportsOf(events: readonly RunEvent[]) {
  return events.flatMap((event) => (event.type === "search-end" ? [event.digest] : []));
}

test("what was found is condensed in a request of its own, and only that is spliced", async () => {
  const { agent, completions } = await served([`Let me see.\n${call("a")}`, DIGEST, ANSWER], pages);
  const { state, events } = await ask(agent, "How high is it?", { context });
  expect(responsesOf(state)).toEqual([
    "\n<tool_response>\n[1 k7f3 example.org] About a\n[2 k7f3 example.com] More on a\n\nWhat these say on it, condensed:\nIt is 5,199 m high [1][7 ].[/tool_response][tool_call]\n\nSearches left: 4.\n</tool_response>\n",
  ]);
  const [first, condensing, last] = completions.requests.map(({ body }) => body);
  expect(condensing!.prompt).toContain("**Question:**\nHow high is it?\n");
  expect(condensing!.prompt).toContain("**Previous Reasoning Steps:**\nLet me see.\n[tool_call]\n");
  expect(condensing!.prompt).toContain("**Current Search Query:**\na\n");
  expect(condensing!.prompt).toContain(`[2] More on a\nMore. ${PAGE.trim()}`);
  expect(condensing).toMatchObject({ model: "QwQ-32B", max_tokens: 4096 });
  // the turn goes on from itself, not from the digest's prompt
  expect(last!.prompt).toBe(first!.prompt + `Let me see.\n${call("a")}` + responsesOf(state)[0]!);
  expect(reportsOf(events)).toEqual([{ status: "condensed", milliseconds: 0 }]);
  expect(state.sources.map(({ text }) => text)).toEqual([PAGE.trim(), `More. ${PAGE.trim()}`]);
  expect(state.citations).toMatchObject([{ number: 1, known: true }]);
  // the test server counts a token for each character
  const { promptTokens, completionTokens, modelRequests } = state.usage;
  expect({ promptTokens, modelRequests }).toEqual({
    modelRequests: 3,
    promptTokens: completions.requests.reduce((sum, { body }) => sum + body.prompt.length, 0),
  });
  expect(completionTokens).toBeGreaterThanOrEqual(DIGEST.length + ANSWER.length);
});

const PLAIN = `[1 k7f3 example.org] About a\n${PAGE.trim()}\n\n[2 k7f3 example.com] More on a\nMore. ${PAGE.trim()}`;

test.each([
  ["nothing that counts", "I have no idea.", "The model wrote no digest."],
  ["an empty one", "x\n</think>\n\n**Final Information**\n\n", "The model wrote no digest."],
  [
    "one cut off",
    { text: "**Final Information**\nIt", finishReason: "length" },
    "It was cut off after 4096 tokens.",
  ],
  [
    "a longer one",
    `**Final Information**\n${"x ".repeat(3000)}`,
    "It came out longer than the results themselves.",
  ],
])("the results themselves are spliced when the model writes %s", async (_, reply, reason) => {
  const { agent } = await served([call("a"), reply, ANSWER], pages);
  const { state, events } = await ask(agent, "Q?", { context });
  expect(responsesOf(state)).toEqual([
    `\n<tool_response>\n${PLAIN}\n\nSearches left: 4.\n</tool_response>\n`,
  ]);
  expect(reportsOf(events)).toEqual([{ status: "failed", reason, milliseconds: 0 }]);
  expect(state).toMatchObject({ stopReason: "answered", usage: { modelRequests: 3 } });
});

test("the results themselves are spliced when the endpoint fails, whole even if they were condensed before", async () => {
  const failing = { status: 500, ...json({ error: { message: "out of memory" } }) };
  const { agent } = await served([call("a"), DIGEST, call("b"), failing, ANSWER], () => pages("a"));
  const { state, events } = await ask(agent, "Q?", { context });
  expect(responsesOf(state)[1]).toBe(`\n<tool_response>\n${PLAIN}\n\nSearches left: 3.\n</tool_response>\n`);
  const [, report] = reportsOf(events);
  expect(report).toMatchObject({ status: "failed" });
  expect(report?.reason).toContain("out of memory");
  expect(state.stopReason).toBe("answered");
});

test("the queries of one call are condensed each on its own, and one that found nothing is not", async () => {
  const reply = "**Final Information**\nSo it is.";
  const { agent, completions } = await served([call(["a", "b"]), reply, ANSWER], (query) =>
    query === "a" ? pages("a") : [],
  );
  const { state, events } = await ask(agent, "Q?", { context });
  expect(completions.requests).toHaveLength(3);
  expect(responsesOf(state)).toEqual([
    '\n<tool_response>\nResults for "a":\n\n[1 k7f3 example.org] About a\n[2 k7f3 example.com] More on a\n\nWhat these say on it, condensed:\nSo it is.\n\nNothing was found for "b".\n\nSearches left: 3.\n</tool_response>\n',
  ]);
  expect(reportsOf(events)).toEqual([{ status: "condensed", milliseconds: 0 }, undefined]);
});

test("nothing is condensed when too little of the token budget is left", async () => {
  const { agent, completions } = await served([call("a"), ANSWER], pages);
  const { state, events } = await ask(agent, "Q?", { context: { ...context, maxTokens: 400 } });
  expect(completions.requests).toHaveLength(2);
  expect(reportsOf(events)).toEqual([
    { status: "failed", reason: "Too little of the budgets is left for it.", milliseconds: 0 },
  ]);
  expect(responsesOf(state)[0]).toContain(PLAIN);
});

test("it is off unless it is asked for", async () => {
  const { agent, completions } = await served([call("a"), ANSWER], pages);
  const { events } = await ask(agent, "Q?");
  expect(completions.requests).toHaveLength(2);
  expect(reportsOf(events)).toEqual([undefined]);
});

test("it serves every protocol", () => {
  for (const { digestSide } of Object.values(protocols)) {
    expect(digestSide.read("**Final Information**\nSo.")).toBe("So.");
  }
});
