import type { PromptMessage } from "../../turn.ts";
import { Template } from "@huggingface/jinja";
import { AgenticRagError, messageOf } from "../../errors.ts";
import { controlTokensOf } from "../../text/control-tokens.ts";
import { openTurn } from "../model.ts";

/** Turns messages into the text that a model was trained to continue. */
export interface ChatTemplate {
  readonly name: string;
  /** As in `ModelDescription`; absent for a template that does not tell which model it is for. */
  readonly controlTokens?: readonly string[];
  /**
   * The prompt, ending in an *open* assistant turn. When the last message is an assistant's, the prompt ends with
   * exactly its text, so that generation goes on in the same turn.
   */
  render(messages: readonly PromptMessage[]): string;
}

/** Generation prompts write a tag or a role at most. */
const MAX_OVERLAP = 200;

/**
 * ChatML as QwQ and Qwen write it: no system message is invented, and earlier assistant turns lose their reasoning
 * (all up to the last `</think>`). The opened turn is bare: where a model is asked to think, `<think>\n` is the
 * beginning of the assistant text that the caller passes.
 * Source: the chat template of https://huggingface.co/Qwen/QwQ-32B.
 */
export const chatmlTemplate: ChatTemplate = {
  name: "chatml",
  render(messages) {
    const { turns, given } = openTurn(messages);
    const closed = turns.map(({ role, content }) => {
      const text = role === "assistant" ? withoutReasoning(content) : content;
      return `<|im_start|>${role}\n${text}<|im_end|>\n`;
    });
    return `${closed.join("")}<|im_start|>assistant\n${given}`;
  },
};

/**
 * No tags at all, for base models: the contents of all turns with a blank line between them, followed at once by the
 * assistant text.
 */
export const rawTemplate: ChatTemplate = {
  name: "raw",
  render(messages) {
    const { turns, given } = openTurn(messages);
    return turns.map(({ content }) => content).join("\n\n") + given;
  },
};

/**
 * A model's own Jinja chat template, as found under `chat_template` in its tokenizer_config.json. It is rendered with
 * `add_generation_prompt: true`; what the generation prompt already writes of the assistant text (such as `<think>`)
 * is not written twice.
 *
 * @throws `settings-invalid` for a template that cannot be parsed, and from `render` for one that refuses the messages.
 */
export function jinjaTemplate(
  text: string,
  options: { name?: string; bosToken?: string; eosToken?: string } = {},
): ChatTemplate {
  const { name = "jinja", bosToken = "", eosToken = "" } = options;
  const template = named(name, () => new Template(text));
  return {
    name,
    controlTokens: controlTokensOf(text, [bosToken, eosToken]),
    render(messages) {
      const { turns, given } = openTurn(messages);
      const prompt = named(name, () =>
        template.render({
          messages: turns.map(({ role, content }) => ({ role, content })),
          add_generation_prompt: true,
          bos_token: bosToken,
          eos_token: eosToken,
        }),
      );
      return joinOpened(prompt, given);
    },
  };
}

function withoutReasoning(content: string): string {
  return content.replace(/^.*<\/think>/s, "").replace(/^\n+/, "");
}

/** Ends with exactly `opened`; a beginning of it that closes the prompt (but for white space) is taken back first. */
function joinOpened(prompt: string, opened: string): string {
  const body = prompt.trimEnd();
  for (let length = Math.min(body.length, opened.length, MAX_OVERLAP); length > 1; length -= 1) {
    if (body.endsWith(opened.slice(0, length))) return prompt.slice(0, body.length - length) + opened;
  }
  return prompt + opened;
}

function named<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new AgenticRagError(
      "settings-invalid",
      `The chat template "${name}" failed: ${messageOf(error)}. Give the template that belongs to the model, or use chatml.`,
      { cause: error },
    );
  }
}
