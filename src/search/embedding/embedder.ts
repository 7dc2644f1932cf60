import { withoutWrittenKeys } from "../../net/written-keys.ts";
import type { SearchFailure } from "../engine.ts";

/** What a text is embedded for: models such as E5 and nomic-embed put different words before the two. */
export type Purpose = "query" | "document";

export interface EmbedOptions {
  readonly purpose: Purpose;
  readonly signal?: AbortSignal | undefined;
  /** Longest wait, in milliseconds. */
  readonly deadlineMs: number;
}

/** Turns texts into vectors, so that texts of like meaning have vectors of like direction. */
export interface Embedder {
  /** The model: kept with the vectors, which another one cannot read. Undefined: whatever the server runs. */
  readonly name?: string | undefined;
  /** What it puts before each document: vectors of another prefix are others. */
  readonly documentPrefix: string;
  /**
   * One vector for each text, all of one length, of finite numbers that are not all 0. Never rejects but with the
   * AbortError of the signal.
   */
  embed(texts: readonly string[], options: EmbedOptions): Promise<Embedded>;
  /** Frees what it has loaded. */
  close?(): Promise<void>;
}

export type Embedded =
  | {
      readonly status: "embedded";
      readonly vectors: readonly Float32Array[];
      /** What the server calls its model. */
      readonly model?: string;
    }
  | {
      readonly status: "failed";
      readonly failure: SearchFailure;
      /** A text is longer than the model reads: a part of it may be embedded. */
      readonly tooLong?: true;
    };

/** What stands before the texts of each purpose. */
export interface Prefixes {
  /** Such as `query:` or `search_query:`. Default: nothing. */
  readonly queryPrefix?: string | undefined;
  /** Such as `passage:` or `search_document:`. Default: nothing. */
  readonly documentPrefix?: string | undefined;
}

/** The texts with what stands before them, a space between. */
export function prefixed(
  texts: readonly string[],
  purpose: Purpose,
  { queryPrefix = "", documentPrefix = "" }: Prefixes,
): readonly string[] {
  const prefix = purpose === "query" ? queryPrefix : documentPrefix;
  if (prefix === "") return texts;
  const space = /\s$/u.test(prefix) ? "" : " ";
  return texts.map((text) => prefix + space + text);
}

/** Words of llama.cpp, vLLM, Ollama, OpenAI and text-embeddings-inference about a text of too many tokens. */
const TOO_LONG =
  /too (?:large|long)|larger than|longer than|exceed|maximum (?:context|input|sequence)|max(?:imum)?[ _](?:context|input|tokens|length)|context (?:length|size)|must have less than|batch size/iu;

/** What failed, without keys that a service quotes, and with whether a text was too long for the model. */
export function embeddingFailed({ message, ...rest }: SearchFailure): Embedded {
  const failure = { ...rest, message: withoutWrittenKeys(message) };
  // a quota may be exceeded, too
  const isRefused = failure.kind === "rejected" || failure.kind === "server-error";
  const tooLong = failure.status === 413 || (isRefused && TOO_LONG.test(failure.message));
  return { status: "failed", failure, ...(tooLong && { tooLong }) };
}

/** The vectors, or what is wrong with them. `who` begins the sentence. */
export function toVectors(
  who: string,
  found: readonly (readonly number[] | undefined)[],
  texts: number,
): Embedded {
  const vectors = found.map((vector) => Float32Array.from(vector ?? []));
  const dimensions = vectors[0]?.length ?? 0;
  const wrong =
    vectors.length !== texts
      ? `${vectors.length} vectors for ${texts} texts`
      : vectors.some(({ length }) => length !== dimensions || length === 0)
        ? "vectors of different lengths, or of none"
        : vectors.some((vector) => !vector.every(Number.isFinite))
          ? "a vector with a number that is none"
          : vectors.some((vector) => vector.every((value) => value === 0))
            ? "a vector of zeros alone"
            : undefined;
  if (wrong === undefined) return { status: "embedded", vectors };
  return {
    status: "failed",
    failure: {
      kind: "bad-reply",
      message: `${who} answered with ${wrong}. Check that it is an embedding model.`,
    },
  };
}
