import { describe, expect, test } from "vitest";
import type { Durability } from "../../../src/durability/durability.ts";
import type { RunState } from "../../../src/graph/state.ts";
import { NO_POSTGRES } from "../../servers/postgres.ts";
import { agentOn, call, countingEngine } from "../agent.ts";
import { newSchema, opened, usePostgres } from "./place.ts";

const SCRIPT = [call("apples"), call("pears"), "</think>\n\nApples [1], pears [2]."];

function thread(id: string) {
  return { configurable: { thread_id: id } };
}

describe.skipIf(NO_POSTGRES !== "")(`leases in PostgreSQL ${NO_POSTGRES}`, () => {
  const server = usePostgres();

  async function two(): Promise<[Durability, Durability]> {
    const options = { schema: newSchema() };
    return [await opened(server(), options), await opened(server(), options)];
  }

  test("whoever held a thread too long can write nothing more to it", async () => {
    const [stale, fresh] = await two();
    const old = await stale.book.claim("t", "stale", 0);
    const { engine } = countingEngine();
    const agent = agentOn(stale, [call("apples")], {
      name: engine.name,
      async search(query, options) {
        const { status } = await fresh.book.claim("t", "fresh", 60_000);
        expect(status).toBe("claimed");
        return engine.search(query, options);
      },
    });
    await expect(
      agent.invoke({ question: "Which fruit?" }, { ...thread("t"), durability: "sync" }),
    ).rejects.toMatchObject({ code: "lease-lost" });
    const { values } = await agentOn(fresh, []).getState(thread("t"));
    expect((values as RunState).transcript.map(({ origin }) => origin)).toEqual(["runtime", "model"]);
    if (old.status !== "claimed") throw new Error("it was free");
    expect(await stale.book.renew(old.lease, 1000)).toBe(false);
    await expect(stale.book.begin(old.lease)).rejects.toMatchObject({ code: "lease-lost" });
    await stale.book.release(old.lease, "finished");
    expect(await fresh.book.claim("t", "third", 1000)).toMatchObject({
      status: "busy",
      thread: { owner: "fresh" },
    });
    // it stays so until the thread is claimed again
    const put = stale.checkpointer.putWrites(
      { configurable: { thread_id: "t", checkpoint_ns: "", checkpoint_id: "c" } },
      [["answer", "forged"]],
      "task",
    );
    await expect(put).rejects.toMatchObject({ code: "lease-lost" });
  });

  test("a thread that was removed and made anew is not its old owner's", async () => {
    const [stale, fresh] = await two();
    await stale.book.claim("t", "stale", 0);
    await fresh.book.remove("t");
    await fresh.book.claim("t", "fresh", 60_000);
    const put = agentOn(stale, SCRIPT).invoke({ question: "Which fruit?" }, thread("t"));
    await expect(put).rejects.toMatchObject({ code: "lease-lost" });
  });

  test("of many that claim a thread at once one gets it", async () => {
    const [one, other] = await two();
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_value, at) =>
        (at % 2 === 0 ? one : other).book.claim("t", `${at}`, 60_000),
      ),
    );
    const claimed = claims.filter(({ status }) => status === "claimed");
    expect(claimed).toHaveLength(1);
    expect(claims.filter(({ status }) => status === "busy")).toHaveLength(19);
  });

  test("the book tells how each run stands", async () => {
    const [{ book }] = await two();
    const claimed = async (id: string, leaseMs = 60_000) => {
      const claim = await book.claim(id, "me", leaseMs);
      if (claim.status === "busy") throw new Error("nobody holds it");
      return claim;
    };
    const never = await claimed("never begun");
    expect(never.thread).toBeUndefined();
    const done = await claimed("done");
    await book.begin(done.lease, "Which fruit?");
    await book.begin(done.lease);
    await book.release(done.lease, "failed", "It rained.");
    const orphan = await claimed("orphan", 0);
    await book.begin(orphan.lease, "q".repeat(1000));
    expect(await book.find("never begun")).toBeUndefined();
    expect((await book.list()).map(({ threadId }) => threadId)).toEqual(["orphan", "done"]);
    expect((await book.list(1)).map(({ threadId }) => threadId)).toEqual(["orphan"]);
    expect(await book.find("done")).toEqual({
      threadId: "done",
      question: "Which fruit?",
      run: done.lease.epoch,
      status: "failed",
      attempts: 2,
      problem: "It rained.",
      createdAt: expect.any(Number),
      updatedAt: expect.any(Number),
      owner: "me",
      leasedUntil: 0,
    });
    expect(await book.orphans()).toEqual([await book.find("orphan")]);
    expect((await claimed("done")).thread).toMatchObject({ status: "failed", attempts: 2 });
  });
});
