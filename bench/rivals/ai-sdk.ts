import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { serveRuns } from "../speed/client.ts";
import { search } from "../speed/contenders/requests.ts";
import { TASK } from "../speed/script.ts";

// The AI SDK's own loop around a model with tools.
serveRuns((url) => {
  const provider = createOpenAICompatible({ name: "loopback", baseURL: `${url}/v1`, apiKey: "none" });
  const model = provider("QwQ-32B");
  const webSearch = tool({
    description: "Search the web.",
    inputSchema: z.object({ query: z.string().describe("What to look for.") }),
    execute: ({ query }) => search(url, query),
  });
  return async (question, onAnswer) => {
    const run = streamText({
      model,
      system: TASK,
      prompt: question,
      stopWhen: stepCountIs(6),
      tools: { web_search: webSearch },
    });
    let answer = "";
    for await (const part of run.fullStream) {
      if (part.type === "error") throw part.error;
      if (part.type !== "text-delta") continue;
      if (answer === "") onAnswer();
      answer += part.text;
    }
    return answer;
  };
});
