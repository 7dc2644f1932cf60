import { statSync } from "node:fs";
import { join } from "node:path";
import { END, START, StateGraph, StateSchema, type BaseCheckpointSaver } from "@langchain/langgraph";
import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
import { Client } from "pg";
import { z } from "zod";
import { openPostgresDurability } from "../src/durability/postgres/postgres.ts";
import { openSqliteDurability } from "../src/durability/sqlite/sqlite.ts";
import { NO_POSTGRES, startPostgres } from "../test/servers/postgres.ts";
import { createSeededAgent } from "./seeded-agent.ts";
import { createRandom, createZipf } from "./seeded-text.ts";
import { openScratch } from "./scratch.ts";

const SEARCHES = 20;

/** Text that shrinks as prose does, and text that no compression makes smaller than three quarters. */
const TEXTS: Readonly<Record<string, (random: () => number) => () => string>> = {
  "words by Zipf": (random) => createZipf(50_000, random),
  "random letters": (random) => () =>
    Buffer.from(Array.from({ length: 6 }, () => random() * 256)).toString("base64"),
};

/**
 * What a database keeps of a run of 20 searches with results of 5 KB, against the transcript of the run, and beside
 * what LangGraph's own saver keeps of a plain graph that holds the same transcript as one string.
 */
export async function benchStoredBytes(write: (line: string) => void): Promise<void> {
  for (const [text, wordsFrom] of Object.entries(TEXTS)) {
    using folder = openScratch("stored");
    const tell = (where: string, stored: number, transcript: number): void =>
      write(
        `${text}, ${where}: ${Math.round(stored / 1000)} KB stored for ${Math.round(transcript / 1000)} KB of transcript, ${(stored / transcript).toFixed(2)} times`,
      );
    const file = join(folder.path, "threads.sqlite");
    const empty = await sizeOf(file);
    const durability = openSqliteDurability(file);
    const segments = await run(durability.checkpointer, wordsFrom(createRandom(1)));
    await durability.close();
    tell("SQLite (growth of the file)", (await sizeOf(file)) - empty, bytesOf(segments));
    if (NO_POSTGRES === "") await benchPostgres(wordsFrom, tell);
    else write(`PostgreSQL is left out: ${NO_POSTGRES}`);
  }
}

async function benchPostgres(
  wordsFrom: (random: () => number) => () => string,
  tell: (where: string, stored: number, transcript: number) => void,
): Promise<void> {
  await using server = await startPostgres();
  const client = new Client({
    connectionString: server.url,
    application_name: "bench",
    keepAlive: false,
    connectionTimeoutMillis: 10_000,
    query_timeout: 60_000,
  });
  await client.connect();
  const sum = async (tables: readonly string[], size: string): Promise<number> => {
    const parts = tables.map(
      (table) => `(select coalesce(${size.replaceAll("%", table)}, 0) from ${table} t)`,
    );
    const { rows } = await client.query(`select ${parts.join(" + ")} as bytes`);
    return z.array(z.object({ bytes: z.coerce.number() })).parse(rows)[0]?.bytes ?? Number.NaN;
  };
  const rows = "sum(pg_column_size(t.*))";
  const disk = "max(pg_total_relation_size('%'))";

  const durability = await openPostgresDurability(server.url);
  const ours = ["agentic_rag.checkpoints", "agentic_rag.writes"];
  const segments = await run(durability.checkpointer, wordsFrom(createRandom(1)));
  await durability.close();
  tell("PostgreSQL (rows, whole)", await sum(ours, rows), bytesOf(segments));
  tell("PostgreSQL (with indexes and free space)", await sum(ours, disk), bytesOf(segments));

  const naive = PostgresSaver.fromConnString(server.url);
  await naive.setup();
  await runNaive(naive, segments);
  await naive.end();
  const theirs = ["checkpoints", "checkpoint_blobs", "checkpoint_writes"];
  const uncompressed =
    "sum(coalesce(length(to_jsonb(t)->>'blob') / 2, 0) + coalesce(length(to_jsonb(t)->>'checkpoint'), 0) + coalesce(length(to_jsonb(t)->>'metadata'), 0))";
  tell(
    "a string channel in PostgresSaver (bytes handed over)",
    await sum(theirs, uncompressed),
    bytesOf(segments),
  );
  tell(
    "a string channel in PostgresSaver (rows, as PostgreSQL compresses them)",
    await sum(theirs, rows),
    bytesOf(segments),
  );
  await client.end();
}

/** A run of the agent on a database; gives the texts of its transcript. */
async function run(checkpointer: BaseCheckpointSaver, nextWord: () => string): Promise<readonly string[]> {
  const agent = createSeededAgent(SEARCHES, nextWord, checkpointer);
  const thread = { configurable: { thread_id: "thread" } };
  await agent.invoke({ question: "What is there?" }, { ...thread, durability: "sync" });
  const { values } = await agent.getState(thread);
  const { transcript, searches } = z
    .object({ transcript: z.array(z.object({ text: z.string() })), searches: z.literal(SEARCHES) })
    .parse(values);
  return searches === SEARCHES ? transcript.map(({ text }) => text) : [];
}

/** The same steps in a graph whose state is the text so far. */
async function runNaive(checkpointer: BaseCheckpointSaver, segments: readonly string[]): Promise<void> {
  const state = new StateSchema({ text: z.string().default(""), step: z.number().default(0) });
  const graph = new StateGraph(state)
    .addNode("write", ({ text, step }) => ({ text: text + (segments[step] ?? ""), step: step + 1 }))
    .addEdge(START, "write")
    .addConditionalEdges("write", ({ step }) => (step < segments.length ? "write" : END), ["write", END])
    .compile({ checkpointer });
  const config = { configurable: { thread_id: "thread" }, recursionLimit: 1000, durability: "sync" as const };
  await graph.invoke({ text: "" }, config);
}

async function sizeOf(file: string): Promise<number> {
  await openSqliteDurability(file).close();
  return statSync(file).size;
}

function bytesOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
