/** A person allows, changes or forbids each search before it is sent. */
import { Command, INTERRUPT, isInterrupted, MemorySaver } from "@langchain/langgraph";
import {
  assemble,
  createAgenticRag,
  readSettings,
  type ApprovalRequest,
  type SearchApproval,
} from "../src/index.ts";

const parts = assemble(readSettings(process.env));
const agent = createAgenticRag(
  { ...parts, limits: { ...parts.limits, approveSearches: true } },
  { checkpointer: new MemorySaver() },
);
const config = { configurable: { thread_id: "1" } };

/** Stands for a person at a screen. */
const answers: SearchApproval[] = [
  { decision: "deny", reason: "Ask for the paper instead" },
  { decision: "edit", queries: ["Self-RAG reflection tokens"] },
];

let output = await agent.invoke({ question: "How does Self-RAG work?" }, config);
while (isInterrupted<ApprovalRequest>(output)) {
  const [answer = { decision: "approve" as const }] = answers.splice(0, 1);
  for (const { value } of output[INTERRUPT]) console.log("asked:", value, "\nanswered:", answer, "\n");
  output = await agent.invoke(new Command({ resume: answer }), config);
}
console.log(output.answer);
