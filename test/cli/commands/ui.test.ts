import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { findServer } from "../../../src/cli/dev-server.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const COMMAND = "npm install @langchain/langgraph-cli@1.5.1";

function beside(folder: string): string {
  return pathToFileURL(join(folder, "module.js")).href;
}

test("where LangGraph's command line is not installed, the one command that installs it is named", async () => {
  const folder = await temporaryFolder();
  expect(() => findServer(folder, beside(folder))).toThrow(
    `The page is served by LangGraph's development server, which is not installed. Run: ${COMMAND}`,
  );
});

test("an old release under a new number is not taken for it", async () => {
  const folder = await temporaryFolder();
  const place = join(folder, "node_modules/@langchain/langgraph-cli");
  mkdirSync(place, { recursive: true });
  writeFileSync(
    join(place, "package.json"),
    JSON.stringify({ version: "2.0.0", bin: { langgraphjs: "cli.mjs" } }),
  );
  expect(() => findServer(folder, beside(folder))).toThrow(
    `is not the one that is needed: 2.0.0 is an old release. Run: ${COMMAND}`,
  );
});

interface Started {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<unknown>;
}

/** The command from source. */
function ui(folder: string, args: readonly string[] = []): Started {
  const loader = pathToFileURL(join(ROOT, "node_modules/tsx/dist/loader.mjs")).href;
  const child = spawn(
    process.execPath,
    ["--import", loader, join(ROOT, "src/cli/main.ts"), "ui", "--no-open", ...args],
    {
      cwd: folder,
      env: { PATH: process.env["PATH"], HOME: folder, AGENTIC_RAG_DISCOVER: "off", TZ: "UTC" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let [out, err] = ["", ""];
  child.stdout.on("data", (bytes: Buffer) => (out += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (err += bytes.toString()));
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = once(child, "close").then(([code]: unknown[]) => code);
  return { child, out: () => out, err: () => err, ended };
}

test("the page is served from any folder, once, until a signal comes", { timeout: 90_000 }, async () => {
  const folder = await temporaryFolder();
  const first = ui(folder);
  await Promise.race([once(first.child.stdout ?? first.child, "data"), first.ended]);
  expect(first.err()).toMatch(
    /^The offline extractive reader \(no language model\) answers from the shipped articles\./,
  );
  expect(first.out()).toMatch(/^http:\/\/127\.0\.0\.1:20\d\d\n$/);
  const url = first.out().trim();
  expect(first.err()).toContain(`Threads are kept in ${join(folder, ".local/state/agentic-rag/ui/")}`);
  expect(await (await fetch(url)).text()).toContain('<div id="page"></div>');
  const assistants = z.array(z.object({ graph_id: z.string() })).parse(
    await (
      await fetch(`${url}/assistants/search`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      })
    ).json(),
  );
  expect(assistants.map(({ graph_id: name }) => name).toSorted()).toEqual([
    "agentic-rag",
    "research-team",
    "search-r1",
  ]);

  const second = ui(folder);
  expect(await second.ended).toBe(0);
  expect(second.out()).toBe(`The page of this folder is there already: ${url}\n`);

  first.child.kill("SIGTERM");
  expect(await first.ended).toBe(143);
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});

test.each(["0", "65536", "x"])("--port %s is none", async (port) => {
  const { ended, err } = ui(await temporaryFolder(), ["--port", port]);
  expect(await ended).toBe(2);
  expect(err()).toBe(`--port must be a number from 1 to 65535 (it is "${port}").\n`);
});
