import { maskOf } from "./spans.ts";
import type { Trajectory, TrajectorySegment } from "./trajectory.ts";

/** A part of what a model read and wrote, in order. */
export interface Part {
  /** 1 where the model wrote it, 0 elsewhere: the loss mask. */
  readonly mask: 0 | 1;
  readonly text: string;
  /** Exactly those of the text, as the endpoint told them. */
  readonly tokenIds: readonly number[] | undefined;
  readonly logprobs: readonly number[] | undefined;
}

/**
 * What one prompt grew into: its first part is the prompt. A run is one stretch, but where its prompt had to be made anew
 * because a context was full.
 */
export type Stretch = readonly Part[];

/** The run as its model saw it, for families that tell their prompts; none for others. */
export function stretchesOf({
  segments,
  generations,
}: Pick<Trajectory, "segments" | "generations">): readonly Stretch[] {
  const stretches: Part[][] = [];
  let current: Part[] | undefined;
  let next = 0;
  for (const [at, generation] of generations.entries()) {
    const { segment, promptText, promptIds, restarts } = generation;
    const wrote = segment === null ? undefined : segments[segment];
    const between = segments.slice(next, segment ?? next);
    const isNew = current === undefined || restarts === true;
    if (isNew && promptText === undefined) return [];
    const given: Part = {
      mask: 0,
      text: promptText ?? textOf(between),
      tokenIds: promptIds,
      logprobs: undefined,
    };
    if (isNew) stretches.push((current = []));
    current?.push(given);
    if (wrote !== undefined && segment !== null) {
      current?.push({
        mask: maskOf(wrote.origin),
        text: wrote.text,
        tokenIds: wrote.tokenIds,
        logprobs: wrote.logprobs,
      });
      next = segment + 1;
    }
    const isLast = at === generations.length - 1;
    if (isLast && generation.endTokenIds !== undefined) {
      current?.push({
        mask: 1,
        text: "",
        tokenIds: generation.endTokenIds,
        logprobs: generation.endLogprobs,
      });
    }
  }
  return stretches;
}

function textOf(segments: readonly TrajectorySegment[]): string {
  return segments.map(({ text }) => text).join("");
}
