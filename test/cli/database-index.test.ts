import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runProgram } from "../../src/cli/program.ts";
import { startEmbeddingServer } from "../search/embedding/embedding-server.ts";
import { createFolder } from "../search/temporary-folder.ts";
import { useDatabases } from "../search/local/postgres/place.ts";
import { startPgvector } from "../search/local/postgres/pgvector.ts";
import { NO_POSTGRES, PASSWORD } from "../servers/postgres.ts";
import { doctor } from "./doctor/run.ts";
import { createStage } from "./surroundings.ts";

const FILES = {
  "a.md": "# Harbour\n\nThe vessel sails at noon.",
  "b.md": "# Garage\n\nA red car is inside.",
};

async function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const stage = createStage({ environment });
  const exitCode = await runProgram(args, stage.surroundings);
  expect(stage.out() + stage.err()).not.toContain(PASSWORD);
  return { exitCode, out: stage.out(), err: stage.err() };
}

describe.skipIf(NO_POSTGRES !== "")(`documents in a database ${NO_POSTGRES}`, () => {
  const { create } = useDatabases();

  test("index, search, ask and doctor with --database", { timeout: 60_000 }, async () => {
    const { address } = await create();
    const place = new URL(address).host + new URL(address).pathname;
    const folder = createFolder(FILES);
    const database = ["--database", address];
    const early = await run(["search", ...database, "--docs", folder, "vessel"]);
    expect(early.exitCode).not.toBe(0);
    expect(early.err).toContain(
      `The database has no index of ${folder} yet. Build it: agentic-rag index ${folder}`,
    );

    const built = await run(["index", ...database, folder]);
    expect(built).toMatchObject({ exitCode: 0, err: "" });
    expect(built.out).toContain(`${folder}: 2 added, 0 updated, 0 removed, 0 unchanged\n`);
    expect(built.out).toContain(`Ask: agentic-rag ask --database "…" --docs ${folder} "…"\n`);
    const again = await run(["index", "--json", ...database, folder]);
    expect(JSON.parse(again.out)).toMatchObject({ folder, database: place, added: 0, unchanged: 2 });
    expect(again.out).not.toContain('"file"');

    const found = await run(["search", ...database, "--docs", folder, "vessel"]);
    expect(found.out.split("\n")[0]).toBe("1  Harbour");
    const answered = await run(["ask", ...database, "When does the vessel sail?"]);
    expect(answered.out).toContain("The vessel sails at noon [1].");
    expect(answered.err).toContain("from the documents in the database");

    const checked = (await doctor({ AGENTIC_RAG_DATABASE: address, AGENTIC_RAG_DOCUMENTS: folder })).out;
    expect(checked).toContain(`documents: ${folder}: 2 documents, 2 passages in the database ${place}\n`);
    rmSync(join(folder, "a.md"));
    const behind = (await doctor({ AGENTIC_RAG_DATABASE: address, AGENTIC_RAG_DOCUMENTS: folder })).out;
    expect(behind).toContain(
      `The index of ${folder} holds 1 of 1 files, 1 deleted since. Run: agentic-rag index`,
    );
  });

  test("a file that is named wins, and one that is there is searched until the database holds the folder", async () => {
    const { address } = await create();
    const folder = createFolder(FILES);
    await run(["index", folder]);
    const environment = { AGENTIC_RAG_DATABASE: address, AGENTIC_RAG_DOCUMENTS: folder };
    const inFile = await run(["search", "--json", "vessel"], environment);
    expect(JSON.parse(inFile.out)).toMatchObject({ status: "found", results: [{ title: "Harbour" }] });
    const file = join(createFolder(), "index.sqlite");
    const named = await run(["index", "--json", "--index-file", file, folder], environment);
    expect(JSON.parse(named.out)).toMatchObject({ file, added: 2 });
  });
});

/** The embedding model of a test, as settings. */
async function embeddingOf(address: string): Promise<Readonly<Record<string, string>>> {
  const { baseUrl } = await startEmbeddingServer();
  return { AGENTIC_RAG_DATABASE: address, AGENTIC_RAG_EMBEDDING_URL: baseUrl };
}

describe("documents in a database, by meaning", () => {
  test("index makes vectors, search and doctor use them", { timeout: 60_000 }, async () => {
    await using server = await startPgvector();
    const folder = createFolder(FILES);
    const environment = await embeddingOf(server.url);
    const built = await run(["index", folder], environment);
    expect(built).toMatchObject({ exitCode: 0, err: "" });
    expect(built.out).toContain("Vectors of tiny (4 dimensions): 2 made; 2 of 2 passages have one");
    const again = await run(["index", "--json", folder], environment);
    expect(JSON.parse(again.out)).toMatchObject({ vectors: { embedded: 0, vectors: 2, passages: 2 } });
    const found = await run(["search", "--json", "automobile"], environment);
    expect(JSON.parse(found.out)).toMatchObject({
      embedding: "tiny",
      results: [{ title: "Garage" }, { title: "Harbour" }],
    });
    const checked = (await doctor(environment)).out;
    expect(checked).toContain("embedding: tiny gives 4 dimensions");
    expect(checked).toContain(`${folder} is searched by words and by vectors of tiny: 2 of 2 passages\n`);
    const { AGENTIC_RAG_DATABASE } = environment;
    const without = await run(["search", "--json", "automobile"], { AGENTIC_RAG_DATABASE: server.url });
    expect(JSON.parse(without.out)).not.toHaveProperty("embedding");
    expect((await doctor({ AGENTIC_RAG_DATABASE: AGENTIC_RAG_DATABASE ?? "" })).out).toContain(
      `${folder} is searched by words alone: it has vectors of tiny, but no embedding model is set`,
    );
  });

  test(
    "a database without pgvector is searched by words, and index says what to do",
    { timeout: 60_000 },
    async () => {
      await using server = await startPgvector({ has: false });
      const folder = createFolder(FILES);
      const environment = await embeddingOf(server.url);
      const built = await run(["index", folder], environment);
      expect(built.exitCode).toBe(1);
      expect(built.out).toContain("Not embedded: The server of the database");
      expect(built.out).toContain("has no pgvector, in which vectors are kept. Install it there");
      const found = await run(["search", "--json", "vessel"], environment);
      expect(JSON.parse(found.out)).toMatchObject({ status: "found", results: [{ title: "Harbour" }] });
      expect((await doctor(environment)).out).toContain(
        `${folder} has no vectors yet, so it is searched by words alone`,
      );
    },
  );
});
