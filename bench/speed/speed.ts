import type { Bench } from "../bench.ts";
import {
  CONTENDERS,
  measureFresh,
  measureWarm,
  type Contender,
  type Plan,
  type Result,
} from "./contenders.ts";
import { benchPromptTokens } from "./prompt-tokens.ts";
import type { Case } from "./script.ts";
import { startServers } from "./servers.ts";
import { median, table } from "./statistics.ts";

const ALL: readonly Contender[] = ["floor", "empty", "ours", "ahead", "aiSdk", "createAgent"];
const PACED = { firstMs: 150, pieceMs: 5, searchMs: 100 } as const;

interface Group {
  readonly title: string;
  readonly measure: typeof measureWarm;
  readonly plan: Omit<Plan, "turns">;
  readonly cases: Readonly<Record<string, Case>>;
}

const WAITING = { who: ALL, runs: 1, warmUp: 20 } as const;
/** A token of four characters every so many milliseconds. */
const slow = (pieceMs: number) => ({ ...PACED, pieceMs, pieceCharacters: 4 });

const GROUPS: readonly Group[] = [
  {
    title: "Servers that answer at once, in a process that has run 100 questions before",
    measure: measureWarm,
    plan: { who: ALL, runs: 10, warmUp: 100 },
    cases: { "2 searches": { searches: 2 }, "5 searches": { searches: 5 } },
  },
  {
    title:
      "Servers that answer at once, the first question of a new process (loading its modules not counted)",
    measure: measureFresh,
    plan: { who: ALL, runs: 1, warmUp: 0 },
    cases: { "2 searches": { searches: 2 }, "5 searches": { searches: 5 } },
  },
  {
    title: "First text after 150 ms, 5 ms for 12 characters",
    measure: measureWarm,
    plan: WAITING,
    cases: {
      "2 searches of 100 ms": { searches: 2, ...PACED },
      "5 searches of 100 ms": { searches: 5, ...PACED },
    },
  },
  {
    title: "The same with slower searches",
    measure: measureWarm,
    plan: { ...WAITING, who: ["floor", "ours", "ahead", "aiSdk"] },
    cases: {
      "2 searches of 400 ms": { searches: 2, ...PACED, searchMs: 400 },
      "5 searches of 400 ms": { searches: 5, ...PACED, searchMs: 400 },
    },
  },
  {
    title: "First text after 150 ms, slow tokens of 4 characters, 1 call, searches of 100 ms",
    measure: measureWarm,
    plan: { ...WAITING, who: ["floor", "ours", "ahead"] },
    cases: {
      "30 ms a token": { searches: 1, ...slow(30) },
      "30 ms a token, 3 queries in the call": { searches: 1, queries: 3, ...slow(30) },
      "100 ms a token": { searches: 1, ...slow(100) },
    },
  },
];

/** How long a question takes, beside what one could take instead, and what it costs in prompt tokens. */
export async function benchSpeed({ print, patience, turns }: Bench): Promise<string> {
  await using servers = await startServers();
  const parts: string[] = [];
  const add = (part: string): void => {
    print(`${part}\n`);
    parts.push(part);
  };
  for (const { title, measure, plan, cases } of GROUPS) {
    const tables: string[] = [];
    for (const [name, played] of Object.entries(cases)) {
      print(`${title}: ${name} …`);
      tables.push(describe(name, await measure(servers, played, { ...plan, turns }, patience)));
    }
    add(`### ${title}\n\n${tables.join("\n\n")}\n\nMedians of ${turns} turns. ${patience.tell()}`);
  }
  add(await benchPromptTokens(servers));
  return parts.join("\n\n");
}

function describe(name: string, results: readonly Result[]): string {
  const of = (wanted: Contender, value: keyof Result["samples"][number]): number =>
    median(results.find(({ who }) => who === wanted)?.samples.map((sample) => sample[value]) ?? []);
  const hasEmpty = results.some(({ who }) => who === "empty");
  const hasCharacters = results.every(({ characters }) => characters > 0);
  const rows = results.map(({ who, characters }) => [
    CONTENDERS[who].name,
    of(who, "wallMs").toFixed(1),
    (of(who, "wallMs") / of("floor", "wallMs")).toFixed(2),
    ...(hasEmpty ? [(of(who, "wallMs") / of("empty", "wallMs")).toFixed(2)] : []),
    of(who, "firstMs").toFixed(1),
    of(who, "cpuMs").toFixed(1),
    ...(hasCharacters ? [String(Math.round(characters))] : []),
  ]);
  return table(
    [
      name,
      "wall ms",
      "× floor",
      ...(hasEmpty ? ["× empty graph"] : []),
      "first answer text ms",
      "CPU ms",
      ...(hasCharacters ? ["characters written"] : []),
    ],
    rows,
  );
}
