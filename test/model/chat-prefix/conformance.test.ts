import { createChatPrefixModel } from "../../../src/model/chat-prefix/chat-prefix.ts";
import { describeModel } from "../../conformance/model.ts";
import { startChatServer, type ChatServerReply } from "../../servers/chat.ts";

const TEXT = "The first sentence. Then another one, in 中文 👩‍🚀.";

for (const dialect of [
  "vllm",
  "sglang",
  "deepseek",
  "mistral",
  "llamacpp",
  "openrouter",
  "generic",
] as const) {
  describeModel({
    family: "chat-prefix",
    stop: "exclude",
    start: async (kind) => {
      const reply: ChatServerReply = {
        text: TEXT,
        chunkSize: 4,
        dialect,
        apart: kind === "apart",
        ...(kind === "unfinished" && { fault: { kind: "stall", after: 1000 } }),
      };
      const server = await startChatServer([reply, reply]);
      return {
        model: createChatPrefixModel({ baseUrl: server.url, modelName: "qwq", dialect }),
        connectionClosed: () => server.requests.at(-1)?.closedEarly ?? Promise.resolve(false),
        [Symbol.asyncDispose]: () => server.close(),
      };
    },
  });
}
