import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../bench.ts";
import { askRuns, CONTENDERS, startContender, type Contender } from "../speed/contenders.ts";
import { scriptedMs, type Case } from "../speed/script.ts";
import { play, startServers, type Servers } from "../speed/servers.ts";
import { percentile, table } from "../speed/statistics.ts";

const PACED: Case = { searches: 2, firstMs: 150, pieceMs: 5, searchMs: 100 };
const WHO: readonly Contender[] = ["floor", "ours", "aiSdk"];
/** How many questions at once, and how many in all. */
const LOADS: readonly (readonly [atOnce: number, count: number])[] = [
  [1, 12],
  [10, 100],
  [100, 300],
  [500, 1000],
];
const WARM_UP = 50;
const SOAK = 10_000;
/** What a process is asked before it has to answer: also to warm up. */
const ASKED = 500;
const SOAK_AT_ONCE = 32;
/** A pool of connections closes those that nobody uses within a few seconds. */
const CLOSED_WITHIN_MS = 10_000;
const LOOK_MS = 200;

/** What many questions at once in one process add, and what ten thousand leave behind. */
export async function benchLoad({ print, patience }: Bench): Promise<string> {
  await using servers = await startServers();
  const parts: string[] = [];
  const add = (part: string): void => {
    print(`${part}\n`);
    parts.push(part);
  };
  for (const who of WHO) {
    const rows: string[][] = [];
    for (const [atOnce, count] of LOADS) {
      print(`many at once: ${CONTENDERS[who].name}, ${atOnce} …`);
      rows.push(await patience.take(() => load(servers, who, atOnce, count)));
    }
    const head = [
      "runs",
      "failed",
      "mixed",
      "p50 ms",
      "p95 ms",
      "p99 ms",
      "late p99 ms",
      "late max ms",
      "CPU ms a run",
    ];
    add(table([`${CONTENDERS[who].name}, at once`, ...head, "sockets", "left"], rows));
  }
  add(patience.tell());
  add(await soak(servers, print));
  return parts.join("\n\n");
}

async function load(servers: Servers, who: Contender, atOnce: number, count: number): Promise<string[]> {
  await using child = await startContender(who, servers);
  await play(servers, { searches: 2 });
  await askRuns(child, { from: 1_000_000, count: WARM_UP });
  await play(servers, PACED);
  const { samples, errors, mixed, lateMs, cpuMs } = await askRuns(child, { count, atOnce });
  const told = await play(servers, PACED);
  const overheads = samples.map(({ wallMs }) => wallMs - scriptedMs(1, PACED, who === "aiSdk"));
  const failed = errors.length + told.errors.length;
  return [
    String(atOnce),
    String(count),
    failed === 0 ? "0" : `${failed}: ${(errors[0] ?? told.errors[0] ?? "").replaceAll(/[|\s]+/g, " ")}`,
    String(mixed),
    ...[0.5, 0.95, 0.99].map((part) => percentile(overheads, part).toFixed(0)),
    lateMs.p99.toFixed(0),
    lateMs.max.toFixed(0),
    (cpuMs / count).toFixed(1),
    String(told.sockets),
    String(await socketsLeft(servers)),
  ];
}

/** How many sockets of a contender that does nothing any more are still open after a while. */
async function socketsLeft(servers: Servers): Promise<number> {
  const until = performance.now() + CLOSED_WITHIN_MS;
  for (;;) {
    const { sockets } = await play(servers, PACED);
    if (sockets === 0 || performance.now() > until) return sockets;
    await sleep(LOOK_MS);
  }
}

/** The memory of a process after each quarter of ten thousand questions, and before the first. */
async function soak(servers: Servers, print: Bench["print"]): Promise<string> {
  await using child = await startContender("ours", servers, ["--expose-gc"]);
  await play(servers, { searches: 1 });
  const rows: string[][] = [];
  let [failed, mixed] = [0, 0];
  for (let from = 0; from <= SOAK; from += ASKED) {
    const ran = await askRuns(child, { from, count: ASKED, atOnce: SOAK_AT_ONCE, memory: true });
    const told = await play(servers, { searches: 1 });
    failed += ran.errors.length + told.errors.length;
    mixed += ran.mixed;
    if (from % (SOAK / 4) > 0) continue;
    const { heapMb = Number.NaN, residentMb = Number.NaN } = ran.memory ?? {};
    const figures = [
      heapMb.toFixed(1),
      residentMb.toFixed(0),
      String(failed),
      String(mixed),
      String(told.sockets),
    ];
    rows.push([`${from}, after ${ASKED}`, ...figures]);
    print(`many at once: ${from} of ${SOAK} …`);
  }
  rows.push(["when all is idle", "", "", "", "", String(await socketsLeft(servers))]);
  const head = ["heap MB", "resident MB", "failed", "mixed", "sockets"];
  return table([`questions, ${SOAK_AT_ONCE} at once`, ...head], rows);
}
