import { BaseMessage } from "@langchain/core/messages";
import { MessagesValue, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { RemoteGraph } from "@langchain/langgraph/remote";
import { Client, type ClientConfig } from "@langchain/langgraph-sdk";
import { z } from "zod";
import { remoteRequest } from "../../src/compose/remote-request.ts";

const shared = { question: z.string(), answer: z.string() };
const State = new StateSchema({ messages: MessagesValue, ...shared });

/** What the graph around the agent ends with. */
export const parentResult = z.object({ messages: z.array(z.instanceof(BaseMessage)), ...shared });

/** A graph of one node: an agent that runs elsewhere. */
export function createParent(remote: RemoteGraph) {
  return new StateGraph(State).addNode("research", remote).addEdge(START, "research").compile();
}

/** The agent on a server. */
export function connectRemote(options: ClientConfig): RemoteGraph {
  const client = new Client({ ...options, onRequest: remoteRequest });
  return new RemoteGraph({ graphId: "agentic-rag", client });
}
