/** Every kind of server that is told apart, over either of its routes. */
export const SERVER_DIALECTS = [
  "vllm",
  "sglang",
  "llamacpp",
  "ollama",
  "tgi",
  "lmstudio",
  "localai",
  "deepseek",
  "moonshot",
  "zai",
  "minimax",
  "mistral",
  "openai",
  "gemini",
  "google",
  "openrouter",
  "anthropic",
  "generic",
] as const;

export type ServerDialect = (typeof SERVER_DIALECTS)[number];

/** The ways of asking for raw completions. */
export type DialectName = "generic" | "vllm" | "sglang" | "llamacpp" | "ollama" | "tgi";

/** The ways of telling a chat endpoint to continue the last assistant message. */
export type ChatDialect = "vllm" | "sglang" | "deepseek" | "mistral" | "llamacpp" | "openrouter" | "generic";

interface ServerFacts {
  /** How its raw completions are spoken to; missing where it has none that continue a text, but fill in a middle. */
  readonly completions?: DialectName;
  /** It is known that its completions put nothing around a prompt. */
  readonly isRaw: boolean;
  /** How its `/chat/completions` is told to continue a message. */
  readonly chat: ChatDialect;
  /** The hosts of a service that is known by its address. */
  readonly hosts?: readonly string[];
  /** What the path of its address there ends in. @default anything */
  readonly path?: RegExp;
}

const FACTS: Readonly<Record<ServerDialect, ServerFacts>> = {
  vllm: { completions: "vllm", isRaw: true, chat: "vllm" },
  sglang: { completions: "sglang", isRaw: true, chat: "sglang" },
  llamacpp: { completions: "llamacpp", isRaw: true, chat: "llamacpp" },
  ollama: { completions: "ollama", isRaw: true, chat: "generic" },
  // it took over vLLM's flag for chats
  tgi: { completions: "tgi", isRaw: true, chat: "vllm" },
  lmstudio: { completions: "generic", isRaw: false, chat: "generic" },
  localai: { completions: "generic", isRaw: false, chat: "generic" },
  deepseek: { isRaw: false, chat: "deepseek", hosts: ["api.deepseek.com"] },
  moonshot: { isRaw: false, chat: "generic", hosts: ["api.moonshot.ai", "api.moonshot.cn"] },
  zai: { isRaw: false, chat: "generic", hosts: ["api.z.ai", "open.bigmodel.cn"] },
  minimax: { isRaw: false, chat: "generic", hosts: ["api.minimax.io", "api.minimaxi.com"] },
  mistral: { isRaw: false, chat: "mistral", hosts: ["api.mistral.ai"] },
  openai: { completions: "generic", isRaw: false, chat: "generic", hosts: ["api.openai.com"] },
  // the OpenAI route, and Gemini's own, `generateContent`
  gemini: {
    isRaw: false,
    chat: "generic",
    hosts: ["generativelanguage.googleapis.com"],
    path: /\/openai\/?$/,
  },
  google: { isRaw: false, chat: "generic", hosts: ["generativelanguage.googleapis.com"] },
  openrouter: { completions: "generic", isRaw: false, chat: "openrouter", hosts: ["openrouter.ai"] },
  // its chat is another route, /v1/messages
  anthropic: { isRaw: false, chat: "generic", hosts: ["api.anthropic.com"] },
  generic: { completions: "generic", isRaw: false, chat: "generic" },
};

/** What kind of server it is, as far as its address alone says it. */
export function knownDialect(baseUrl: string): ServerDialect | undefined {
  const { hostname, pathname } = new URL(baseUrl);
  return SERVER_DIALECTS.find((dialect) => {
    const { hosts, path = /(?:)/ } = FACTS[dialect];
    return hosts?.includes(hostname) === true && path.test(pathname);
  });
}

/** How its raw completions are spoken to; undefined where it has none that continue a text. */
export function completionsDialectOf(dialect: ServerDialect): DialectName | undefined {
  return FACTS[dialect].completions;
}

export function chatDialectOf(dialect: ServerDialect): ChatDialect {
  return FACTS[dialect].chat;
}

/** Whether it is known that its completions put nothing around a prompt. */
export function isRaw(dialect: ServerDialect): boolean {
  return FACTS[dialect].isRaw;
}

/** The address of a server without the `/v1` that its OpenAI-compatible routes have. */
export function rootOf(baseUrl: string): string {
  return baseUrl.replace(/\/v1$/, "");
}
