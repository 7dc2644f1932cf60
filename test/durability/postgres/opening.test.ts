import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { openPostgresDurability } from "../../../src/durability/postgres/postgres.ts";
import { connectPostgres } from "../../../src/postgres/connection.ts";
import type { RunState } from "../../../src/graph/state.ts";
import { NO_POSTGRES, PASSWORD, startPostgres } from "../../servers/postgres.ts";
import { agentOn, call } from "../agent.ts";
import { newSchema, opened, usePostgres } from "./place.ts";

const SCRIPT = [call("apples"), "</think>\n\nApples [1]."];

function thread(id: string) {
  return { configurable: { thread_id: id } };
}

describe.skipIf(NO_POSTGRES !== "")(`opening PostgreSQL ${NO_POSTGRES}`, () => {
  const server = usePostgres();

  test("ten at once make one set of tables", async () => {
    const schema = newSchema();
    const all = await Promise.all(
      Array.from({ length: 10 }, () => opened(server(), { schema, connections: 2 })),
    );
    await agentOn(all[0]!, SCRIPT).invoke({ question: "Which fruit?" }, thread("t"));
    const { values } = await agentOn(all[9]!, []).getState(thread("t"));
    expect((values as RunState).stopReason).toBe("answered");
  });

  test("a thread whose name is too long to be kept is refused, and nothing is stored", async () => {
    const durability = await opened(server());
    const id = "x".repeat(10_000);
    await expect(
      agentOn(durability, SCRIPT).invoke({ question: "Which fruit?" }, thread(id)),
    ).rejects.toMatchObject({ code: "settings-invalid" });
    expect(await durability.checkpointer.getTuple(thread(id))).toBeUndefined();
  });

  test("a schema of version 1 is brought to this one, by ten at once", async () => {
    const schema = newSchema();
    await agentOn(await opened(server(), { schema }), SCRIPT).invoke({ question: "Which?" }, thread("t"));
    const connection = await connectPostgres(server().url, { schema });
    onTestFinished(() => connection.close());
    await connection.query("drop index $schema.checkpoints_by_order");
    await connection.query("update $schema.agentic_rag_format set version = 1");
    const all = await Promise.all(Array.from({ length: 10 }, () => opened(server(), { schema })));
    expect(await connection.query("select version from $schema.agentic_rag_format")).toEqual([
      { version: 3 },
    ]);
    expect(
      await connection.query("select 1 from pg_indexes where schemaname = $1 and indexname = $2", [
        schema,
        "checkpoints_by_order",
      ]),
    ).toHaveLength(1);
    const { values } = await agentOn(all[9]!, []).getState(thread("t"));
    expect((values as RunState).stopReason).toBe("answered");
  });

  test.each([
    ["create table x.checkpoint_migrations (v integer)", "that this package did not make"],
    ["create table x.agentic_rag_format as select 4 as version", "by a newer version of this package"],
    ["create table x.agentic_rag_format as select 0 as version", "a version that never was"],
  ])("a schema that is not ours is left alone: %s", async (sql, reason) => {
    const schema = newSchema();
    const connection = await connectPostgres(server().url, { schema });
    onTestFinished(() => connection.close());
    await connection.query("create schema $schema");
    await connection.query(sql.replace("x.", "$schema."));
    await expect(openPostgresDurability(server().url, { schema })).rejects.toMatchObject({
      code: "store-unusable",
      message: expect.stringContaining(reason) as string,
    });
  });

  test.each([
    [
      "a wrong password",
      (url: string) => url.replace(PASSWORD, "wrong-7183"),
      "refused the user or the password",
    ],
    ["a database that is not there", (url: string) => `${url}-7183`, "does not exist"],
    [
      "a host that is none",
      () => "postgres://u:wrong-7183@127.0.0.1:1/x",
      "did not answer for 0 s (ECONNREFUSED)",
    ],
    ["no address", () => "postgres://u:wrong-7183@[/x", "cannot be read"],
    ["a password that is not encoded", () => "postgres://u:wrong-7183%zz@127.0.0.1:1/x", "did not answer"],
    ["another program", () => "mysql://u:wrong-7183@127.0.0.1/x", "cannot be read"],
  ])("%s is told without the password", async (_title, addressOf, reason) => {
    const address = addressOf(server().url);
    const error: unknown = await openPostgresDurability(address, { retryMs: 0 }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      name: "AgenticRagError",
      message: expect.stringContaining(reason) as string,
    });
    const { message, stack = "", cause } = error as Error;
    const said = [message, stack, JSON.stringify(cause), cause instanceof Error ? cause.stack : ""].join(
      "\n",
    );
    expect(said).not.toContain("wrong-7183");
    expect(said).not.toContain(PASSWORD);
  });

  test("a server that is away for good is an error after the deadline, one that comes back is none", async () => {
    await using other = await startPostgres();
    const schema = newSchema();
    const patient = await openPostgresDurability(other.url, { schema });
    const hasty = await openPostgresDurability(other.url, { schema, retryMs: 100 });
    onTestFinished(async () => {
      await patient.close();
      await hasty.close();
    });
    await patient.store.put(["a"], "key", { is: "here" });
    await other.stop("immediate");
    const away = {
      code: "store-unusable",
      message: expect.stringContaining("did not answer for 0 s") as string,
    };
    await expect(hasty.store.get(["a"], "key")).rejects.toMatchObject(away);
    await expect(hasty.checkpointer.getTuple(thread("t"))).rejects.toMatchObject(away);
    await expect(hasty.book.claim("t", "me", 1000)).rejects.toMatchObject(away);
    const reading = patient.store.get(["a"], "key");
    const writing = patient.book.claim("t", "me", 1000);
    await other.start();
    expect((await reading)?.value).toEqual({ is: "here" });
    expect((await writing).status).toBe("claimed");
    await patient.close();
    await expect(patient.store.get(["a"], "key")).rejects.toMatchObject({ code: "store-unusable" });
  });

  test("a server that never says a word is given up", async () => {
    const silent = createServer((socket) => socket.on("error", () => undefined)).listen(0, "127.0.0.1");
    onTestFinished(() => void silent.close());
    await once(silent, "listening");
    const address = silent.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const opening = openPostgresDurability(`postgres://u:p@127.0.0.1:${port}/x`, {
      retryMs: 0,
      connectMs: 100,
    });
    await expect(opening).rejects.toMatchObject({
      code: "store-unusable",
      message: expect.stringContaining("Connection terminated due to connection timeout") as string,
    });
  });
});
