import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AgenticRagError } from "../../../src/errors.ts";
import { refuseTornState } from "../../../src/server/state/files.ts";
import { serverFolder, startDevServer } from "../dev-server.ts";
import { API_KEYS } from "../visitors.ts";

const OPERATIONS = JSON.stringify({
  json: {
    runs: {},
    threads: { a: { thread_id: "a", metadata: { owner: "alice" }, status: "idle" } },
    assistants: {},
    assistant_versions: [],
    retry_counter: {},
  },
});
const TORN = OPERATIONS.slice(0, -20);

const nested = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth));
const unreadable = (value: unknown): string =>
  JSON.stringify({ json: { threads: { a: { metadata: { value } } } } });

let folder: string;
const write = (name: string, text: string): string => {
  mkdirSync(join(folder, ".langgraph_api"), { recursive: true });
  const file = join(folder, ".langgraph_api", name);
  writeFileSync(file, text);
  return file;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agentic-rag-state-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("no files and whole files are taken", async () => {
  await expect(refuseTornState(folder)).resolves.toBeUndefined();
  write(".langgraphjs_ops.json", OPERATIONS);
  write(".langgraphjs_api.store.json", "{}");
  await expect(refuseTornState(folder)).resolves.toBeUndefined();
  expect(readdirSync(join(folder, ".langgraph_api")).length).toBe(2);
});

test.each([
  [".langgraphjs_ops.json", TORN],
  [".langgraphjs_api.checkpointer.json", '{"json":{"sto'],
  [".langgraphjs_api.store.json", ""],
  [".langgraphjs_ops.json", unreadable({ lc: 1, type: "constructor", id: ["evil", "Nothing"], kwargs: {} })],
  [".langgraphjs_api.store.json", unreadable({ lc: 1, type: "not_implemented", id: ["Object"] })],
  [".langgraphjs_ops.json", unreadable({ lc: 1, type: "secret", id: ["TAVILY_API_KEY"] })],
  [".langgraphjs_ops.json", unreadable(nested(60))],
])("a %s that cannot be read is named and kept aside, once", async (name, text) => {
  write(name, text);
  await expect(refuseTornState(folder)).rejects.toThrow(AgenticRagError);
  await expect(refuseTornState(folder)).rejects.toThrow(
    /\.langgraph_api\/\.langgraphjs_\w+(?:\.\w+)*\.json is damaged: (?:it was not written to its end|there is a value in it that the server cannot read back)\. It is kept as \.langgraph_api\/\.langgraphjs_[\w.]+\.json\.damaged-\d+\. Put an older copy/,
  );
  const [, copy = "", ...more] = readdirSync(join(folder, ".langgraph_api")).sort();
  expect(more).toEqual([]);
  expect(readFileSync(join(folder, ".langgraph_api", copy), "utf8")).toBe(text);
});

test("the server does not start on a torn file, and leaves it as it is", async () => {
  rmSync(folder, { recursive: true });
  folder = serverFolder("langgraph.production.json");
  const file = write(".langgraphjs_ops.json", TORN);
  const start = startDevServer(
    { AGENTIC_RAG_API_KEYS: API_KEYS, AGENTIC_RAG_DISCOVER: "off", NO_COLOR: "1" },
    { config: "langgraph.production.json", folder },
  );
  await expect(start).rejects.toThrow(/\.langgraphjs_ops\.json is damaged/);
  expect(readFileSync(file, "utf8")).toBe(TORN);
}, 90_000);
