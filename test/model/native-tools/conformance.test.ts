import { AIMessageChunk } from "@langchain/core/messages";
import { createNativeToolsModel } from "../../../src/model/native-tools/native-tools.ts";
import { pieces } from "../../../src/model/exchange/stop-strings.ts";
import { createGeminiModel } from "../../../src/model/native-tools/gemini/gemini.ts";
import { createMessagesModel } from "../../../src/model/native-tools/messages/messages.ts";
import { describeModel } from "../../conformance/model.ts";
import { startChatServer, type ChatServerReply } from "../../servers/chat.ts";
import { startMessagesServer, type MessagesServerReply } from "../../servers/messages.ts";
import { writeApart } from "../../servers/completions.ts";
import { openWireServer } from "../../servers/wire-server.ts";
import { FakeToolsModel } from "./fake.ts";
import { overOpenAi } from "./openai.ts";
import { qwqNativeSide } from "./side.ts";

const TEXT = "The first sentence. Then another one, in 中文 👩‍🚀.";

describeModel({
  family: "native-tools",
  stop: "ignore",
  start: async (kind) => {
    const reply: ChatServerReply = {
      reasoning: "I know that.",
      text: TEXT,
      chunkSize: 4,
      dialect: "generic",
      apart: kind === "apart",
      ...(kind === "unfinished" && { fault: { kind: "stall", after: 1000 } }),
    };
    const server = await startChatServer([reply, reply]);
    return {
      model: overOpenAi(server.url),
      connectionClosed: () => server.requests.at(-1)?.closedEarly ?? Promise.resolve(false),
      [Symbol.asyncDispose]: () => server.close(),
    };
  },
});

describeModel({
  family: "native-tools",
  stop: "ignore",
  start: async (kind) => {
    const reply: MessagesServerReply = {
      thinking: { text: "I know that.", signature: "s" },
      text: TEXT,
      chunkSize: 4,
      apart: kind === "apart",
      ...(kind === "unfinished" && { fault: { kind: "stall", after: 1000 } }),
    };
    const server = await startMessagesServer([reply, reply]);
    return {
      model: createMessagesModel({ baseUrl: server.url, modelName: "claude", side: qwqNativeSide }),
      connectionClosed: () => server.requests.at(-1)?.closedEarly ?? Promise.resolve(false),
      [Symbol.asyncDispose]: () => server.close(),
    };
  },
});

describeModel({
  family: "native-tools",
  stop: "ignore",
  start: async (kind) => {
    const parts = [{ text: "I know that.", thought: true }, { text: TEXT }];
    const events = parts.flatMap(({ text, ...part }) =>
      pieces(text, 4).map((piece) => ({
        candidates: [{ content: { role: "model", parts: [{ ...part, text: piece }] } }],
      })),
    );
    const lines = [...events, { candidates: [{ finishReason: "STOP" }] }].map(
      (event) => `data: ${JSON.stringify(event)}\n\n`,
    );
    const server = await openWireServer((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      if (kind === "unfinished") response.write(lines.slice(0, 8).join(""));
      else if (kind === "apart") void writeApart(response, lines.join(""));
      else response.end(lines.join(""));
    });
    return {
      model: createGeminiModel({ baseUrl: server.url, modelName: "gemini", side: qwqNativeSide }),
      connectionClosed: () => server.disconnected.then(() => true),
      [Symbol.asyncDispose]: () => server.close(),
    };
  },
});

describeModel({
  family: "native-tools",
  stop: "ignore",
  start: async (kind) => {
    const said = TEXT.split(" ").map((word) => new AIMessageChunk(`${word} `));
    const end = new AIMessageChunk({ content: "", response_metadata: { finish_reason: "stop" } });
    const chatModel = new FakeToolsModel([...said, end], kind === "unfinished" ? "wait" : "end");
    return {
      model: createNativeToolsModel({ chatModel, side: qwqNativeSide }),
      [Symbol.asyncDispose]: async () => {},
    };
  },
});
