import { Runnable, RunnableLambda, type RunnableConfig } from "@langchain/core/runnables";
import type { Protocol, Segment } from "../protocol/protocol.ts";
import { isHeard } from "./continuation/callbacks.ts";
import type { RunState } from "./state.ts";

/** The edge out of generate: the protocol's call pattern on the newly generated text. */
export function routeGenerated(
  protocol: Protocol,
  { transcript, failure }: Pick<RunState, "transcript" | "failure">,
): "tool call" | "no tool call" {
  return failure === null && protocol.callPattern.test(textOf(lastGeneration(transcript)))
    ? "tool call"
    : "no tool call";
}

/** The edge out of parse-tool-call; pages are opened where searches run. */
export function routeCall({ call }: RunState): "search" | "repair" | "budget spent" {
  if (call?.kind === "search" || call?.kind === "open") return "search";
  return call?.kind === "spent" ? "budget spent" : "repair";
}

/** An edge: told to callbacks as any function on an edge is, and where none listens nothing but the choice of its way. */
export class Edge<Way extends string> extends Runnable<RunState, Way> {
  override lc_namespace = ["langgraph-agentic-rag"];
  readonly #choose: (state: RunState) => Way;
  readonly #told: RunnableLambda<RunState, Way>;

  constructor(choose: (state: RunState) => Way) {
    super();
    this.#choose = choose;
    this.#told = new RunnableLambda({ func: choose });
  }

  override async invoke(state: RunState, config: Partial<RunnableConfig> = {}): Promise<Way> {
    return isHeard(config) ? this.#told.invoke(state, config) : this.#choose(state);
  }
}

export function textOf(segments: readonly Segment[]): string {
  return segments.map(({ text }) => text).join("");
}

/**
 * The segments that the last generation wrote: the last model segments without anything between them, with the closing
 * tag that the runtime may have had to add. Empty when something was spliced since.
 */
export function lastGeneration(segments: readonly Segment[]): readonly Segment[] {
  let at = segments.findLastIndex(({ origin }) => origin === "model");
  while (segments[at - 1]?.origin === "model") at -= 1;
  const tail = at < 0 ? [] : segments.slice(at);
  return tail.some(({ origin }) => origin === "search") ? [] : tail;
}
