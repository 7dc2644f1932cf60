import { z } from "zod";
import { SERVER_DIALECTS } from "../model/server/dialects.ts";
import type { Secret } from "../secret.ts";
import { address, numberOr, secret, toggle, type Given } from "./fields.ts";

const SERVED_FAMILIES = ["completions", "chat-prefix", "native-tools"] as const;
const FAMILY_NAMES = ["auto", ...SERVED_FAMILIES, "gguf", "offline"] as const;
const DIALECT_NAMES = ["auto", ...SERVER_DIALECTS] as const;

/** A model behind a server. */
export interface ServedModelSettings {
  /** How its turn is continued. `auto`: whatever the server is found to do. */
  readonly family: "auto" | (typeof SERVED_FAMILIES)[number];
  /** What kind of server it is. `auto`: it is asked. */
  readonly dialect: (typeof DIALECT_NAMES)[number];
  /** Address in front of `/completions` and `/chat/completions`. */
  readonly baseUrl: string;
  readonly name: string;
  readonly apiKey?: Secret;
  /** `auto`, `chatml`, `raw`, `server`, or the path of a file with a Jinja chat template. */
  readonly template: string;
  readonly idleSeconds: number;
  readonly totalSeconds: number;
}

/** Where the model is. */
export type ModelSettings =
  | ServedModelSettings
  | {
      readonly family: "gguf";
      /** The file that is run in this process. */
      readonly file: string;
      /** What it is called in results, where that is not the file's name. */
      readonly name?: string;
      /** As for a server: `server` is the template that the file has, `auto` that one, or ChatML where it has none. */
      readonly template: string;
    }
  /** No model, an extractive reader. `discover`: one that runs on this machine may be taken instead. */
  | { readonly family: "offline"; readonly discover: boolean };

/** The settings of the model, in the order in which help shows them. */
export const modelFields = {
  AGENTIC_RAG_MODEL_URL: address.describe("address of the model's server, such as http://127.0.0.1:8000/v1"),
  AGENTIC_RAG_MODEL: z.string().optional().describe("the model's name at that server"),
  AGENTIC_RAG_MODEL_API_KEY: secret.describe("key of that server"),
  AGENTIC_RAG_MODEL_FAMILY: z
    .enum(FAMILY_NAMES)
    .default("auto")
    .describe(`how the model's turn is continued: ${FAMILY_NAMES.join(", ")}; auto finds out`),
  AGENTIC_RAG_MODEL_DIALECT: z
    .enum(DIALECT_NAMES)
    .default("auto")
    .describe(`what kind of server it is: ${DIALECT_NAMES.join(", ")}; auto asks it`),
  AGENTIC_RAG_GGUF: z
    .string()
    .optional()
    .describe("a GGUF file to run in this process, instead of a server (needs node-llama-cpp)"),
  AGENTIC_RAG_DISCOVER: toggle(true).describe(
    "off: ask and chat do not look for a model server on this machine when no model is set",
  ),
  AGENTIC_RAG_CHAT_TEMPLATE: z
    .string()
    .optional()
    .describe(
      "auto (default: llama.cpp's or a GGUF file's own, else chatml), chatml, raw, server (llama.cpp's, a GGUF file's), or a file with a Jinja chat template",
    ),
  AGENTIC_RAG_MODEL_IDLE_SECONDS: numberOr(60, z.number().positive()).describe("longest silence in a reply"),
  AGENTIC_RAG_MODEL_TOTAL_SECONDS: numberOr(600, z.number().positive()).describe("longest reply"),
};

const environmentSchema = z.object(modelFields);
type ModelEnvironment = z.infer<typeof environmentSchema> & { readonly AGENTIC_RAG_PROTOCOL: string };

/** Of the families, the one that is meant: a GGUF file alone says it too. */
function familyOf(given: Given): string {
  const {
    AGENTIC_RAG_MODEL_FAMILY: family = "auto",
    AGENTIC_RAG_MODEL_URL: url,
    AGENTIC_RAG_GGUF: gguf,
  } = given;
  if (family !== "auto") return family;
  if (url !== undefined) return "auto";
  return gguf === undefined ? "none" : "gguf";
}

/** What does not fit together, whether each part of it is well or not. */
export function modelProblems(given: Given): readonly string[] {
  const family = familyOf(given);
  const { AGENTIC_RAG_MODEL_URL: url, AGENTIC_RAG_MODEL: name, AGENTIC_RAG_GGUF: gguf } = given;
  if (family === "offline") return [];
  if (family === "gguf") {
    if (gguf !== undefined) return [];
    return [
      "AGENTIC_RAG_MODEL_FAMILY is gguf, but AGENTIC_RAG_GGUF is not set. Set it to the path of a GGUF file.",
    ];
  }
  if (url === undefined) {
    const orphans = [
      "AGENTIC_RAG_MODEL",
      "AGENTIC_RAG_MODEL_API_KEY",
      "AGENTIC_RAG_MODEL_FAMILY",
      "AGENTIC_RAG_MODEL_DIALECT",
      "AGENTIC_RAG_CHAT_TEMPLATE",
    ].filter((orphan) => given[orphan] !== undefined && given[orphan] !== "auto");
    if (orphans.length === 0) return [];
    return [
      `${orphans.join(" and ")} ${orphans.length > 1 ? "are" : "is"} set, but not AGENTIC_RAG_MODEL_URL. Set it to the address of the model's server, such as http://127.0.0.1:8000/v1.`,
    ];
  }
  const problems: string[] = [];
  if (name === undefined) {
    problems.push(
      "AGENTIC_RAG_MODEL_URL is set, but not AGENTIC_RAG_MODEL. Set it to the model's name as the server lists it under /models.",
    );
  }
  if (family === "auto" && gguf !== undefined) {
    problems.push(
      "AGENTIC_RAG_MODEL_URL and AGENTIC_RAG_GGUF are both set. Leave one of them out, or set AGENTIC_RAG_MODEL_FAMILY to gguf.",
    );
  }
  const dialect = given["AGENTIC_RAG_MODEL_DIALECT"];
  if (family === "completions" && ["deepseek", "mistral", "anthropic"].includes(dialect ?? "")) {
    problems.push(
      `AGENTIC_RAG_MODEL_FAMILY is completions, which a server of the dialect ${dialect} does not have. Set it to chat-prefix, or to auto.`,
    );
  }
  return problems;
}

/** The model that settings without problems name. */
export function modelSettings(env: ModelEnvironment): ModelSettings {
  const { AGENTIC_RAG_CHAT_TEMPLATE: wanted = env.AGENTIC_RAG_PROTOCOL === "r1-searcher" ? "raw" : "auto" } =
    env;
  const { AGENTIC_RAG_MODEL_URL: baseUrl, AGENTIC_RAG_MODEL: name, AGENTIC_RAG_GGUF: file } = env;
  const { AGENTIC_RAG_MODEL_FAMILY: family } = env;
  if (file !== undefined && (family === "gguf" || (family === "auto" && baseUrl === undefined))) {
    return { family: "gguf", file, template: wanted, ...(name !== undefined && { name }) };
  }
  if (family === "offline" || family === "gguf" || baseUrl === undefined || name === undefined) {
    return { family: "offline", discover: family !== "offline" && env.AGENTIC_RAG_DISCOVER };
  }
  return {
    family,
    dialect: env.AGENTIC_RAG_MODEL_DIALECT,
    baseUrl,
    name,
    ...(env.AGENTIC_RAG_MODEL_API_KEY !== undefined && { apiKey: env.AGENTIC_RAG_MODEL_API_KEY }),
    template: wanted,
    idleSeconds: env.AGENTIC_RAG_MODEL_IDLE_SECONDS,
    totalSeconds: env.AGENTIC_RAG_MODEL_TOTAL_SECONDS,
  };
}
