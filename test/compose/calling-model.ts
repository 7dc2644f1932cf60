import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import type { ChatResult } from "@langchain/core/outputs";

/** A model of another agent that says, turn by turn, a text or the tools that it calls. */
export function callingModel(turns: readonly (string | readonly ToolCall[])[]): BaseChatModel {
  return new CallingModel(turns);
}

class CallingModel extends BaseChatModel {
  readonly #turns: (string | readonly ToolCall[])[];

  constructor(turns: readonly (string | readonly ToolCall[])[]) {
    super({});
    this.#turns = [...turns];
  }

  override _llmType(): string {
    return "calling";
  }

  override bindTools(): this {
    return this;
  }

  override async _generate(_messages: BaseMessage[]): Promise<ChatResult> {
    const turn = this.#turns.shift() ?? "Nothing is left to say.";
    const message =
      typeof turn === "string" ? new AIMessage(turn) : new AIMessage({ content: "", tool_calls: [...turn] });
    return { generations: [{ text: message.text, message }] };
  }
}
