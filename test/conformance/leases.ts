import { once } from "node:events";
import { describe, expect, test } from "vitest";
import type { Durability } from "../../src/durability/durability.ts";
import { driveThread } from "../../src/durability/driver.ts";
import type { RunState } from "../../src/graph/state.ts";
import { agentOn, call, countingEngine } from "../durability/agent.ts";
import { all, put } from "../durability/checkpoints.ts";
import type { Opening } from "./place.ts";

const LOST = {
  code: "lease-lost",
  message:
    'The thread "t" was taken over by another process, or removed, while this one was held up. Nothing more is written to it from here. To see how it stands: agentic-rag threads.',
};

async function claimed({ book }: Durability, threadId: string, leaseMs = 60_000) {
  const claim = await book.claim(threadId, "own\0er", leaseMs);
  if (claim.status !== "claimed") throw new Error("somebody holds it");
  return claim;
}

/** What every database promises about who may write to a thread, and what it tells of threads. */
export function describeLeases(database: string, { newPlace, openedAt }: Opening): void {
  const two = async (): Promise<[Durability, Durability]> => {
    const place = newPlace();
    return [await openedAt(place), await openedAt(place)];
  };
  describe(`leases ${database}`, () => {
    test("whoever held a thread too long can write nothing more to it", async () => {
      const [stale, other] = await two();
      const { lease } = await claimed(stale, "t", 0);
      const config = await put(stale.checkpointer, "t", { a: 1 });
      expect((await other.book.claim("t", "other", 60_000)).status).toBe("claimed");
      await expect(put(stale.checkpointer, "t", { a: 2 })).rejects.toMatchObject(LOST);
      await expect(stale.checkpointer.putWrites(config, [["a", 2]], "task")).rejects.toMatchObject(LOST);
      await expect(stale.book.begin(lease)).rejects.toMatchObject(LOST);
      expect(await stale.book.renew(lease, 60_000)).toBe(false);
      await stale.book.release(lease, "failed", "mine");
      await expect(put(stale.checkpointer, "t", { a: 2 })).rejects.toMatchObject(LOST);
      expect(await stale.book.claim("t", "third", 1000)).toMatchObject({
        status: "busy",
        thread: { owner: "other" },
      });
      const tuples = await all(other.checkpointer.list({ configurable: { thread_id: "t" } }));
      expect(tuples.map((tuple) => [tuple.checkpoint.channel_values, tuple.pendingWrites])).toEqual([
        [{ a: 1 }, []],
      ]);
      // another thread, and the thread's new owner, write on
      await put(stale.checkpointer, "u", { a: 1 });
      await put(other.checkpointer, "t", { a: 3 });
    });

    test("a run whose thread is taken over in a search writes no more", async () => {
      const [stale, fresh] = await two();
      await claimed(stale, "t", 0);
      const { engine } = countingEngine();
      const agent = agentOn(stale, [call("apples")], {
        name: engine.name,
        async search(query, options) {
          await claimed(fresh, "t");
          return engine.search(query, options);
        },
      });
      const thread = { configurable: { thread_id: "t" } };
      await expect(
        agent.invoke({ question: "Which fruit?" }, { ...thread, durability: "sync" }),
      ).rejects.toMatchObject(LOST);
      const { values } = await agentOn(fresh, []).getState(thread);
      expect((values as RunState).transcript.map(({ origin }) => origin)).toEqual(["runtime", "model"]);
    });

    test("a run that was left in a write writes no more, also when its own process took the thread again", async () => {
      const [durability] = await two();
      const { checkpointer } = durability;
      const { engine, queries } = countingEngine();
      const answers = [call("apples"), "</think>\n\nApples [1].", "</think>\n\nApples [1]."];
      const agent = agentOn(durability, answers, engine);
      const common = { durability, agent, threadId: "t", owner: "one" };
      const write = checkpointer.put.bind(checkpointer);
      const [left, hung, freed] = [new AbortController(), new AbortController(), new AbortController()];
      let late: Promise<unknown> | undefined;
      checkpointer.put = (...given) => {
        if (queries.length === 0 || late !== undefined) return write(...given);
        const written = once(freed.signal, "abort").then(() => write(...given));
        late = written;
        hung.abort();
        return written;
      };
      const first = driveThread({ ...common, question: "Which fruit?", signal: left.signal });
      if (!hung.signal.aborted) await once(hung.signal, "abort");
      left.abort();
      await expect(first).rejects.toMatchObject({ name: "AbortError" });
      const { state } = await driveThread(common);
      freed.abort();
      await expect(late).rejects.toMatchObject(LOST);
      expect((await agent.getState({ configurable: { thread_id: "t" } })).values).toEqual(state);
      expect(state).toMatchObject({ stopReason: "answered", searches: 1 });
      expect(queries).toEqual(["apples"]);
    });

    test("a thread that was removed and made anew is not its old owner's", async () => {
      const [stale, other] = await two();
      const { lease } = await claimed(stale, "t");
      await other.book.remove("t");
      await expect(put(stale.checkpointer, "t")).rejects.toMatchObject(LOST);
      expect((await claimed(other, "t")).lease.epoch).toBeGreaterThan(lease.epoch);
      await expect(put(stale.checkpointer, "t")).rejects.toMatchObject(LOST);
    });

    test("of many that claim a thread at once one gets it", async () => {
      const [one, other] = await two();
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_value, at) => [one, other][at % 2]!.book.claim("t", `${at}`, 60_000)),
      );
      expect(claims.map(({ status }) => status).sort()).toEqual([
        ...Array.from({ length: 19 }, () => "busy"),
        "claimed",
      ]);
    });

    test("the book tells how each run stands", async () => {
      const [durability] = await two();
      const { book } = durability;
      expect((await claimed(durability, "never begun")).thread).toBeUndefined();
      const done = await claimed(durability, "done");
      await book.begin(done.lease, "quest\0ion");
      await book.begin(done.lease);
      await book.release(done.lease, "failed", "It rained.");
      const orphan = await claimed(durability, "orphan", 0);
      await book.begin(orphan.lease, "q".repeat(1000));
      expect(await book.find("never begun")).toBeUndefined();
      const threadsOf = async (limit?: number) => (await book.list(limit)).map(({ threadId }) => threadId);
      expect(await threadsOf()).toEqual(["orphan", "done"]);
      expect(await threadsOf(1)).toEqual(["orphan"]);
      expect(await book.find("done")).toEqual({
        threadId: "done",
        question: "quest\0ion",
        run: done.lease.epoch,
        status: "failed",
        attempts: 2,
        problem: "It rained.",
        createdAt: expect.any(Number) as number,
        updatedAt: expect.any(Number) as number,
        owner: "own\0er",
        leasedUntil: 0,
      });
      expect(await book.orphans()).toEqual([await book.find("orphan")]);
      expect((await claimed(durability, "done")).thread).toMatchObject({ status: "failed", attempts: 2 });
    });

    test("a removed thread leaves nothing: no checkpoint, no search, no line in the book", async () => {
      const [durability] = await two();
      const { book, checkpointer, store } = durability;
      for (const thread_id of ["t\0", "u"]) {
        const { lease } = await claimed(durability, thread_id);
        await book.begin(lease, "Which fruit?");
        const agent = agentOn(durability, [call("apples"), "</think>\n\nApples [1]."]);
        await agent.invoke({ question: "Which fruit?" }, { configurable: { thread_id } });
        await book.release(lease, "finished");
      }
      const searches = () => store.search(["agentic-rag", "searches"], { limit: 100 });
      // of each thread: what its question was asked with, and its search
      expect(await searches()).toHaveLength(4);
      await book.remove("t\0");
      expect((await book.list()).map(({ threadId }) => threadId)).toEqual(["u"]);
      expect(await searches()).toHaveLength(2);
      const left = await all(checkpointer.list({ configurable: {} }));
      expect(new Set(left.map(({ config }) => String(config.configurable?.["thread_id"])))).toEqual(
        new Set(["u"]),
      );
    });
  });
}
