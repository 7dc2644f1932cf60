import { waitFor } from "../../../net/wait.ts";
import { furtherTries } from "../../around/retryable.ts";
import type { Embedded, Embedder } from "../../embedding/embedder.ts";
import type { SearchFailure, SearchFailureKind } from "../../engine.ts";
import { PROBE } from "./making.ts";

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

/** May come of a text: models make no numbers of some, and servers fail with these. */
const OF_A_TEXT: ReadonlySet<SearchFailureKind> = new Set(["bad-reply", "rejected", "server-error"]);

/**
 * Embeds batch after batch. Failures that mend by waiting are tried again; a batch with a text that is too long is
 * halved, and that text cut. So is one that fails while others do not: a text that alone fails is left out.
 */
export function createBatchEmbedding(embedder: Embedder, dimensions: number) {
  async function ask(
    texts: readonly string[],
    signal: AbortSignal | undefined,
    tries = TRIES,
  ): Promise<Embedded> {
    for (let attempt = 1; ; attempt += 1) {
      const embedded = await embedder.embed(texts, { purpose: "document", signal, deadlineMs: DEADLINE_MS });
      if (embedded.status === "embedded") return checked(embedded);
      const { failure, tooLong } = embedded;
      if (tooLong === true || attempt >= tries || attempt > furtherTries(failure.kind)) return embedded;
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
  /** Whether a text that was embedded before is embedded now. */
  async function answers(kind: SearchFailureKind, signal: AbortSignal | undefined): Promise<boolean> {
    return OF_A_TEXT.has(kind) && (await ask([PROBE], signal, 1)).status === "embedded";
  }
  /** @param isPart of a batch that failed: what mends by waiting was waited for */
  async function embed(
    texts: readonly string[],
    signal: AbortSignal | undefined,
    isPart = false,
    cuts = 0,
  ): Promise<BatchEmbedding> {
    const embedded = await ask(texts, signal, isPart ? 1 : TRIES);
    if (embedded.status === "embedded") return { vectors: embedded.vectors, stops: false };
    const { failure, tooLong = false } = embedded;
    if (!tooLong && !(await answers(failure.kind, signal))) return stopped(failure);
    const [only = "", ...others] = texts;
    if (others.length > 0) {
      const middle = Math.ceil(texts.length / 2);
      const first = await embed(texts.slice(0, middle), signal, !tooLong);
      if (first.stops) return first;
      const second = await embed(texts.slice(middle), signal, !tooLong);
      return { ...second, ...first, vectors: [...first.vectors, ...second.vectors], stops: second.stops };
    }
    if (!tooLong || cuts === CUTS || only.length < 2) {
      return { vectors: [undefined], problem: failure.message, stops: false };
    }
    return embed([halved(only)], signal, false, cuts + 1);
  }
  return { embed: (texts: readonly string[], signal: AbortSignal | undefined) => embed(texts, signal) };
}

function stopped(failure: SearchFailure): BatchEmbedding {
  return { vectors: [], problem: failure.message, stops: true };
}

/** The first half, never half a character. */
export function halved(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2)).replace(/[\uD800-\uDBFF]$/u, "");
}
