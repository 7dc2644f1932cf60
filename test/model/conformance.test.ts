import { createCompletionsModel } from "../../src/model/completions/completions.ts";
import { createOfflineModel } from "../../src/model/offline/offline.ts";
import { createScriptedModel } from "../../src/model/scripted.ts";
import { describeModel } from "../conformance/model.ts";
import { startCompletionsServer, type ServerReply } from "../servers/completions.ts";
import { plainSide } from "./plain-side.ts";

const TEXT = "<think>\nThe first sentence. Then another one, in 中文 👩‍🚀.\n</think>\nThe answer [1].";

describeModel({
  family: "scripted",
  stop: "exclude",
  start: async () => {
    const model = createScriptedModel([TEXT, TEXT], { chunkSize: 4, stop: "exclude" });
    return { model, [Symbol.asyncDispose]: async () => {} };
  },
});

describeModel({
  family: "offline",
  stop: "exclude",
  start: async () => {
    return { model: createOfflineModel({ side: plainSide }), [Symbol.asyncDispose]: async () => {} };
  },
});

for (const dialect of ["vllm", "sglang", "llamacpp", "tgi"] as const) {
  describeModel({
    family: "completions",
    stop: dialect === "tgi" ? "include" : "exclude",
    start: async (kind) => {
      const reply: ServerReply = {
        text: TEXT,
        chunkSize: 4,
        dialect,
        apart: kind === "apart",
        ...(kind === "unfinished" && { fault: { kind: "stall", after: 1000 } }),
      };
      const server = await startCompletionsServer([reply, reply]);
      return {
        model: createCompletionsModel({ baseUrl: server.url, modelName: "qwq" }),
        connectionClosed: () => server.requests.at(-1)?.closedEarly ?? Promise.resolve(false),
        [Symbol.asyncDispose]: () => server.close(),
      };
    },
  });
}
