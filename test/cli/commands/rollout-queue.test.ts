import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { connectPostgres } from "../../../src/postgres/connection.ts";
import type { Trajectory } from "../../../src/trajectory/trajectory.ts";
import { usePostgres } from "../../durability/postgres/place.ts";
import type { ServerReply } from "../../servers/completions.ts";
import { NO_POSTGRES } from "../../servers/postgres.ts";
import { startProgram } from "../process.ts";
import { startModelAndSearch } from "../model-and-search.ts";
import { createStage } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const ANSWER = "I know.\n</think>\n\nRome";
const QUESTIONS = 6;
const IDS = Array.from({ length: QUESTIONS }, (_, at) => [`q${at}/0`, `q${at}/1`]).flat();

function argsOf(...more: readonly string[]): readonly string[] {
  return ["rollout", "data.jsonl", "--queue", "first", "--samples", "2", "--concurrency", "3", ...more];
}

async function begin(reply: ServerReply, { database = "queue.sqlite", leaseSeconds = 60 } = {}) {
  const folder = await temporaryFolder();
  const rows = Array.from({ length: QUESTIONS }, (_, at) => ({
    id: `q${at}`,
    question: `Capital ${at}?`,
    answer: "Rome",
  }));
  await writeFile(join(folder, "data.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const { server, environment: both } = await startModelAndSearch(Array.from({ length: 100 }, () => reply));
  const environment = {
    ...both,
    AGENTIC_RAG_DATABASE: database,
    AGENTIC_RAG_LEASE_SECONDS: String(leaseSeconds),
  };
  const run = async (args: readonly string[]) => {
    const stage = createStage({ environment, folder });
    const exitCode = await runProgram(args, stage.surroundings);
    return { exitCode, out: stage.out(), err: stage.err() };
  };
  const runsIn = async (file: string) =>
    (await readFile(join(folder, file), "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Trajectory);
  return { folder, server, environment, run, runsIn };
}

const seedsOf = (requests: readonly { readonly body: object }[]) =>
  requests.map(({ body }) => ("seed" in body ? body.seed : undefined));

function describeQueue(where: string, newDatabase: () => Promise<string>): void {
  describe(`a queue in ${where}`, () => {
    test("workers share the samples: each is asked once, and every file has them all, in order", async () => {
      const { server, run, runsIn } = await begin(ANSWER, { database: await newDatabase() });
      const names = ["a.jsonl", "b.jsonl", "c.jsonl"];
      const ended = await Promise.all(names.map((name) => run(argsOf("--out", name))));
      expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
      expect(new Set(seedsOf(server.requests)).size).toBe(IDS.length);
      expect(server.requests).toHaveLength(IDS.length);
      const [first = [], ...others] = await Promise.all(names.map(runsIn));
      expect(first.map(({ id }) => id)).toEqual(IDS);
      expect(first.map(({ reward }) => reward)).toEqual(IDS.map(() => 1));
      for (const other of others) expect(other).toEqual(first);
      const { out } = await run(["export", "--to", "runs", "--queue", "first"]);
      expect(
        out
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line)),
      ).toEqual(first);
      expect((await run(["threads"])).out).not.toContain("q0");
    });

    test("what a killed worker was at is taken over by another", { timeout: 60_000 }, async () => {
      let kill: (() => void) | undefined;
      let said = 0;
      // the first worker is killed with one run kept and others under way
      const reply: ServerReply = () => {
        said += 1;
        if (said === 3) kill?.();
        return ANSWER;
      };
      const { server, run, runsIn, environment, folder } = await begin(reply, {
        database: await newDatabase(),
        leaseSeconds: 1,
      });
      const first = startProgram(argsOf(), { environment, folder });
      kill = () => first.child.kill("SIGKILL");
      expect(await first.ended).toMatchObject({ signal: "SIGKILL" });
      kill = undefined;
      const second = await run(argsOf("--out", "b.jsonl"));
      expect(second).toMatchObject({ exitCode: 0 });
      expect((await runsIn("b.jsonl")).map(({ id }) => id)).toEqual(IDS);
      // what was kept is not asked again, and of the rest only what was under way
      expect(new Set(seedsOf(server.requests)).size).toBe(IDS.length);
      expect(server.requests.length - IDS.length).toBeLessThanOrEqual(3);
    });
  });
}

describeQueue("SQLite", () => Promise.resolve("queue.sqlite"));

describe.skipIf(NO_POSTGRES !== "")(`with a server ${NO_POSTGRES}`, () => {
  const server = usePostgres();
  let made = 0;
  describeQueue("PostgreSQL", async () => {
    made += 1;
    const connection = await connectPostgres(server().url);
    await connection.query(`create database queue_${made}`);
    await connection.close();
    return server().url.replace(/postgres$/u, `queue_${made}`);
  });
});

test("a queue is of one data set, seed and reward; it can be forgotten", async () => {
  const { server, run } = await begin(ANSWER);
  expect((await run(argsOf())).err).toContain("12 runs, 0 failed");
  expect((await run(argsOf())).err).toContain("0 runs, 12 were there");
  for (const other of [
    ["--seed", "7"],
    ["--reward", "f1"],
  ]) {
    const { exitCode, err } = await run(argsOf(...other));
    expect({
      exitCode,
      told: err.includes('The queue "first" has another data set, seed or reward.'),
    }).toEqual({
      exitCode: 2,
      told: true,
    });
  }
  const asked = server.requests.length;
  expect((await run(["rollout", "--queue", "first", "--forget"])).err).toBe("Removed 12 runs.\n");
  expect((await run(argsOf("--seed", "7"))).err).toContain("12 runs, 0 failed");
  expect(server.requests.length - asked).toBe(IDS.length);
  expect(await run(["rollout", "--forget"])).toMatchObject({ exitCode: 2 });
});
