import type { RunLimits } from "../../src/graph/context.ts";
import { protocols } from "../../src/protocol/index.ts";
import type { Chance } from "./chance.ts";

/** What a model is like throughout a simulation. */
export interface ModelTraits {
  /** `direct`: its chunks come as they are; `wire`: as bytes of server-sent events, read by the family `completions`. */
  readonly through: "direct" | "wire";
  readonly stop: "ignore" | "include" | "exclude";
  /** Whether it names the stop string that ended a text. */
  readonly tellsStop: "yes" | "no" | "wrongly";
  readonly counts: boolean;
  /** Heeds `maxTokens`. */
  readonly heedsLimit: boolean;
  readonly tokenIds: boolean;
  /** How likely a request fails. */
  readonly fails: number;
  /** How likely it is slow. */
  readonly slow: number;
}

/** How likely each of these goes wrong. */
export interface Trouble {
  readonly search: number;
  readonly page: number;
  /** Of the search journal. */
  readonly store: number;
  /** Of checkpoints. */
  readonly saver: number;
  readonly slow: number;
}

/** What happens in a simulation, apart from what is drawn on the way. */
export interface Plan {
  readonly protocol: keyof typeof protocols;
  /** `memory`: asked as a library; `sqlite`: driven through `driveThread`. */
  readonly keeper: "memory" | "sqlite";
  readonly model: ModelTraits;
  readonly limits: RunLimits;
  readonly asksBy: "messages" | "question";
  /** How many questions each thread is asked. Threads run side by side. */
  readonly threads: readonly number[];
  readonly trouble: Trouble;
  /** After how many points each process dies; those beyond live on. */
  readonly kills: readonly number[];
  /** How likely a run is told to stop on the way, or its thread is fought over. */
  readonly stops: number;
  readonly fights: number;
  /** How likely the wall clock jumps at a point. */
  readonly jumps: number;
  /** Searches are sent while the model still writes their call. */
  readonly searchAhead: boolean;
}

export function drawPlan(chance: Chance, keeper: Plan["keeper"] | undefined): Plan {
  const isCalm = chance.is(0.25);
  const often = (most: number): number => (isCalm || chance.is(0.5) ? 0 : chance.next() * most);
  const names = Object.keys(protocols) as (keyof typeof protocols)[];
  const approves = chance.is(0.25);
  const protocol = chance.is(0.6) ? "qwq" : (names[chance.int(0, names.length - 1)] ?? "qwq");
  const plan = {
    protocol,
    keeper: keeper ?? (chance.is(0.15) ? "sqlite" : "memory"),
    model: {
      through: chance.is(0.2) ? "wire" : "direct",
      stop: chance.pick(["ignore", "include", "exclude"]),
      tellsStop: chance.weigh({ yes: 6, no: 3, wrongly: 1 }),
      counts: chance.is(0.7),
      heedsLimit: chance.is(0.9),
      tokenIds: chance.is(0.3),
      fails: often(0.2),
      slow: often(0.3),
    },
    limits: {
      maxSearches: chance.int(0, 3),
      maxPages: chance.is(0.4) ? chance.int(1, 3) : 0,
      maxTokens: chance.is(0.2) ? chance.int(16, 400) : chance.int(1000, 8000),
      maxSeconds: chance.is(0.3) ? chance.int(1, 30) : 600,
      maxRepairs: chance.int(0, 2),
      maxRepeats: chance.int(0, 2),
      maxResults: chance.int(1, 3),
      maxResponseBytes: chance.is(0.2) ? 1000 : 24_000,
      condenseResults: chance.is(0.15),
      mendAnswer: chance.is(0.15) && protocols[protocol].mendSide !== undefined,
      approveSearches: approves,
    },
    asksBy: chance.pick(["messages", "question"]),
    threads: Array.from({ length: chance.is(0.15) ? 2 : 1 }, () => (chance.is(0.2) ? 2 : 1)),
    trouble: {
      search: often(0.4),
      page: often(0.4),
      store: often(0.25),
      saver: often(0.06),
      slow: often(0.3),
    },
    kills: isCalm || chance.is(0.4) ? [] : Array.from({ length: chance.int(1, 3) }, () => chance.int(1, 60)),
    stops: often(0.3),
    fights: often(0.5),
    jumps: often(0.1),
    searchAhead: chance.is(0.7),
  } satisfies Plan;
  return { ...plan, limits: { ...plan.limits, stepMessages: chance.is(0.4) } };
}
