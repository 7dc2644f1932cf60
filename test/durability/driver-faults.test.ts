import { setTimeout as wait } from "node:timers/promises";
import type { BaseCheckpointSaver } from "@langchain/langgraph";
import { expect, test } from "vitest";
import { driveThread } from "../../src/durability/driver.ts";
import { openSqliteDurability } from "../../src/durability/sqlite/sqlite.ts";
import type { RunState } from "../../src/graph/state.ts";
import { agentOn, call, countingEngine } from "./agent.ts";

type Fault = (write: () => Promise<unknown>) => Promise<unknown>;

const FAULTS: Readonly<Record<string, Fault>> = {
  "is not made": async () => {
    throw new Error("The database is away.");
  },
  "is made, but is said to have failed": async (write) => {
    await write();
    throw new Error("Nobody knows.");
  },
  "is slow": async (write) => {
    await wait(20);
    return write();
  },
};

/** Lets one write go wrong: the `nth` of `put` and `putWrites`, from 1. */
function withFault(saver: BaseCheckpointSaver, nth: number, fault: Fault) {
  let count = 0;
  const [put, putWrites] = [saver.put.bind(saver), saver.putWrites.bind(saver)];
  const through = async <Value>(write: () => Promise<Value>): Promise<Value> => {
    count += 1;
    return (count === nth ? await fault(write) : await write()) as Value;
  };
  saver.put = (...given) => through(() => put(...given));
  saver.putWrites = (...given) => through(() => putWrites(...given));
  return { writes: () => count };
}

function say(prompt: string): string {
  if (!prompt.includes("All about apples.")) return call("apples");
  return prompt.includes("All about pears.") ? "</think>\n\nApples [1], pears [2]." : call("pears");
}

async function driveWith(nth: number, fault: Fault, maxAttempts = 5) {
  const durability = openSqliteDurability(":memory:");
  const { writes } = withFault(durability.checkpointer, nth, fault);
  const { engine, queries } = countingEngine();
  const agent = agentOn(
    durability,
    Array.from({ length: 8 }, () => say),
    engine,
  );
  const common = { durability, agent, threadId: "t", owner: "one", pauseMs: 0, maxAttempts };
  try {
    const { status, state } = await driveThread({ ...common, question: "Which fruit?" });
    const { transcript, answer, messages, searches, sources } = state as RunState;
    return {
      status,
      transcript,
      answer,
      messages: messages.length,
      searches,
      sources,
      queries,
      writes: writes(),
    };
  } finally {
    await durability.close();
  }
}

test.each(Object.entries(FAULTS))(
  "a run comes to the same end when any one write %s",
  { timeout: 60_000 },
  async (_name, fault) => {
    const { writes, ...golden } = await driveWith(0, fault);
    expect(golden).toMatchObject({ status: "finished", messages: 2, queries: ["apples", "pears"] });
    expect(writes).toBe(19);
    for (let nth = 1; nth <= writes; nth += 1) {
      const { writes: made, ...outcome } = await driveWith(nth, fault);
      expect(outcome, `write ${nth}`).toEqual(golden);
      expect(made).toBeGreaterThanOrEqual(writes);
    }
  },
);

test("a run whose checkpoints can never be written is given up, with the reason", async () => {
  const durability = openSqliteDurability(":memory:");
  const { checkpointer, book } = durability;
  checkpointer.put = () => Promise.reject(new Error("The database is away."));
  const request = { durability, agent: agentOn(durability, []), threadId: "t", owner: "one", pauseMs: 0 };
  const problem =
    'The run of the thread "t" was tried 3 times and failed each time, lastly: The database is away. When that is mended: agentic-rag resume.';
  await expect(driveThread({ ...request, question: "Q?", maxAttempts: 3 })).rejects.toMatchObject({
    code: "run-given-up",
    message: problem,
  });
  expect(await book.find("t")).toMatchObject({ status: "failed", attempts: 3, problem, leasedUntil: 0 });
  await durability.close();
});
