import type { ServerDialect } from "../server/dialects.ts";

/** The names under which servers give reasoning, and take it back where they have not signed it. */
export const REASONING_FIELDS = ["reasoning_content", "reasoning"] as const;

/** How the messages of a conversation with tools are written for a server. */
export interface ChatToolsFacts {
  /**
   * Under which names it takes reasoning. What it gave goes back as it came, and under these names besides; without any,
   * reasoning of another origin is plain content, and no field is added to a message.
   */
  readonly reasoning: readonly (typeof REASONING_FIELDS)[number][];
  /** It refuses an assistant message without these fields: where nothing was thought, they are empty. */
  readonly always?: true;
  /** It takes reasoning between tags in the content. */
  readonly inTags?: true;
  /** What it wants on a call that it has not made itself. */
  readonly foreignCall?: Readonly<Record<string, unknown>>;
}

const UNKNOWN: ChatToolsFacts = { reasoning: ["reasoning", "reasoning_content"] };
const AS_RECEIVED: ChatToolsFacts = { reasoning: [] };
const CONTENT: ChatToolsFacts = { reasoning: ["reasoning_content"] };

/**
 * Sources: https://api-docs.deepseek.com/guides/thinking_mode (refused without; empty where nothing was thought);
 * https://platform.moonshot.ai/docs (refused without, and empty); https://docs.z.ai/guides/capabilities/thinking-mode;
 * vllm-project/vllm#27755, ollama/ollama#18534 (`reasoning` alone is read);
 * https://openrouter.ai/docs/use-cases/reasoning-tokens (`reasoning_details` as they came);
 * https://ai.google.dev/gemini-api/docs/thought-signatures (a signature on the first call of each step, and the word that
 * stands for one); https://platform.minimax.io/docs (`<think>` stays in the content).
 */
export const CHAT_TOOLS: Readonly<Record<ServerDialect, ChatToolsFacts>> = {
  vllm: { reasoning: ["reasoning"] },
  sglang: CONTENT,
  llamacpp: CONTENT,
  ollama: { reasoning: ["reasoning"] },
  tgi: AS_RECEIVED,
  lmstudio: UNKNOWN,
  localai: { reasoning: ["reasoning"] },
  deepseek: { ...CONTENT, always: true },
  moonshot: CONTENT,
  zai: CONTENT,
  minimax: { reasoning: [], inTags: true },
  mistral: AS_RECEIVED,
  openai: AS_RECEIVED,
  gemini: {
    reasoning: [],
    foreignCall: { extra_content: { google: { thought_signature: "skip_thought_signature_validator" } } },
  },
  // its chat is another route, generateContent
  google: AS_RECEIVED,
  openrouter: { reasoning: ["reasoning"] },
  // its chat is another route, /v1/messages
  anthropic: AS_RECEIVED,
  generic: UNKNOWN,
};
