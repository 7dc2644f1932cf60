import { HumanMessage } from "@langchain/core/messages";
import {
  Command,
  END,
  MemorySaver,
  MessagesValue,
  START,
  StateGraph,
  StateSchema,
} from "@langchain/langgraph";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { createSupervisor } from "@langchain/langgraph-supervisor";
import { createHandoffTool, createSwarm } from "@langchain/langgraph-swarm";
import { createDeepAgent } from "deepagents";
import { createAgent } from "langchain";
import { expect, test } from "vitest";
import { z } from "zod";
import { createResearchAgent } from "../../../src/compose/research-agent.ts";
import { createResearchTool } from "../../../src/compose/research-tool.ts";
import { thread } from "../../graph/agent.ts";
import { ANSWER, otherModel, researcher } from "./team.ts";

const question = { messages: [new HumanMessage("What is alpha?")] };

test("a supervisor of two agents delegates to the graph, which answers with citations", async () => {
  const { agent, engine, server } = await researcher(2);
  const { model, server: chat } = await otherModel([
    [{ name: "transfer_to_research", arguments: "{}" }],
    "The researcher has answered.",
    [{ name: "transfer_to_research", arguments: "{}" }],
    "Answered again.",
  ]);
  const research = createResearchAgent(agent, { name: "research" });
  const writer = createReactAgent({ llm: model, tools: [], name: "writer" });
  const team = createSupervisor({ agents: [research, writer], llm: model }).compile({
    checkpointer: new MemorySaver(),
  });
  const first = await team.invoke(question, thread());
  const answer = first.messages.find(({ name }) => name === "research");
  expect(answer).toMatchObject({
    content: ANSWER,
    response_metadata: {
      answered: true,
      stopReason: "answered",
      sources: [{ number: 1, title: "About alpha", url: "https://example.org/alpha" }],
    },
  });
  expect(first.messages.at(-1)?.content).toBe("The researcher has answered.");
  const tools = chat.requests[0]?.body["tools"] as readonly { function: { description: string } }[];
  expect(tools.map((each) => each.function.description)).toEqual([
    expect.stringContaining("Researches a question"),
    expect.any(String),
  ]);

  await team.invoke({ messages: [new HumanMessage("And what is beta?")] }, thread());
  expect(engine.asked).toEqual(["alpha", "alpha"]);
  const prompt = String(server.requests[2]?.body.prompt);
  expect(prompt).toContain("And what is beta?<|im_end|>\n<|im_start|>assistant\n<think>\n");
  expect(prompt).toContain("What is alpha?<|im_end|>");
});

test("the graph itself is taken by a supervisor as it is", async () => {
  const { agent } = await researcher();
  const { model } = await otherModel([[{ name: "transfer_to_agentic-rag", arguments: "{}" }], "Done."]);
  const team = createSupervisor({ agents: [agent as never], llm: model }).compile();
  const { messages } = await team.invoke(question);
  expect(messages.map(({ content }) => content)).toContain(ANSWER);
});

test("a member of a swarm hands over to the graph, which answers what follows, too", async () => {
  const { agent } = await researcher(2);
  const { model } = await otherModel([[{ name: "transfer_to_research", arguments: "{}" }]]);
  const research = createResearchAgent(agent, { name: "research" });
  const greeter = createReactAgent({
    llm: model,
    name: "greeter",
    tools: [createHandoffTool({ agentName: "research", description: "Ask the researcher." })],
  });
  const swarm = createSwarm({ agents: [research, greeter], defaultActiveAgent: "greeter" }).compile({
    checkpointer: new MemorySaver(),
  });
  const first = await swarm.invoke(question, thread());
  expect([first.activeAgent, first.messages.at(-1)?.content]).toEqual(["research", ANSWER]);
  const second = await swarm.invoke({ messages: [new HumanMessage("Are you sure?")] }, thread());
  expect(second.messages.map((message) => message.getType())).toEqual([
    "human",
    "ai",
    "tool",
    "ai",
    "human",
    "ai",
  ]);
  expect(second.messages.at(-1)?.content).toBe(ANSWER);
});

test("deepagents asks the graph as a subagent and as a tool", async () => {
  const { agent } = await researcher(2);
  const { model, server } = await otherModel([
    [
      {
        name: "task",
        arguments: JSON.stringify({ description: "What is alpha?", subagent_type: "research" }),
      },
    ],
    "From the subagent.",
    [{ name: "research", arguments: JSON.stringify({ question: "What is alpha?" }) }],
    "From the tool.",
  ]);
  const description = "Researches one question.";
  const deep = createDeepAgent({
    model,
    tools: [createResearchTool(agent)],
    subagents: [
      { name: "research", description, runnable: createResearchAgent(agent, { name: "research" }) },
    ],
  });
  for (const said of ["From the subagent.", "From the tool."]) {
    const { messages } = await deep.invoke(question);
    expect(messages.at(-1)?.content).toBe(said);
    expect(messages.at(-2)?.content).toBe(ANSWER);
  }
  expect(server.requests).toHaveLength(4);
});

test("createAgent calls the graph as a tool and answers with its citations", async () => {
  const { agent } = await researcher();
  const { model } = await otherModel([
    [{ name: "research", arguments: JSON.stringify({ question: "What is alpha?" }) }],
    (last) => `I was told: ${last}`,
  ]);
  const { messages } = await createAgent({ model, tools: [createResearchTool(agent)] }).invoke(question);
  expect(messages.at(-1)?.content).toBe(`I was told: ${ANSWER}`);
});

test("a graph's own keys of the same names are not written, and its interrupts are answered there", async () => {
  const { agent } = await researcher(1, { limits: { approveSearches: true } });
  const Own = new StateSchema({
    messages: MessagesValue,
    sources: z.array(z.string()).default(() => ["mine"]),
    answer: z.number().default(42),
  });
  // @ts-expect-error -- the graph itself writes its own `sources` and `answer`: types refuse it where these are others
  new StateGraph(Own).addNode("research", agent);
  const graph = new StateGraph(Own)
    .addNode("research", createResearchAgent(agent))
    .addEdge(START, "research")
    .addEdge("research", END)
    .compile({ checkpointer: new MemorySaver() });
  const waiting = await graph.invoke(question, thread());
  expect(waiting).toHaveProperty("__interrupt__");
  const end = await graph.invoke(new Command({ resume: { decision: "approve" } }) as never, thread());
  expect(end).toMatchObject({ sources: ["mine"], answer: 42 });
  expect(end.messages.at(-1)).toMatchObject({ content: ANSWER, name: "agentic-rag" });
});
