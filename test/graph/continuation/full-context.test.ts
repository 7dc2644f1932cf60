import { expect, test } from "vitest";
import { json } from "../../servers/completions.ts";
import { ask, call, served, transcriptText } from "../agent.ts";

const long = (query: string): string => `A long page about ${query}. `.repeat(60);
const shown = (prompt: string): number =>
  ["a", "b", "c"].filter((query) => prompt.includes(long(query).trim())).length;
const FULL = {
  status: 400,
  ...json({
    error: {
      code: 400,
      type: "exceed_context_size_error",
      message: "request (9000 tokens) exceeds the available context size (4096 tokens), try increasing it",
      n_prompt_tokens: 9000,
      n_ctx: 4096,
    },
  }),
};
const pages = (query: string) => [
  { title: `About ${query}`, url: `https://example.org/${query}`, content: long(query) },
];

test("a full context cuts the oldest responses short in the prompt, and the transcript keeps them whole", async () => {
  const { agent, completions } = await served(
    [call("a"), call("b"), call("c"), FULL, "Ok.\n</think>\n\nFound [1]."],
    pages,
  );
  const { state } = await ask(agent, "Q?");
  expect(state).toMatchObject({ stopReason: "answered", condensed: 2, searches: 3 });
  const [full, condensed] = [3, 4].map((at) => completions.requests[at]!.body.prompt);
  expect(shown(full!)).toBe(3);
  expect(shown(condensed!)).toBe(1);
  expect(condensed!.split("(the rest was left out to save room)")).toHaveLength(3);
  expect(shown(transcriptText(state))).toBe(3);
});

test("later steps extend the condensed prompt, and go further when it is full again", async () => {
  const { agent, completions } = await served(
    [call("a"), call("b"), FULL, call("c"), FULL, FULL, "Ok.\n</think>\n\nFound [1]."],
    pages,
  );
  const { state } = await ask(agent, "Q?");
  expect(state).toMatchObject({ stopReason: "answered", condensed: 3 });
  const prompts = completions.requests.map(({ body }) => body.prompt);
  expect(prompts[4]!.startsWith(prompts[3]! + call("c"))).toBe(true);
  expect(prompts.map((prompt) => prompt.split("left out to save room").length - 1)).toEqual([
    0, 0, 0, 1, 1, 2, 3,
  ]);
});

test("when nothing is left to cut, the run ends with the reason", async () => {
  const { agent, completions } = await served([call("a"), FULL, FULL], pages);
  const { state } = await ask(agent, "Q?");
  expect(completions.requests).toHaveLength(3);
  expect(state).toMatchObject({
    stopReason: "model-error",
    answered: false,
    failure: { code: "model-context-overflow" },
  });
});
