import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  buildIndex,
  indexDocuments,
  type IndexFolderOptions,
} from "../../../src/search/local/index-builder.ts";
import { compareWithFolder, lackOf } from "../../../src/search/local/index-state.ts";
import { createLocalEngine } from "../../../src/search/local/local.ts";
import { openIndex } from "../../../src/search/local/local-index.ts";
import { build, FILES } from "./index-files.ts";
import { createFolder, writeFile } from "../temporary-folder.ts";

async function lack(file: string): Promise<string | undefined> {
  const index = openIndex(file);
  const state = await compareWithFolder(index.build()).finally(() => index.close());
  return state === undefined ? undefined : lackOf(state);
}

async function stopped(options: IndexFolderOptions, after: number): Promise<void> {
  const stop = new AbortController();
  const onProgress: IndexFolderOptions["onProgress"] = ({ done }) => done === after && stop.abort();
  await expect(buildIndex({ ...options, signal: stop.signal, onProgress })).rejects.toThrow("aborted");
}

test("an index says what came, changed and went since it was built, until it is built again", async () => {
  const folder = createFolder({ ...FILES, "broken.pdf": "no PDF", "picture.png": "no text" });
  const file = join(createFolder(), "index.db");
  await build({ folder, file });
  expect(await lack(file)).toBeUndefined();

  writeFile(folder, "d.md", "# Date\n\nA brown fruit.");
  expect(await lack(file)).toBe(
    `The index of ${folder} holds 3 of 4 files. Run: agentic-rag index ${folder}`,
  );
  writeFile(folder, "a.md", "# Apricot\n\nAn orange fruit.");
  expect(await lack(file)).toBe(
    `The index of ${folder} holds 3 of 4 files, 1 changed since. Run: agentic-rag index ${folder}`,
  );
  rmSync(join(folder, "c.html"));
  expect(await lack(file)).toBe(
    `The index of ${folder} holds 2 of 3 files, 1 changed and 1 deleted since. Run: agentic-rag index ${folder}`,
  );
  writeFile(folder, "broken.pdf", "still no PDF");
  expect(await lack(file)).toBe(
    `The index of ${folder} holds 2 of 4 files, 1 changed and 1 deleted since. Run: agentic-rag index ${folder}`,
  );
  await build({ folder, file });
  expect(await lack(file)).toBeUndefined();
});

test("what was excluded or too large when it was built is not missing", async () => {
  const folder = createFolder({ ...FILES, "large.txt": "long ".repeat(100) });
  const file = join(createFolder(), "index.db");
  await build({ folder, file, exclude: ["deep"], maxFileBytes: 100 });
  expect(await lack(file)).toBeUndefined();
});

test("a build that was stopped says so, and the next one goes on from there", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 250 }, (_, at) => [`${at}.txt`, `apple number ${at}`]),
  );
  const folder = createFolder(many);
  const file = join(createFolder(), "it's an index", "index.db");
  await stopped({ folder, file }, 230);
  expect(await lack(file)).toBe(
    `The index of ${folder} holds 200 of 250 files; its last build did not come to its end. Run: agentic-rag index ${folder}`,
  );
  expect(await build({ folder, file })).toMatchObject({ added: 50, unchanged: 200 });
  expect(await lack(file)).toBeUndefined();
});

test("a folder whose name needs quotes is quoted in the command", async () => {
  const folder = join(createFolder({ "it's here/a.md": "# Apple" }), "it's here");
  const file = join(createFolder(), "index.db");
  await stopped({ folder, file }, 1);
  expect(await lack(file)).toContain(String.raw`it'\''s here'`);
});

test("nothing is missing where there is no folder to compare with", async () => {
  const folder = createFolder(FILES);
  const file = join(createFolder(), "index.db");
  await build({ folder, file });
  rmSync(folder, { recursive: true });
  expect(await lack(file)).toBeUndefined();
  const documents = [{ title: "Note", url: "https://notes.test/1", text: "An apple." }];
  const other = join(createFolder(), "index.db");
  (await indexDocuments({ documents, file: other })).index.close();
  expect(await lack(other)).toBeUndefined();
});

test("each search says it, found or not", async () => {
  const folder = createFolder(FILES);
  const file = join(createFolder(), "index.db");
  await build({ folder, file });
  writeFile(folder, "d.md", "# Date\n\nA brown fruit.");
  const index = openIndex(file);
  const engine = createLocalEngine({ index });
  const note = `The index of ${folder} holds 3 of 4 files. Run: agentic-rag index ${folder}`;
  expect(await engine.search("apple")).toMatchObject({ status: "found", note });
  expect(await engine.search("durian")).toEqual({ status: "nothing", note });
  index.close();
});

test("of two builds at once the second waits, and reads nothing again", async () => {
  const folder = createFolder(FILES);
  const file = join(createFolder(), "index.db");
  let waits = 0;
  const onWait = (): void => void waits++;
  const both = await Promise.all([build({ folder, file, onWait }), build({ folder, file, onWait })]);
  // either may be the first
  expect(both).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ added: 3, unchanged: 0 }),
      expect.objectContaining({ added: 0, unchanged: 3 }),
    ]),
  );
  expect(waits).toBe(1);
});
