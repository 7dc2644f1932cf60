import { driveThread } from "../../../src/durability/driver.ts";
import { openDurability } from "../../../src/durability/open.ts";
import { AgenticRagError } from "../../../src/errors.ts";
import type { RunState } from "../../../src/graph/state.ts";
import { createTavilyEngine } from "../../../src/search/engines/tavily.ts";
import { agentOn, call } from "../agent.ts";

/** What became of one call to resume a thread. */
export interface Resumed {
  readonly owner: string;
  readonly outcome: string;
}

/** Resumes each thread that it is told of, and says what came of it. */
const [address = "", searchUrl = "", owner = "", leaseMs = "30000"] = process.argv.slice(2);
const durability = await openDurability(address);
const engine = createTavilyEngine({ apiKey: "tvly-test", baseUrl: searchUrl });

async function resume(threadId: string): Promise<string> {
  const agent = agentOn(durability, [call("apples"), "</think>\n\nApples [1]."], engine);
  try {
    const { status, state } = await driveThread({
      durability,
      agent,
      threadId,
      owner,
      leaseMs: Number(leaseMs),
    });
    return `${status}: ${(state as RunState).answer}`;
  } catch (error) {
    return AgenticRagError.isInstance(error) ? error.code : String(error);
  }
}

process.on("message", (threadId: string) => {
  void resume(threadId).then((outcome) => process.send?.({ owner, outcome } satisfies Resumed));
});
process.on("disconnect", () => void durability.close());
process.send?.({ owner, outcome: "ready" } satisfies Resumed);
