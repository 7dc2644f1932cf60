import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Durability } from "../../src/durability/durability.ts";
import { openDurability } from "../../src/durability/open.ts";
import { bundleProgram } from "../bundle.ts";
import { startWireServer } from "../servers/wire-server.ts";
import { all } from "./checkpoints.ts";
import { createWallClock, NO_WALL_CLOCK } from "./clocks/wall-clock.ts";
import type { Resumed } from "./killed/resuming-process.ts";

const ROUNDS = 20;
const FINISHED = "finished: Apples [[1]](https://example.org/apples).";

/** A search server that answers when it is told to, and two processes that resume threads, their clocks an hour apart. */
async function stage(address: string, leaseMs: number) {
  const held: ServerResponse[] = [];
  const web = await startWireServer((response) => held.push(response));
  const program = await bundleProgram(new URL("killed/resuming-process.ts", import.meta.url));
  const children: ChildProcess[] = [];
  const messages: Resumed[] = [];
  const clock = NO_WALL_CLOCK === "" ? createWallClock(3600) : undefined;
  // both find a database without tables, and make them
  for (const [owner, environment] of [["one"], ["two", clock?.environment]] as const) {
    const child = fork(program, [address, web.url, owner, String(leaseMs)], {
      execArgv: [],
      env: { ...process.env, ...environment },
    });
    child.on("message", (message) => messages.push(message as Resumed));
    children.push(child);
  }
  const durability = await openDurability(address);
  onTestFinished(async () => {
    for (const child of children) child.kill("SIGKILL");
    clock?.remove();
    await web.close();
    await durability.close();
  });
  const next = async (): Promise<Resumed> => {
    await expect.poll(() => messages.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(0);
    return messages.shift()!;
  };
  expect([(await next()).outcome, (await next()).outcome]).toEqual(["ready", "ready"]);
  const [one, two] = children;
  return { durability, held, requests: web.requests, one: one!, two: two!, messages, next };
}

function answer(response: ServerResponse | undefined): void {
  const results = [{ title: "About apples", url: "https://example.org/apples", content: "All about." }];
  const reply = { query: "", answer: null, images: [], results, response_time: 0 };
  response?.setHeader("content-type", "application/json").end(JSON.stringify(reply));
}

/** A run that was begun and left by a process that is gone. */
async function orphan({ book }: Durability, threadId: string): Promise<void> {
  const claim = await book.claim(threadId, "a process that died", 60_000);
  if (claim.status === "busy") throw new Error("nobody else knows this thread yet");
  await book.begin(claim.lease, "Which fruit?");
  await book.renew(claim.lease, 0);
  expect((await book.orphans()).map((row) => row.threadId)).toEqual([threadId]);
}

/** Holds off the writers of a database while something is done. */
export type BetweenWrites = (address: string, work: () => void) => void;

/** What two processes do that share a database, at an address that is new each time. */
export function describeTwoProcesses(
  database: string,
  newAddress: () => Promise<string>,
  betweenWrites: BetweenWrites,
): void {
  describe(`two processes ${database}`, () => {
    test(`of two that resume a thread one drives it, ${ROUNDS} times`, { timeout: 60_000 }, async () => {
      const { durability, held, requests, one, two, next } = await stage(await newAddress(), 30_000);
      for (let round = 0; round < ROUNDS; round += 1) {
        const threadId = `round ${round}`;
        await orphan(durability, threadId);
        one.send(threadId);
        two.send(threadId);
        // the first to search is answered only when the other has been told that it comes too late
        const loser = await next();
        await expect.poll(() => held.length, { timeout: 20_000, interval: 5 }).toBe(round + 1);
        answer(held.at(-1));
        const winner = await next();
        expect([loser.outcome, winner.outcome]).toEqual(["thread-busy", FINISHED]);
        expect(new Set([loser.owner, winner.owner])).toEqual(new Set(["one", "two"]));
        expect(await durability.book.find(threadId)).toMatchObject({
          status: "finished",
          attempts: 2,
          owner: winner.owner,
        });
      }
      expect(requests).toHaveLength(ROUNDS);
      // they end with their parent
      const ended = [once(one, "exit"), once(two, "exit")];
      one.disconnect();
      two.disconnect();
      expect(await Promise.all(ended)).toEqual([
        [0, null],
        [0, null],
      ]);
    });

    test(
      "an owner that sleeps past its lease finds its thread taken, and writes nothing",
      { timeout: 60_000 },
      async () => {
        const address = await newAddress();
        const { durability, held, one, two, messages, next } = await stage(address, 300);
        await orphan(durability, "t");
        one.send("t");
        await expect.poll(() => held.length, { timeout: 20_000 }).toBe(1);
        // a process that sleeps in the middle of a write holds the lock of a file, and nobody can write there
        betweenWrites(address, () => one.kill("SIGSTOP"));
        // its lease runs out, and the search that it is at comes again from the other
        for (;;) {
          two.send("t");
          await expect.poll(() => held.length + messages.length, { timeout: 20_000, interval: 5 }).toBe(2);
          if (held.length === 2) break;
          expect(messages.shift()).toEqual({ owner: "two", outcome: "thread-busy" });
        }
        answer(held[1]);
        expect(await next()).toEqual({ owner: "two", outcome: FINISHED });
        const stored = async () =>
          (await all(durability.checkpointer.list({ configurable: { thread_id: "t" } }))).map(
            ({ checkpoint, pendingWrites }) => [checkpoint.id, pendingWrites],
          );
        const before = await stored();
        answer(held[0]);
        one.kill("SIGCONT");
        expect(await next()).toEqual({ owner: "one", outcome: "lease-lost" });
        expect(await stored()).toEqual(before);
        expect(await durability.book.find("t")).toMatchObject({
          status: "finished",
          owner: "two",
          attempts: 3,
        });
      },
    );
  });
}
