import type { PageRun } from "./run.ts";

/** Runs as one page that loads nothing and runs nothing: it opens, prints and is read without a script. */
export declare function reportPage(runs: readonly PageRun[]): Promise<string>;
