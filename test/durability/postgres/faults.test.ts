import type { BaseCheckpointSaver } from "@langchain/langgraph";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { describe, expect, onTestFinished, test } from "vitest";
import { driveThread } from "../../../src/durability/driver.ts";
import type { Durability } from "../../../src/durability/durability.ts";
import { connectPostgres } from "../../../src/postgres/connection.ts";
import type { RunState } from "../../../src/graph/state.ts";
import { startLossyProxy } from "../../servers/lossy-proxy.ts";
import { NO_POSTGRES } from "../../servers/postgres.ts";
import { agentOn, call, countingEngine } from "../agent.ts";
import { newSchema, opened, usePostgres } from "./place.ts";

const SCRIPT = [call("apples"), call("pears"), "</think>\n\nApples [1], pears [2]."];

/** Says the same when a step that could not be written is made again. */
function say(prompt: string): string {
  const found = ["All about apples.", "All about pears."].filter((text) => prompt.includes(text));
  return SCRIPT[found.length] ?? "";
}

/** A run, as it is read back afterwards, and what it did. */
async function runOn(durability: Durability, threadId: string) {
  const { engine, queries } = countingEngine();
  const agent = agentOn(
    durability,
    Array.from({ length: 20 }, () => say),
    engine,
  );
  const { status } = await driveThread({
    durability,
    agent,
    threadId,
    owner: "the test",
    question: "Which fruit?",
    maxAttempts: 10,
    pauseMs: 1,
  });
  const { values } = await agent.getState({ configurable: { thread_id: threadId } });
  const { transcript, sources, searches, stopReason } = values as RunState;
  return { status, queries, transcript, sources, searches, stopReason };
}

describe.skipIf(NO_POSTGRES !== "")(`a PostgreSQL with faults ${NO_POSTGRES}`, () => {
  const server = usePostgres();

  async function rowsIn(schema: string): Promise<unknown> {
    const connection = await connectPostgres(server().url, { schema });
    onTestFinished(() => connection.close());
    const [row] = await connection.query(
      "select (select count(*) from $schema.checkpoints) as checkpoints, (select count(*) from $schema.writes) as writes",
    );
    return z.object({ checkpoints: z.string(), writes: z.string() }).parse(row);
  }

  test.each([2, 3, 5, 7])(
    "a run is the same when one reply of %i is lost, and what it tells of was done",
    async (every) => {
      const [schema, clean] = [newSchema(), newSchema()];
      const golden = await runOn(await opened(server(), { schema: clean }), "t");
      await opened(server(), { schema });
      await using proxy = await startLossyProxy(server().port, every);
      const { pathname, username, password } = new URL(server().url);
      const address = `postgres://${username}:${password}@127.0.0.1:${proxy.port}${pathname}`;
      const durability = await opened({ url: address }, { schema });
      expect(await runOn(durability, "t")).toEqual(golden);
      expect(proxy.lost()).toBeGreaterThan(5);
      expect(golden.queries).toEqual(["apples", "pears"]);
      expect(await rowsIn(schema)).toEqual(await rowsIn(clean));
      expect(await durability.book.find("t")).toMatchObject({ status: "finished", leasedUntil: 0 });
    },
  );

  const broken = new Error("The disk is on fire.");
  test.each<[string, (work: () => Promise<unknown>) => Promise<unknown>]>([
    ["throws", () => Promise.reject(broken)],
    ["is slow", (work) => wait(200).then(work)],
    ["succeeds and reports an error", (work) => work().then(() => Promise.reject(broken))],
  ])("a run is the same when a write %s, whichever it is", { timeout: 60_000 }, async (_title, fault) => {
    const golden = await runOn(await opened(server()), "t");
    const durability = await opened(server());
    const puts = await countPuts(durability.checkpointer, () => runOn(durability, "counted"));
    expect(puts).toBe(19);
    for (let faulty = 1; faulty <= puts; faulty += 1) {
      const { checkpointer, restore } = spoil(durability.checkpointer, faulty, fault);
      expect(await runOn({ ...durability, checkpointer }, `t ${faulty}`)).toEqual(golden);
      restore();
    }
  });
});

/** Each write goes through `around`; gives what undoes it. */
function wrap(saver: BaseCheckpointSaver, around: (work: () => Promise<unknown>) => Promise<unknown>) {
  const put = saver.put.bind(saver);
  const putWrites = saver.putWrites.bind(saver);
  const wrapped = {
    put: (...given: Parameters<typeof put>) => around(() => put(...given)),
    putWrites: (...given: Parameters<typeof putWrites>) => around(() => putWrites(...given)),
  };
  Object.assign(saver, wrapped);
  return () => Object.assign(saver, { put, putWrites });
}

async function countPuts(checkpointer: BaseCheckpointSaver, work: () => Promise<unknown>): Promise<number> {
  let puts = 0;
  const restore = wrap(checkpointer, (put) => {
    puts += 1;
    return put();
  });
  await work();
  restore();
  return puts;
}

/** Something goes wrong with one of its writes, the `faulty`th. */
function spoil(
  checkpointer: BaseCheckpointSaver,
  faulty: number,
  fault: (work: () => Promise<unknown>) => Promise<unknown>,
) {
  let puts = 0;
  const restore = wrap(checkpointer, (put) => {
    puts += 1;
    return puts === faulty ? fault(put) : put();
  });
  return { checkpointer, restore };
}
