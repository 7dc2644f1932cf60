import { AIMessage, HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { MemorySaver, MessagesValue, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { createAgent } from "langchain";
import { expect, test } from "vitest";
import { z } from "zod";
import { createResearchTool } from "../../src/compose/research-tool.ts";
import { call, scripted, served, thread } from "../graph/agent.ts";
import { callingModel } from "./calling-model.ts";

const SAID = [
  `Let me look.\n${call("a")}`,
  `And more.\n${call("b")}`,
  "I know.\n</think>\n\nIt is **7** [1].",
];
const ANSWER = "It is **7** [[1]](https://example.org/a).";
const TOLD = `Not supported by what is cited: 1 of 1 cited sentence.\n- It is **7**. [1]: "7" is not what the source gives\n\n${ANSWER}`;
const CALL = { type: "tool_call", id: "call-1", name: "research", args: { question: "Q?" } } as const;

test("its message has the cited answer below what no source supports, its artifact how it came about", async () => {
  const { agent } = scripted(SAID);
  const message = await createResearchTool(agent).invoke(CALL);
  expect(message).toBeInstanceOf(ToolMessage);
  expect(message).toMatchObject({
    name: "research",
    tool_call_id: "call-1",
    status: "success",
    content: TOLD,
    artifact: {
      answered: true,
      stopReason: "answered",
      sources: [
        { number: 1, title: "About a", url: "https://example.org/a", text: "All about a." },
        { number: 2, title: "About b", url: "https://example.org/b", text: "All about b." },
      ],
      citations: [{ number: 1, sentence: "It is **7**.", known: true }],
      searches: [
        { query: "a", status: "found", sources: [1] },
        { query: "b", status: "found", sources: [2] },
      ],
    },
  });
});

test("asked plainly it gives the answer; an empty question is the caller's mistake", async () => {
  const { agent, asked } = scripted(SAID);
  const research = createResearchTool(agent, { name: "look_up", description: "Looks up." });
  expect([research.name, research.description]).toEqual(["look_up", "Looks up."]);
  await expect(research.invoke({ question: "  " })).rejects.toThrow("did not match expected schema");
  expect(asked).toEqual([]);
  expect(await research.invoke({ question: "Q?" })).toBe(TOLD);
});

test("a run without an answer says why, a model that fails is an error that the caller reads", async () => {
  const { agent } = scripted([call("a"), call("b"), call("c"), call("d")]);
  const spent = await createResearchTool(agent, { context: { maxSearches: 1 } }).invoke(CALL);
  expect(spent).toMatchObject({
    status: "success",
    content: expect.stringMatching(/^There is no answer: the model kept asking/),
    artifact: { answered: false, stopReason: "search-budget" },
  });
  const { agent: broken } = await served([{ status: 401, body: "no" }]);
  expect(await createResearchTool(broken).invoke(CALL)).toMatchObject({
    status: "error",
    tool_call_id: "call-1",
    content: expect.stringMatching(/^There is no answer: the model could not go on: /),
    artifact: { answered: false, stopReason: "model-error" },
  });
});

test("an abort closes the connection and is thrown", async () => {
  const { agent, completions } = await served([
    { text: "Thinking about it.", chunkSize: 5, fault: { kind: "stall", after: 300 } },
  ]);
  const stop = new AbortController();
  const asked = createResearchTool(agent).invoke(CALL, { signal: stop.signal }).catch(String);
  await expect.poll(() => completions.requests.length).toBe(1);
  stop.abort();
  expect(await asked).toMatch(/abort/i);
  expect(await completions.requests[0]!.closedEarly).toBe(true);
});

test("another agent calls it, and its steps, events and tokens are streamed under the tool's task", async () => {
  const { agent } = scripted(SAID);
  const model = callingModel([[{ ...CALL }], "So it is 7."]);
  const team = createAgent({ model, tools: [createResearchTool(agent)], checkpointer: new MemorySaver() });
  const seen: string[] = [];
  const searches: unknown[] = [];
  let answer: BaseMessage | undefined;
  const stream = await team.stream(
    { messages: [new HumanMessage("Ask someone.")] },
    { ...thread(), streamMode: ["updates", "custom", "values"], subgraphs: true, recursionLimit: 10 },
  );
  for await (const [namespace, mode, data] of stream) {
    const place = namespace.map((name) => name.replace(/:.*/, "")).join("/");
    if (mode === "updates") seen.push(`${place} ${Object.keys(data).join()}`);
    if (mode === "custom") {
      const event = data as { type: string };
      if (event.type.startsWith("search-")) searches.push([place, event.type]);
    }
    if (mode === "values" && place === "") answer = (data as { messages: BaseMessage[] }).messages.at(-1);
  }
  const steps = ["generate", "parse-tool-call", "web-search"].map((node) => `tools ${node}`);
  expect(seen).toEqual([
    " model_request",
    ...steps,
    ...steps,
    "tools generate",
    "tools finalize",
    " tools",
    " model_request",
  ]);
  expect(searches).toEqual([
    ["tools", "search-start"],
    ["tools", "search-end"],
    ["tools", "search-start"],
    ["tools", "search-end"],
  ]);
  expect(answer?.text).toBe("So it is 7.");
  const { messages } = (await team.graph.getState(thread())).values as { messages: BaseMessage[] };
  expect(messages.map((message) => [message.getType(), message.text])).toEqual([
    ["human", "Ask someone."],
    ["ai", ""],
    ["tool", TOLD],
    ["ai", "So it is 7."],
  ]);
});

test("two calls of one turn run side by side, each on its own", async () => {
  const { agent, completions } = await served(
    ["one", "two"].map(() => (request) => {
      const which = /Who is (\w+)\?/.exec(request.body.prompt)?.[1];
      return `</think>\n\n${which}!`;
    }),
  );
  const calls = ["Ann", "Bob"].map((name) => ({ ...CALL, id: name, args: { question: `Who is ${name}?` } }));
  const team = createAgent({
    model: callingModel([calls, "Done."]),
    tools: [createResearchTool(agent)],
    checkpointer: new MemorySaver(),
  });
  const { messages } = await team.invoke({ messages: [new HumanMessage("Both.")] }, thread());
  expect(messages.filter((message) => message.getType() === "tool").map(({ text }) => text)).toEqual([
    "Ann!",
    "Bob!",
  ]);
  expect(completions.requests).toHaveLength(2);
});

test("neither the context nor the limit of steps of the graph around it is taken over", async () => {
  const many = Array.from({ length: 12 }, (_, index) => call(`q${index}`));
  const { agent, model } = scripted([...many, "</think>\n\nEnough."], { limits: { maxSearches: 20 } });
  const research = createResearchTool(agent);
  const ParentState = new StateSchema({ messages: MessagesValue });
  const parent = new StateGraph(ParentState)
    .addNode("ask", async () => ({
      messages: [new AIMessage((await research.invoke(CALL)).text)],
    }))
    .addEdge(START, "ask")
    .compile();
  const { messages } = await parent.invoke(
    { messages: [] },
    { recursionLimit: 5, context: { model: "another", maxSearches: 0, engine: "gopher" } as never },
  );
  expect(messages.at(-1)?.text).toBe("Without a source: 1 sentence.\n- Enough.\n\nEnough.");
  expect(model.calls[0]?.options.modelName).toBeUndefined();
});

test("the compiled graph itself is a tool as well", async () => {
  const { agent } = scripted(SAID);
  const schema = z.object({ question: z.string() });
  const research = agent.asTool({ name: "research", description: "Researches.", schema });
  const team = createAgent({
    model: callingModel([[{ ...CALL }], "So it is 7."]),
    tools: [research],
    checkpointer: new MemorySaver(),
  });
  const { messages } = await team.invoke({ messages: [new HumanMessage("Ask someone.")] }, thread());
  const reply = messages.find((message) => message.getType() === "tool");
  expect(JSON.parse(reply?.text ?? "")).toMatchObject({ answer: ANSWER, stopReason: "answered" });
});
