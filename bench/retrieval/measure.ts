import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { bootstrap, quantile, type Estimate } from "../../src/eval/statistics.ts";
import { createGgufEmbeddings } from "../../src/model/gguf/embedding.ts";
import { createHttpReranker } from "../../src/search/around/reranker.ts";
import { createEndpointEmbedder } from "../../src/search/embedding/endpoint.ts";
import { createLangChainEmbedder } from "../../src/search/embedding/langchain.ts";
import { buildIndex } from "../../src/search/local/index-builder.ts";
import { buildVectors } from "../../src/search/local/vectors/build-vectors.ts";
import { openMeaning } from "../../src/search/local/vectors/meaning.ts";
import { FOLDERS, readQuestions } from "../documents/questions.ts";
import { measureSizes } from "./sizes.ts";
import { createCosineReranker, createWays, type Way } from "./ways.ts";

/** A question, and the files that hold its answer. */
interface Asked {
  readonly question: string;
  readonly folder: keyof typeof FOLDERS;
  readonly files: readonly string[];
}

const MOST = 10;
const DOCUMENT = fileURLToPath(new URL("../../docs/documents.md", import.meta.url));
const TABLES = /(<!-- retrieval -->\n).*(?=<!-- end of retrieval -->)/su;
const GGUF = fileURLToPath(
  new URL("../../.engine/embedding-model/all-MiniLM-L6-v2.F32.gguf", import.meta.url),
);

const paraphrase = z.object({ question: z.string(), file: z.string() });

/** One question about each article, in other words than the article's. */
function readParaphrases(): Asked[] {
  const lines = readFileSync(new URL("paraphrases.jsonl", import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  return lines.map((line) => {
    const { question, file } = paraphrase.parse(JSON.parse(line));
    return { question, folder: "corpus", files: [file] };
  });
}

/** Those of the frozen half that one document answers. */
function readFrozen(): Asked[] {
  return readQuestions("frozen")
    .filter(({ kind }) => kind === "answerable")
    .map(({ question, documents, files }) => ({ question, folder: documents, files }));
}

/** What a way made of a question: recall at 1, 5 and 10, the reciprocal rank, and milliseconds. */
type Row = readonly [number, number, number, number, number];

async function ask(way: Way, { question, folder, files }: Asked): Promise<Row> {
  const begun = performance.now();
  const found = await way.find(question, MOST);
  const took = performance.now() - begun;
  const ranks = files.map((file) => found.indexOf(addressOf(folder, file)) + 1);
  const recall = (most: number): number =>
    ranks.filter((rank) => rank > 0 && rank <= most).length / ranks.length;
  const best = Math.min(...ranks.filter((rank) => rank > 0));
  return [recall(1), recall(5), recall(10), Number.isFinite(best) ? 1 / best : 0, took];
}

function addressOf(folder: keyof typeof FOLDERS, file: string): string {
  const path = join(FOLDERS[folder], file);
  const written = /^url: (\S+)$/mu.exec(readFileSync(path, "utf8").slice(0, 500))?.[1];
  return written ?? pathToFileURL(path).href;
}

function shown({ mean, low, high }: Estimate): string {
  return `${mean.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

function table(name: string, questions: number, rows: ReadonlyMap<string, readonly Row[]>): string {
  const head = [
    `${name} (${questions})`,
    "recall@1",
    "recall@5",
    "recall@10",
    "MRR",
    "MRR over BM25",
    "ms, p50",
  ];
  const words = rows.get("BM25") ?? [];
  const lines = [...rows].map(([way, some]) => {
    const [one, five, ten, reciprocal] = bootstrap(some.map((row) => row.slice(0, 4)));
    const [over] = bootstrap(some.map((row, at) => [row[3] - (words[at]?.[3] ?? 0)]));
    const estimates = [one, five, ten, reciprocal, way === "BM25" ? undefined : over];
    const cells = estimates.map((estimate) => (estimate === undefined ? "" : shown(estimate)));
    return [
      way,
      ...cells,
      quantile(
        some.map((row) => row[4]),
        0.5,
      ).toFixed(0),
    ];
  });
  const rule = head.map((_, at) => (at === 0 ? "---" : "--:"));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The embedding model of the options, else the small one that a script fetches; undefined where there is none. */
function openEmbedder({ url, model, gguf = GGUF }: { url?: string; model?: string; gguf?: string }) {
  if (url !== undefined) {
    return { embedder: createEndpointEmbedder({ baseUrl: url, model }), close: async () => undefined };
  }
  if (!existsSync(gguf)) return undefined;
  const embeddings = createGgufEmbeddings({ modelPath: gguf, gpu: false });
  return { embedder: createLangChainEmbedder(embeddings, embeddings), close: () => embeddings.close() };
}

const { values } = parseArgs({
  options: {
    /** An embedding server and its model, or a file, instead of the small model. */
    url: { type: "string" },
    model: { type: "string" },
    gguf: { type: "string" },
    /** A reranker's address, instead of the embedding model's cosine. */
    rerank: { type: "string" },
    /** Passages of the second part, which needs no model; 0: none. */
    passages: { type: "string", default: "100000" },
    /** Puts the tables into docs/documents.md. */
    write: { type: "boolean", default: false },
  },
});

async function measureWays(): Promise<readonly string[]> {
  const opened = openEmbedder(values);
  if (opened === undefined) {
    console.log(
      "No embedding model is here, so only sizes are measured: `sh scripts/get-embedding-model.sh` fetches one.",
    );
    return [];
  }
  const { embedder, close } = opened;
  const reranker =
    values.rerank === undefined
      ? createCosineReranker(embedder)
      : createHttpReranker({ baseUrl: values.rerank });
  const scratch = mkdtempSync(join(tmpdir(), "retrieval-"));
  const tables: string[] = [];
  try {
    const ways = new Map<string, readonly Way[]>();
    for (const folder of ["corpus", "folder"] as const) {
      const file = join(scratch, `${folder}.sqlite`);
      const { index, report } = await buildIndex({ folder: FOLDERS[folder], file });
      const vectors = await buildVectors({ file, embedder });
      if (vectors.problem !== undefined) throw new Error(vectors.problem);
      console.log(
        `${folder}: ${report.documents} documents in ${report.passages} passages, ${(vectors.ms / vectors.embedded).toFixed(0)} ms to embed one`,
      );
      ways.set(
        folder,
        createWays(index, openMeaning({ files: [file], embedder, deadlineMs: 60_000 }), reranker),
      );
    }
    for (const [name, questions] of [
      ["in other words", readParaphrases()],
      ["frozen half", readFrozen()],
    ] as const) {
      const rows = new Map<string, Row[]>();
      for (const asked of questions) {
        for (const way of ways.get(asked.folder) ?? []) {
          const row = await ask(way, asked);
          rows.set(way.name, [...(rows.get(way.name) ?? []), row]);
        }
      }
      tables.push(table(name, questions.length, rows));
      console.log(`\n${tables.at(-1)}\n`);
    }
  } finally {
    await close();
    rmSync(scratch, { recursive: true });
  }
  return tables;
}

const tables = await measureWays();
const passages = Number(values.passages);
if (passages > 0) {
  const sizes = await measureSizes(passages);
  console.log(`${sizes}\n`);
  if (tables.length > 0 && values.write) put([...tables, sizes]);
}

function put(all: readonly string[]): void {
  const text = readFileSync(DOCUMENT, "utf8");
  writeFileSync(
    DOCUMENT,
    text.replace(TABLES, (_, mark: string) => `${mark}\n${all.join("\n\n")}\n\n`),
  );
}
