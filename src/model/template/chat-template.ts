import type { PromptMessage } from "../../turn.ts";
import { Template } from "@huggingface/jinja";
import { AgenticRagError, messageOf } from "../../errors.ts";
import { ALL_CONTROL_TOKENS, controlTokensOf } from "../../text/control-tokens.ts";
import { openTurn, type ModelDescription } from "../model.ts";
import { usesChatml } from "./chatml-models.ts";
import { lineOf, MODEL_LINES, type ModelLine } from "./lines.ts";

/** Turns messages into the text that a model was trained to continue. */
export interface ChatTemplate {
  readonly name: string;
  /** As in `ModelDescription`; absent for a template that does not tell which model it is for. */
  readonly controlTokens?: readonly string[];
  /** The Jinja text that it was made from. */
  readonly text?: string;
  /**
   * The prompt, ending in an *open* assistant turn. When the last message is an assistant's, the prompt ends with
   * exactly its text, so that generation goes on in the same turn.
   *
   * @param date the day that a template which asks the clock is told, such as `2026-11-22`; default: today
   */
  render(messages: readonly PromptMessage[], date?: string): string;
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

const FRAMED = new Map(MODEL_LINES.map((line) => [line.name, framed(line)]));

/** What the line of a model writes, as its name tells it; ChatML for all others. */
export function templateFor(modelName: string): ChatTemplate {
  const line = usesChatml(modelName) ? undefined : lineOf({ name: modelName });
  return FRAMED.get(line?.name ?? "") ?? chatmlTemplate;
}

/**
 * The line of the model that a template belongs to, and its control tokens with the tags that it writes around responses.
 *
 * @param known the control tokens that are known otherwise
 */
export function describeLine(
  template: ChatTemplate,
  name: string,
  known: readonly string[] | undefined,
): Pick<ModelDescription, "controlTokens" | "line"> {
  const line = lineWritten(template, name);
  if (line === undefined) return known === undefined ? {} : { controlTokens: known };
  const controlTokens = [...new Set([...(known ?? ALL_CONTROL_TOKENS), ...resultTags(line)])];
  return { controlTokens, line: { name: line.name, rethinks: line.rethinks } };
}

/** The tags that a line writes around a response: no text in one may hold them. */
function resultTags({ splice }: ModelLine): readonly string[] {
  return splice({ body: "", called: "", before: 0 }).match(/<\/?[a-z_]+>/g) ?? [];
}

/** `undefined` where a template is no line's, or that of one that takes results within a turn. */
function lineWritten(template: ChatTemplate, name: string): ModelLine | undefined {
  if (template.text !== undefined) return lineOf({ name, template: template.text });
  return template === templateFor(name) ? lineOf({ name }) : undefined;
}

function framed({ name, frame: { begin, turns: frames, opens } }: ModelLine): ChatTemplate {
  const ownTokens = Object.values(frames).flat().join("");
  return {
    name,
    controlTokens: controlTokensOf(begin + ownTokens + opens),
    render(messages) {
      const { turns, given } = openTurn(messages);
      const closed = turns.map(({ role, content }) => {
        const [before, behind] = frames[role];
        return before + (role === "assistant" ? withoutReasoning(content) : content) + behind;
      });
      return begin + closed.join("") + opens + given;
    },
  };
}

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
  // the library lets nobody give another clock in its place, but a template may
  const asksClock = text.includes("strftime_now");
  const template = named(
    name,
    () => new Template(asksClock ? `{% set strftime_now = day_of_question %}${text}` : text),
  );
  return {
    name,
    text,
    controlTokens: controlTokensOf(text, [bosToken, eosToken]),
    render(messages, date) {
      const { turns, given } = openTurn(messages);
      const prompt = named(name, () =>
        template.render({
          messages: turns.map(({ role, content }) => ({ role, content })),
          add_generation_prompt: true,
          // the turn is opened with the beginning of a thought
          enable_thinking: true,
          thinking: true,
          bos_token: bosToken,
          eos_token: eosToken,
          // a prompt of tomorrow has to extend the one of today
          ...(asksClock && { day_of_question: (format: string) => written(date ?? today(), format) }),
        }),
      );
      return joinOpened(prompt, given);
    },
  };
}

function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** A day as Python's `strftime` writes it, in English; what else a format asks for is that of midnight. */
function written(date: string, format: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  const part = (options: Intl.DateTimeFormatOptions): string =>
    day.toLocaleDateString("en-US", { ...options, timeZone: "UTC" });
  const parts: Readonly<Record<string, () => string>> = {
    "%Y": () => date.slice(0, 4),
    "%m": () => date.slice(5, 7),
    "%d": () => date.slice(8, 10),
    "%b": () => part({ month: "short" }),
    "%B": () => part({ month: "long" }),
    "%a": () => part({ weekday: "short" }),
    "%A": () => part({ weekday: "long" }),
    "%H": () => "00",
    "%M": () => "00",
    "%S": () => "00",
    "%%": () => "%",
  };
  return format.replaceAll(/%[a-zA-Z%]/g, (token) => parts[token]?.() ?? token);
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
