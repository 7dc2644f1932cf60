import { CallbackManager } from "@langchain/core/callbacks/manager";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";

type Config = Pick<LangGraphRunnableConfig, "callbacks" | "tags" | "metadata">;

/** The callbacks of a step, as LangChain sees them: those of its caller, and of traces that the environment asks for. */
export function callbacksOf({ callbacks, tags, metadata }: Config): CallbackManager | undefined {
  return CallbackManager.configure(callbacks, undefined, tags, undefined, metadata);
}

/** Whether any callback listens: a trace, a stream of messages, or the caller's own. */
export function isHeard(config: Config): boolean {
  return (callbacksOf(config)?.handlers.length ?? 0) > 0;
}
