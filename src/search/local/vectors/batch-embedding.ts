import { waitFor } from "../../../net/wait.ts";
import { furtherTries } from "../../around/retryable.ts";
import type { Embedded, Embedder } from "../../embedding/embedder.ts";
import type { SearchFailure } from "../../engine.ts";

/** What came of the texts of a batch, in their order; undefined for one that the model does not take. */
export interface BatchEmbedding {
  readonly vectors: readonly (Float32Array | undefined)[];
  /** The last thing that went wrong. */
  readonly problem?: string;
  /** Nothing more is to be had now. */
  readonly stops: boolean;
}

const DEADLINE_MS = 120_000;
const TRIES = 5;
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 30_000;
/** Of a text that is too long, a half is tried, then a half of that. */
const CUTS = 4;

/**
 * Embeds batch after batch. Failures that mend by waiting are tried again; a batch with a text that is too long is
 * halved, and that text cut.
 */
export function createBatchEmbedding(embedder: Embedder, dimensions: number) {
  async function ask(texts: readonly string[], signal: AbortSignal | undefined): Promise<Embedded> {
    for (let attempt = 1; ; attempt += 1) {
      const embedded = await embedder.embed(texts, { purpose: "document", signal, deadlineMs: DEADLINE_MS });
      if (embedded.status === "embedded") return checked(embedded);
      const { failure, tooLong } = embedded;
      if (tooLong === true || attempt >= TRIES || attempt > furtherTries(failure.kind)) return embedded;
      const pause = Math.max(failure.retryAfterMs ?? 0, FIRST_WAIT_MS * 2 ** (attempt - 1));
      if (pause > MAX_WAIT_MS) return embedded;
      await waitFor(pause, signal);
    }
  }
  function checked(embedded: Extract<Embedded, { status: "embedded" }>): Embedded {
    const other = embedded.vectors.find(({ length }) => length !== dimensions);
    if (other === undefined) return embedded;
    const message = `The embedding model gave ${other.length} dimensions after ${dimensions}. Check that one model answers.`;
    return { status: "failed", failure: { kind: "bad-reply", message } };
  }
  async function embed(
    texts: readonly string[],
    signal: AbortSignal | undefined,
    cuts = 0,
  ): Promise<BatchEmbedding> {
    const embedded = await ask(texts, signal);
    if (embedded.status === "embedded") return { vectors: embedded.vectors, stops: false };
    const { failure, tooLong } = embedded;
    if (tooLong !== true) return stopped(failure);
    const [only = "", ...others] = texts;
    if (others.length > 0) {
      const middle = Math.ceil(texts.length / 2);
      const first = await embed(texts.slice(0, middle), signal);
      if (first.stops) return first;
      const second = await embed(texts.slice(middle), signal);
      return { ...second, ...first, vectors: [...first.vectors, ...second.vectors], stops: second.stops };
    }
    if (cuts === CUTS || only.length < 2) {
      return { vectors: [undefined], problem: failure.message, stops: false };
    }
    return embed([halved(only)], signal, cuts + 1);
  }
  return { embed: (texts: readonly string[], signal: AbortSignal | undefined) => embed(texts, signal) };
}

function stopped(failure: SearchFailure): BatchEmbedding {
  return { vectors: [], problem: failure.message, stops: true };
}

/** The first half, never half a character. */
function halved(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2)).replace(/[\uD800-\uDBFF]$/u, "");
}
