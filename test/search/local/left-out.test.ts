import { expect, test } from "vitest";
import { listFolder } from "../../../src/search/local/documents/folder.ts";
import { createFolder } from "../temporary-folder.ts";

const FILES = Object.fromEntries(
  [
    "a.md",
    "b.png",
    "c.PNG",
    "d.zip",
    "noending",
    "build/out.md",
    "build/out.txt",
    "drafts/one.md",
    "drafts/keep.md",
    "old/two.md",
    "node_modules/x.md",
    ".hidden.md",
  ].map((path) => [path, "words"]),
);

async function list(
  files: Readonly<Record<string, string>>,
  exclude?: readonly string[],
): Promise<readonly [files: readonly string[], leftOut: Readonly<Record<string, number>>]> {
  const listing = await listFolder(createFolder(files), { maxFileBytes: 1_000, exclude });
  expect(listing.problems).toEqual([]);
  return [
    listing.files.map(({ path }) => path),
    Object.fromEntries(listing.leftOut.map((one) => [one.kind, one.files])),
  ];
}

test("what is not read because of its kind is counted by kind, the most frequent first", async () => {
  const [files, leftOut] = await list(FILES);
  expect(files).toEqual([
    "a.md",
    "build/out.md",
    "build/out.txt",
    "drafts/keep.md",
    "drafts/one.md",
    "old/two.md",
  ]);
  expect(Object.entries(leftOut)).toEqual([
    [".png", 2],
    [".zip", 1],
    ["without an ending", 1],
  ]);
});

test("a .gitignore holds below its folder, and the deepest one that says something counts", async () => {
  const ignoring = { ...FILES, ".gitignore": "build/\n*.md\n!a.md\n", "drafts/.gitignore": "!keep.md\n" };
  const [files, leftOut] = await list(ignoring);
  expect(files).toEqual(["a.md", "drafts/keep.md"]);
  expect(leftOut).toEqual({ "in .gitignore": 3, ".png": 2, ".zip": 1, "without an ending": 1 });
});

test("what is excluded stays so, whatever a .gitignore brings back", async () => {
  const ignoring = { ...FILES, "drafts/.gitignore": "!keep.md\n" };
  const [files, leftOut] = await list(ignoring, ["keep.md", "old", "*.png"]);
  expect(files).toEqual(["a.md", "build/out.md", "build/out.txt", "drafts/one.md"]);
  expect(leftOut).toEqual({ excluded: 4, ".zip": 1, "without an ending": 1 });
});
