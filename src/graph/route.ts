import type { Protocol } from "../protocol/protocol.ts";
import type { RunState } from "./state.ts";
import { lastGeneration, textOf } from "./transcript.ts";

/** The edge out of generate: the protocol's call pattern on the newly generated text. */
export function routeGenerated(
  protocol: Protocol,
  { transcript, failure }: RunState,
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
