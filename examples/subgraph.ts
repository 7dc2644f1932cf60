/** The agent as a node of a graph that has a state of its own. */
import { END, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";
import { assemble, createAgenticRag, readSettings } from "../src/index.ts";

const agent = createAgenticRag(assemble(readSettings(process.env)));

const Report = new StateSchema({
  topic: z.string(),
  body: z.string().default(""),
  sources: z.array(z.string()).default(() => []),
});

const graph = new StateGraph(Report)
  .addNode(
    "research",
    async ({ topic }, config) => {
      const { answer, citations } = await agent.invoke({ question: `What is ${topic}?` }, config);
      return { body: answer, sources: [...new Set(citations.map(({ url }) => url))] };
    },
    { subgraphs: [agent] },
  )
  .addNode("publish", ({ topic, body }) => ({ body: `# ${topic}\n\n${body}` }))
  .addEdge(START, "research")
  .addEdge("research", "publish")
  .addEdge("publish", END)
  .compile();

const stream = await graph.stream({ topic: "BM25" }, { streamMode: ["updates", "values"], subgraphs: true });
let report: typeof Report.State | undefined;
for await (const [namespace, mode, data] of stream) {
  const place = namespace.map((name) => name.replace(/:.*/, "")).join("/");
  if (mode === "updates")
    console.log([place, ...Object.keys(data)].filter((name) => name !== "").join(" > "));
  else if (place === "") report = data;
}
console.log(`\n${report?.body}\n\n${report?.sources.join("\n")}`);
