import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@langchain/langgraph-sdk";
import { expect, onTestFinished, test, vi } from "vitest";
import { startWorld } from "../../servers/world.ts";
import { serverFolder, startDevServer } from "../dev-server.ts";

test("a run that a killed server was at can be deleted after a restart, and its thread goes on", async () => {
  const world = await startWorld([
    { text: "Let me think.", fault: { kind: "no-headers" } },
    "I know.\n</think>\n\nIt is so.",
  ]);
  onTestFinished(() => world.close());
  const folder = serverFolder("langgraph.json");
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const environment = { ...world.environment, AGENTIC_RAG_DISCOVER: "off" };
  const killed = await startDevServer(environment, { folder });
  const before = new Client({ apiUrl: killed.url });
  const { thread_id: thread } = await before.threads.create();
  const input = { question: "Is it so?" };
  const { run_id: run } = await before.runs.create(thread, "agentic-rag", { input });
  const stored = join(folder, ".langgraph_api/.langgraphjs_ops.json");
  await vi.waitFor(
    () => expect(existsSync(stored) ? readFileSync(stored, "utf8") : "").toContain('"status":"running"'),
    30_000,
  );
  await killed.close();

  const server = await startDevServer(environment, { folder });
  onTestFinished(() => server.close());
  const client = new Client({ apiUrl: server.url });
  const sendAgain = () => client.runs.wait(thread, "agentic-rag", { input, multitaskStrategy: "reject" });
  await expect(sendAgain()).rejects.toThrow("already running");
  await client.runs.delete(thread, run);
  expect(await client.runs.list(thread)).toEqual([]);
  expect(await sendAgain()).toMatchObject({ answer: "It is so.", stopReason: "answered" });
}, 120_000);
