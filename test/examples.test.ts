import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundlePrograms } from "./bundle.ts";
import { startDevServer, type DevServer } from "./server/dev-server.ts";

const run = promisify(execFile);
const EXAMPLES = fileURLToPath(new URL("../examples/", import.meta.url));

const ALONE = [
  "chat-model",
  "custom-engine",
  "durable-thread",
  "interrupts",
  "mcp-client",
  "research-team",
  "subgraph",
  "tool",
];
const ON_A_SERVER = ["openai-client", "remote-graph"];

/** Where the examples run: without settings, keys or caches of whoever runs the tests. */
const folder = mkdtempSync(join(tmpdir(), "agentic-rag-examples-"));
const WITHOUT_SETTINGS = {
  PATH: process.env["PATH"] ?? "",
  HOME: folder,
  XDG_CACHE_HOME: join(folder, "cache"),
  AGENTIC_RAG_DISCOVER: "off",
};

const names = [...ALONE, ...ON_A_SERVER];
const programs = await bundlePrograms(
  names.map((name) => new URL(`../examples/${name}.ts`, import.meta.url)),
);

/** What an example prints. What it prints to stderr is a failure. */
async function printed(name: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [programs[names.indexOf(name)] ?? ""], {
    cwd: folder,
    env: { ...WITHOUT_SETTINGS, ...environment },
  });
  expect(stderr).toBe("");
  return stdout;
}

/** What it should print. */
function golden(name: string): Promise<string> {
  return readFile(new URL(`fixtures/examples/${name}.txt`, import.meta.url), "utf8");
}

let server: DevServer;

beforeAll(async () => {
  server = await startDevServer(WITHOUT_SETTINGS);
}, 90_000);

afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("every example is run here", async () => {
  const files = (await readdir(EXAMPLES)).filter((name) => name.endsWith(".ts"));
  expect(files.map((name) => name.replace(/\.ts$/, "")).sort()).toEqual([...ALONE, ...ON_A_SERVER].sort());
});

test("each imports what the package exports, and nothing deeper", async () => {
  for (const name of [...ALONE, ...ON_A_SERVER]) {
    const text = await readFile(join(EXAMPLES, `${name}.ts`), "utf8");
    const own = [...text.matchAll(/from "(\.[^"]+)"/g)].map(([, target]) => target);
    expect([name, own.filter((target) => target !== "../src/index.ts")]).toEqual([name, []]);
  }
});

test.each(ALONE)("%s", async (name) => {
  expect(await printed(name)).toBe(await golden(name));
});

test.each(ON_A_SERVER)("%s, against the real dev server", async (name) => {
  const addresses = { LANGGRAPH_URL: server.url, AGENTIC_RAG_SERVER: `${server.url}/v1` };
  expect(await printed(name, addresses)).toBe(await golden(name));
});
