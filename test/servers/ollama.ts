import { onTestFinished } from "vitest";
import { findStop } from "../../src/model/exchange/stop-strings.ts";
import { openWireServer } from "./wire-server.ts";

export interface OllamaOptions {
  /** What the model says, one text for each request that is not refused. */
  readonly says: readonly string[];
  /** What models are run with where a request does not ask for more. @default 4_096 */
  readonly context?: number;
  /** What the file of the model sets. @default nothing */
  readonly fileContext?: number;
  /** What the model was trained with. @default 32_768 */
  readonly trained?: number;
  /** It is loaded already, with `context`. @default false */
  readonly loaded?: boolean;
}

interface GenerateBody {
  readonly prompt: string;
  readonly truncate?: boolean;
  readonly options: {
    readonly num_ctx?: number;
    readonly num_predict?: number;
    readonly stop?: readonly string[];
  };
}

/** So many characters of these tests are a token. */
const CHARACTERS = 4;
export const tokensOf = (text: string): number => Math.ceil(text.length / CHARACTERS);

/**
 * Ollama on the loopback, as far as a run needs it: `/api/generate` in the context that it was asked for, which refuses a
 * prompt that is too long and stops where the context is full, `/api/show`, `/api/ps` and `/api/version`.
 */
export async function startOllama({
  says,
  context = 4_096,
  fileContext,
  trained = 32_768,
  loaded = false,
}: OllamaOptions) {
  let said = 0;
  let running = loaded ? (fileContext ?? context) : undefined;
  const server = await openWireServer((response, { method, path, body }) => {
    const tell = (value: unknown, status = 200): void =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (method === "GET" && path === "/v1/models") {
      return tell({ object: "list", data: [{ id: "qwq:latest", object: "model", owned_by: "library" }] });
    }
    if (method === "GET" && path === "/api/version") return tell({ version: "0.17.4" });
    if (method === "GET" && path === "/api/ps") {
      const model = { name: "qwq:latest", model: "qwq:latest", context_length: running };
      return tell({ models: running === undefined ? [] : [model] });
    }
    if (method === "POST" && path === "/api/show") {
      const parameters =
        fileContext === undefined ? 'stop "x"' : `num_ctx                        ${fileContext}`;
      return tell({
        parameters,
        model_info: { "general.architecture": "qwen2", "qwen2.context_length": trained },
      });
    }
    if (method !== "POST" || path !== "/api/generate") return tell({ error: "not found" }, 404);
    const { prompt, truncate = true, options } = JSON.parse(body) as GenerateBody;
    const size = options.num_ctx ?? fileContext ?? context;
    running = size;
    const promptTokens = tokensOf(prompt);
    if (promptTokens > size && !truncate) {
      return tell({ error: "the input length exceeds the context length" }, 400);
    }
    const text = says[said++] ?? "";
    const stop = findStop(text, options.stop ?? []);
    const whole = text.slice(0, stop?.index);
    const most = Math.min(options.num_predict ?? Infinity, size - promptTokens);
    const part = whole.slice(0, most * CHARACTERS);
    const line = { response: part, done: false };
    const end = {
      response: "",
      done: true,
      done_reason: part.length < whole.length ? "length" : "stop",
      prompt_eval_count: promptTokens,
      eval_count: tokensOf(part),
    };
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    response.end(`${JSON.stringify(line)}\n${JSON.stringify(end)}\n`);
  });
  onTestFinished(() => server.close());
  return {
    url: `${server.url}/v1`,
    /** The bodies of what was asked for, refused or not. */
    generated: (): readonly GenerateBody[] =>
      server.requests.flatMap(({ path, body }) =>
        path === "/api/generate" ? [JSON.parse(body) as GenerateBody] : [],
      ),
  };
}
