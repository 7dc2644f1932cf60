import { join } from "node:path";
import { AgenticRagError } from "../errors.ts";
import { OFFERED_MODELS } from "../model/gguf/pull/catalogue.ts";
import { pullModel, type PulledModel } from "../model/gguf/pull/pull.ts";
import { shown } from "../model/gguf/pull/source.ts";
import { cacheFolderOf } from "../settings/user-folders.ts";
import { size } from "../text/size.ts";
import { createProgress } from "./terminal/progress.ts";
import type { Surroundings } from "./terminal/surroundings.ts";

/** The settings with which questions are asked of a model's file. */
export function settingsForFile(file: string): Readonly<Record<string, string | null>> {
  // an adapter belongs to one file
  return { AGENTIC_RAG_MODEL_FAMILY: "gguf", AGENTIC_RAG_GGUF: file, AGENTIC_RAG_GGUF_LORA: null };
}

/** Whether it is the name of an offered model, or an address at Hugging Face. */
export function isPullable(answer: string): boolean {
  return (
    OFFERED_MODELS.some(({ name }) => name === answer.toLowerCase()) || /^(?:hf|huggingface):/i.test(answer)
  );
}

/**
 * Downloads a model into the user's cache, with a bar at a terminal.
 *
 * @throws as `pullModel`, and `settings-invalid` where there is no place for it
 */
export async function pullToCache(
  model: string,
  { environment, stderr }: Pick<Surroundings, "environment" | "stderr">,
  options: { readonly signal: AbortSignal; readonly sha256?: string | undefined },
): Promise<PulledModel> {
  const cache = cacheFolderOf(environment);
  if (cache === undefined) {
    throw new AgenticRagError(
      "settings-invalid",
      "Neither HOME nor XDG_CACHE_HOME names a folder that models can be kept in. Set one.",
    );
  }
  const seconds = Number(environment["AGENTIC_RAG_MODEL_IDLE_SECONDS"]);
  const progress = createProgress(stderr, size);
  try {
    return await pullModel({
      model,
      folder: join(cache, "models"),
      environment,
      ...options,
      ...(seconds > 0 && { idleMs: seconds * 1000 }),
      onProgress: (done, total) => total > 0 && progress.onProgress({ path: shown(model), done, total }),
    });
  } finally {
    progress.stop();
  }
}
