/** Threads that outlive the process: checkpoints and answered searches in one SQLite file. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assemble, createAgenticRag, openDurability, readSettings } from "../src/index.ts";

const folder = await mkdtemp(join(tmpdir(), "durable-thread-"));
const parts = assemble(readSettings(process.env));
const config = { configurable: { thread_id: "about-bm25" }, durability: "sync" as const };

// a process that ends before the search is sent
const first = await openDurability(join(folder, "threads.sqlite"));
await createAgenticRag(parts, first).invoke(
  { question: "What is BM25?" },
  { ...config, interruptBefore: ["web-search"] },
);
await first.close();

// another one goes on from there, and is asked a second question on the same thread
const second = await openDurability(join(folder, "threads.sqlite"));
const agent = createAgenticRag(parts, second);
console.log("waiting for:", (await agent.getState(config)).next.join());
console.log((await agent.invoke(null, config)).answer);
await agent.invoke({ question: "What is RoPE?" }, config);
const { messages } = (await agent.getState(config)).values;
console.log(`\nkept: ${messages.length} messages`);
await second.close();
await rm(folder, { recursive: true });
