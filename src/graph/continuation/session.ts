import { createHash } from "node:crypto";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import type { ContinuationOptions } from "../../model/model.ts";

/** The thread of a run by a digest: its id stays here. */
export function sessionOf({ configurable }: LangGraphRunnableConfig): Pick<ContinuationOptions, "session"> {
  const id: unknown = configurable?.["thread_id"];
  if (typeof id !== "string") return {};
  return { session: createHash("sha256").update(`agentic-rag ${id}`).digest("hex").slice(0, 32) };
}
