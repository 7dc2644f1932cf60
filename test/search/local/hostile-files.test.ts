import { spawnSync } from "node:child_process";
import { symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { makeHostileFolder } from "../../../bench/indexing/hostile-folder.ts";
import { buildIndex } from "../../../src/search/local/index-builder.ts";
import { passagesOf } from "../../../src/search/local/passages.ts";
import { createFolder, writeFile } from "../temporary-folder.ts";

const SAMPLES = fileURLToPath(new URL("../../../bench/documents/folder", import.meta.url));
const SIZES = { bomb: 1_000_000, depth: 2_000 };
const EMPTY = "it holds no text";

/** What cannot be read, or not wholly, of the files that are the same for each seed. */
const NAMED: Readonly<Record<string, string>> = {
  "aliases.md": "its front matter is not used: Excessive alias count indicates a resource exhaustion attack",
  "blank.txt": EMPTY,
  "bomb-that-lies.docx": "too many bytes in the stream. expected 1000. got at least 16384",
  "bomb-that-says-so.docx": "it unpacks to more than 100000000 bytes",
  "bomb.docx": EMPTY,
  "bomb.epub": "it does not say where its contents are",
  "bomb.pdf":
    "it holds no text: it seems to be a scan (its page is a picture); run it through a text recognition (OCR)",
  "brackets.md": EMPTY,
  "cells.ipynb": "it is no Jupyter notebook of format 4",
  "comments.html": EMPTY,
  "deep-objects.json": "it is nested more than 200 deep",
  "deep.docx": "it is nested more than 2000 deep",
  "deep.json": "it is nested more than 200 deep",
  "empty.docx":
    "End of central directory record signature not found. Either not a zip file, or file is truncated.",
  "empty.json": EMPTY,
  "empty.pdf": "The PDF file is empty, i.e. its size is zero bytes.",
  "locked.docx": "it is locked by a password, or in the format of Office before 2007; save it anew",
  "nul.md": "it is no text, although its name says so",
  "roles.rst": EMPTY,
};

test("a folder of hostile files is indexed: each is read or named, and none stops the rest", async () => {
  const folder = createFolder({ "good.md": "# Good\n\nThe password is tangerine." });
  const names = makeHostileFolder(folder, { count: 90, seed: 12, samples: SAMPLES, sizes: SIZES });
  writeFile(folder, "huge.txt", "");
  truncateSync(join(folder, "huge.txt"), 2 ** 30);
  symlinkSync(folder, join(folder, "loop"));
  symlinkSync(join(folder, "b.md"), join(folder, "a.md"));
  symlinkSync(join(folder, "a.md"), join(folder, "b.md"));
  symlinkSync("/dev/zero", join(folder, "device.md"));
  spawnSync("mkfifo", [join(folder, "pipe.md")]);
  writeFileSync(
    Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe]), Buffer.from(".md")]),
    "x",
  );

  const seen: string[] = [];
  const { index, report } = await buildIndex({
    folder,
    file: ":memory:",
    onProgress: ({ path }) => seen.push(path),
  });
  expect(index.find("password tangerine", 1)[0]?.title).toBe("Good");
  index.close();

  const reasons = new Map(report.problems.map(({ path, reason }) => [path, reason]));
  expect([...seen].sort()).toEqual([...names, "good.md"].sort());
  const isRead = (path: string): boolean => /indexed|not used|^$/u.test(reasons.get(path) ?? "");
  const unread = seen.filter((path) => !isRead(path));
  expect(report.documents + unread.length).toBe(seen.length);
  const fixed = names.filter((name) => !/^(?:spoilt|noise|misnamed)/u.test(name));
  expect(Object.fromEntries(fixed.map((name) => [name, reasons.get(name)]))).toEqual(
    Object.fromEntries(fixed.map((name) => [name, NAMED[name]])),
  );
  const others = ["a.md", "b.md", "device.md", "huge.txt", "pipe.md", "\uFFFD\uFFFD.md"];
  expect([...reasons.keys()]).toEqual(expect.arrayContaining(others));
}, 120_000);

test("a text of more lines than a call has room for arguments is cut into passages", () => {
  const line = "2026-01-01 something happened";
  const passages = passagesOf([
    { text: Array.from({ length: 200_000 }, () => line).join("\n"), headings: [] },
  ]);
  expect(passages.map(({ text }) => text.split("\n").length).reduce((sum, lines) => sum + lines, 0)).toBe(
    200_000,
  );
});
