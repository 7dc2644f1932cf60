import { expect, test, vi } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { listOf, startEmbeddingServer, type EmbeddingTwin } from "../../search/embedding/embedding-server.ts";
import { createFolder, writeFile } from "../../search/temporary-folder.ts";
import { doctor } from "../doctor/run.ts";
import { startProgram } from "../process.ts";
import { createStage } from "../surroundings.ts";

const KEY = "emb-canary-0123456789";
const FILES = {
  "a.md": "# Harbour\n\nThe vessel sails at noon.",
  "b.md": "# Garage\n\nA red car is inside.",
};

async function stageOf(twin: EmbeddingTwin = {}, files: Readonly<Record<string, string>> = FILES) {
  const server = await startEmbeddingServer({ key: KEY, ...twin });
  const folder = createFolder(files);
  const environment = {
    AGENTIC_RAG_DOCUMENTS: folder,
    AGENTIC_RAG_EMBEDDING_URL: server.baseUrl,
    AGENTIC_RAG_EMBEDDING_MODEL: "tiny",
    AGENTIC_RAG_EMBEDDING_KEY: KEY,
  };
  return { server, folder, environment };
}

function steady(text: string): string {
  return text.replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:1").replaceAll(/[\d.]+ m?s\b/g, "0.1 s");
}

async function run(args: readonly string[], environment: Readonly<Record<string, string>>) {
  const stage = createStage({ environment });
  const exitCode = await runProgram(args, stage.surroundings);
  expect(stage.out() + stage.err()).not.toContain(KEY);
  return { exitCode, out: steady(stage.out()), err: steady(stage.err()), raw: stage.out() };
}

function embeddingLines(out: string): string[] {
  return out.split("\n").filter((line) => /^\w+ +embedding:/u.test(line));
}

test("index embeds, search finds by it and says so, doctor tells what is in use", async () => {
  const { folder, environment } = await stageOf();
  const built = await run(["index", folder], environment);
  expect(built.exitCode).toBe(0);
  expect(built.out).toContain("Vectors of tiny (4 dimensions): 2 made; 2 of 2 passages have one, 0.1 s.\n");
  const found = await run(["search", "automobile"], environment);
  expect(found.out.split("\n")[0]).toBe("1  Garage");
  expect(found.err).toBe("local found 2 results in 0.1 s, by words and by vectors of tiny\n");
  const json = await run(["search", "--json", "automobile"], environment);
  expect(JSON.parse(json.raw)).toMatchObject({ status: "found", embedding: "tiny" });
  expect(embeddingLines((await doctor(environment)).out)).toEqual([
    "ok       embedding: tiny gives 4 dimensions, asked in 0.1 s",
    `ok       embedding: ${folder} is searched by words and by vectors of tiny: 2 of 2 passages`,
  ]);

  const again = await run(["index", "--json", folder], environment);
  expect(JSON.parse(again.raw)).toMatchObject({
    unchanged: 2,
    vectors: { model: "tiny", dimensions: 4, passages: 2, vectors: 2, embedded: 0, reused: 0, failed: 0 },
  });
  // without the setting, as if there were none
  const { AGENTIC_RAG_DOCUMENTS } = environment;
  expect((await run(["search", "automobile"], { AGENTIC_RAG_DOCUMENTS })).exitCode).toBe(1);
  expect(embeddingLines((await doctor({ AGENTIC_RAG_DOCUMENTS })).out)).toEqual([
    `ok       embedding: ${folder} is searched by words alone: it has vectors of tiny, but no embedding model is set (AGENTIC_RAG_EMBEDDING_URL or AGENTIC_RAG_EMBEDDING_GGUF)`,
  ]);
});

test("a model that changed is told, and made anew by name", async () => {
  const { folder, environment } = await stageOf({ models: ["tiny", "other"] });
  await run(["index", folder], environment);
  const changed = { ...environment, AGENTIC_RAG_EMBEDDING_MODEL: "other" };
  const found = await run(["search", "car"], changed);
  expect(found.err).toContain(
    `The vectors of ${folder} do not fit: they are of tiny, and other is asked now. It was searched by words alone. Run: agentic-rag index ${folder}\n`,
  );
  expect(embeddingLines((await doctor(changed)).out)[1]).toBe(
    `warning  embedding: the vectors of ${folder} do not fit: they are of tiny, and other is asked now. It is searched by words alone. Run: agentic-rag index ${folder}`,
  );
  expect((await run(["index", folder], changed)).out).toContain(
    "All vectors were made anew: they are of tiny, and other is asked now.\nVectors of other (4 dimensions): 2 made;",
  );
});

test("an endpoint that refuses: the words are indexed and searched, and the command ends with 1", async () => {
  const { folder, environment } = await stageOf({ key: "emb-another" });
  const built = await run(["index", folder], environment);
  expect(built.exitCode).toBe(1);
  expect(built.out).toContain("2 added");
  expect(built.out).toMatch(
    /Not embedded: The embedding server at \S+ answered with HTTP status 401 \(.*\)\. Check the API key\. 2 passages have no vector yet; the same command goes on from there\./u,
  );
  const found = await run(["search", "car"], environment);
  expect(found.out.split("\n")[0]).toBe("1  Garage");
  expect(found.err).toContain(`The index of ${folder} has no vectors yet`);
  expect(embeddingLines((await doctor(environment)).out)).toEqual([
    expect.stringMatching(
      /^warning {2}embedding: .* HTTP status 401 .* Documents are searched by words alone\. The setting is AGENTIC_RAG_EMBEDDING_URL\.$/u,
    ),
  ]);
});

test("settings that do not fit together", async () => {
  const both = { AGENTIC_RAG_EMBEDDING_URL: "http://127.0.0.1:1", AGENTIC_RAG_EMBEDDING_GGUF: "a.gguf" };
  expect((await run(["search", "q"], both)).err).toContain(
    "AGENTIC_RAG_EMBEDDING_URL and AGENTIC_RAG_EMBEDDING_GGUF are both set. Leave one of them out.",
  );
  expect((await run(["search", "q"], { AGENTIC_RAG_EMBEDDING_KEY: KEY })).err).toContain(
    "AGENTIC_RAG_EMBEDDING_KEY is set without AGENTIC_RAG_EMBEDDING_URL or AGENTIC_RAG_EMBEDDING_GGUF",
  );
});

test("a build that is killed goes on where it was", { timeout: 60_000 }, async () => {
  const files = Object.fromEntries(
    Array.from({ length: 100 }, (_, at) => [`${at}.md`, `# Number ${at}\n\nThe ship ${at}.`]),
  );
  const { folder, environment, server } = await stageOf({ silentFrom: 4 }, files);
  const killed = startProgram(["index", folder], { environment });
  // the first is about the model, and two batches were answered
  await expect.poll(() => server.requests.length, { timeout: 30_000, interval: 20 }).toBe(4);
  killed.child.kill("SIGKILL");
  expect((await killed.ended).signal).toBe("SIGKILL");
  const healthy = await startEmbeddingServer({ key: KEY });
  const built = await run(["index", folder], { ...environment, AGENTIC_RAG_EMBEDDING_URL: healthy.baseUrl });
  expect(built.out).toContain("100 unchanged\n");
  expect(built.out).toContain(
    "Vectors of tiny (4 dimensions): 36 made; 100 of 100 passages have one, 0.1 s.\n",
  );
  writeFile(folder, "new.md", "# New\n\nA new boat.");
  const more = await run(["index", folder], { ...environment, AGENTIC_RAG_EMBEDDING_URL: healthy.baseUrl });
  expect(more.out).toContain("1 made; 101 of 101 passages have one");
  expect(healthy.texts().at(-1)).toEqual(["New\nA new boat."]);
});

test("--watch embeds what could not be embedded before, once the model answers", async () => {
  const { folder, environment } = await stageOf({
    spoil: (vectors, request) => (request === 1 ? { error: "still loading" } : listOf(vectors)),
  });
  const stage = createStage({ environment });
  const listeners: ((name: "SIGINT") => void)[] = [];
  const ended = runProgram(["index", folder, "--watch"], {
    ...stage.surroundings,
    onSignal(listener) {
      listeners.push(listener);
      return () => undefined;
    },
  });
  await vi.waitFor(() => expect(stage.out()).toContain("2 of 2 passages have one"), 20_000);
  expect(stage.out().indexOf("Not embedded: ")).toBeLessThan(stage.out().indexOf("2 of 2 passages"));
  expect(stage.out().split("Not embedded: ")).toHaveLength(2);
  for (const listener of listeners) listener("SIGINT");
  expect(await ended).toBe(130);
});
