import { AgenticRagError } from "../errors.ts";
import { listModels } from "../model/completions/describe.ts";
import { createProxyFetch } from "../net/proxy.ts";
import { readSettings } from "../settings/settings.ts";
import type { Arguments } from "./arguments/arguments.ts";
import { environmentWith } from "./arguments/chosen-settings.ts";
import type { Surroundings } from "./terminal/surroundings.ts";

/**
 * The arguments with the name of the model, where its server is named alone and lists only that one.
 *
 * @throws AgenticRagError `settings-invalid` where the server has several, or none; `model-…` where it cannot be asked
 */
export async function withOnlyModel<Given extends Pick<Arguments, "values">>(
  args: Given,
  surroundings: Pick<Surroundings, "environment" | "folder">,
  signal: AbortSignal,
): Promise<Given> {
  const environment = environmentWith(args, surroundings);
  const given = (name: string): string => environment[name]?.trim() ?? "";
  if (given("AGENTIC_RAG_MODEL_URL") === "" || given("AGENTIC_RAG_MODEL") !== "") return args;
  if (["offline", "gguf"].includes(given("AGENTIC_RAG_MODEL_FAMILY"))) return args;
  const name = await onlyModel(environment, signal);
  return { ...args, values: new Map([...args.values, ["model", name]]) };
}

async function onlyModel(
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<string> {
  const { model } = readSettings({
    AGENTIC_RAG_MODEL_URL: environment["AGENTIC_RAG_MODEL_URL"],
    AGENTIC_RAG_MODEL_API_KEY: environment["AGENTIC_RAG_MODEL_API_KEY"],
    AGENTIC_RAG_MODEL_DIALECT: environment["AGENTIC_RAG_MODEL_DIALECT"],
    AGENTIC_RAG_MODEL: "none",
  });
  if (model.family === "offline" || model.family === "gguf") throw new TypeError("an address makes a server");
  const { baseUrl, apiKey, dialect } = model;
  const fetch = createProxyFetch(environment);
  const models = await listModels({
    baseUrl,
    dialect,
    signal,
    ...(apiKey !== undefined && { apiKey }),
    ...(fetch !== undefined && { fetch }),
  });
  const [only] = models;
  if (only !== undefined && models.length === 1) return only.id;
  const names = models.map(({ id }) => id).slice(0, 20);
  throw new AgenticRagError(
    "settings-invalid",
    names.length === 0
      ? `${baseUrl}/models lists no model. Name one: --model, or AGENTIC_RAG_MODEL.`
      : `${baseUrl} has several models. Name one with --model or AGENTIC_RAG_MODEL: ${names.join(", ")}.`,
  );
}
