import { AgenticRagError } from "../../../errors.ts";
import { withDeadline } from "../../../net/deadline.ts";
import { quoted } from "../../../text/quoted.ts";
import type { SqliteDatabase } from "../../../sqlite/sqlite.ts";
import type { Embedded, Embedder } from "../../embedding/embedder.ts";
import type { FoundResult } from "../../outcome.ts";
import { openToRead } from "../sqlite/index-store.ts";
import type { FoundPassage } from "../index-reader.ts";
import { toResult } from "../ranking.ts";
import { halved } from "./batch-embedding.ts";
import { differenceOf, probeMaking } from "./making.ts";
import { readSqliteVectors } from "./sqlite-vectors.ts";
import type { VectorReader } from "./vector-reader.ts";
import type { VectorMaking } from "./vector-table.ts";

export interface MeaningOptions {
  /** Indexes with vectors, which are searched as one. */
  readonly files: readonly string[];
  readonly embedder: Embedder;
  /** Time for the vector of a question, in milliseconds. Default 5,000. */
  readonly deadlineMs?: number;
  /** The same for the first question, for which a model may have to be loaded. Default 20,000. */
  readonly firstDeadlineMs?: number;
}

/** What lies near a question. */
export interface Near {
  /** The best first; undefined where there is none to be had, as `note` says. */
  readonly results?: readonly FoundResult[];
  /** The model whose vectors these are. */
  readonly model?: string;
  readonly note?: string;
}

/** Finds passages by what they mean. */
export interface Meaning {
  /** Never rejects but with the AbortError of the signal. Throws when a file became unusable. */
  nearest(question: string, maxResults: number, signal?: AbortSignal): Promise<Near>;
  close(): void;
}

const DEFAULT_DEADLINE_MS = 5_000;
const DEFAULT_FIRST_DEADLINE_MS = 20_000;
/** Passages for each result that is wanted: a document may have several. */
const PASSAGES_EACH = 4;
/** A further passage of a document is shown if it lies nearly as near as the best one. */
const NEARLY_AS_NEAR = 0.9;
const MOST_SHOWN = 2;

interface Limits {
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

/** What is known of an index and the model that is asked now. */
interface Judged {
  readonly making: string;
  /** Why the two do not fit. */
  readonly difference?: string;
}

/** @throws AgenticRagError `index-unusable` */
export function openMeaning({ files, ...options }: MeaningOptions): Meaning {
  const opened: { readonly file: string; readonly database: SqliteDatabase }[] = [];
  const close = (): void => {
    for (const { database } of opened) database.close();
  };
  try {
    for (const file of files) opened.push({ file, database: openToRead(file) });
  } catch (error) {
    close();
    throw error;
  }
  const readers = opened.map(({ file, database }) => readSqliteVectors(file, database));
  return { ...createMeaning(readers, options), close };
}

/** Over indexes that are searched as one, and that stay the caller's. */
export function createMeaning(
  readers: readonly VectorReader[],
  {
    embedder,
    deadlineMs: laterMs = DEFAULT_DEADLINE_MS,
    firstDeadlineMs = DEFAULT_FIRST_DEADLINE_MS,
  }: Omit<MeaningOptions, "files">,
): Meaning {
  let isFirst = true;
  const judged = new Map<VectorReader, Judged>();

  /** Once for each making of the vectors: a model that changes later gives other lengths, or is met by the next process. */
  async function judge(
    reader: VectorReader,
    making: VectorMaking,
    probing: () => ReturnType<typeof probeMaking>,
  ): Promise<{ readonly difference?: string; readonly failure?: string }> {
    const known = judged.get(reader);
    const written = JSON.stringify(making);
    if (known?.making === written) return known;
    const now = await probing();
    if ("kind" in now) return { failure: now.message };
    const difference = differenceOf(making, now);
    const fresh = { making: written, ...(difference !== undefined && { difference }) };
    if (difference === undefined) judged.set(reader, fresh);
    return fresh;
  }

  /** One that is too long for the model is cut. */
  async function embedQuestion(question: string, limits: Limits): Promise<Embedded> {
    for (let text = question; ; text = halved(text)) {
      const embedded = await embedder.embed([text], { purpose: "query", ...limits });
      if (embedded.status === "embedded" || embedded.tooLong !== true || text.length < 2) return embedded;
    }
  }
  async function search(question: string, maxResults: number, limits: Limits): Promise<Near> {
    let probe: ReturnType<typeof probeMaking> | undefined;
    const probing = (): ReturnType<typeof probeMaking> => (probe ??= probeMaking(embedder, limits));
    const notes: string[] = [];
    const fitting: { readonly reader: VectorReader; readonly making: VectorMaking }[] = [];
    for (const reader of readers) {
      const called = await reader.called();
      const advice = `Run: agentic-rag index ${quoted(called)}`;
      const making = await readMaking(reader);
      if (making instanceof AgenticRagError) {
        notes.push(
          `The vectors of ${called} cannot be read, so it was searched by words alone. ${making.message}`,
        );
        continue;
      }
      if (making === undefined) {
        notes.push(`The index of ${called} has no vectors yet, so it was searched by words alone. ${advice}`);
        continue;
      }
      const { difference, failure } = await judge(reader, making, probing);
      if (failure !== undefined) return { note: byWords(failure) };
      if (difference !== undefined) {
        notes.push(
          `The vectors of ${called} do not fit: ${difference}. It was searched by words alone. ${advice}`,
        );
        continue;
      }
      const { passages, embedded, failed } = await reader.counts();
      const lacking = passages - embedded - failed;
      if (lacking > 0) {
        notes.push(
          `${lacking.toLocaleString("en-US")} of ${passages.toLocaleString("en-US")} passages of ${called} have no vectors yet, and were searched by words alone. ${advice}`,
        );
      }
      fitting.push({ reader, making });
    }
    const note = notes.length === 0 ? {} : { note: notes.join(" ") };
    const [first] = fitting;
    if (first === undefined) return note;
    const embedded = await embedQuestion(question, limits);
    if (embedded.status === "failed") return { note: byWords(embedded.failure.message) };
    const [vector = new Float32Array()] = embedded.vectors;
    const other = fitting.find(({ making }) => making.dimensions !== vector.length);
    if (other !== undefined) {
      judged.clear();
      const { model, dimensions } = other.making;
      return {
        note: byWords(
          `${model} gave ${vector.length} dimensions, and the index has vectors of ${dimensions}.`,
        ),
      };
    }
    const found: Nearest[] = [];
    for (const { reader } of fitting) found.push(...(await nearestIn(reader, vector, question, maxResults)));
    const results = found.sort((a, b) => b.score - a.score).map(({ result }) => result);
    return { ...note, results, model: first.making.model };
  }
  return {
    async nearest(question, maxResults, signal) {
      const deadlineMs = isFirst ? Math.max(firstDeadlineMs, laterMs) : laterMs;
      isFirst = false;
      const found = await withDeadline({ deadlineMs, signal }, (ending) =>
        search(question, maxResults, { signal: ending, deadlineMs }),
      );
      if (found !== "deadline") return found;
      return { note: byWords(`the embedding model did not answer within ${deadlineMs / 1000} s.`) };
    },
    close: () => undefined,
  };
}

/** Who may read documents may still not read their vectors. */
async function readMaking(reader: VectorReader): Promise<VectorMaking | AgenticRagError | undefined> {
  try {
    return await reader.making();
  } catch (error) {
    if (AgenticRagError.isInstance(error) && error.code === "store-unusable") return error;
    throw error;
  }
}

function byWords(why: string): string {
  return `Searched by words alone: ${why}`;
}

interface Nearest {
  readonly score: number;
  readonly result: FoundResult;
}

/** Documents by their nearest passages. */
async function nearestIn(
  reader: VectorReader,
  vector: Float32Array,
  question: string,
  maxResults: number,
): Promise<readonly Nearest[]> {
  const folder = await reader.folder();
  const documents = new Map<number, FoundPassage[]>();
  for (const passage of await reader.nearest(vector, maxResults * PASSAGES_EACH)) {
    const held = documents.get(passage.document);
    if (held === undefined) documents.set(passage.document, [passage]);
    else held.push(passage);
  }
  return [...documents.values()].slice(0, maxResults).map((passages) => ({
    score: passages[0]?.score ?? 0,
    result: toResult(
      passages
        .filter(({ score }) => score >= (passages[0]?.score ?? 0) * NEARLY_AS_NEAR)
        .slice(0, MOST_SHOWN),
      folder,
      question,
    ),
  }));
}
