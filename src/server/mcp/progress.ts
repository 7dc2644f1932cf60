import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import type { ServerNotification, ServerRequest } from "@modelcontextprotocol/sdk/types.js";
import type { RunEvent } from "../../graph/events.ts";
import { foreignLine } from "./foreign-text.ts";

export type Extra = Pick<
  RequestHandlerExtra<ServerRequest, ServerNotification>,
  "_meta" | "sendNotification" | "signal"
>;

/** Tells a client that asked for it how a run goes on. */
export interface Progress extends Disposable {
  show(event: RunEvent): void;
}

/**
 * Each search that begins or ends is a step. Where nothing happens for `heartbeatMs`, that is told as well: many
 * clients give up on a call of which they hear nothing for a minute.
 */
export function createProgress({ _meta, sendNotification }: Extra, heartbeatMs: number): Progress {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return { show: () => {}, [Symbol.dispose]: () => {} };
  let progress = 0;
  let doing = "Reasoning";
  const tell = (message: string): void => {
    progress += 1;
    const params = { progressToken, progress, message };
    // a client that has left is no failure of the run
    sendNotification({ method: "notifications/progress", params }).catch(() => {});
  };
  const heartbeat = setInterval(() => tell(`${doing} …`), heartbeatMs);
  return {
    show(event) {
      const line = lineFor(event);
      if (event.type === "answer-delta") doing = "Writing the answer";
      if (event.type === "reasoning-delta") doing = "Reasoning";
      if (line === undefined) return;
      doing = event.type === "search-start" ? line : "Reasoning";
      tell(line);
      heartbeat.refresh();
    },
    [Symbol.dispose]: () => clearInterval(heartbeat),
  };
}

function lineFor(event: RunEvent): string | undefined {
  if (event.type === "run-start") return "Reasoning";
  if (event.type === "search-start") return `Searching ${event.engine}: ${foreignLine(event.query)}`;
  if (event.type !== "search-end") return undefined;
  const query = foreignLine(event.query);
  const count = event.sources.length;
  switch (event.status) {
    case "found":
      return `${count} ${count === 1 ? "source" : "sources"} found: ${query}`;
    case "nothing":
      return `Nothing found: ${query}`;
    case "failed":
      return `Search failed: ${query}`;
    case "repeated":
      return `Searched before: ${query}`;
    case "not-run":
      return `Not searched, the budget is spent: ${query}`;
  }
}
