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
import { keepSigned, readSigned, toLangchain } from "./langchain-messages.ts";
import { tellRewritten } from "../exchange/rewritten.ts";
import { isForeign, originOf, replayPieces } from "./received.ts";
import { nameReplayRefusal } from "./replay-refusal.ts";
import { replay } from "./replay.ts";
import { readReply, type ReplyReading } from "./reply.ts";
import { toolsFor } from "./tools.ts";
import type { NativeSide, PromptMessage } from "../../turn.ts";

/** Retries are the chat model's own. */
export interface NativeToolsOptions extends LangchainChatOptions {
  /** How the protocol of the run is read and written. */
  readonly side: NativeSide;
  /** What the model is told of the search. @default a sentence about when to use it */
  readonly toolDescription?: string;
}

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
    const { side, toolDescription, endsSilently = false } = this.#options;
    const chatModel = chatModelFor(this.#options, options);
    const target = targetOf(chatModel, options.modelName ?? this.modelName, this.#options);
    const { turns, pieces, given: before } = openTurn(messages, options.turn);
    const { pages = false } = options;
    const tools = toolsFor({ pages, ...(toolDescription !== undefined && { toolDescription }) });
    const deadline = limitTotal(options.signal, target, this.#options);
    const origin = originOf("langchain", target);
    const prompt = replay(turns, replayPieces(pieces, { side, pages, origin, read: readSigned })).map(
      toLangchain,
    );
    const asks = options.form === undefined;
    const chat: ChatRequest["chat"] = () => (asks ? chatModel.bindTools?.(tools) : undefined) ?? chatModel;
    const callOptions = asks && options.calls === false ? { tool_choice: "none" } : {};
    const whole = createWholeReply();
    try {
      const replies = whole.watch(
        streamReply({ chat, prompt, callOptions, target, deadline }, this.#options),
      );
      const heard = readParts(replies, { target, endsSilently });
      const received: ReplyReading["received"] = (said, { finishReason }) =>
        finishReason === "stop" && whole.message !== undefined
          ? keepSigned(origin, said, whole.message)
          : undefined;
      const reply = readReply(heard, { target, side, before, pages, received });
      for await (const chunk of tellRewritten(reply, pieces, isForeign(origin))) {
        throwIfAborted(options.signal);
        yield chunk;
      }
    } catch (error) {
      throw nameReplayRefusal(error, target);
    } finally {
      deadline.close();
    }
  }
}
