import { delimiter } from "node:path";
import { expect, test } from "vitest";
import { joinPaths, splitPaths } from "../../src/settings/documents.ts";
import { readSettings } from "../../src/settings/settings.ts";

test.each([
  [["/a"]],
  [["/a", "/b"]],
  [[`/a${delimiter}b`]],
  [["[x]", "/b"]],
  [[`/a "quoted"`, "/my docs, old"]],
  [[]],
])("paths %j are read from what they were written to", (paths) => {
  expect(splitPaths(joinPaths(paths))).toEqual(paths);
});

test("documents have their index in their folder, or where it is said", () => {
  expect(readSettings({}).documents).toEqual([]);
  const folders = { AGENTIC_RAG_DOCUMENTS: `/a${delimiter} /b ${delimiter}` };
  expect(readSettings(folders).documents).toEqual([
    { folder: "/a", index: "/a/.agentic-rag/index.sqlite" },
    { folder: "/b", index: "/b/.agentic-rag/index.sqlite" },
  ]);
  const files = { AGENTIC_RAG_INDEX_FILE: `/x.sqlite${delimiter}/y.sqlite` };
  expect(readSettings({ ...folders, ...files }).documents).toEqual([
    { folder: "/a", index: "/x.sqlite" },
    { folder: "/b", index: "/y.sqlite" },
  ]);
  expect(readSettings(files).documents).toEqual([{ index: "/x.sqlite" }, { index: "/y.sqlite" }]);
  expect(() => readSettings({ ...folders, AGENTIC_RAG_INDEX_FILE: "/x.sqlite" })).toThrow(
    "AGENTIC_RAG_INDEX_FILE names 1 and AGENTIC_RAG_DOCUMENTS 2. Name one file for each folder, in the same order.",
  );
});

test("what is indexed", () => {
  expect(readSettings({}).indexing).toEqual({ exclude: [], maxFileBytes: 20_000_000 });
  const given = { AGENTIC_RAG_EXCLUDE: "drafts/, *.bak,", AGENTIC_RAG_MAX_FILE_MB: "0.5" };
  expect(readSettings(given).indexing).toEqual({ exclude: ["drafts/", "*.bak"], maxFileBytes: 500_000 });
});
