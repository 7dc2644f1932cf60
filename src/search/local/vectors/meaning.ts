import { z } from "zod";
import { withDeadline } from "../../../net/deadline.ts";
import { quoted } from "../../../text/quoted.ts";
import type { SqliteDatabase } from "../../../sqlite/sqlite.ts";
import type { Embedder } from "../../embedding/embedder.ts";
import type { FoundResult } from "../../outcome.ts";
import { openToRead } from "../sqlite/index-store.ts";
import type { FoundPassage } from "../index-reader.ts";
import { toResult } from "../ranking.ts";
import { passageRows } from "../sqlite/index-reader.ts";
import { differenceOf, probeMaking } from "./making.ts";
import { bytesOf, countVectors, readMaking, type VectorCounts, type VectorMaking } from "./vector-table.ts";

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

const NEAREST = `
  select 1 - hit.distance as score, passage.document, passage.position, passage.text, passage.page, passage.heading,
    document.key, document.title, document.url, document.date
  from (
    select passage, vector_distance_cos(vector, ?) as distance from vectors
    where passage > 0 and vector is not null order by distance limit ?
  ) hit
  join passages passage on passage.id = hit.passage
  join documents document on document.id = passage.document
  order by hit.distance, passage.id`;
const versionRow = z.object({ version: z.number() });
const folderRow = z.object({ value: z.string() }).optional();

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
export function openMeaning(options: MeaningOptions): Meaning {
  const { files, embedder, deadlineMs: laterMs = DEFAULT_DEADLINE_MS } = options;
  const { firstDeadlineMs = DEFAULT_FIRST_DEADLINE_MS } = options;
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
  let isFirst = true;
  const judged = new Map<string, Judged>();
  const counts = new Map<string, VectorCounts & { readonly version: number }>();

  /** Once for each making of the vectors: a model that changes later gives other lengths, or is met by the next process. */
  async function judge(
    file: string,
    making: VectorMaking,
    probing: () => ReturnType<typeof probeMaking>,
  ): Promise<{ readonly difference?: string; readonly failure?: string }> {
    const known = judged.get(file);
    const written = JSON.stringify(making);
    if (known?.making === written) return known;
    const now = await probing();
    if ("kind" in now) return { failure: now.message };
    const difference = differenceOf(making, now);
    const fresh = { making: written, ...(difference !== undefined && { difference }) };
    if (difference === undefined) judged.set(file, fresh);
    return fresh;
  }

  /** Counting reads all that there is: once for each state of the file. */
  function counted(file: string, database: SqliteDatabase): VectorCounts {
    const { version } = versionRow.parse(
      database.prepare("select data_version as version from pragma_data_version").get(),
    );
    const known = counts.get(file);
    if (known?.version === version) return known;
    const fresh = { ...countVectors(database), version };
    counts.set(file, fresh);
    return fresh;
  }

  async function search(question: string, maxResults: number, limits: Limits): Promise<Near> {
    let probe: ReturnType<typeof probeMaking> | undefined;
    const probing = (): ReturnType<typeof probeMaking> => (probe ??= probeMaking(embedder, limits));
    const notes: string[] = [];
    const fitting: { readonly database: SqliteDatabase; readonly making: VectorMaking }[] = [];
    for (const { file, database } of opened) {
      const making = readMaking(database);
      const called = folderOf(database) ?? file;
      const advice = `Run: agentic-rag index ${quoted(called)}`;
      if (making === undefined) {
        notes.push(`The index of ${called} has no vectors yet, so it was searched by words alone. ${advice}`);
        continue;
      }
      const { difference, failure } = await judge(file, making, probing);
      if (failure !== undefined) return { note: byWords(failure) };
      if (difference !== undefined) {
        notes.push(
          `The vectors of ${called} do not fit: ${difference}. It was searched by words alone. ${advice}`,
        );
        continue;
      }
      const { passages, embedded, failed } = counted(file, database);
      const lacking = passages - embedded - failed;
      if (lacking > 0) {
        notes.push(
          `${lacking.toLocaleString("en-US")} of ${passages.toLocaleString("en-US")} passages of ${called} have no vectors yet, and were searched by words alone. ${advice}`,
        );
      }
      fitting.push({ database, making });
    }
    const note = notes.length === 0 ? {} : { note: notes.join(" ") };
    const [first] = fitting;
    if (first === undefined) return note;
    const embedded = await embedder.embed([question], { purpose: "query", ...limits });
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
    const results = fitting
      .flatMap(({ database }) => nearestIn(database, vector, question, maxResults))
      .sort((a, b) => b.score - a.score)
      .map(({ result }) => result);
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
    close,
  };
}

function byWords(why: string): string {
  return `Searched by words alone: ${why}`;
}

/** Documents by their nearest passages. */
function nearestIn(
  database: SqliteDatabase,
  vector: Float32Array,
  question: string,
  maxResults: number,
): readonly { readonly score: number; readonly result: FoundResult }[] {
  // a buffer on its own ends the process
  const rows = database.prepare(NEAREST).all([bytesOf(vector), maxResults * PASSAGES_EACH]);
  const folder = folderOf(database);
  const documents = new Map<number, FoundPassage[]>();
  for (const passage of passageRows.parse(rows)) {
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

function folderOf(database: SqliteDatabase): string | undefined {
  const row = database.prepare("select value from settings where name = 'folder'").get();
  return folderRow.parse(row)?.value;
}
