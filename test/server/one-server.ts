import { EventEmitter, once } from "node:events";
import { call } from "../graph/agent.ts";
import type { ServerReply } from "../servers/completions.ts";
import { startWorld } from "../servers/world.ts";
import { startDevServer } from "./dev-server.ts";
import { API_KEYS } from "./visitors.ts";

/** A question of its own, for which the model searches twice and is then held in the middle of its answer. */
export interface Held {
  readonly question: string;
  readonly queries: readonly string[];
  readonly reasoning: string;
  /** What the model writes, with bare marks. */
  readonly written: string;
  /** What it becomes: marks are links. */
  readonly answer: string;
  readonly urls: readonly string[];
  /** Lets the model go on: until then it has said the first words of its answer and cited, and its connection is open. */
  readonly release: () => void;
  /** How many requests the model was sent for it so far. */
  requests(): number;
  /** The searches that were really sent for it. */
  sent(): readonly string[];
  /** How the last connection to the model ends: `closed` if the agent let go of it while the model was held. */
  end(withinMs: number): Promise<"closed" | "served" | "still open">;
}

export interface OneServer {
  readonly url: string;
  /** Another question. */
  ask(): Held;
  close(): Promise<void>;
}

const MOST_REQUESTS = 100;

/** One real dev server on one of the project's configurations, with its model and its engine on the loopback. */
export async function startOneServer(
  config: "langgraph.json" | "langgraph.production.json",
): Promise<OneServer> {
  const gates = new Map<string, Gate>();
  const reply: ServerReply = ({ body: { prompt } }) => {
    const name = nameIn(prompt);
    const gate = gates.get(name);
    if (gate === undefined) throw new Error(`nobody asked about ${JSON.stringify(name)}`);
    if (!prompt.includes(`All about ${name} alpha.`))
      return { text: `Let me look.\n${call(`${name} alpha`)}`, chunkSize: 3 };
    if (!prompt.includes(`All about ${name} beta.`))
      return { text: `More.\n${call(`${name} beta`)}`, chunkSize: 3 };
    return { chunks: SAID, hold: { behind: `"text":"${CITED}"`, until: gate.opened } };
  };
  const world = await startWorld(Array.from({ length: MOST_REQUESTS }, () => reply));
  const { completions, tavily, environment } = world;
  const server = await startDevServer(
    { ...environment, AGENTIC_RAG_API_KEYS: API_KEYS, AGENTIC_RAG_DISCOVER: "off" },
    { config },
  );

  return {
    url: server.url,
    ask() {
      const name = `q${gates.size + 1}`;
      const gate = createGate();
      gates.set(name, gate);
      const requests = () => completions.requests.filter(({ body }) => nameIn(body.prompt) === name);
      const urls = [`https://example.org/${name}-beta`, `https://example.org/${name}-alpha`];
      return {
        question: `Who is ${name}?`,
        queries: [`${name} alpha`, `${name} beta`],
        reasoning: "Let me look.\nMore.\nI know.\n",
        written: "It is so [2], as is [1].",
        answer: `It is so [[2]](${urls[0]}), as is [[1]](${urls[1]}).`,
        urls,
        release: gate.open,
        requests: () => requests().length,
        sent: () => tavily.queries.filter((query) => query.startsWith(`${name} `)),
        async end(withinMs) {
          const last = requests().at(-1);
          if (last === undefined) throw new Error("the model was asked nothing");
          let timer: NodeJS.Timeout | undefined;
          const late = new Promise<"still open">((resolve) => {
            timer = setTimeout(resolve, withinMs, "still open");
          });
          const ended = last.closedEarly.then((early) => (early ? "closed" : "served"));
          return Promise.race([ended, late]).finally(() => clearTimeout(timer));
        },
      };
    },
    async close() {
      for (const { open } of gates.values()) open();
      await server.close();
      await world.close();
    },
  };
}

/** The first words that cite: before them, a client that cannot take text back is sent none of the answer. */
const CITED = " [2],";
const SAID = ["I know.\n</think>\n\n", "It is so", CITED, " as is", " [1]."];

/** The last one that is asked about: others may have been before. */
function nameIn(prompt: string): string {
  return [...prompt.matchAll(/Who is (q\d+)\?/g)].at(-1)?.[1] ?? "";
}

interface Gate {
  readonly opened: Promise<unknown>;
  readonly open: () => void;
}

function createGate(): Gate {
  const gate = new EventEmitter();
  const opened = once(gate, "open");
  return { opened, open: () => void gate.emit("open") };
}
