import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@langchain/langgraph-sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serverFolder, startDevServer, type DevServer } from "../dev-server.ts";
import { API_KEYS, ask, KEYS } from "../visitors.ts";
import { CANARY, startGreedyWorld, type GreedyWorld } from "./greedy-model.ts";
import { createJudged } from "./judged.ts";

const { judge, print } = createJudged();
afterAll(print);

describe.each(["langgraph.production.json", "langgraph.json"] as const)("on %s", (config) => {
  const production = config === "langgraph.production.json";
  const folder = serverFolder(config);
  let world: GreedyWorld;
  let server: DevServer;
  let alice: Client;

  async function start(): Promise<void> {
    server = await startDevServer(
      {
        ...world.environment,
        AGENTIC_RAG_API_KEYS: API_KEYS,
        AGENTIC_RAG_DISCOVER: "off",
        NO_COLOR: "1",
      },
      { config, folder },
    );
    alice = new Client({ apiUrl: server.url, apiKey: KEYS.alice, callerOptions: { maxRetries: 0 } });
  }
  beforeAll(async () => {
    world = await startGreedyWorld();
    await start();
  }, 90_000);
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
    await world?.close();
  });

  const send = async (who: keyof typeof KEYS, method: string, path: string, body?: unknown) =>
    ask(server.url, {
      method,
      path,
      headers: { authorization: `Bearer ${KEYS[who]}` },
      ...(body !== undefined && { body }),
    });
  const row = (name: string) => `${config}: ${name}`;

  /** What the events of a thread tell within a second. */
  async function eventsOf(who: keyof typeof KEYS, thread: string): Promise<string> {
    const gone = new AbortController();
    const timer = setTimeout(() => gone.abort(), 1000);
    let text = "";
    try {
      const reply = await fetch(`${server.url}/threads/${thread}/stream/events`, {
        method: "POST",
        headers: { authorization: `Bearer ${KEYS[who]}`, "content-type": "application/json" },
        body: JSON.stringify({ channels: ["values", "messages", "updates", "custom", "lifecycle", "tasks"] }),
        signal: gone.signal,
      });
      if (!reply.ok) return String(reply.status);
      for await (const piece of reply.body ?? []) text += Buffer.from(piece).toString();
    } catch {
      // read until the time was over
    } finally {
      clearTimeout(timer);
    }
    return text;
  }

  const runStart = {
    id: 1,
    method: "run.start",
    params: { assistant_id: "agentic-rag", input: { question: CANARY } },
  };

  async function usedThread(): Promise<string> {
    const { thread_id: thread } = await alice.threads.create();
    expect((await send("alice", "POST", `/threads/${thread}/commands`, runStart)).status).toBe(200);
    await expect.poll(async () => (await alice.threads.get(thread)).status, { timeout: 15_000 }).toBe("idle");
    expect(await eventsOf("alice", thread)).toContain("canary4711");
    return thread;
  }

  /** Every door that takes a thread's id. */
  const doors = (
    thread: string,
  ): readonly (readonly [method: string, path: string, body: unknown, status: number])[] => {
    const run = { assistant_id: "agentic-rag", input: { question: "?" }, if_not_exists: "create" };
    return [
      ["POST", "/threads", { thread_id: thread }, 409],
      ["POST", "/threads", { thread_id: thread, if_exists: "do_nothing" }, 409],
      ["POST", "/threads", { thread_id: thread.toUpperCase() }, 409],
      ["GET", `/threads/${thread}`, undefined, 404],
      ["PATCH", `/threads/${thread}`, { metadata: {} }, 404],
      ["DELETE", `/threads/${thread}`, undefined, 404],
      ["POST", `/threads/${thread}/copy`, undefined, 404],
      ["GET", `/threads/${thread}/state`, undefined, 404],
      ["POST", `/threads/${thread}/state`, { values: { question: "?" } }, 404],
      ["POST", `/threads/${thread}/history`, {}, 404],
      ["GET", `/threads/${thread}/runs`, undefined, 404],
      ["POST", `/threads/${thread}/runs`, run, 404],
      ["POST", `/threads/${thread}/runs/wait`, run, 404],
      ["POST", `/threads/${thread}/runs/stream`, run, 404],
      ["POST", `/threads/${thread.toUpperCase()}/runs/wait`, run, 404],
      ["POST", `/threads/${thread}/stream/events`, { channels: ["values"] }, 404],
      ["POST", `/threads/${thread}/commands`, runStart, 404],
      ["POST", `/threads/${thread}/commands`, { id: 1, method: "state.get" }, 404],
    ];
  };

  test("a deleted thread is gone for everybody, and after a crash too", async () => {
    const thread = await usedThread();
    judge(
      row("deleting: by another"),
      (await send("bob", "DELETE", `/threads/${thread}`)).status,
      production ? 404 : 204,
    );
    if (production)
      judge(row("deleting: by its owner"), (await send("alice", "DELETE", `/threads/${thread}`)).status, 204);
    const walk = async (when: string) => {
      for (const who of ["bob", "alice"] as const) {
        for (const [method, path, body, status] of doors(thread)) {
          const answer = await send(who, method, path, body);
          judge(row(`deleted thread${when}: ${who} ${method} ${path}`), answer.status, status);
          expect(answer.text).not.toContain("canary4711");
        }
        judge(row(`deleted thread${when}: events for ${who}`), await eventsOf(who, thread), "404");
      }
    };
    await walk("");
    expect(readFileSync(join(folder, ".langgraph_api", "agentic-rag.deleted-threads"), "utf8")).toContain(
      thread,
    );
    await server.close();
    await start();
    await walk(" after a crash");
  }, 60_000);

  test.runIf(production)(
    "a thread that a stateless run removed keeps its events from others",
    async () => {
      const { thread_id: thread } = await alice.runs.create(null, "agentic-rag", {
        input: { question: CANARY },
        afterSeconds: 3,
      });
      expect((await send("alice", "POST", `/threads/${thread}/commands`, runStart)).status).toBe(200);
      await expect
        .poll(async () => (await send("alice", "GET", `/threads/${thread}`)).status, { timeout: 20_000 })
        .toBe(404);
      expect((await send("bob", "POST", "/threads", { thread_id: thread })).status).toBe(200);
      judge(row("removed thread: events"), await eventsOf("bob", thread), "404");
      judge(
        row("removed thread: commands"),
        (await send("bob", "POST", `/threads/${thread}/commands`, runStart)).status,
        404,
      );
    },
    40_000,
  );

  test("threads that are deleted while they run cost the server no worker", async () => {
    for (let n = 0; n < 12; n += 1) {
      const { thread_id: thread } = await alice.threads.create();
      const { run_id: run } = await alice.runs.create(thread, "agentic-rag", {
        input: { question: "held?" },
      });
      await expect
        .poll(async () => (await alice.runs.get(thread, run)).status, { timeout: 15_000 })
        .toBe("running");
      const path = n % 2 === 0 ? `/threads/${thread}` : `/threads/${thread}/runs/${run}`;
      judge(
        row(`deleted while it runs: ${n % 2 === 0 ? "thread" : "run"}`),
        (await send("alice", "DELETE", path)).status,
        204,
      );
    }
    const { thread_id: thread } = await alice.threads.create();
    const { status } = await send("alice", "POST", `/threads/${thread}/runs/wait`, {
      assistant_id: "agentic-rag",
      input: { question: CANARY },
    });
    judge(row("deleted while it runs: the next run"), status, 200);
    expect((await alice.threads.getState<{ answer: string }>(thread)).values.answer).toContain("canary4711");
  }, 90_000);
});
