import { HTTPException } from "@langchain/langgraph-sdk/auth";
import { refusalOfValue } from "./body.ts";

/** A run as LangGraph hands it to `threads:create_run`, before it is stored. Whatever is changed in it is stored so. */
export interface NewRun {
  metadata?: Record<string, unknown> | null | undefined;
  readonly thread_id?: unknown;
  readonly assistant_id?: unknown;
  readonly kwargs: Record<string, unknown>;
}

/** Bytes of a run as JSON. */
const MAX_BYTES = 4 * 1024 * 1024;
const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
/** What of `config.configurable` is kept: ids, and what LangGraph writes there itself about user and tracing. */
const KEPT =
  /^(?:thread_id|run_id|checkpoint_id|checkpoint_ns|checkpoint_map|langgraph_auth_\w+|langsmith_(?:project|example_id))$/;

/**
 * Looks at a run whichever door it came through: every request and every message of a WebSocket ends here. What would
 * not read back, asks the server to call out, or is larger than a body may be is refused; keys of
 * `config.configurable` that are no ids are left out, headers of the request among them: they are kept with each
 * checkpoint, and a header may be a secret.
 *
 * @throws HTTPException 400, 403 or 413.
 */
export function checkNewRun(run: NewRun): void {
  const { kwargs } = run;
  for (const id of [run.thread_id, run.assistant_id]) {
    if (id !== undefined && id !== null && !(typeof id === "string" && ID.test(id))) {
      throw new HTTPException(400, { message: "A thread or an assistant has an id that is none." });
    }
  }
  for (const value of [run.metadata, ...Object.values(kwargs)]) {
    const refusal = refusalOfValue(value);
    if (refusal !== null) throw new HTTPException(refusal.status, { message: refusal.message });
  }
  if (Buffer.byteLength(JSON.stringify([run.metadata, kwargs])) > MAX_BYTES) {
    throw new HTTPException(413, { message: `A run may not be larger than ${MAX_BYTES} bytes.` });
  }
  const feedback = kwargs["feedback_keys"];
  if (feedback !== undefined && feedback !== null) {
    throw new HTTPException(403, {
      message: "feedback_keys are not offered: for each the server would ask another service for an address.",
    });
  }
  const configurable = recordIn(recordIn(kwargs, "config"), "configurable");
  for (const name of Object.keys(configurable ?? {})) if (!KEPT.test(name)) delete configurable?.[name];
}

function recordIn(
  value: Record<string, unknown> | undefined,
  name: string,
): Record<string, unknown> | undefined {
  const found = value?.[name];
  return isRecord(found) ? found : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
