import type { Respelt } from "../../text/spelling.ts";
import type { BuildRecord } from "./build-record.ts";
import type { Counts, IndexReader } from "./index-reader.ts";
import type { NotRead } from "./not-read.ts";
import { type RankedResult, rankJoined } from "./ranking.ts";
import { respellQuestion } from "./spelling.ts";
import { ask, type Steps } from "./steps.ts";

/** What is asked of one index, or of several as one. */
export interface JoinedIndex {
  builds(): Steps<readonly BuildRecord[]>;
  count(): Steps<Counts>;
  notRead(): Steps<NotRead>;
  rank(question: string, maxResults: number): Steps<RankedResult[]>;
  respell(question: string): Steps<Respelt>;
}

export function joinIndexes(readers: readonly IndexReader[]): JoinedIndex {
  return {
    *builds() {
      const builds: BuildRecord[] = [];
      for (const reader of readers) {
        const build = yield* ask(() => reader.build());
        if (build !== undefined) builds.push(build);
      }
      return builds;
    },
    *count() {
      let [documents, passages] = [0, 0];
      for (const reader of readers) {
        const held = yield* ask(() => reader.count());
        documents += held.documents;
        passages += held.passages;
      }
      return { documents, passages };
    },
    *notRead() {
      const all: NotRead[] = [];
      for (const reader of readers) all.push(yield* ask(() => reader.notRead()));
      const counts = new Map<string, number>();
      for (const { kind, files } of all.flatMap(({ leftOut }) => leftOut)) {
        counts.set(kind, (counts.get(kind) ?? 0) + files);
      }
      return {
        leftOut: [...counts].map(([kind, files]) => ({ kind, files })).sort((a, b) => b.files - a.files),
        problems: all.flatMap(({ problems }) => problems),
      };
    },
    rank: (question, maxResults) => rankJoined(question, maxResults, readers),
    respell: (question) => respellQuestion(question, readers),
  };
}
