import { ChatOpenAI } from "@langchain/openai";
import { AIMessageChunk, createAgent, tool } from "langchain";
import { z } from "zod";
import { serveRuns } from "../speed/client.ts";
import { search } from "../speed/contenders/requests.ts";
import { TASK } from "../speed/script.ts";

// LangChain's createAgent around a model with tools.
serveRuns((url) => {
  const model = new ChatOpenAI({
    model: "QwQ-32B",
    apiKey: "none",
    streaming: true,
    configuration: { baseURL: `${url}/v1` },
  });
  const webSearch = tool(async ({ query }) => JSON.stringify(await search(url, query)), {
    name: "web_search",
    description: "Search the web.",
    schema: z.object({ query: z.string().describe("What to look for.") }),
  });
  const agent = createAgent({ model, tools: [webSearch], systemPrompt: TASK });
  return async (question, onAnswer) => {
    const messages = [{ role: "user", content: question }];
    let answer = "";
    for await (const [message] of await agent.stream({ messages }, { streamMode: "messages" })) {
      if (!AIMessageChunk.isInstance(message) || message.text === "") continue;
      if (answer === "") onAnswer();
      answer += message.text;
    }
    return answer;
  };
});
