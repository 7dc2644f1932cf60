import { expect, test } from "vitest";
import { scripted, served } from "../../../graph/agent.ts";
import { startOpenAiServer } from "../server.ts";

test.each([
  ["the model says that there is none", ["x\n</think>\n\nNot found in the sources."], "not-found"],
  ["it stops without one", ["Hm.", "", ""], "no-answer"],
])("no answer is incomplete, with the reason of chat completions: %s", async (_, said, reason) => {
  const { client } = await startOpenAiServer({ agents: { it: scripted([...said, ...said]).agent } });
  const whole = await client.responses.create({ model: "it", input: "Q?" });
  const chat = await client.chat.completions.create({
    model: "it",
    messages: [{ role: "user", content: "Q?" }],
  });
  for (const reply of [whole, chat])
    expect(reply).toMatchObject({ agentic_rag: { answered: false, stopReason: reason } });
  expect(whole).toMatchObject({
    status: "incomplete",
    incomplete_details: { reason },
    output_text: chat.choices[0]!.message.content,
  });
});

test("an answer that the token limit cut short is incomplete as OpenAI's is", async () => {
  const { agent } = await served([
    { text: "Thinking and", finishReason: "length", stop: "ignore" },
    { text: "It is 7.", usage: false },
  ]);
  const { client } = await startOpenAiServer({ agents: { "agentic-rag": agent } });
  expect(
    await client.responses.create({ model: "agentic-rag", input: "Q?", max_output_tokens: 100 }),
  ).toMatchObject({
    status: "incomplete",
    incomplete_details: { reason: "max_output_tokens" },
    output_text: "It is 7.",
    max_output_tokens: 100,
  });
});
