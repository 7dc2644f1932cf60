/** Names of models that were trained on ChatML, whatever their maker and size. */
const CHATML: readonly RegExp[] = [
  /qwen|qwq|chatml|dolphin|smollm|openhermes|tongyi|websailor|webdancer/i,
  /^(?!.*llama).*(?:search-?r1|r1-searcher|search-o1)/i,
  // the first Llama among them that kept its own template is Hermes 4
  /hermes[-_]?[23]/i,
  /internlm[-_]?[23]/i,
  /(?:^|[/_.:-])yi[-_.:]?(?:\d|coder|large)/i,
];

/** Distilled into Qwen, but with the template of what they were distilled from. */
const NOT_CHATML = /deepseek/i;

/** Whether a model's name says that it was trained on ChatML. */
export function usesChatml(modelName: string): boolean {
  return !NOT_CHATML.test(modelName) && CHATML.some((name) => name.test(modelName));
}
