import { ChatOpenAI } from "@langchain/openai";
import { createPrefilledChatModel } from "../../../src/model/langchain/prefilled-chat.ts";
import { describeModel } from "../../conformance/model.ts";
import { startChatServer, type ChatServerReply } from "../../servers/chat.ts";
import { startMessagesServer, type MessagesServerReply } from "../../servers/messages.ts";
import { overAnthropic } from "./prefilled-chat-ask.ts";
import { KEY } from "../key.ts";

const TEXT = "The first sentence. Then another one, in 中文 👩‍🚀.";

describeModel({
  family: "chat-prefix",
  stop: "exclude",
  start: async (kind) => {
    const reply: MessagesServerReply = {
      text: TEXT,
      chunkSize: 4,
      apart: kind === "apart",
      ...(kind === "unfinished" && { fault: { kind: "stall", after: 1000 } }),
    };
    const server = await startMessagesServer([reply, reply]);
    return {
      model: overAnthropic(server.url),
      connectionClosed: () => server.requests.at(-1)?.closedEarly ?? Promise.resolve(false),
      [Symbol.asyncDispose]: () => server.close(),
    };
  },
});

describeModel({
  family: "chat-prefix",
  stop: "exclude",
  start: async (kind) => {
    const reply: ChatServerReply = {
      text: TEXT,
      chunkSize: 4,
      apart: kind === "apart",
      ...(kind === "unfinished" && { fault: { kind: "stall", after: 1000 } }),
    };
    const server = await startChatServer([reply, reply]);
    const chatModel = new ChatOpenAI({
      model: "qwq",
      apiKey: KEY,
      maxRetries: 0,
      configuration: { baseURL: server.url },
      modelKwargs: { add_generation_prompt: false, continue_final_message: true },
    });
    return {
      model: createPrefilledChatModel({ chatModel }),
      connectionClosed: () => server.requests.at(-1)?.closedEarly ?? Promise.resolve(false),
      [Symbol.asyncDispose]: () => server.close(),
    };
  },
});
