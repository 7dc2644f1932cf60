import type { DialectName } from "../server/dialects.ts";
import type { Dialect } from "./dialect.ts";
import { llamacpp } from "./llamacpp.ts";
import { ollama } from "./ollama.ts";
import { openAiBody, openAiUrl, readOpenAi } from "./openai.ts";
import { sglang } from "./sglang.ts";
import { vllm } from "./vllm.ts";

/** Whatever speaks OpenAI's completions: LM Studio, Together, Fireworks, gateways and those of the table below. */
const generic: Dialect = {
  name: "generic",
  framing: "events",
  showsStop: "never",
  url: openAiUrl,
  body: openAiBody,
  read: readOpenAi,
};

/** Text Generation Inference shows the stop string, in a stream piece by piece. */
const tgi: Dialect = { ...generic, name: "tgi", showsStop: "always" };

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  generic,
  vllm,
  sglang,
  llamacpp,
  ollama,
  tgi,
};
