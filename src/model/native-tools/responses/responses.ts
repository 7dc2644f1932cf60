import type { ServerDialect } from "../../server/dialects.ts";
import { responsesReasoning } from "../../server/reasoning.ts";
import type { JsonObject } from "../delta-merge.ts";
import { digest } from "../received.ts";
import { ToolsModel, type ToolsModelOptions, type ToolsPrompt, type ToolsWire } from "../tools-model.ts";
import { keepOutput, readOutput, toItems, type Output } from "./items.ts";
import { createResponseReading } from "./stream.ts";

export interface ResponsesOptions extends ToolsModelOptions {
  /**
   * True: the server keeps its replies, and a request names the last one (`previous_response_id`) and says only what has come
   * since. False: it keeps nothing, and gives its reasoning encrypted, to be sent back. @default false
   */
  readonly store?: boolean;
}

/**
 * A model behind OpenAI's `/responses`, as OpenAI, vLLM, Ollama, LM Studio and OpenRouter serve it. The items of each reply
 * are kept as they came, encrypted reasoning included, and sent back value for value.
 * Source: https://platform.openai.com/docs/guides/reasoning
 *
 * @throws `settings-invalid` for a base URL that is none.
 */
export function createResponsesModel(options: ResponsesOptions): ToolsModel<Output> {
  return new ToolsModel(options, createResponsesWire(options.store ?? false));
}

function createResponsesWire(store: boolean): ToolsWire<Output> {
  /** Replies that the server no longer has. */
  const lost = new Set<string>();
  let summarises = true;
  /** What the server already has of a conversation that it was told as this one, and what not. */
  const split = ({ replayed, sent }: ToolsPrompt<Output>): JsonObject => {
    if (!store) return { input: sent };
    let found: JsonObject = { input: sent };
    let at = 0;
    for (const message of replayed) {
      const end = at + toItems(message).length;
      if (message.role === "assistant" && "received" in message) {
        const { id, asked } = message.received;
        // an edited conversation is another one
        if (id !== undefined && !lost.has(id) && asked === digest(JSON.stringify(sent.slice(0, at)))) {
          found = { previous_response_id: id, input: sent.slice(end) };
        }
      }
      at = end;
    }
    return found;
  };
  return {
    family: "responses",
    form: "responses",
    url: ({ baseUrl }) => `${baseUrl}/responses`,
    asksContext: false,
    fixed: new Set([
      "type",
      "role",
      "content",
      "call_id",
      "name",
      "arguments",
      "output",
      "summary",
      "encrypted_content",
    ]),
    read: readOutput,
    messages: (replayed) => replayed.flatMap(toItems),
    body(prompt, { modelName, maxTokens, sampling, reasoning: effort, tools, calls, form }, dialect) {
      const reasoning = {
        ...responsesReasoning(effort),
        ...(summarises && SUMMARISES.has(dialect) && { summary: "auto" }),
      };
      return {
        model: modelName,
        ...split(prompt),
        ...(maxTokens !== undefined && { max_output_tokens: maxTokens }),
        stream: true,
        store,
        include: ["reasoning.encrypted_content"],
        ...(Object.keys(reasoning).length > 0 && { reasoning }),
        ...(sampling.temperature !== null && { temperature: sampling.temperature }),
        ...(sampling.topP !== null && { top_p: sampling.topP }),
        ...(form !== undefined && { text: { format: { type: "json_schema", ...form } } }),
        ...(tools.length > 0 && {
          tools: tools.map(({ type, function: { name, description, parameters } }) => ({
            type,
            name,
            description,
            parameters,
            strict: false,
          })),
          ...(!calls && { tool_choice: "none" }),
        }),
      };
    },
    heeds(words) {
      // not every model, nor every organisation, is given summaries
      if (summarises && /reasoning[._ ]summar/i.test(words)) {
        summarises = false;
        return true;
      }
      const gone = [...words.matchAll(/resp_[\w-]+/g)].map(([id]) => id).filter((id) => !lost.has(id));
      for (const id of store ? gone : []) lost.add(id);
      return store && gone.length > 0;
    },
    reply({ origin, sent }) {
      const reading = createResponseReading();
      return {
        read: reading.read,
        keep(said, { finishReason }) {
          if (finishReason !== "stop") return undefined;
          const { id, output } = reading;
          const kept = store && id !== undefined ? { id, asked: digest(JSON.stringify(sent)) } : {};
          return keepOutput(origin, said, output, kept);
        },
      };
    },
  };
}

/** Whose reasoning is hidden unless a summary is asked for. */
const SUMMARISES: ReadonlySet<ServerDialect> = new Set(["openai", "openrouter"]);
