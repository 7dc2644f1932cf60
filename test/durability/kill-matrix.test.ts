import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { RunState } from "../../src/graph/state.ts";
import { startTavilyServer } from "../servers/tavily.ts";
import { bundleRun, startRun, twoAtATime, type RunProcess } from "./kill-process.ts";
import { recordHits, type KillAt } from "./kill-switch.ts";
import { drive, QUERIES, type KilledRun } from "./killed-run.ts";

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

const ONCE = ["engine found"];
const LOST = ["engine failed", "engine found"];
const KEPT = ["engine found", "journal found"];

test(
  "a run that is killed anywhere goes on, and no answered search is sent again",
  { timeout: 180_000 },
  async () => {
    const { hit, moments } = recordHits();
    const golden = await inPlace(async (place) => {
      await using server = await startTavilyServer();
      return await drive({ keeper: "file", place, searchUrl: server.url, kill: null }, hit);
    });
    const { transcript } = golden.state;
    expect(transcript.map(({ origin }) => origin)).toEqual([
      "runtime",
      ...QUERIES.flatMap(() => ["model", "search"]),
      "model",
    ]);
    const kills: readonly Kill[] = [
      ...moments.filter((moment, at) => !isLike(moment, moments[at - 1])),
      ...QUERIES.map((query) => ({ inFlight: query })),
    ];
    expect(kills).toHaveLength(47);

    const { file, remove } = bundleRun();
    onTestFinished(remove);
    const outcomes = await twoAtATime(kills, (kill) => killed(file, kill));
    expect(outcomes).toEqual(
      kills.map((kill) => ({
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
  "a run that is killed again and again has sent each search at most once more per kill",
  { timeout: 60_000 },
  async () => {
    const { file, remove } = bundleRun();
    onTestFinished(remove);
    await inPlace(async (place) => {
      await using server = await startTavilyServer();
      const run = { keeper: "file", place, searchUrl: server.url, kill: null } as const;
      const points = [
        "engine:after",
        "engine:after",
        "journal.answer:after",
        "journal.answer:after",
        "put:after",
      ];
      for (const point of points) {
        const { ended } = startRun(file, { ...run, kill: { point, occurrence: 1 } });
        expect(await ended).toBe("SIGKILL");
      }
      const { state, unfinished } = await drive(run);
      expect([unfinished, state.stopReason]).toEqual([0, "answered"]);
      expect(server.queries).toEqual(["apples", "apples", "apples", "pears", "quinces"]);
      expect(triesOf(state)).toEqual([["engine failed", ...LOST, "journal found"], KEPT, ONCE]);
    });
  },
);

/** Whether nothing that lasts was done since the moment before, other than in the search step itself. */
function isLike({ point }: KillAt, before: KillAt | undefined): boolean {
  if (point === "store.read:after") return true;
  return /^(?:put|putWrites|store\.read):before$/.test(point) && before?.point.endsWith(":after") === true;
}

/** Kills one process, lets another go on, and tells what came of it. */
async function killed(file: string, kill: Kill): Promise<Outcome> {
  return inPlace(async (place) => {
    let process: RunProcess | null = null;
    await using server = await startTavilyServer((query) => {
      if ("inFlight" in kill && kill.inFlight === query) process?.kill();
      return [
        { title: `About ${query}`, url: `https://example.org/${query}`, content: `All about ${query}.` },
      ];
    });
    const run: KilledRun = {
      keeper: "file",
      place,
      searchUrl: server.url,
      kill: "inFlight" in kill ? null : kill,
    };
    process = startRun(file, run);
    const signal = await process.ended;
    process = null;
    const { state, unfinished } = await drive({ ...run, kill: null });
    return {
      kill: nameOf(kill),
      signal,
      sent: QUERIES.map((query) => server.queries.filter((asked) => asked === query).length),
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
