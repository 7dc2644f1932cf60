import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import type { AgenticRag } from "../../graph/graph.ts";
import type { SearchEngine } from "../../search/engine.ts";
import type { ReportedFailure } from "../error-reply.ts";
import type { Slots } from "../slots.ts";
import { failureOf, inClientWords } from "./failure.ts";

/** What an MCP server offers. */
export interface McpParts {
  readonly agent: AgenticRag;
  /** What the tool `search` asks. */
  readonly engine: SearchEngine;
  /** What one call may use at most. Default: `RUN_DEFAULTS`. */
  readonly ceilings?: { readonly maxSearches: number; readonly maxResults: number };
  /** How many calls run at the same time, in all and of each caller, where callers are known. */
  readonly slots: Slots;
  /** What a client is told of a failure. Default: plain words that name no address and quote no server. */
  readonly explain?: (failure: ReportedFailure) => string;
  readonly onFailure?: (failure: ReportedFailure) => void;
  /** After so long without anything to tell, a client that follows the progress is told that it goes on. Default 10,000 ms. */
  readonly heartbeatMs?: number;
}

/**
 * Runs a call and tells of whatever fails in it as a result: a model that called a tool can do something about that.
 * Only an abort is thrown, and nobody waits for its reply.
 */
export async function answerCall(
  parts: McpParts,
  caller: string | undefined,
  signal: AbortSignal,
  work: () => Promise<CallToolResult>,
): Promise<CallToolResult> {
  const release = parts.slots.take(caller);
  if (release === null)
    return refusal("As many calls as may run at the same time are running. Call again in a few seconds.");
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw error;
    return failed(parts, failureOf(error));
  } finally {
    release();
  }
}

/** A failure as a result; whoever runs the agent is told all of it. */
export function failed(parts: McpParts, failure: ReportedFailure): CallToolResult {
  parts.onFailure?.(failure);
  return refusal((parts.explain ?? inClientWords)(failure));
}

function refusal(text: string): CallToolResult {
  return { isError: true, content: [{ type: "text", text }] };
}
