import { createHash } from "node:crypto";
import type { BaseStore } from "@langchain/langgraph";
import { z } from "zod";
import type { Durability, Lease } from "../../durability/durability.ts";
import { startHeartbeat } from "../../durability/lease.ts";
import { parseJson } from "../../net/json.ts";
import { waitFor } from "../../net/wait.ts";
import { trajectorySchema, type Trajectory } from "../../trajectory/trajectory.ts";
import { UsageError } from "../terminal/failure.ts";
import { OWNER } from "../thread-database.ts";
import type { DatasetQuestion } from "./dataset.ts";
import type { SampleBook } from "./sample-book.ts";

/** What all who share a queue have to agree on. */
export interface QueuePlan {
  /** Of the data set, the seed and the reward. */
  readonly digest: string;
  /** The day that the runs are told. */
  readonly date: string;
}

/** The samples of a rollout that several processes share, in the database of threads. */
export interface SampleQueue extends SampleBook {
  /** The plan of whoever came first. */
  readonly plan: QueuePlan;
  /** The run of a sample; undefined where there is none yet. */
  find(id: string): Promise<Trajectory | undefined>;
}

const planSchema = z.object({ digest: z.string(), date: z.string() });
/** One string of JSON: nothing that came from outside is an object in the store. */
const itemSchema = z.object({ run: z.string() });

const POLL_MS = 100;

export function digestOf(questions: readonly DatasetQuestion[], seed: number, reward: string): string {
  const asked = questions.map(({ group, question, goldenAnswers }) => [group, question, goldenAnswers]);
  return hashOf([asked, seed, reward]);
}

/**
 * Opens a queue, or makes it. A sample is held by a lease of the book of threads, under which its run is kept: a process
 * that is gone, or held up for longer than its lease, loses it to the next, which asks it anew. One run is kept of each.
 *
 * @throws UsageError where the queue is that of another plan
 * @throws AgenticRagError `store-unusable`
 */
export async function openSampleQueue(
  name: string,
  wanted: QueuePlan,
  { durability, leaseMs, signal }: QueueOptions,
): Promise<SampleQueue> {
  const { book, store } = durability;
  const places = placesOf(name);
  const plan = await agree(name, wanted, { durability, leaseMs, signal });
  const done = new Set<string>();
  for (const { key } of await keptIn(store, places)) done.add(key);

  async function isKept(id: string): Promise<boolean> {
    if (!done.has(id) && (await store.get(places.done, id)) !== null) done.add(id);
    return done.has(id);
  }
  return {
    plan,
    async take(id) {
      if (await isKept(id)) return "kept";
      const claim = await book.claim(sampleThread(name, id), OWNER, leaseMs);
      if (claim.status === "busy") return "busy";
      const { lease } = claim;
      // another may have kept it between the look and the claim
      if (await isKept(id)) {
        await book.release(lease, "finished");
        return "kept";
      }
      const heartbeat = startHeartbeat(book, lease, leaseMs);
      return {
        lost: heartbeat.lost,
        async keep(run) {
          await heartbeat.stop();
          if (!(await book.renew(lease, leaseMs))) return false;
          await store.batch([
            { namespace: places.runs, key: id, value: { run: JSON.stringify(run) } },
            { namespace: places.done, key: id, value: {} },
          ]);
          done.add(id);
          await book.release(lease, "finished");
          return true;
        },
        async leave() {
          await heartbeat.stop();
          await book.release(lease, "stopped");
        },
      };
    },
    find: (id) => find(store, places, id),
  };
}

async function find(store: BaseStore, { runs }: Places, id: string): Promise<Trajectory | undefined> {
  const item = itemSchema.safeParse((await store.get(runs, id))?.value);
  return item.success ? trajectorySchema.parse(parseJson(item.data.run)) : undefined;
}

/** What a queue has kept so far, in the order of ids. */
export async function* queuedRuns(name: string, { store }: Durability): AsyncGenerator<Trajectory> {
  const places = placesOf(name);
  for (const { key } of await keptIn(store, places)) {
    const run = await find(store, places, key);
    if (run !== undefined) yield run;
  }
}

function keptIn(store: BaseStore, { done }: Places) {
  return store.search(done, { limit: Number.MAX_SAFE_INTEGER });
}

interface QueueOptions {
  readonly durability: Durability;
  readonly leaseMs: number;
  readonly signal: AbortSignal;
}

/** The plan of the first who came; the others have to have the same one. */
async function agree(
  name: string,
  wanted: QueuePlan,
  { durability: { book, store }, leaseMs, signal }: QueueOptions,
): Promise<QueuePlan> {
  const { plan: place } = placesOf(name);
  const lease = await claimed();
  try {
    const known = planSchema.safeParse((await store.get(place, "plan"))?.value);
    if (!known.success) {
      await store.put(place, "plan", { ...wanted });
      return wanted;
    }
    if (known.data.digest === wanted.digest) return known.data;
  } finally {
    await book.release(lease, "finished");
  }
  throw new UsageError(
    `The queue ${JSON.stringify(name)} has another data set, seed or reward. Give the same ones, name another --queue, or remove what it has kept: agentic-rag rollout --queue ${JSON.stringify(name)} --forget`,
  );

  async function claimed(): Promise<Lease> {
    for (;;) {
      const claim = await book.claim(sampleThread(name, ""), OWNER, leaseMs);
      if (claim.status === "claimed") return claim.lease;
      await waitFor(POLL_MS, signal);
    }
  }
}

/** Removes what a queue has kept, and gives how many runs that were. */
export async function forgetQueue(name: string, { book, store }: Durability): Promise<number> {
  const places = placesOf(name);
  const kept = await keptIn(store, places);
  for (const { key } of kept) {
    await store.batch([
      { namespace: places.runs, key, value: null },
      { namespace: places.done, key, value: null },
    ]);
    await book.remove(sampleThread(name, key));
  }
  await store.delete(places.plan, "plan");
  await book.remove(sampleThread(name, ""));
  return kept.length;
}

type Places = Record<"plan" | "runs" | "done", string[]>;

/** The name under which a sample is claimed. It is never begun as a thread, so that it is in no list of these. */
function sampleThread(name: string, id: string): string {
  return JSON.stringify(["rollout", name, id]);
}

/** Only letters, digits and dashes, whatever the queue is called. */
function placesOf(name: string): Places {
  const place = ["agentic-rag", "rollouts", hashOf(name)];
  return { plan: [...place, "plan"], runs: [...place, "runs"], done: [...place, "done"] };
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
