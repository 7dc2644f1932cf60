import { describe, expect, test } from "vitest";
import { driveThread } from "../../../src/durability/driver.ts";
import type { RunState } from "../../../src/graph/state.ts";
import { NO_POSTGRES } from "../../servers/postgres.ts";
import { agentOn, call, countingEngine } from "../agent.ts";
import { opened, usePostgres } from "./place.ts";

const RUNS = 100;
const AT_A_TIME = 10;
/** The server is restarted whenever so many more runs have ended, with the others under way. */
const RESTART_EVERY = 10;

const SCRIPT = [
  call("apples"),
  call("pears"),
  call("quinces"),
  "</think>\n\nApples [1], pears [2], quinces [3].",
];
const QUERIES = ["apples", "pears", "quinces"];

describe.skipIf(NO_POSTGRES !== "")(`a PostgreSQL that is restarted ${NO_POSTGRES}`, () => {
  const server = usePostgres();

  test(
    `loses none of ${RUNS} runs, repeats no search and changes no transcript`,
    { timeout: 240_000 },
    async () => {
      const durability = await opened(server(), { connections: AT_A_TIME });
      const { engine, queries } = countingEngine();
      let ended = 0;
      let restarts = 0;
      let restarting: Promise<void> = Promise.resolve();
      const run = async (number: number) => {
        const { status, state } = await driveThread({
          durability,
          agent: agentOn(durability, SCRIPT, engine),
          threadId: `thread ${number}`,
          owner: "the test",
          question: "Which fruit?",
        });
        ended += 1;
        if (ended % RESTART_EVERY === 0 && ended < RUNS) {
          restarts += 1;
          const how = restarts % 2 === 0 ? "fast" : "immediate";
          restarting = restarting.then(() => server().restart(how));
        }
        const { transcript, stopReason } = state as RunState;
        return { status, stopReason, transcript, tries: triesOf(state as RunState) };
      };
      const left = Array.from({ length: RUNS }, (_value, number) => number);
      const outcomes: Awaited<ReturnType<typeof run>>[] = [];
      await Promise.all(
        Array.from({ length: AT_A_TIME }, async () => {
          for (let number = left.shift(); number !== undefined; number = left.shift()) {
            outcomes[number] = await run(number);
          }
        }),
      );
      await restarting;
      expect(restarts).toBe(RUNS / RESTART_EVERY - 1);
      const [first] = outcomes;
      expect(first?.transcript.map(({ origin }) => origin)).toEqual([
        "runtime",
        ...QUERIES.flatMap(() => ["model", "search"]),
        "model",
      ]);
      expect(outcomes).toEqual(
        Array.from({ length: RUNS }, () => ({
          status: "finished",
          stopReason: "answered",
          transcript: first?.transcript,
          tries: QUERIES.map(() => ["found"]),
        })),
      );
      expect(QUERIES.map((query) => queries.filter((asked) => asked === query).length)).toEqual([
        RUNS,
        RUNS,
        RUNS,
      ]);
      expect((await durability.book.list(RUNS)).map(({ status }) => status)).toEqual(
        Array.from({ length: RUNS }, () => "finished"),
      );
    },
  );
});

/** Of the engine. A restart may last longer than the journal waits for its store, which is a try of the journal. */
function triesOf({ queries }: RunState): string[][] {
  return queries.map(({ attempts }) =>
    attempts.filter(({ from }) => from === "engine").map(({ status }) => status),
  );
}
