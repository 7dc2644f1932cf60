import { Client } from "@langchain/langgraph-sdk";
import { Command, InMemoryStore, MemorySaver, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { RemoteGraph } from "@langchain/langgraph/remote";
import { z } from "zod";
import { assemble } from "../../../src/assemble/assemble.ts";
import { createResearchTeam } from "../../../src/compose/team/research-team.ts";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import { readSettings } from "../../../src/settings/settings.ts";

/** What a person is asked, as far as these tests read it. */
const askedSchema = z.looseObject({
  id: z.string(),
  value: z.looseObject({
    type: z.string(),
    queries: z.array(z.string()),
    problem: z.string().optional(),
    action_requests: z.array(z.looseObject({ name: z.string() })),
    actionRequests: z.array(z.looseObject({ name: z.string() })),
  }),
});

export type Asked = z.infer<typeof askedSchema>;

/** A run that began with a call that has a person asked. No later call names any settings. */
export interface AskingRun {
  waiting(): Promise<readonly Asked[]>;
  /** Never throws: what cannot be handed in at all is refused at the door. */
  answer(value: unknown): Promise<void>;
}

/** One way for a person to ask and to be asked. */
export interface Door {
  readonly name: string;
  begin(question: string): Promise<AskingRun>;
}

const context = { approveSearches: true };
const tasksSchema = z.object({ tasks: z.array(z.object({ interrupts: z.array(askedSchema) })) });

function waitingIn(state: unknown): readonly Asked[] {
  return tasksSchema.parse(state).tasks.flatMap(({ interrupts }) => interrupts);
}

const ignored = (): void => {};
const keep = () => ({ checkpointer: new MemorySaver(), store: new InMemoryStore() });
const newThread = () => ({ configurable: { thread_id: crypto.randomUUID() } });

/** The library: the agent by itself, as a node of another graph, and as the researcher of a team. */
export function libraryDoors(environment: Readonly<Record<string, string>>): readonly Door[] {
  const parts = assemble(readSettings(environment));
  const agent = createAgenticRag(parts, keep());
  const team = createResearchTeam({ ...parts, planner: "rule" }, keep());
  const part = createAgenticRag(parts);
  const ParentState = new StateSchema({ topic: z.string(), report: z.string().default("") });
  const parent = new StateGraph(ParentState)
    .addNode(
      "ask",
      async ({ topic }, config) => ({
        report: (await part.invoke({ question: topic }, { ...config, context })).answer,
      }),
      { subgraphs: [part] },
    )
    .addEdge(START, "ask")
    .compile(keep());

  interface Waits {
    getState(config: object): Promise<unknown>;
  }
  const run = async (
    graph: Waits,
    config: object,
    invoke: (input: unknown, options: object) => Promise<unknown>,
    input: object,
  ): Promise<AskingRun> => {
    await invoke(input, { ...config, context });
    return {
      waiting: async () => waitingIn(await graph.getState(config)),
      answer: async (value) => void (await invoke(new Command({ resume: value }), config).catch(ignored)),
    };
  };
  return [
    {
      name: "library",
      begin: (question) =>
        run(agent, newThread(), (input, options) => agent.invoke(input as never, options), { question }),
    },
    {
      name: "a graph around it",
      begin: (topic) =>
        run(parent, newThread(), (input, options) => parent.invoke(input as never, options), { topic }),
    },
    {
      name: "research-team, from the parent",
      begin: (question) =>
        run(team, newThread(), (input, options) => team.invoke(input as never, options), { question }),
    },
  ];
}

/** A LangGraph server: by its SDK, by the stream of a thread, by RemoteGraph. */
export function serverDoors(url: string): readonly Door[] {
  const client = new Client({ apiUrl: url, apiKey: null, callerOptions: { maxRetries: 0 } });
  const stateOf = async (thread: string) => waitingIn(await client.threads.getState(thread));
  const begin = async (graph: string, question: string): Promise<string> => {
    const { thread_id: thread } = await client.threads.create();
    await client.runs.wait(thread, graph, { input: { question }, context });
    return thread;
  };
  const resumed = (thread: string, graph: string, resume: unknown): Promise<unknown> =>
    client.runs.wait(thread, graph, { command: { resume } }).catch(ignored);
  let commands = 0;
  /** As clients of the newer protocol send it; until the runs of the thread are over. */
  const command = async (thread: string, method: string, params: object): Promise<void> => {
    commands += 1;
    const body = JSON.stringify({ id: commands, method, params });
    await fetch(`${url}/threads/${thread}/commands`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    for (const { run_id: run, status } of await client.runs.list(thread, { limit: 100 })) {
      if (status === "pending" || status === "running") await client.runs.join(thread, run).catch(ignored);
    }
  };
  return [
    {
      name: "SDK",
      async begin(question) {
        const thread = await begin("agentic-rag", question);
        return {
          waiting: () => stateOf(thread),
          answer: async (value) => void (await resumed(thread, "agentic-rag", value)),
        };
      },
    },
    {
      name: "SDK, research-team by the ids of its interrupts",
      async begin(question) {
        const thread = await begin("research-team", question);
        return {
          waiting: () => stateOf(thread),
          async answer(value) {
            const ids = (await stateOf(thread)).map(({ id }) => [id, value]);
            await resumed(thread, "research-team", Object.fromEntries(ids));
          },
        };
      },
    },
    {
      name: "SDK, commands of a thread",
      async begin(question) {
        const { assistant_id: assistant } = await client.assistants.create({
          graphId: "agentic-rag",
          context,
        });
        const { thread_id: thread } = await client.threads.create();
        // a run that is begun so takes its settings from the assistant
        await command(thread, "run.start", { assistant_id: assistant, input: { question } });
        return {
          waiting: () => stateOf(thread),
          async answer(value) {
            const [asked] = await stateOf(thread);
            await command(thread, "input.respond", { interrupt_id: asked?.id, response: value });
          },
        };
      },
    },
    {
      name: "RemoteGraph",
      async begin(question) {
        const remote = new RemoteGraph({ graphId: "agentic-rag", client });
        const config = newThread();
        await remote.invoke({ question }, { ...config, context }).catch(ignored);
        return {
          waiting: () => stateOf(config.configurable.thread_id),
          answer: async (value) =>
            void (await remote.invoke(new Command({ resume: value }), config).catch(ignored)),
        };
      },
    },
  ];
}
