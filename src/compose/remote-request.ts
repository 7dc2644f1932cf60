import { z } from "zod";

const record = z.record(z.string(), z.unknown());
const runSchema = z.looseObject({
  config: z.looseObject({ configurable: record.optional() }).optional(),
  on_disconnect: z.string().default("cancel"),
  context: record.nullish().transform((context) => ({ stepMessages: false, ...context })),
});
/** What a server must know to find a thread and a place in it. */
const IDS: ReadonlySet<string> = new Set(["thread_id", "checkpoint_id", "checkpoint_ns", "checkpoint_map"]);

/**
 * For `new Client({ apiUrl, onRequest: remoteRequest })` of LangGraph's SDK, when a `RemoteGraph` of the agent is made
 * with that client. A run that it streams
 *
 * - ends when its client leaves, which RemoteGraph has no option for; LangGraph heeds it on a thread only;
 * - has no limit of steps, of which RemoteGraph asks for 25: budgets end a run, in an answer;
 * - adds its question and answer to the conversation of the graph around it, and no message of its steps;
 * - is sent none of the `configurable` of the graph around it but ids. Settings of the run go into `context`.
 */
export function remoteRequest(url: URL, init: RequestInit): RequestInit {
  if (!url.pathname.endsWith("/runs/stream") || typeof init.body !== "string") return init;
  const run = runSchema.parse(JSON.parse(init.body));
  if (run.config === undefined) return { ...init, body: JSON.stringify(run) };
  const { recursion_limit: _limit, configurable = {}, ...rest } = run.config;
  const ids = Object.fromEntries(Object.entries(configurable).filter(([name]) => IDS.has(name)));
  return { ...init, body: JSON.stringify({ ...run, config: { ...rest, configurable: ids } }) };
}
