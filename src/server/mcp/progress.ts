import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import type { ServerNotification, ServerRequest } from "@modelcontextprotocol/sdk/types.js";
import type { RunEvent } from "../../graph/events.ts";
import { eventText } from "../../view/event-text.ts";
import { uncheckedLine } from "./foreign-text.ts";

export type Extra = Pick<
  RequestHandlerExtra<ServerRequest, ServerNotification>,
  "_meta" | "sendNotification" | "signal"
>;

/** Tells a client that asked for it how a run goes on. */
export interface Progress extends Disposable {
  show(event: RunEvent): void;
}

/**
 * Each search and each page that begins or ends is a step, and so is the answer when it begins. Where nothing happens for
 * `heartbeatMs`, that is told as well: many clients give up on a call of which they hear nothing for a minute.
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
      if (event.type === "reasoning-delta") doing = "Reasoning";
      const line = lineFor(event);
      // an answer comes in many pieces, and begins once
      if (line === undefined || (event.type === "answer-delta" && doing === line)) return;
      doing = STEPS.has(event.type) ? line : "Reasoning";
      tell(line);
      heartbeat.refresh();
    },
    [Symbol.dispose]: () => clearInterval(heartbeat),
  };
}

/** What goes on until something else is heard. */
const STEPS: ReadonlySet<RunEvent["type"]> = new Set(["search-start", "page-start", "answer-delta"]);

function lineFor(event: RunEvent): string | undefined {
  switch (event.type) {
    case "run-start":
      return "Reasoning";
    case "search-start":
    case "search-end":
    case "page-start":
    case "page-end":
      return eventText(event, uncheckedLine);
    case "answer-delta":
      return "Writing the answer";
    case "reasoning-delta":
    case "answer-withdrawn":
    case "tool-call":
    case "tool-call-invalid":
    case "tool-call-refused":
    case "reply-continued":
    case "replies-rewritten":
    case "context-full":
    case "results-omitted":
    case "answer-mended":
    case "budget-left":
    case "answer-end":
      return undefined;
  }
}
