import type { PageRun } from "./run.ts";

/**
 * Runs as one page that loads nothing and runs nothing: it opens, prints and is read without a script. `sha256`: of a text
 * in UTF-8, as base64.
 */
export declare function reportPage(runs: readonly PageRun[], sha256: (text: string) => string): string;
