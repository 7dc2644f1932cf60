import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { openPostgresDurability } from "../../../src/durability/postgres/postgres.ts";
import { startWireServer } from "../../servers/wire-server.ts";
import { NO_POSTGRES } from "../../servers/postgres.ts";
import { bundleRun } from "../killed/kill-process.ts";
import { usePostgres } from "./place.ts";
import type { Resumed } from "../killed/resuming-process.ts";

const ROUNDS = 20;

describe.skipIf(NO_POSTGRES !== "")(`two processes on one PostgreSQL ${NO_POSTGRES}`, () => {
  const server = usePostgres();

  test(`of two that resume a thread one drives it, ${ROUNDS} times`, { timeout: 60_000 }, async () => {
    // the first to search is answered only when the other has been told that it comes too late
    let told = createGate();
    const asked: string[] = [];
    const web = await startWireServer((response, request) => {
      asked.push((JSON.parse(request.body) as { query: string }).query);
      const results = [{ title: "About apples", url: "https://example.org/apples", content: "All about." }];
      const reply = { query: "", answer: null, images: [], results, response_time: 0 };
      void told.opened.then(() =>
        response.setHeader("content-type", "application/json").end(JSON.stringify(reply)),
      );
    });
    const bundle = bundleRun(new URL("../killed/resuming-process.ts", import.meta.url));
    const children: ChildProcess[] = [];
    onTestFinished(async () => {
      for (const child of children) child.kill("SIGKILL");
      bundle.remove();
      await web.close();
    });
    const messages: Resumed[] = [];
    let arrived = createGate();
    for (const owner of ["one", "two"]) {
      // both find a database without tables, and make them
      const child = fork(bundle.file, [server().url, web.url, owner], { execArgv: [] });
      children.push(child);
      child.on("message", (message) => {
        messages.push(message as Resumed);
        arrived.open();
        arrived = createGate();
      });
    }
    const next = async (): Promise<Resumed> => {
      while (messages.length === 0) await arrived.opened;
      const [message] = messages.splice(0, 1);
      return message!;
    };
    expect([(await next()).outcome, (await next()).outcome]).toEqual(["ready", "ready"]);

    const durability = await openPostgresDurability(server().url);
    onTestFinished(() => durability.close());
    for (let round = 0; round < ROUNDS; round += 1) {
      const threadId = `round ${round}`;
      const claim = await durability.book.claim(threadId, "a process that died", 60_000);
      if (claim.status === "busy") throw new Error("nobody else knows this thread yet");
      await durability.book.begin(claim.lease, "Which fruit?");
      await durability.book.renew(claim.lease, 0);
      expect((await durability.book.orphans()).map((orphan) => orphan.threadId)).toEqual([threadId]);

      told = createGate();
      for (const child of children) child.send(threadId);
      const loser = await next();
      told.open();
      const winner = await next();
      expect([loser.outcome, winner.outcome]).toEqual([
        "thread-busy",
        "finished: Apples [[1]](https://example.org/apples).",
      ]);
      expect(new Set([loser.owner, winner.owner])).toEqual(new Set(["one", "two"]));
      expect(await durability.book.find(threadId)).toMatchObject({
        status: "finished",
        attempts: 2,
        owner: winner.owner,
      });
    }
    expect(asked).toEqual(Array.from({ length: ROUNDS }, () => "apples"));
    const ended = children.map((child) => once(child, "exit"));
    for (const child of children) child.disconnect();
    expect(await Promise.all(ended)).toEqual([
      [0, null],
      [0, null],
    ]);
  });
});

/** A promise that somebody else keeps. */
function createGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const gate = new AbortController();
  return { opened: once(gate.signal, "abort").then(() => undefined), open: () => gate.abort() };
}
