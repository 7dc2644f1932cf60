import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { AIMessageChunk } from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";

/** A chat model with tool calling that streams the same chunks each time, and then ends, waits or fails. */
export class FakeToolsModel extends BaseChatModel {
  readonly chunks: readonly AIMessageChunk[];
  readonly ending: "end" | "wait" | Error;

  constructor(chunks: readonly AIMessageChunk[], ending: "end" | "wait" | Error = "end") {
    super({});
    this.chunks = chunks;
    this.ending = ending;
  }

  override _llmType(): string {
    return "fake-tools";
  }

  override bindTools(): this {
    return this;
  }

  override async *_streamResponseChunks(): AsyncGenerator<ChatGenerationChunk> {
    for (const message of this.chunks) yield new ChatGenerationChunk({ text: message.text, message });
    if (this.ending instanceof Error) throw this.ending;
    if (this.ending === "wait") await new Promise(() => {});
  }

  override _generate(): Promise<ChatResult> {
    throw new TypeError("it only streams");
  }
}
