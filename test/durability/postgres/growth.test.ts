import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { connectPostgres } from "../../../src/durability/postgres/connection.ts";
import type { RunState } from "../../../src/graph/state.ts";
import { NO_POSTGRES } from "../../servers/postgres.ts";
import { agentOn, call, countingEngine } from "../agent.ts";
import { newSchema, opened, usePostgres } from "./place.ts";

/** Five kilobytes that hardly compress. */
function words(seed: number): string {
  return Array.from({ length: 700 }, (_, at) => ((seed + 1) * 7919 + at * at * 104_729).toString(36)).join(
    " ",
  );
}

describe.skipIf(NO_POSTGRES !== "")(`what PostgreSQL keeps ${NO_POSTGRES}`, () => {
  const server = usePostgres();

  test("twenty searches take little more room than their transcript", { timeout: 60_000 }, async () => {
    const schema = newSchema();
    const { checkpointer, store } = await opened(server(), { schema });
    const queries = Array.from({ length: 20 }, (_, at) => `query ${at}`);
    const { engine } = countingEngine((query) => words(Number(query.split(" ")[1])));
    const agent = agentOn({ checkpointer, store }, [...queries.map(call), "</think>\n\nDone [1]."], engine);
    const thread = { configurable: { thread_id: "t" } };
    await agent.invoke({ question: "Which?" }, { ...thread, durability: "sync" });
    const { transcript, searches } = (await agent.getState(thread)).values as RunState;
    expect(searches).toBe(20);
    const written = transcript.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    const connection = await connectPostgres(server().url, { schema });
    onTestFinished(() => connection.close());
    const [row] = await connection.query(
      `select (select sum(pg_column_size(c.*)) from $schema.checkpoints c)
         + (select sum(pg_column_size(w.*)) from $schema.writes w) as stored`,
    );
    const { stored } = z.object({ stored: z.coerce.number() }).parse(row);
    expect(stored / written).toBeLessThan(1.3);
  });
});
