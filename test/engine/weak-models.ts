import type { Script } from "./tiny-gguf.ts";

export const WEAK_MODELS = ["never calls", "loops", "echoes"] as const;
export type WeakModel = (typeof WEAK_MODELS)[number];

export const QUESTION = "Where was the Porta Nigra built?";

const OPENED = "<think>\n";
/** A line break, in which all ends that a model is told, in GPT-2's letters. */
const TOLD = "Ċ";

const EDGES: Readonly<Record<WeakModel, Script["edges"]>> = {
  "never calls": [
    [OPENED, "I wonder. "],
    ["I wonder. ", "<|im_end|>"],
    [TOLD, "<|im_end|>"],
  ],
  loops: [OPENED, TOLD, "I am a person. "].map((from) => [from, "I am a person. "]),
  echoes: [...[OPENED, TOLD].map((from) => [from, QUESTION] as const), [QUESTION, "<|im_end|>"]],
};

/** A model that does not know the protocol. */
export function weakScript(model: WeakModel): Script {
  const texts = EDGES[model].flat().filter((text) => text.length > 1 && !text.startsWith("<|"));
  return { pieces: [...new Set(texts)], edges: EDGES[model] };
}
