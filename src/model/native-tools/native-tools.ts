import { AgenticRagError } from "../../errors.ts";
import { throwIfAborted } from "../../net/abort.ts";
import {
  chatModelFor,
  createWholeReply,
  nameOf,
  streamReply,
  targetOf,
  type ChatRequest,
  type LangchainChatOptions,
} from "../langchain/chat.ts";
import { limitTotal } from "../exchange/limits.ts";
import { readParts } from "../langchain/reply.ts";
import { ContinuationModel, openTurn, type ContinuationOptions, type ModelChunk } from "../model.ts";
import { OPEN_TOOL_NAME, replay, TOOL_NAME } from "./replay.ts";
import { readReply } from "./reply.ts";
import { createSignedReplies, nameSignatureRefusal } from "./signed.ts";
import type { NativeSide, PromptMessage } from "../../turn.ts";

/** Retries are the chat model's own. */
export interface NativeToolsOptions extends LangchainChatOptions {
  /** How the protocol of the run is read and written. */
  readonly side: NativeSide;
  /** What the model is told of the search. @default a sentence about when to use it */
  readonly toolDescription?: string;
}

const DESCRIPTION =
  "Searches the web. Use it whenever you need a fact that you do not know for certain, or one that may have changed. " +
  "Several queries in one call are searched side by side, and each of them counts as a search.";

/** Plain enough for every provider: Gemini takes no list of types, OpenAI's strict mode no default. */
const PARAMETERS = {
  type: "object",
  properties: {
    query: {
      description: "What you are looking for, or a list of such queries.",
      anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
    },
  },
  required: ["query"],
};

const OPEN_DESCRIPTION =
  "Opens a page and shows its text. Give an address from a source, an opened page or the user; no other one is opened.";

const OPEN_PARAMETERS = {
  type: "object",
  properties: { url: { description: "The address of the page.", type: "string" } },
  required: ["url"],
};

/**
 * Any LangChain chat model with tool calling, none of which continues a turn: the turn so far is replayed as messages,
 * and what comes back is written as the text of the protocol. Stop strings are not sent: such models do not write what
 * they would stop.
 *
 * @throws `settings-invalid` for a chat model that has no tool calling.
 */
export function createNativeToolsModel(options: NativeToolsOptions): NativeToolsModel {
  return new NativeToolsModel(options);
}

export class NativeToolsModel extends ContinuationModel {
  readonly family = "native-tools";
  readonly modelName: string;
  // private, so that no trace, log or serialisation of the model shows a key
  readonly #options: NativeToolsOptions;
  readonly #signed = createSignedReplies();

  constructor(options: NativeToolsOptions) {
    super({});
    this.#options = options;
    const chatModel = chatModelFor(options);
    if (chatModel.bindTools === undefined) {
      throw new AgenticRagError(
        "settings-invalid",
        `The chat model ${chatModel.getName()} has no tool calling. Use one that has, or another family of models.`,
      );
    }
    this.modelName = options.modelName ?? nameOf(chatModel);
  }

  override async *continueText(
    messages: readonly PromptMessage[],
    options: ContinuationOptions,
  ): AsyncGenerator<ModelChunk> {
    throwIfAborted(options.signal);
    const { side, toolDescription = DESCRIPTION, endsSilently = false } = this.#options;
    const chatModel = chatModelFor(this.#options, options);
    const target = targetOf(chatModel, options.modelName ?? this.modelName, this.#options);
    const { turns, pieces: turn, given: before } = openTurn(messages, options.turn);
    const { pages = false } = options;
    const tools = [
      toolFor(TOOL_NAME, toolDescription, PARAMETERS),
      ...(pages ? [toolFor(OPEN_TOOL_NAME, OPEN_DESCRIPTION, OPEN_PARAMETERS)] : []),
    ];
    const parts: NativeSide["parts"] = (pieces) => side.parts(pieces, { pages });
    const deadline = limitTotal(options.signal, target, this.#options);
    const prompt = replay(turns, parts(turn), this.#signed.find(turns, turn, { parts }));
    const chat: ChatRequest["chat"] = () => chatModel.bindTools?.(tools) ?? chatModel;
    const callOptions = options.calls === false ? { tool_choice: "none" } : {};
    const whole = createWholeReply();
    let said = "";
    try {
      const replies = whole.watch(
        streamReply({ chat, prompt, callOptions, target, deadline }, this.#options),
      );
      const heard = readParts(replies, { target, endsSilently });
      for await (const chunk of readReply(heard, { target, side, before, pages })) {
        throwIfAborted(options.signal);
        if (chunk.type === "text") said += chunk.text;
        // before it is told: who has read the call need not wait for the end
        if (whole.message !== undefined) this.#signed.keep(turns, turn, said, whole.message);
        yield chunk;
      }
    } catch (error) {
      throw nameSignatureRefusal(error, target);
    } finally {
      deadline.close();
    }
  }
}

function toolFor(name: string, description: string, parameters: Readonly<Record<string, unknown>>) {
  return { type: "function", function: { name, description, parameters } } as const;
}
