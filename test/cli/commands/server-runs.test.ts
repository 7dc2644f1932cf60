import { Client } from "@langchain/langgraph-sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import type { Trajectory } from "../../../src/trajectory/trajectory.ts";
import { createStage } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { maskedTexts } from "../../trajectory/run.ts";
import { startEngineServer, type EngineServer } from "../../servers/completions-engine.ts";
import { startWorld, type World } from "../../servers/world.ts";
import { startDevServer, type DevServer } from "../../server/dev-server.ts";

const SAID = [`Let me look é.\n${qwq.modelSide.call("alpha")}`, "I know.\n</think>\n\nAll about alpha [1]."];
const [, BODY = ""] = /<tool_call>([^]*)<\/tool_call>/.exec(SAID[0]!) ?? [];
const REPLIES = [
  ["Let me look é.\n", "<tool_call>", BODY, "</tool_call>"],
  ["I know.\n", "</think>", "\n\nAll about alpha [1].", "<|im_end|>"],
];

let world: World;
let engine: EngineServer;
let server: DevServer;
let thread: string;

beforeAll(async () => {
  world = await startWorld([]);
  engine = await startEngineServer({ dialect: "vllm", replies: REPLIES });
  server = await startDevServer({
    ...world.environment,
    AGENTIC_RAG_MODEL_URL: engine.url,
    AGENTIC_RAG_LOGPROBS: "on",
  });
  const client = new Client({ apiUrl: server.url, apiKey: null });
  // one that was made and never asked
  await client.threads.create();
  ({ thread_id: thread } = await client.threads.create());
  const context = { seed: 7, date: "2026-11-22" };
  await client.runs.wait(thread, "agentic-rag", { input: { question: "First?" }, context });
}, 90_000);

afterAll(async () => {
  await server?.close();
  await engine?.[Symbol.asyncDispose]();
  await world?.close();
});

async function run(...args: readonly string[]) {
  const stage = createStage({ folder: await temporaryFolder() });
  const exitCode = await runProgram(args, stage.surroundings);
  return { exitCode, out: stage.out(), err: stage.err() };
}

const rowsIn = (lines: string) =>
  lines
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("a run that a server made is a run as any other, with its ids and who wrote what", async () => {
  const { exitCode, out, err } = await run(
    "export",
    "--to",
    "runs",
    "--server",
    server.url,
    "--thread",
    thread,
  );
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "1 run, 1 row.\n" });
  const [kept] = rowsIn(out) as unknown as [Trajectory];
  expect(kept).toMatchObject({
    id: thread,
    question: "First?",
    rawAnswer: "All about alpha [1].",
    stopReason: "answered",
    searches: 1,
    sampling: { seed: 7 },
    opening: { date: "2026-11-22" },
  });
  expect(kept.generations.map(({ end }) => end)).toEqual(["stop-string", "end-of-turn"]);
  const [text] = rowsIn(
    (await run("export", "--to", "text", "--server", server.url, "--thread", thread)).out,
  );
  const { written, spliced } = maskedTexts(text!["text"] as string, text!["spans"] as never);
  expect(written).toBe(SAID.join(""));
  expect(spliced).toContain("All about alpha.");
  const [row] = rowsIn(
    (await run("export", "--to", "tokens", "--server", server.url, "--thread", thread)).out,
  );
  const mask = row!["response_mask"] as number[];
  expect(mask.filter((one) => one === 1)).toHaveLength(kept.usage.completionTokens);
});

test("all threads of a server are those that were asked something; they are viewed, too", async () => {
  const { out, err } = await run("export", "--to", "messages", "--server", `${server.url}/`, "--all");
  expect(rowsIn(out).map(({ id }) => id)).toEqual([thread]);
  expect(err).toBe("1 run, 1 row.\n");
  const viewed = await run("view", "--server", server.url, "--all");
  expect(viewed.out).toContain(`${SAID[0]}⟪`);
});

test("what is not there is told", async () => {
  const unknown = "00000000-0000-4000-8000-000000000000";
  const none = await run("view", "--server", server.url, "--thread", unknown);
  expect(none).toMatchObject({ exitCode: 1, err: expect.stringContaining(`has no thread "${unknown}"`) });
  const away = await run("view", "--server", "http://127.0.0.1:9", "--all");
  expect(away).toMatchObject({ exitCode: 2, err: expect.stringContaining("cannot be reached") });
  expect(await run("view", "--server", server.url)).toMatchObject({ exitCode: 2 });
  expect(await run("export", "--to", "text")).toMatchObject({ exitCode: 2 });
});
