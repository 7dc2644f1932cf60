/** The agent as a tool of another agent. */
import { fakeModel } from "@langchain/core/testing";
import { AIMessage, ToolMessage } from "@langchain/core/messages";
import { createAgent } from "langchain";
import { assemble, createAgenticRag, createResearchTool, readSettings } from "../src/index.ts";

const research = createResearchTool(createAgenticRag(assemble(readSettings(process.env))), {
  context: { maxSearches: 2 },
});

// put any chat model here that calls tools; this one says what it is told, so that no key is needed
const model = fakeModel()
  .respondWithTools([{ name: "research", args: { question: "What is Search-R1?" }, id: "call-1" }])
  .respond((messages) => new AIMessage(`My researcher says:\n\n${messages.at(-1)?.text}`));

const assistant = createAgent({ model, tools: [research] });
const { messages } = await assistant.invoke({
  messages: [{ role: "user", content: "Ask someone what Search-R1 is." }],
});

for (const message of messages) {
  if (ToolMessage.isInstance(message)) {
    const { searches, stopReason } = message.artifact;
    console.log(`${message.name}: ${stopReason}, ${searches.length} search\n`);
  }
}
console.log(messages.at(-1)?.text);
