import { AgenticRagError, messageOf } from "../../errors.ts";
import { answererOf, ask, beginAttempt } from "./attempts.ts";
import { appendToCassette, checkCassette, type RecordedSearch, readCassette } from "./cassette.ts";
import type { SearchEngine, SearchOutcome } from "../engine.ts";
import { cutText } from "../outcome.ts";
import { createEngine, type Query } from "../query.ts";

export interface RecordingOptions {
  /** Grows by one line with each search. Created with its folder where there is none. */
  readonly file: string;
  /** Told once when the file cannot be written, and once of results that it may not hold: the recording lacks them. */
  readonly onProblem?: (message: string) => void;
}

/**
 * Writes down each search that is answered or fails, to be replayed by `createReplayEngine`. An aborted one is not.
 *
 * @throws AgenticRagError `recording-unusable` when the file exists and is something else
 */
export function withRecording(engine: SearchEngine, options: RecordingOptions): SearchEngine {
  const { file, onProblem = () => undefined } = options;
  checkCassette(file);
  const told = new Set<boolean>();
  return createEngine(engine.name, async (asked, searchOptions) => {
    const outcome = await ask(engine, asked.query, searchOptions);
    const answeredBy = answererOf(outcome) ?? engine.name;
    try {
      appendToCassette(file, {
        engine: engine.name,
        ...(answeredBy !== engine.name && { answeredBy }),
        ...asked,
        outcome,
      });
    } catch (error) {
      const isUnreadable = AgenticRagError.isInstance(error);
      if (!told.has(isUnreadable)) {
        const reason = messageOf(error);
        onProblem(
          isUnreadable
            ? `A search of ${engine.name} is left out of the recording ${file}, because ${reason}. Mend the engine.`
            : `Searches cannot be recorded in ${file}: ${reason}. Check its disk and permissions.`,
        );
      }
      told.add(isUnreadable);
    }
    return outcome;
  });
}

export interface ReplayOptions {
  readonly file: string;
  /** The engine whose searches are replayed. Default: the only one of the recording. */
  readonly engine?: string;
}

const MAX_QUERY_BYTES = 300;

/**
 * Answers from a recording, and asks nobody. A query that was recorded several times is answered in that order, and
 * from then on with the last outcome. One that was not recorded is a `misconfigured` failure that says so. The file
 * is read once, now.
 *
 * @throws AgenticRagError `recording-unusable`
 */
export function createReplayEngine(options: ReplayOptions): SearchEngine {
  const { file } = options;
  const recorded = readCassette(file);
  const name = options.engine ?? onlyEngineOf(recorded, file);
  const outcomes = new Map<string, RecordedSearch[]>();
  for (const search of recorded.filter(({ engine }) => engine === name)) {
    const key = keyOf(search);
    outcomes.set(key, [...(outcomes.get(key) ?? []), search]);
  }
  return createEngine(name, (asked) => {
    const end = beginAttempt();
    const left = outcomes.get(keyOf(asked)) ?? [];
    const search = left.length > 1 ? left.shift() : left[0];
    return end(search?.outcome ?? notRecorded(file, name, asked), search?.answeredBy ?? name, "recording");
  });
}

function onlyEngineOf(recorded: readonly RecordedSearch[], file: string): string {
  const [name = "recording", ...others] = new Set(recorded.map(({ engine }) => engine));
  if (others.length === 0) return name;
  throw new AgenticRagError(
    "recording-unusable",
    `The recording ${file} has searches of several engines (${[name, ...others].join(", ")}). Name the one to be replayed.`,
  );
}

function keyOf({ query, maxResults }: Query): string {
  return `${maxResults} ${query}`;
}

function notRecorded(file: string, engine: string, { query, maxResults }: Query): SearchOutcome {
  const message = `The recording ${file} has no search of ${engine} for "${cutText(query, MAX_QUERY_BYTES)}" with ${maxResults} results. Add it: ask the same once with the engine itself while searches are recorded into this file.`;
  return { status: "failed", failure: { kind: "misconfigured", message } };
}
