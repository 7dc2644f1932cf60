import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RunState } from "../../../src/graph/state.ts";
import { bundleProgram } from "../../bundle.ts";
import { sample } from "../../sample.ts";
import { NO_POSTGRES } from "../../servers/postgres.ts";
import { startTavilyServer, type TavilyServer } from "../../servers/tavily.ts";
import { startRun, twoAtATime, type RunProcess } from "./kill-process.ts";
import { recordHits, type KillAt } from "./kill-switch.ts";
import { drive, QUERIES, type Keeper, type KilledRun } from "./run.ts";
import { usePostgres } from "../postgres/place.ts";

/** `folder` is an empty one for the run. */
type KeeperIn = (folder: string) => Keeper;

type Kill = KillAt | { readonly inFlight: string };

interface Outcome {
  readonly kill: string;
  readonly signal: string | null;
  /** How often each query came to the server. */
  readonly sent: readonly number[];
  /** How each search was answered. */
  readonly attempts: readonly (readonly string[])[];
  readonly transcript: unknown;
  readonly unfinished: number;
}

/** How many kills there are to survive. */
const KINDS = 56;

const ONCE = ["engine found"];
const LOST = ["engine failed", "engine found"];
const KEPT = ["engine found", "journal found"];

const program = await bundleProgram(new URL("process.ts", import.meta.url));

describe("a run kept in SQLite", () => {
  testKills((folder) => ({ sqlite: join(folder, "private", "threads.sqlite") }));
});

describe.skipIf(NO_POSTGRES !== "")(`a run kept in PostgreSQL ${NO_POSTGRES}`, () => {
  const server = usePostgres();
  testKills(() => ({ postgres: server().url }));
});

function testKills(keeperIn: KeeperIn): void {
  test(
    "goes on wherever it is killed, and no answered search is sent again",
    { timeout: 300_000 },
    async () => {
      const { hit, moments } = recordHits();
      const golden = await inPlace(async (place) => {
        await using web = await startTavilyServer();
        return await drive(runOf(keeperIn(place), web.url), hit);
      });
      const { transcript } = golden.state;
      expect(transcript.map(({ origin }) => origin)).toEqual([
        "runtime",
        ...QUERIES.flatMap(() => ["model", "search"]),
        "model",
      ]);
      // the second search goes as the first and the last
      const [, second = 0, third = 0] = moments.flatMap(({ point }, at) => (point === "model" ? [at] : []));
      const kills: readonly Kill[] = [
        ...moments.filter((moment, at) => (at < second || at >= third) && !isLike(moment)),
        ...QUERIES.map((query) => ({ inFlight: query })),
      ];
      expect(kills).toHaveLength(KINDS);

      const played = sample(kills, 3);
      const outcomes = await twoAtATime(played, (kill) => killed(keeperIn, kill));
      expect(outcomes).toEqual(
        played.map((kill) => ({
          kill: nameOf(kill),
          signal: "SIGKILL",
          ...expected(kill, moments),
          transcript,
          unfinished: 0,
        })),
      );
    },
  );

  test(
    "goes on when it is killed twice, and ten times, and each search was sent at most once more per kill",
    { timeout: 120_000 },
    async () => {
      const twice = await killedAgain(keeperIn, ["engine:after", "journal.answer:after"]);
      expect(twice.sent).toEqual([2, 1, 1]);
      expect(twice.attempts).toEqual([["engine failed", ...ONCE, "journal found"], ONCE, ONCE]);

      const ten = await killedAgain(keeperIn, [
        "putWrites:after",
        "model",
        "engine:after",
        "engine:after",
        "journal.answer:after",
        "put:after",
        "model",
        "journal.sent:after",
        "journal.answer:after",
        "engine:before",
      ]);
      expect(ten.sent).toEqual([3, 1, 1]);
      expect(ten.attempts).toEqual([
        ["engine failed", "engine failed", "engine found", "journal found"],
        ["engine failed", "engine found", "journal found"],
        ["engine failed", "engine found"],
      ]);
      expect(ten.transcript).toEqual(twice.transcript);
    },
  );
}

/** Kills one process after another, each at the first time that it comes to its point. */
async function killedAgain(keeperIn: KeeperIn, points: readonly string[]) {
  return inPlace(async (place) => {
    await using web = await startTavilyServer();
    const run = runOf(keeperIn(place), web.url);
    for (const point of points) {
      const { ended } = startRun(program, { ...run, kill: { point, occurrence: 1 } });
      expect([point, await ended]).toEqual([point, "SIGKILL"]);
    }
    const { state, unfinished } = await drive(run);
    expect([unfinished, state.stopReason]).toEqual([0, "answered"]);
    return { sent: sentTo(web), attempts: triesOf(state), transcript: state.transcript };
  });
}

function runOf(keeper: Keeper, searchUrl: string): KilledRun {
  return { keeper, threadId: crypto.randomUUID(), searchUrl, kill: null };
}

function sentTo({ queries }: Pick<TavilyServer, "queries">): number[] {
  return QUERIES.map((query) => queries.filter((asked) => asked === query).length);
}

/** Whether nothing that lasts was done since the moment before. */
function isLike({ point }: KillAt): boolean {
  return point.startsWith("store.read:");
}

/** Kills one process, lets another go on, and tells what came of it. */
async function killed(keeperIn: KeeperIn, kill: Kill): Promise<Outcome> {
  return inPlace(async (place) => {
    let process: RunProcess | null = null;
    await using web = await startTavilyServer((query) => {
      if ("inFlight" in kill && kill.inFlight === query) process?.kill();
      return [
        { title: `About ${query}`, url: `https://example.org/${query}`, content: `All about ${query}.` },
      ];
    });
    const run = runOf(keeperIn(place), web.url);
    process = startRun(program, { ...run, kill: "inFlight" in kill ? null : kill });
    const signal = await process.ended;
    process = null;
    const { state, unfinished } = await drive(run);
    return {
      kill: nameOf(kill),
      signal,
      sent: sentTo(web),
      attempts: triesOf(state),
      transcript: state.transcript,
      unfinished,
    };
  });
}

/** What must come of a kill, read off the moments of the run that nobody killed. */
function expected(kill: Kill, moments: readonly KillAt[]): Pick<Outcome, "sent" | "attempts"> {
  const indexOf = (point: string, occurrence: number): number =>
    moments.findIndex((moment) => moment.point === point && moment.occurrence === occurrence);
  const searches = QUERIES.map((query, at) => {
    const written = indexOf("journal.answer:after", at + 1);
    const inState = moments.findIndex(({ point }, index) => index > written && point === "putWrites:after");
    const killedAt = "inFlight" in kill ? null : moments.indexOf(kill);
    const isInFlight = "inFlight" in kill && kill.inFlight === query;
    const isBetween = (from: number, before: number): boolean =>
      killedAt !== null && killedAt >= from && killedAt < before;
    const answered = indexOf("engine:after", at + 1);
    const isLost = isInFlight || isBetween(indexOf("journal.sent:after", at + 1), written);
    return {
      sent: isInFlight || isBetween(answered, written) ? 2 : 1,
      attempts: isLost ? LOST : isBetween(written, inState) ? KEPT : ONCE,
    };
  });
  return { sent: searches.map(({ sent }) => sent), attempts: searches.map(({ attempts }) => attempts) };
}

function triesOf({ queries }: RunState): readonly string[][] {
  return queries.map(({ attempts }) => attempts.map(({ from, status }) => `${from} ${status}`));
}

function nameOf(kill: Kill): string {
  return "inFlight" in kill ? `${kill.inFlight} in flight` : `${kill.point} ${kill.occurrence}`;
}

async function inPlace<Value>(work: (place: string) => Promise<Value>): Promise<Value> {
  const place = mkdtempSync(join(tmpdir(), "killed-run-"));
  try {
    return await work(place);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
