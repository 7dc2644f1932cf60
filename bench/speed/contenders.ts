import { z } from "zod";
import { ranSchema, type Runs, type Sample } from "./client.ts";
import { startChild, type Child } from "./child.ts";
import type { Patience } from "./others.ts";
import type { Case } from "./script.ts";
import { play, type Servers } from "./servers.ts";

/** Everyone who is measured, in the order of the tables. */
export const CONTENDERS = {
  floor: { name: "bare loop (floor)", program: "contenders/floor.ts" },
  empty: { name: "empty graph", program: "contenders/empty-graph.ts" },
  ours: { name: "this agent", program: "contenders/ours.ts" },
  ahead: { name: "this agent, searches sent ahead", program: "contenders/ours-ahead.ts" },
  aiSdk: { name: "AI SDK 6", program: "../rivals/ai-sdk.ts" },
  createAgent: { name: "createAgent", program: "../rivals/create-agent.ts" },
} as const;
export type Contender = keyof typeof CONTENDERS;

const readySchema = z.object({ loadedMs: z.number() });
type Ready = z.infer<typeof readySchema>;

/** A contender with what it took in each of its runs, and with what the model wrote in one of them. */
export interface Result {
  readonly who: Contender;
  readonly samples: readonly Sample[];
  readonly characters: number;
}

export interface Plan {
  readonly who: readonly Contender[];
  readonly turns: number;
  /** Runs of each contender in a turn, one after the other. */
  readonly runs: number;
  /** Runs of each process before the first that counts. */
  readonly warmUp: number;
}

/** Every contender in a process of its own that stays; in each turn each of them in another order. */
export async function measureWarm(
  servers: Servers,
  played: Case,
  plan: Plan,
  patience: Patience,
): Promise<readonly Result[]> {
  const children = new Map<Contender, Child<Ready>>();
  const samples = new Map<Contender, Sample[]>(plan.who.map((who) => [who, []]));
  const characters = new Map<Contender, number>();
  try {
    for (const who of plan.who) {
      const child = await startContender(who, servers);
      children.set(who, child);
      // what does not wait makes a process as warm as what waits
      await play(servers, {
        searches: played.searches,
        ...(played.queries !== undefined && { queries: played.queries }),
      });
      await askFlawless(child, plan.warmUp);
    }
    for (let turn = 0; turn < plan.turns; turn += 1) {
      const taken = await patience.take(() =>
        takeTurn(servers, played, plan, ordered(plan.who, turn), children),
      );
      for (const [who, more, written] of taken) {
        samples.get(who)?.push(...more);
        characters.set(who, written);
      }
    }
  } finally {
    for (const child of children.values()) await child[Symbol.asyncDispose]();
  }
  return plan.who.map((who) => ({
    who,
    samples: samples.get(who) ?? [],
    characters: characters.get(who) ?? 0,
  }));
}

async function takeTurn(
  servers: Servers,
  played: Case,
  { runs }: Plan,
  order: readonly Contender[],
  children: ReadonlyMap<Contender, Child<Ready>>,
) {
  const taken: (readonly [Contender, readonly Sample[], number])[] = [];
  for (const who of order) {
    const child = children.get(who);
    if (child === undefined) continue;
    await play(servers, played);
    const samples = await askFlawless(child, runs);
    const { written } = await play(servers, played);
    taken.push([who, samples, written / runs]);
  }
  return taken;
}

/** The first run of a new process, so many times for each contender. */
export async function measureFresh(
  servers: Servers,
  played: Case,
  plan: Plan,
  patience: Patience,
): Promise<readonly Result[]> {
  const samples = new Map<Contender, Sample[]>(plan.who.map((who) => [who, []]));
  for (let turn = 0; turn < plan.turns; turn += 1) {
    const taken = await patience.take(async () => {
      const all: (readonly [Contender, readonly Sample[], number])[] = [];
      for (const who of ordered(plan.who, turn)) {
        const child = await startContender(who, servers);
        const children = new Map([[who, child]]);
        all.push(...(await takeTurn(servers, played, { ...plan, runs: 1 }, [who], children)));
        await child[Symbol.asyncDispose]();
      }
      return all;
    });
    for (const [who, more] of taken) samples.get(who)?.push(...more);
  }
  return plan.who.map((who) => ({ who, samples: samples.get(who) ?? [], characters: 0 }));
}

/** The bodies that a contender sends to the model for one question. */
export async function requestsOf(
  servers: Servers,
  who: Contender,
  played: Case,
): Promise<readonly unknown[]> {
  await using child = await startContender(who, servers);
  await play(servers, played);
  await askFlawless(child, 1);
  return (await play(servers, played)).requests;
}

/** A contender in a process of its own. */
export function startContender(
  who: Contender,
  servers: Servers,
  nodeArgs: readonly string[] = [],
): Promise<Child<Ready>> {
  const program = new URL(CONTENDERS[who].program, import.meta.url);
  return startChild(program, readySchema, { args: [servers.ready.url], nodeArgs });
}

export function askRuns(child: Child<Ready>, runs: Partial<Runs>) {
  return child.ask({ from: 1, count: 1, atOnce: 1, memory: false, ...runs }, ranSchema);
}

/** @throws when a run failed, or answered with what is another's. */
async function askFlawless(child: Child<Ready>, count: number): Promise<readonly Sample[]> {
  const { samples, errors, mixed } = await askRuns(child, { count });
  if (errors.length > 0) throw new Error(`${errors.length} of ${count} runs failed: ${errors[0]}`);
  if (mixed > 0) throw new Error(`${mixed} of ${count} answers are another run's`);
  return samples;
}

/** Each turn begins with another contender, and every other one goes backwards. */
function ordered(who: readonly Contender[], turn: number): readonly Contender[] {
  const from = turn % who.length;
  const turned = [...who.slice(from), ...who.slice(0, from)];
  return turn % 2 === 0 ? turned : turned.toReversed();
}
