/** Every kind of server that is told apart, over either of its routes. */
export const SERVER_DIALECTS = [
  "vllm",
  "sglang",
  "llamacpp",
  "ollama",
  "tgi",
  "lmstudio",
  "deepseek",
  "mistral",
  "openrouter",
  "anthropic",
  "generic",
] as const;

export type ServerDialect = (typeof SERVER_DIALECTS)[number];
