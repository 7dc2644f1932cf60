import { z } from "zod";
import { completionsDialectOf, SERVER_DIALECTS } from "../model/server/dialects.ts";
import { REASONING_EFFORTS, type ReasoningEffort } from "../model/sampling.ts";
import { takesReasoning } from "../model/server/reasoning.ts";
import type { Secret } from "../secret.ts";
import { isLoopback } from "../net/loopback.ts";
import { address, jsonObject, number, numberOr, secret, toggle, type Given } from "./fields.ts";

const SERVED_FAMILIES = ["completions", "chat-prefix", "native-tools", "responses"] as const;
const FAMILY_NAMES = ["auto", ...SERVED_FAMILIES, "gguf", "offline"] as const;
const STREAM_WISHES = ["auto", "on", "off"] as const;
const DIALECT_NAMES = ["auto", ...SERVER_DIALECTS] as const;

/** A model behind a server. */
export interface ServedModelSettings {
  /** How its turn is continued. `auto`: whatever the server is found to do. */
  readonly family: "auto" | (typeof SERVED_FAMILIES)[number];
  /** What kind of server it is. `auto`: it is asked. */
  readonly dialect: (typeof DIALECT_NAMES)[number];
  /** False: no request is made but those of a question; what the server is and does is taken as the other settings say. */
  readonly probe: boolean;
  /** Address in front of `/completions` and `/chat/completions`. */
  readonly baseUrl: string;
  readonly name: string;
  readonly apiKey?: Secret;
  /** `auto`, `chatml`, `raw`, `server`, or the path of a file with a Jinja chat template. */
  readonly template: string;
  /** Whether replies are asked for as streams. `auto`: they are, until the server refuses that. */
  readonly stream: (typeof STREAM_WISHES)[number];
  /** How much the model is to think; absent: as it does by itself. */
  readonly reasoning?: ReasoningEffort;
  /** The server keeps its replies, where it can. */
  readonly store: boolean;
  /** The name under which a router is told which requests are of one thread. */
  readonly sessionName?: string;
  /** More fields of each request. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Absent: as the model's server is on this machine or not. */
  readonly waitSeconds?: number;
  readonly idleSeconds: number;
  readonly totalSeconds?: number;
  /** Tokens of prompt and reply together; absent: as the server tells. */
  readonly contextTokens?: number;
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
      /** A GGUF file with a LoRA adapter for it. */
      readonly lora?: string;
      /** Tokens of prompt and reply together; absent: the model's own, as memory allows. */
      readonly contextTokens?: number;
    }
  /** No model, an extractive reader. `discover`: one that runs on this machine may be taken instead. */
  | { readonly family: "offline"; readonly discover: boolean };

/** The settings of the model, in the order in which help shows them. */
export const modelFields = {
  AGENTIC_RAG_MODEL_URL: address.describe("address of the model's server, such as http://127.0.0.1:8000/v1"),
  AGENTIC_RAG_MODEL: z.string().optional().describe("the model's name at that server"),
  AGENTIC_RAG_ALLOW_MODELS: z
    .string()
    .transform((text) =>
      text
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== ""),
    )
    .optional()
    .describe(
      "names of models at that server that a run on a server may choose, with commas between (AGENTIC_RAG_MODEL)",
    ),
  AGENTIC_RAG_MODEL_API_KEY: secret.describe("key of that server"),
  AGENTIC_RAG_MODEL_FAMILY: z
    .enum(FAMILY_NAMES)
    .default("auto")
    .describe(`how the model's turn is continued: ${FAMILY_NAMES.join(", ")}; auto finds out`),
  AGENTIC_RAG_MODEL_DIALECT: z
    .enum(DIALECT_NAMES)
    .default("auto")
    .describe(`what kind of server it is: ${DIALECT_NAMES.join(", ")}; auto asks it`),
  AGENTIC_RAG_MODEL_PROBE: toggle(true).describe(
    "off: the server is never tried, and auto chooses a family by the dialect or the address alone",
  ),
  AGENTIC_RAG_MODEL_STREAM: z
    .enum(STREAM_WISHES)
    .default("auto")
    .describe("whether replies are streamed: auto (until the server refuses), on, off"),
  AGENTIC_RAG_MODEL_REASONING: z
    .enum(REASONING_EFFORTS)
    .optional()
    .describe(
      `how much the model is to think, in the words of its server: ${REASONING_EFFORTS.join(", ")} (as it does by itself)`,
    ),
  AGENTIC_RAG_MODEL_STORE: toggle(false).describe(
    "on: the family responses lets the server keep replies, and names the last one (previous_response_id)",
  ),
  AGENTIC_RAG_MODEL_SESSION: z
    .string()
    .regex(/^[A-Za-z]+(?:[-_][A-Za-z]+)+$/, "must be a name of words with _ or - between them")
    .optional()
    .describe(
      "the name under which a router wants a digest of the thread's id: a field such as prompt_cache_key, or with hyphens a header such as X-SMG-Routing-Key",
    ),
  AGENTIC_RAG_MODEL_BODY: jsonObject.describe(
    'more fields of each request to the model, as JSON, such as {"id_slot": 0}',
  ),
  AGENTIC_RAG_GGUF: z
    .string()
    .optional()
    .describe("a GGUF file to run in this process, instead of a server (needs node-llama-cpp)"),
  AGENTIC_RAG_GGUF_LORA: z
    .string()
    .optional()
    .describe("a LoRA adapter, also a GGUF file, that goes with AGENTIC_RAG_GGUF"),
  AGENTIC_RAG_DISCOVER: toggle(true).describe(
    "off: ask and chat do not look for a model server on this machine when no model is set",
  ),
  AGENTIC_RAG_CHAT_TEMPLATE: z
    .string()
    .optional()
    .describe(
      "auto (default: llama.cpp's or a GGUF file's own, else that of the model's line, else chatml), chatml, raw, server (llama.cpp's, a GGUF file's), or a file with a Jinja chat template",
    ),
  AGENTIC_RAG_MODEL_CONTEXT: number(z.number().int().min(256)).describe(
    "tokens of prompt and reply together, where the server does not tell them; Ollama is asked for as many (num_ctx), a GGUF file is loaded with them",
  ),
  AGENTIC_RAG_MODEL_WAIT_SECONDS: number(z.number().positive()).describe(
    "longest wait for the first word of a reply, while the model is loaded or reads its prompt (600 for a server on this machine, else 120)",
  ),
  AGENTIC_RAG_MODEL_IDLE_SECONDS: numberOr(60, z.number().positive()).describe(
    "longest silence in a reply that has begun",
  ),
  AGENTIC_RAG_MODEL_TOTAL_SECONDS: number(z.number().positive()).describe(
    "longest reply (1800 from a server on this machine, else 600)",
  ),
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
  if (gguf === undefined && given["AGENTIC_RAG_GGUF_LORA"] !== undefined) {
    return [
      "AGENTIC_RAG_GGUF_LORA is set, but not AGENTIC_RAG_GGUF. Set it to the file that the adapter was made for; a server takes an adapter where it is started, such as llama-server --lora.",
    ];
  }
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
      "AGENTIC_RAG_MODEL_PROBE",
      "AGENTIC_RAG_MODEL_STREAM",
      "AGENTIC_RAG_MODEL_REASONING",
      "AGENTIC_RAG_MODEL_BODY",
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
  const named = SERVER_DIALECTS.find((one) => one === dialect);
  if (family === "completions" && named !== undefined && completionsDialectOf(named) === undefined) {
    problems.push(
      `AGENTIC_RAG_MODEL_FAMILY is completions, which a server of the dialect ${dialect} does not have. Set it to chat-prefix, or to auto.`,
    );
  }
  const unknown = { responses: ["anthropic", "google"], "chat-prefix": ["google"] }[family];
  if (dialect !== undefined && unknown?.includes(dialect) === true) {
    problems.push(
      `AGENTIC_RAG_MODEL_FAMILY is ${family}, which a server of the dialect ${dialect} does not have. Set it to native-tools.`,
    );
  }
  const isTold =
    named === undefined || (takesReasoning(named) && !(family === "chat-prefix" && named === "anthropic"));
  if (given["AGENTIC_RAG_MODEL_REASONING"] !== undefined && !isTold) {
    const where = named === "anthropic" ? ` over the family ${family}` : "";
    problems.push(
      `AGENTIC_RAG_MODEL_REASONING is set, but a server of the dialect ${dialect} cannot be told it${where}. Leave it out.`,
    );
  }
  return problems;
}

/** The model that settings without problems name. */
export function modelSettings(env: ModelEnvironment): ModelSettings {
  const { AGENTIC_RAG_CHAT_TEMPLATE: wanted = env.AGENTIC_RAG_PROTOCOL === "r1-searcher" ? "raw" : "auto" } =
    env;
  const { AGENTIC_RAG_MODEL_URL: baseUrl, AGENTIC_RAG_MODEL: name, AGENTIC_RAG_GGUF: file } = env;
  const { AGENTIC_RAG_MODEL_FAMILY: family, AGENTIC_RAG_MODEL_CONTEXT: tokens } = env;
  const { AGENTIC_RAG_MODEL_WAIT_SECONDS: waitSeconds, AGENTIC_RAG_MODEL_TOTAL_SECONDS: totalSeconds } = env;
  const context = tokens === undefined ? {} : { contextTokens: tokens };
  if (file !== undefined && (family === "gguf" || (family === "auto" && baseUrl === undefined))) {
    const lora = env.AGENTIC_RAG_GGUF_LORA;
    const adapted = lora === undefined ? {} : { lora };
    return {
      family: "gguf",
      file,
      template: wanted,
      ...adapted,
      ...context,
      ...(name !== undefined && { name }),
    };
  }
  if (family === "offline" || family === "gguf" || baseUrl === undefined || name === undefined) {
    return { family: "offline", discover: family !== "offline" && env.AGENTIC_RAG_DISCOVER };
  }
  return {
    family,
    dialect: env.AGENTIC_RAG_MODEL_DIALECT,
    probe: env.AGENTIC_RAG_MODEL_PROBE,
    baseUrl,
    name,
    ...(env.AGENTIC_RAG_MODEL_API_KEY !== undefined && { apiKey: env.AGENTIC_RAG_MODEL_API_KEY }),
    template: wanted,
    stream: env.AGENTIC_RAG_MODEL_STREAM,
    ...(env.AGENTIC_RAG_MODEL_SESSION !== undefined && { sessionName: env.AGENTIC_RAG_MODEL_SESSION }),
    store: env.AGENTIC_RAG_MODEL_STORE,
    ...(env.AGENTIC_RAG_MODEL_REASONING !== undefined && { reasoning: env.AGENTIC_RAG_MODEL_REASONING }),
    ...(env.AGENTIC_RAG_MODEL_BODY !== undefined && { body: env.AGENTIC_RAG_MODEL_BODY }),
    idleSeconds: env.AGENTIC_RAG_MODEL_IDLE_SECONDS,
    ...(waitSeconds !== undefined && { waitSeconds }),
    ...(totalSeconds !== undefined && { totalSeconds }),
    ...context,
  };
}

/** Whether the model runs on this machine, where it may have nothing but processors. */
export function isLocalModel(model: ModelSettings): boolean {
  if (model.family === "offline") return false;
  return model.family === "gguf" || isLoopback(model.baseUrl);
}
