import { closeSync, openSync, writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { driveThread } from "../../../src/durability/driver.ts";
import { openDurability } from "../../../src/durability/open.ts";
import type { RunState } from "../../../src/graph/state.ts";
import { agentOn, call, countingEngine } from "../agent.ts";
import { movedBy } from "./wall-clock.ts";

const JUMPS = { "5 s": 5, "1 h": 3600, "400 days": 400 * 86_400 } as const;
const MOMENTS = ["before", "within", "between"] as const;

/** A row of the matrix, and what was wrong in it. */
export interface Told {
  readonly row: string;
  readonly wrong: readonly string[];
}

/** How long a process that died holds its thread, in milliseconds. */
const SHORT_MS = 150;

/**
 * Moves a clock at each moment of two runs on a thread, and tells what came of it. `isServers`: the clock is that of a
 * database server, and nobody else asks for a thread while it moves.
 */
const [address = "", clockFile = "", isServers = ""] = process.argv.slice(2);
const [one, two] = [await openDurability(address), await openDurability(address)];
const clock = openSync(clockFile, "r+");

function move(seconds: number): void {
  writeSync(clock, movedBy(seconds), 0, 8, 0);
}

async function play(row: string, moment: (typeof MOMENTS)[number], seconds: number): Promise<Told> {
  const wrong: string[] = [];
  const check = (what: string, found: unknown, wanted: unknown): void => {
    if (JSON.stringify(found) !== JSON.stringify(wanted)) wrong.push(`${what}: ${JSON.stringify(found)}`);
  };
  const ask = async (
    threadId: string,
    text: string | undefined,
    said: string,
    onSearch?: () => Promise<void>,
  ) => {
    const { engine, queries } = countingEngine();
    const agent = agentOn(one, [call("apples"), `</think>\n\n${said} [1].`], {
      name: engine.name,
      async search(query, options) {
        await onSearch?.();
        return engine.search(query, options);
      },
    });
    const { status, state } = await driveThread({
      durability: one,
      agent,
      threadId,
      owner: "one",
      ...(text !== undefined && { question: text }),
    });
    const answer = `${said} [[1]](https://example.org/apples).`;
    check(`the answer of ${said}`, [status, (state as RunState).answer], ["finished", answer]);
    check(`the searches of ${said}`, queries, ["apples"]);
    const kept = await agentOn(two, []).getState({ configurable: { thread_id: threadId } });
    check(`what is kept of ${said}`, (kept.values as RunState).answer, answer);
    check(`the last of the list after ${said}`, (await two.book.list(1))[0]?.threadId, threadId);
  };
  const holds = async (threadId: string): Promise<void> => {
    const found = await two.book.find(threadId);
    check("whether it is held", [found?.status, (found?.leasedUntil ?? 0) > 0], ["running", true]);
    check("the orphans", (await two.book.orphans()).length, 0);
    check("the claim of another", (await two.book.claim(threadId, "two", 1)).status, "busy");
  };

  move(moment === "before" ? seconds : 0);
  await ask(row, "Which first?", "First");
  if (moment === "between") move(seconds);
  await ask(row, "Which second?", "Second", async () => {
    if (moment === "within") move(seconds);
    if (isServers === "") await holds(row);
  });

  // a process dies at work: its thread is held no longer than its lease
  move(moment === "before" ? seconds : 0);
  const dead = `${row}, dead`;
  const claim = await two.book.claim(dead, "two", SHORT_MS);
  if (claim.status === "claimed") await two.book.begin(claim.lease, "Which?");
  if (moment !== "before") move(seconds);
  await pause(SHORT_MS + 10);
  check(
    "the orphans of the dead",
    (await one.book.orphans()).map(({ threadId }) => threadId),
    [dead],
  );
  await ask(dead, undefined, "Third");
  return { row, wrong };
}

const told: Told[] = [];
for (const [length, seconds] of Object.entries(JUMPS)) {
  for (const sign of [1, -1]) {
    for (const moment of MOMENTS) {
      const row = `${sign > 0 ? "+" : "-"}${length} ${moment}`;
      try {
        told.push(await play(row, moment, sign * seconds));
      } catch (error) {
        told.push({ row, wrong: [String(error)] });
      }
    }
  }
}
await Promise.all([one.close(), two.close()]);
closeSync(clock);
process.send?.(told, () => process.disconnect());
