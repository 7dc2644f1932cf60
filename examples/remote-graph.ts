/** The agent on a LangGraph server (`npm run studio`), as a node here and through the SDK, with a person in between. */
import {
  Command,
  END,
  INTERRUPT,
  interrupt,
  isGraphInterrupt,
  isInterrupted,
  MemorySaver,
  START,
  StateGraph,
  StateSchema,
} from "@langchain/langgraph";
import { RemoteGraph } from "@langchain/langgraph/remote";
import { Client } from "@langchain/langgraph-sdk";
import { z } from "zod";
import { remoteRequest } from "../src/index.ts";

const url = process.env["LANGGRAPH_URL"] ?? "http://localhost:2024";
const apiKey = process.env["LANGGRAPH_API_KEY"] ?? null;

const client = new Client({ apiUrl: url, apiKey, onRequest: remoteRequest });
const remote = new RemoteGraph({ graphId: "agentic-rag", client });
const runSchema = z.object({ answer: z.string() });
const decisionSchema = z.looseObject({ decision: z.string() });

const State = new StateSchema({
  topic: z.string(),
  answer: z.string().default(""),
  /** What the run over there asks a person. */
  waiting: z.unknown(),
  decision: decisionSchema.nullable().default(null),
});

const graph = new StateGraph(State)
  // RemoteGraph does not hand on what the graph around it is resumed with, so asking is a step of its own
  .addNode("research", async ({ topic, decision }, { configurable }) => {
    const input = decision === null ? { question: `What is ${topic}?` } : new Command({ resume: decision });
    const thread = { thread_id: z.string().parse(configurable?.["thread_id"]) };
    try {
      const run = await remote.invoke(input, { configurable: thread, context: { approveSearches: true } });
      return { ...runSchema.parse(run), waiting: null };
    } catch (error) {
      if (!isGraphInterrupt(error)) throw error;
      return { waiting: error.interrupts[0]?.value };
    }
  })
  .addNode("approve", ({ waiting }) => ({ decision: decisionSchema.parse(interrupt(waiting)) }))
  .addEdge(START, "research")
  .addConditionalEdges("research", ({ waiting }) => (waiting === null ? END : "approve"), ["approve", END])
  .addEdge("approve", "research")
  .compile({ checkpointer: new MemorySaver() });

const config = { configurable: { thread_id: crypto.randomUUID() } };
const asking = await graph.invoke({ topic: "SearXNG" }, config);
if (isInterrupted(asking)) console.log("asked:", asking[INTERRUPT][0]?.value);
const { answer } = await graph.invoke(new Command({ resume: { decision: "approve" } }), config);
console.log(`${answer}\n`);

const { thread_id: thread } = await client.threads.create();
const stream = client.runs.stream(thread, "research-team", {
  input: { question: "What is BM25, and what is RoPE?" },
  streamMode: ["updates"],
  streamSubgraphs: true,
});
const steps = new Set<string>();
for await (const { event, data } of stream) {
  if (!event.startsWith("updates")) continue;
  const place = event.replace(/^updates\|?/, "").replaceAll(/:[^|]*/g, "");
  const nodes = Object.keys(z.record(z.string(), z.unknown()).parse(data));
  steps.add([place, ...nodes].filter((name) => name !== "").join(" > "));
}
console.log([...steps].sort().join("\n"));
