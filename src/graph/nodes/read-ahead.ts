import { setImmediate } from "node:timers/promises";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { sourcesByNumber } from "../../citation/check.ts";
import { createSourceReader, readSource, type SourceReader } from "../../citation/support/read-source.ts";
import type { CitedListener } from "../../citation/plain-stream.ts";
import type { Source } from "../state.ts";
import { inTurns } from "./in-turns.ts";

type Place = Pick<LangGraphRunnableConfig, "writer" | "signal">;

/**
 * Reads the sources that an answer cites while the model still writes it, for the check of the answer. What was read is
 * kept outside of the state; what is not there, as after a restart or in a fork, the check reads.
 */
export interface ReadAhead {
  /** What is to be told the numbers that an answer cites; `undefined` where nobody would take over what is read. */
  onCited(sources: readonly Source[], place: Place): CitedListener | undefined;
  /** Reads a source, or gives the one that was read ahead in this run. */
  reader(place: Place): SourceReader;
}

/** So long a piece of the model's text waits at most for what is read, about. */
const TURN_MS = 2;

export function createReadAhead(): ReadAhead {
  // one for each run, gone with it: LangGraph hands the nodes of a run the same writer
  const runs = new WeakMap<object, SourceReader>();

  function readerOf(writer: object): SourceReader {
    const reader = runs.get(writer) ?? createSourceReader();
    runs.set(writer, reader);
    return reader;
  }

  return {
    onCited(sources, { writer, signal }) {
      if (writer === undefined || sources.length === 0) return undefined;
      const read = readerOf(writer);
      const cited = new Set<number>();
      const waiting: number[] = [];
      let byNumber: ReadonlyMap<number, Source> | undefined;
      let isReading = false;
      const readWaiting = async (): Promise<void> => {
        isReading = true;
        for (;;) {
          // what the model has written goes on first
          await setImmediate();
          const number = signal?.aborted === true ? undefined : waiting.shift();
          if (number === undefined) break;
          const source = (byNumber ??= sourcesByNumber(sources)).get(number);
          if (source !== undefined) await inTurns(read(source), TURN_MS);
        }
        isReading = false;
      };
      return (numbers) => {
        for (const number of numbers) {
          if (!cited.has(number)) waiting.push(number);
          cited.add(number);
        }
        if (waiting.length > 0 && !isReading) void readWaiting();
      };
    },
    reader: ({ writer }) => (writer === undefined ? readSource : readerOf(writer)),
  };
}
