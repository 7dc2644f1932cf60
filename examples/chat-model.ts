/** The agent as a chat model, wherever LangChain takes one. */
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { assemble, createAgenticRag, createAgenticRagChatModel, readSettings } from "../src/index.ts";

const model = createAgenticRagChatModel(createAgenticRag(assemble(readSettings(process.env))));

const chain = ChatPromptTemplate.fromMessages([["human", "What is {subject}?"]])
  .pipe(model)
  .pipe(new StringOutputParser());
for await (const text of await chain.stream({ subject: "RoPE" })) process.stdout.write(text);

const message = await model.invoke("When did SearXNG start?");
console.log(`\n\n${message.text}\n`);
for (const block of message.contentBlocks) {
  const annotations = block.type === "text" ? (block.annotations ?? []) : [];
  for (const { type, ...citation } of annotations) console.log(type, citation["title"]);
}
