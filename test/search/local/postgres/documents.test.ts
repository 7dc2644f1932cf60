import { describe, expect, onTestFinished, test } from "vitest";
import { connectPostgres } from "../../../../src/postgres/connection.ts";
import type { Document } from "../../../../src/search/local/documents/document.ts";
import { indexDocuments } from "../../../../src/search/local/index-builder.ts";
import {
  buildPostgresIndex,
  indexPostgresDocuments,
  openPostgresIndex,
} from "../../../../src/search/local/postgres/postgres.ts";
import { NO_POSTGRES } from "../../../servers/postgres.ts";
import { createFolder } from "../../temporary-folder.ts";
import { expectTrueCounts, useDatabases } from "./place.ts";

const APPLE = {
  title: "Apple",
  url: "https://example.org/apple",
  text: "A fruit of the north.",
  date: "2024-05-01",
};
const PEAR = { title: "Pear", url: "https://example.org/pear", text: "A fruit with a long neck." };

describe.skipIf(NO_POSTGRES !== "")(`documents that are no files ${NO_POSTGRES}`, () => {
  const { server, create } = useDatabases();

  test("are added, replaced by their URL, and found as in a file, beside folders", async () => {
    const { address, connection, open } = await create();
    const add = async (...documents: readonly Document[]) => {
      const { index, report } = await indexPostgresDocuments({ address, documents });
      expect(await index.builds()).toEqual([]);
      await index.close();
      return { added: report.added, updated: report.updated };
    };
    expect(await add({ ...APPLE, text: "It was another fruit before." })).toEqual({ added: 1, updated: 0 });
    // of one URL the last counts
    expect(await add(APPLE, { ...PEAR, text: "A nut." }, PEAR)).toEqual({ added: 1, updated: 2 });
    const again = await Promise.all(
      [0, 1].map(() => indexPostgresDocuments({ address, documents: [APPLE, PEAR] })),
    );
    for (const { index, report } of again) {
      expect(report).toMatchObject({ documents: 2, passages: 2, added: 0, updated: 2 });
      await index.close();
    }
    await expectTrueCounts(connection);
    const kept = await indexDocuments({ file: ":memory:", documents: [APPLE, PEAR] });
    onTestFinished(() => kept.index.close());
    const alone = await open();
    for (const question of ["fruit", "long neck", "north"]) {
      expect(await alone.rank(question, 5)).toEqual(kept.index.rank(question, 5));
    }
    const folder = createFolder({ "plum.md": "# Plum\n\nA fruit from here." });
    await (await buildPostgresIndex({ folder, address })).index.close();
    const titles = async (...folders: readonly string[]) =>
      (await (await open(...folders)).rank("fruit", 5))
        .map(({ result }) => result.title ?? "")
        .toSorted((a, b) => a.localeCompare(b));
    expect([await titles(folder), await titles()]).toEqual([["Plum"], ["Apple", "Pear", "Plum"]]);
  });

  test("a server that is down is waited for once; then each call tries once, until one gets through", async () => {
    const { address } = await create();
    const connection = await connectPostgres(address, { retryMs: 300, waitOnce: true });
    onTestFinished(() => connection.close());
    const ask = async (): Promise<string> => {
      const error: unknown = await connection.query("select 1").catch((thrown: unknown) => thrown);
      return error instanceof Error ? error.message : "answered";
    };
    expect(await ask()).toBe("answered");
    await server().stop("fast");
    expect(await ask()).toContain("did not answer for 0 s");
    for (const call of [1, 2]) expect(`${call}: ${await ask()}`).toContain("still does not answer");
    // also where it is opened anew
    const again: unknown = await openPostgresIndex(address).catch((thrown: unknown) => thrown);
    expect(again).toMatchObject({ message: expect.stringContaining("still does not answer") as string });
    await server().start();
    expect(await ask()).toBe("answered");
    await server().stop("fast");
    expect(await ask()).toContain("did not answer for 0 s");
    await server().start();
  });
});
