import type { Client } from "@langchain/langgraph-sdk";
import OpenAI from "openai";
import { KEYS } from "./visitors.ts";

/**
 * Ids of what is alice's: a thread with a finished run, one with a run that waits, a stateless run that waits, and a
 * response of `/v1`.
 */
export interface Belongings {
  readonly thread: string;
  readonly done: string;
  readonly busy: string;
  readonly waiting: string;
  readonly stateless: string;
  readonly response: string;
}

/** Makes them, and an item in alice's part of the store. */
export async function createBelongings(alice: Client, url: string): Promise<Belongings> {
  const { thread_id: thread } = await alice.threads.create();
  await alice.runs.wait(thread, "agentic-rag", { input: { question: "What is QwQ-32B?" } });
  const [done] = await alice.runs.list(thread);
  const { thread_id: busy } = await alice.threads.create();
  const later = { input: { question: "Later?" }, afterSeconds: 3600 };
  const waiting = await alice.runs.create(busy, "agentic-rag", later);
  const stateless = await alice.runs.create(null, "agentic-rag", later);
  await alice.store.putItem(["alice", "notes"], "first", { text: "hers" });
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: KEYS.alice, maxRetries: 0 });
  const { id: response } = await openai.responses.create({
    model: "agentic-rag",
    input: "What is QwQ-32B?",
  });
  return {
    thread,
    done: done!.run_id,
    busy,
    waiting: waiting.run_id,
    stateless: stateless.run_id,
    response,
  };
}

/** All that the server tells alice of them. */
export async function belongingsOf(alice: Client, { thread, busy }: Belongings) {
  return {
    threads: await alice.threads.search({ sortBy: "thread_id" }),
    state: await alice.threads.getState(thread),
    history: await alice.threads.getHistory(thread, { limit: 100 }),
    runs: [await alice.runs.list(thread), await alice.runs.list(busy)],
    items: (await alice.store.searchItems(["alice"])).items,
  };
}
