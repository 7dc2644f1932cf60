import { HumanMessage, type MessageContent } from "@langchain/core/messages";
import { StateGraph } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createAgenticRagChatModel } from "../../../src/compose/chat-model.ts";
import { createResearchTool } from "../../../src/compose/research-tool.ts";
import { createResearchTeam } from "../../../src/compose/team/research-team.ts";
import { State } from "../../../src/graph/state.ts";
import { createScriptedModel } from "../../../src/model/scripted.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { call, FIXED, pagesEngine, scripted, thread } from "../agent.ts";

const ANSWER = "I know.\n</think>\n\nIt is 7.";

const MISNAMED = [
  ["context.unknown: there is no setting of this name", { context: { unknown: 1 } }],
  ["context.maxSearchs: there is no setting of this name", { context: { maxSearchs: 1 } }],
  ["configurable.maxSearches: a setting of a run goes into context", { configurable: { maxSearches: 1 } }],
  ["configurable.engine: a setting of a run goes into context", { configurable: { engine: "pages" } }],
] as const;
const UNFIT = [
  ["context.maxSearches is not as it has to be: Too small", { context: { maxSearches: -1 } }],
  ["context.maxSearches is not as it has to be: Invalid input", { context: { maxSearches: "two" } }],
  ["context.date is not as it has to be: Invalid ISO date", { context: { date: "yesterday" } }],
  ["context.approveSearches is not as it has to be: Invalid input", { context: { approveSearches: 1 } }],
] as const;

function withThread(given: object) {
  const { configurable } = { configurable: {}, ...given };
  return { ...given, configurable: { ...thread().configurable, ...configurable } } as never;
}

test.each([...MISNAMED, ...UNFIT])("%s", async (words, given) => {
  const { agent } = scripted([]);
  const refused = {
    name: "AgenticRagError",
    code: "settings-invalid",
    message: expect.stringContaining(words),
  };
  await expect(agent.invoke({ question: "Q?" }, withThread(given))).rejects.toMatchObject(refused);
  const team = createResearchTeam({
    protocol: qwq,
    model: createScriptedModel([]),
    engine: pagesEngine(),
    ...FIXED,
  });
  await expect(team.invoke({ question: "Q?" }, withThread(given))).rejects.toMatchObject(refused);
});

test("a team has a setting more", async () => {
  const parts = { protocol: qwq, model: createScriptedModel([]), engine: pagesEngine(), ...FIXED };
  await expect(
    createResearchTeam(parts).invoke({ question: "Q?" }, { context: { maxParts: 9 } as never }),
  ).rejects.toThrow("context.maxParts is not as it has to be: Too big");
});

test("tool and chat model refuse a setting that there is not, by name", async () => {
  const { agent } = scripted([]);
  const context = { unknown: 1 } as never;
  const words = "context.unknown: there is no setting of this name";
  await expect(createResearchTool(agent, { context }).invoke({ question: "Q?" })).rejects.toThrow(words);
  await expect(createAgenticRagChatModel(agent, { context }).invoke("Q?")).rejects.toThrow(words);
});

test("in another graph, names of that graph's own are nobody's mistake", async () => {
  const { agent, asked } = scripted([call("a"), call("b"), ANSWER]);
  delete agent.checkpointer;
  const context = z.object({ tone: z.string(), maxSearches: z.number() });
  const parent = new StateGraph(State, { context })
    .addNode("research", agent)
    .addEdge("__start__", "research")
    .compile();
  const end = await parent.invoke(
    { question: "Q?" },
    { context: { tone: "dry", maxSearches: 1 }, configurable: { model: "gpt" } },
  );
  expect(end).toMatchObject({ answered: true, stopReason: "search-budget" });
  expect(asked).toEqual(["a"]);
});

const PICTURE = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
const PARTS: readonly (readonly [string, MessageContent])[] = [
  ["image_url", [{ type: "text", text: "What is this?" }, PICTURE]],
  ["image", [{ type: "image", source_type: "base64", mime_type: "image/png", data: "AAAA" }]],
  [
    "file",
    [
      { type: "text", text: "Sum it up." },
      { type: "file", source_type: "url", url: "https://x.org/a.pdf" },
    ],
  ],
  [
    "audio",
    [
      { type: "audio", source_type: "base64", data: "AAAA" },
      { type: "text", text: "What is said?" },
    ],
  ],
];

describe.each(PARTS)("a question with a part of type %s", (type, content) => {
  const words = `The agent reads text only, and the question has a part of type "${type}".`;

  test("is refused", async () => {
    const { agent } = scripted([]);
    const messages = [new HumanMessage({ content })];
    await expect(agent.invoke({ messages }, thread())).rejects.toThrow(words);
    await expect(createAgenticRagChatModel(agent).invoke(messages)).rejects.toThrow(words);
  });

  test("that was answered is history, of which the text is kept", async () => {
    const { agent, model } = scripted([ANSWER]);
    const messages = [
      new HumanMessage({ content }),
      { role: "ai", content: "A cat." },
      new HumanMessage("Q?"),
    ];
    await agent.invoke({ messages: messages as never }, thread());
    expect(model.calls[0]?.messages.at(-3)).toEqual({ role: "assistant", content: "A cat." });
  });
});
