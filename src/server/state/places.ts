import type { Client } from "@langchain/langgraph-sdk";
import { z } from "zod";
import { TeamState } from "../../compose/team/state.ts";
import { State } from "../../graph/state.ts";
import { threadIn } from "../deleted-threads.ts";
import type { ErrorReply } from "../error-reply.ts";

/** What an edit of a thread of each graph can name. */
interface Places {
  readonly nodes: readonly string[];
  readonly fields: readonly string[];
}

const AGENT: Places = {
  nodes: ["generate", "parse-tool-call", "web-search", "finalize"],
  fields: Object.keys(State.fields),
};
const GRAPHS: Readonly<Record<string, Places>> = {
  "agentic-rag": AGENT,
  "search-r1": AGENT,
  "research-team": { nodes: ["divide", "research", "write"], fields: Object.keys(TeamState.fields) },
};
/** LangGraph's own: the input, the end, and a copy of the checkpoint. */
const MARKERS = ["__start__", "__input__", "__end__", "__copy__"];

const STATE_PATH = /^\/threads\/[^/]+\/state\/?$/;
const record = z.record(z.string(), z.unknown());
const bodySchema = z.looseObject({
  as_node: z.string().nullish(),
  values: z.union([record, z.array(record)]).nullish(),
});

/**
 * Why an edit of a thread's state is not taken, or null: a node that its graph does not have would be a fault of the server,
 * and a field that it does not have would be left out without a word. Threads of other graphs are LangGraph's matter.
 */
export async function refusalOfPlace(
  { method, path }: { readonly method: string; readonly path: string },
  body: unknown,
  client: () => Client,
): Promise<ErrorReply | null> {
  const thread = threadIn(path);
  if (method !== "POST" || thread === undefined || !STATE_PATH.test(path)) return null;
  const { data } = bodySchema.safeParse(body);
  if (data === undefined) return null;
  const { as_node: node, values } = data;
  const fields = [values ?? []].flat().flatMap((edit) => Object.keys(edit));
  const graph = node == null && fields.length === 0 ? undefined : await graphOf(thread, client());
  const places = graph !== undefined && Object.hasOwn(GRAPHS, graph) ? GRAPHS[graph] : undefined;
  if (places === undefined) return null;
  if (node != null && ![...places.nodes, ...MARKERS].includes(node))
    return bad(`as_node: ${named(node)} is no node of this thread's graph`, places.nodes);
  const other = fields.find((field) => !places.fields.includes(field));
  return other === undefined ? null : bad(`values: the state has no field ${named(other)}`, places.fields);
}

async function graphOf(thread: string, client: Client): Promise<string | undefined> {
  try {
    const { metadata } = await client.threads.get(thread);
    return z.string().safeParse(metadata?.["graph_id"]).data;
  } catch {
    // the server itself says what is wrong with such a thread
    return undefined;
  }
}

function named(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}

function bad(what: string, known: readonly string[]): ErrorReply {
  return { status: 400, code: "bad_state", message: `${what}. There are: ${known.join(", ")}.` };
}
