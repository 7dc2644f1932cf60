import type { ModelChunk } from "../model.ts";

/** Text with the tokens of exactly this text, where they are known. */
export interface TokenRun {
  readonly text: string;
  readonly tokenIds?: readonly number[] | undefined;
  /** One for each of `tokenIds`; without ids, one for each token of the server. */
  readonly logprobs?: readonly number[] | undefined;
}

/** The runs as one; ids and log-probabilities are known where they are of every run. */
export function joinRuns(runs: readonly TokenRun[]): TokenRun {
  return {
    text: textOf(runs),
    tokenIds: allOf(runs.map(({ tokenIds }) => tokenIds)),
    logprobs: allOf(runs.map(({ logprobs }) => logprobs)),
  };
}

/** The runs up to a place in their text and from there; a run that is cut in two loses its tokens. */
export function splitRuns(
  runs: readonly TokenRun[],
  place: number,
): { readonly before: readonly TokenRun[]; readonly after: readonly TokenRun[] } {
  const before: TokenRun[] = [];
  const after: TokenRun[] = [];
  let start = 0;
  for (const run of runs) {
    const cut = place - start;
    start += run.text.length;
    if (cut >= run.text.length) before.push(run);
    else if (cut <= 0) after.push(run);
    else {
      before.push({ text: run.text.slice(0, cut) });
      after.push({ text: run.text.slice(cut) });
    }
  }
  return { before, after };
}

export function textOf(runs: readonly TokenRun[]): string {
  return runs.map(({ text }) => text).join("");
}

function allOf(lists: readonly (readonly number[] | undefined)[]): readonly number[] | undefined {
  return lists.includes(undefined) ? undefined : lists.flatMap((list) => list ?? []);
}

export function toTextChunk({ text, tokenIds, logprobs }: TokenRun): ModelChunk {
  return {
    type: "text",
    text,
    ...(tokenIds !== undefined && { tokenIds }),
    ...(logprobs !== undefined && { logprobs }),
  };
}
