import { describe, expect, onTestFinished, test } from "vitest";
import { createLocalEngine } from "../../../../src/search/local/local.ts";
import { buildPostgresIndex, openPostgresIndex } from "../../../../src/search/local/postgres/postgres.ts";
import { buildPostgresVectors } from "../../../../src/search/local/postgres/vector-build.ts";
import { createMeaning } from "../../../../src/search/local/vectors/meaning.ts";
import { NO_POSTGRES, startPostgres } from "../../../servers/postgres.ts";
import { createFolder } from "../../temporary-folder.ts";
import { counts, embedding, FILES, search } from "../vectors/embedded-files.ts";

describe.skipIf(NO_POSTGRES !== "")(`a server without pgvector ${NO_POSTGRES}`, () => {
  test("says what to install, and its documents are searched by words", async () => {
    await using plain = await startPostgres();
    const folder = createFolder(FILES);
    const { embedder, server: twin } = await embedding();
    const options = { folder, address: plain.url };
    await (await buildPostgresIndex(options)).index.close();
    const place = new URL(plain.url).host;
    expect(counts(await buildPostgresVectors({ ...options, embedder }))).toEqual({
      passages: 3,
      vectors: 0,
      embedded: 0,
      reused: 0,
      failed: 0,
      problem: `The server of the database ${place}/postgres has no pgvector, in which vectors are kept. Install it there (postgresql-18-pgvector of Debian, the image pgvector/pgvector:pg18), then index again; until then words alone are searched.`,
    });
    expect(twin.texts()).toEqual([]);
    const index = await openPostgresIndex(plain.url, [folder]);
    if (index === undefined) throw new Error("nothing was indexed");
    onTestFinished(async () => index.close());
    const engine = createLocalEngine({ index, meaning: createMeaning(index.vectors, { embedder }) });
    expect(await search(engine, "vessel", 1)).toEqual({
      titles: ["Harbour"],
      embedding: undefined,
      note: `The index of ${folder} has no vectors yet, so it was searched by words alone. Run: agentic-rag index ${folder}`,
    });
  });
});
