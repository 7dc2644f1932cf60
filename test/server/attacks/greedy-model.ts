import { EventEmitter, once } from "node:events";
import { call } from "../../graph/agent.ts";
import type { ServerReply } from "../../servers/completions.ts";
import { startWorld, type World } from "../../servers/world.ts";

/** A question whose answer repeats its last word. */
export const CANARY = "What is canary4711?";
const CALLS = 12;
const MOST_REQUESTS = 400;

export interface GreedyWorld extends World {
  /** Lets all go on that asked "held?". */
  readonly release: () => void;
}

/**
 * A model, and a search engine, on the loopback. The model answers `CANARY`; is held in the middle of its answer to
 * "held?"; and asked for "many …" it asks for twelve searches at once, again and again.
 */
export async function startGreedyWorld(): Promise<GreedyWorld> {
  const gate = new EventEmitter();
  const held = once(gate, "open");
  const release = () => void gate.emit("open");
  const reply: ServerReply = ({ body: { prompt } }) => {
    if (prompt.includes("held?")) {
      return { chunks: ["</think>\n\nSo", " it is."], hold: { behind: '"text":"</think>', until: held } };
    }
    if (!prompt.includes("many")) return "</think>\n\nIt is canary4711.";
    const answered = (prompt.match(/<tool_response>/g) ?? []).length;
    if (answered > 40) return "</think>\n\nDone.";
    return Array.from({ length: CALLS }, (_, n) => call(`many ${answered} ${n}`)).join("\n");
  };
  const world = await startWorld(Array.from({ length: MOST_REQUESTS }, () => reply));
  return {
    ...world,
    release,
    async close() {
      release();
      await world.close();
    },
  };
}
