import { rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRandom, createZipf } from "../../bench/seeded-text.ts";
import type { BuildOptions, BuiltFrom } from "../../src/search/local/index-build.ts";
import { compareWithFolder } from "../../src/search/local/index-state.ts";
import type { DocumentIndex } from "../../src/search/local/local-index.ts";
import { createLocalEngine } from "../../src/search/local/local.ts";
import { createFolder, writeFile } from "../search/temporary-folder.ts";

/** Where one index is built and opened again. */
export interface IndexPlace {
  build(options: BuildOptions): Promise<BuiltFrom<DocumentIndex>>;
  open(folder: string): Promise<DocumentIndex>;
}

const FILES = {
  "a.md": "# Apple\n\nA red fruit.",
  "deep/b.txt": "banana, a yellow fruit",
  "c.html": "<p>cherry fruit",
};
const NONE = { added: 0, updated: 0, removed: 0, unchanged: 0, problems: [], leftOut: [] };

async function build(place: IndexPlace, options: BuildOptions): Promise<unknown> {
  const { index, report } = await place.build(options);
  await index.close();
  const { bytes, ms, ...counts } = report;
  expect(bytes).toBeGreaterThan(0);
  expect(ms).toBeGreaterThanOrEqual(0);
  return counts;
}
async function opened(place: IndexPlace, folder: string): Promise<DocumentIndex> {
  const index = await place.open(folder);
  onTestFinished(async () => index.close());
  return index;
}
async function titlesOf(index: DocumentIndex, question: string): Promise<string[]> {
  return (await index.rank(question, 500)).map(({ result }) => result.title ?? "");
}

/** What holds of every store that an index of documents lies in. */
export function describeDocumentIndex(name: string, newPlace: () => Promise<IndexPlace>): void {
  describe(`documents ${name}`, () => {
    test("reads a folder, and says what each document is and where it lies", async () => {
      const place = await newPlace();
      const folder = createFolder({ ...FILES, "x.zip": "" });
      expect(await build(place, { folder })).toEqual({
        ...NONE,
        documents: 3,
        passages: 3,
        added: 3,
        leftOut: [{ kind: ".zip", files: 1 }],
      });
      const index = await opened(place, folder);
      expect(await index.rank("red fruit", 2)).toEqual([
        {
          holdsAll: true,
          result: {
            title: "Apple",
            url: pathToFileURL(join(folder, "a.md")).href,
            text: "A red fruit.",
            date: undefined,
          },
        },
        { holdsAll: false, result: expect.objectContaining({ title: "c" }) as unknown },
      ]);
      expect(await index.count()).toEqual({ documents: 3, passages: 3 });
      expect((await index.notRead()).leftOut).toEqual([{ kind: ".zip", files: 1 }]);
      expect(await titlesOf(index, "nothing of it")).toEqual([]);
      expect(await titlesOf(index, "?!")).toEqual([]);
    });

    test("updates only what changed, takes away what is gone, and knows how it stands", async () => {
      const place = await newPlace();
      const folder = createFolder(FILES);
      await build(place, { folder });
      expect(await build(place, { folder })).toEqual({ ...NONE, documents: 3, passages: 3, unchanged: 3 });
      writeFile(folder, "a.md", "# Apricot\n\nAn orange fruit.");
      writeFile(folder, "d.md", "# Date\n\nA brown fruit.");
      rmSync(join(folder, "c.html"));
      utimesSync(join(folder, "deep/b.txt"), 1_000, 1_000);
      const before = await opened(place, folder);
      const [behind] = await Promise.all((await before.builds()).map(compareWithFolder));
      expect(behind).toEqual({ folder, files: 3, held: 2, changed: 2, deleted: 1, finished: true });
      expect(await build(place, { folder })).toEqual({
        ...NONE,
        documents: 3,
        passages: 3,
        added: 1,
        updated: 1,
        removed: 1,
        unchanged: 1,
      });
      const index = await opened(place, folder);
      expect((await titlesOf(index, "fruit")).sort()).toEqual(["Apricot", "Date", "b"]);
      for (const gone of ["apple", "cherry", "red"]) expect(await titlesOf(index, gone)).toEqual([]);
      const [now] = await Promise.all((await index.builds()).map(compareWithFolder));
      expect(now).toEqual({ folder, files: 3, held: 3, changed: 0, deleted: 0, finished: true });
      expect(await build(place, { folder })).toEqual({ ...NONE, documents: 3, passages: 3, unchanged: 3 });
    });

    test("ranks after changes as an index that is built anew", async () => {
      const place = await newPlace();
      const word = createZipf(12, createRandom(11));
      const text = (words: number): string => Array.from({ length: words }, word).join(" ");
      const folder = createFolder();
      // many of these are alike, more than are looked at
      const write = (at: number, words: number): void =>
        writeFile(folder, `${at % 7}/${at}.md`, `# Page\n\n${at % 2 === 0 ? "river stone" : text(words)}`);
      for (let at = 0; at < 200; at++) write(at, 20);
      await build(place, { folder });
      for (let at = 199; at >= 0; at -= 3) write(at, 90 + at);
      for (let at = 0; at < 200; at += 8) rmSync(join(folder, `${at % 7}/${at}.md`));
      await build(place, { folder });
      for (let at = 1; at < 200; at += 6) write(at, 5);
      await build(place, { folder });
      const changed = await opened(place, folder);
      const anew = await newPlace();
      await build(anew, { folder });
      const fresh = await opened(anew, folder);
      for (const question of ["river", "stone page", "page", ...Array.from({ length: 20 }, () => text(3))]) {
        const results = await fresh.rank(question, 20);
        expect([question, results.length]).toEqual([question, 20]);
        expect([question, await changed.rank(question, 20)]).toEqual([question, results]);
      }
    });

    test("names what it could not read each time, and keeps what it had of it", async () => {
      const place = await newPlace();
      const folder = createFolder({ "head.md": "text", "report.pdf": "no PDF" });
      const broken = { path: "report.pdf", reason: "Invalid PDF structure." };
      expect(await build(place, { folder })).toMatchObject({ added: 1, problems: [broken] });
      expect(await build(place, { folder })).toMatchObject({ unchanged: 1, problems: [broken] });
      writeFile(folder, "head.md", "");
      expect(await build(place, { folder })).toMatchObject({
        documents: 1,
        removed: 0,
        problems: [
          { path: "head.md", reason: "it holds no text; what was indexed of it before stays" },
          broken,
        ],
      });
      expect(await titlesOf(await opened(place, folder), "text")).toEqual(["head"]);
    });

    test("is usable when a build is aborted, says so, and goes on from there", async () => {
      const place = await newPlace();
      const folder = createFolder({ "a.md": "apple" });
      await build(place, { folder });
      for (let number = 0; number < 450; number++)
        writeFile(folder, `more/${number}.txt`, `apple number ${number}`);
      const controller = new AbortController();
      const { signal } = controller;
      const onProgress = ({ done }: { readonly done: number }): void => {
        if (done === 300) controller.abort();
      };
      await expect(place.build({ folder, signal, onProgress })).rejects.toMatchObject({ name: "AbortError" });
      const index = await opened(place, folder);
      expect(await index.count()).toEqual({ documents: 201, passages: 201 });
      expect((await index.builds()).map(({ finished }) => finished)).toEqual([false]);
      expect(await build(place, { folder })).toMatchObject({ documents: 451, added: 250, unchanged: 201 });
    });

    test("answers from one state while it is written", async () => {
      const place = await newPlace();
      const folder = createFolder(FILES);
      await build(place, { folder });
      const reader = await opened(place, folder);
      for (let number = 0; number < 250; number++)
        writeFile(folder, `more/${number}.txt`, `fruit number ${number}`);
      const found: Promise<number>[] = [];
      const look = async (): Promise<number> => (await reader.rank("fruit", 500)).length;
      await build(place, {
        folder,
        onProgress: ({ done }) => {
          if (done % 50 === 0) found.push(look());
        },
      });
      for (const count of await Promise.all(found)) expect([3, 203, 253]).toContain(count);
      expect(await look()).toBe(253);
    });

    test("reads a word that no passage holds as the one that it is mistyped for", async () => {
      const place = await newPlace();
      const folder = createFolder({ "valve.md": "# Valve\n\nThe pump has a red valve." });
      await build(place, { folder });
      const index = await opened(place, folder);
      const respellings = [{ word: "vlave", as: "valve" }];
      expect(await index.respell("Is the vlave red?")).toEqual({ text: "Is the valve red?", respellings });
      const outcome = await createLocalEngine({ index }).search("vlave pump", { maxResults: 1 });
      expect(outcome).toMatchObject({ status: "found", results: [{ title: "Valve" }], respellings });
      rmSync(join(folder, "valve.md"));
      await build(place, { folder });
      expect(await index.respell("vlave")).toEqual({ text: "vlave", respellings: [] });
    });

    test("takes no function word for a slip, whether a passage holds it or not", async () => {
      const place = await newPlace();
      const folder = createFolder({ "test.md": "# Test\n\nA thorough test, and a Nihct." });
      await build(place, { folder });
      const index = await opened(place, folder);
      for (const text of ["Is it through the test?", "Wie läuft der Test nicht?"]) {
        expect(await index.respell(text)).toEqual({ text, respellings: [] });
      }
      const respellings = [{ word: "thorogh", as: "thorough" }];
      expect(await index.respell("through a thorogh test")).toEqual({
        text: "through a thorough test",
        respellings,
      });
    });

    test("makes nothing of a folder that is missing", async () => {
      const place = await newPlace();
      await expect(place.build({ folder: join(createFolder(), "missing") })).rejects.toMatchObject({
        code: "documents-unreadable",
      });
    });
  });
}
