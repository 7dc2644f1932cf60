import { createHash } from "node:crypto";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { SAID_TEXTS, script } from "../../engine/scenario.ts";
import { MODEL, WHY_NO_WEIGHTS } from "../../engine/real-questions.ts";
import { createTinyGguf } from "../../engine/tiny-gguf.ts";
import { notHere } from "../../model/gguf/here.ts";
import { startFileServer } from "../../servers/files.ts";
import { MAIN, startProgram } from "../process.ts";
import { createStage } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const TINY = createTinyGguf(script);
const HASH = createHash("sha256").update(TINY).digest("hex");

async function run(args: readonly string[], environment: Record<string, string>, stdin = "") {
  const folder = environment["HOME"] ?? (await temporaryFolder());
  const stage = createStage({ environment: { HOME: folder, ...environment }, folder, stdin });
  const exitCode = await runProgram(args, stage.surroundings);
  const same = (text: string): string =>
    text.replaceAll(folder, "/home").replaceAll(/127\.0\.0\.1([:_])\d+/g, "127.0.0.1$11");
  return { exitCode, folder, out: same(stage.out()), err: same(stage.err()) };
}

test("without a name, what is offered: size, memory, licence, and from where it is known", async () => {
  const { out, exitCode } = await run(["pull"], {});
  expect(exitCode).toBe(0);
  expect(out).toMatchInlineSnapshot(`
    "Small open models that search well for their size:
      jan-nano    2.5 GB to download, about 4.5 GB of memory, Apache-2.0
                  4B, Qwen3 trained to search rather than to know; does not think for long
                  hf:Menlo/Jan-nano-gguf/jan-nano-4b-Q4_K_M.gguf
                  known from Jan-nano Technical Report, https://arxiv.org/abs/2506.22760
      qwen3-4b    2.5 GB to download, about 4.5 GB of memory, Apache-2.0
                  4B, thinks before it calls
                  hf:Qwen/Qwen3-4B-GGUF/Qwen3-4B-Q4_K_M.gguf
                  known from https://huggingface.co/Qwen/Qwen3-4B-GGUF/blob/main/Qwen3-4B-Q4_K_M.gguf
      qwen3-1.7b  1.3 GB to download, about 3.0 GB of memory, Apache-2.0
                  1.7B, for machines with little memory; one search at a time
                  hf:ggml-org/Qwen3-1.7B-GGUF/Qwen3-1.7B-Q4_K_M.gguf
                  known from https://huggingface.co/ggml-org/Qwen3-1.7B-GGUF
    Download one, and ask it from then on: agentic-rag pull <name>
    Any other GGUF file: agentic-rag pull hf:<user>/<repository>/<file>.gguf, or its address
    "
  `);
  const { out: json } = await run(["pull", "--json"], {});
  expect(JSON.parse(json)).toEqual(
    ["jan-nano", "qwen3-4b", "qwen3-1.7b"].map((name) =>
      expect.objectContaining({ name, licence: "Apache-2.0" }),
    ),
  );
});

test("what is no model, too many of them, and a hash that is none", async () => {
  expect(await run(["pull", "jan"], {})).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('There is no model "jan". Give a name of the list (agentic-rag pull), hf:'),
  });
  expect(await run(["pull", "a", "b"], {})).toMatchObject({ exitCode: 2 });
  expect(await run(["pull", "jan-nano", "--sha256", "abc"], {})).toMatchObject({
    exitCode: 2,
    err: "--sha256 takes 64 hexadecimal digits, as sha256sum prints them.\n",
  });
});

describe.skipIf(notHere !== "")(`a pulled model${notHere}`, { timeout: 40_000 }, () => {
  test("is asked from then on", async () => {
    const home = await temporaryFolder();
    const server = await startFileServer({ files: { "/Tiny.gguf": TINY }, headers: { etag: `"${HASH}"` } });
    const environment = { HOME: home };
    const pulled = startProgram(["pull", `${server.url}/Tiny.gguf`], { environment, folder: home });
    expect(await pulled.ended).toEqual({ exitCode: 0, signal: null });
    const file = join(
      home,
      ".cache/agentic-rag/models",
      new URL(server.url).host.replace(":", "_"),
      "Tiny.gguf",
    );
    const settings = join(home, ".config/agentic-rag/env");
    expect(pulled.out()).toBe(
      `${file}, ${(TINY.length / 1000).toFixed(1)} kB\nSHA-256 ${HASH}, as the server's header etag says.\nIt is asked from now on: ${settings} names it. Ask: agentic-rag "…"\n`,
    );
    expect(readFileSync(settings, "utf8")).toBe(`AGENTIC_RAG_MODEL_FAMILY=gguf\nAGENTIC_RAG_GGUF=${file}\n`);

    const asked = startProgram(["ask", "--json", "Which three facts?"], { environment, folder: home });
    expect(await asked.ended).toEqual({ exitCode: 0, signal: null });
    const told = JSON.parse(asked.out()) as { transcript: { origin: string; text: string }[] };
    expect(told).toMatchObject({ answered: true, searches: 3, model: { family: "gguf", name: "Tiny" } });
    const said = told.transcript.filter(({ origin }) => origin === "model").map(({ text }) => text);
    expect(said).toEqual(SAID_TEXTS);
  });

  test("what else is set is told, and other lines of the settings stay", async () => {
    const server = await startFileServer({ files: { "/tiny.gguf": TINY } });
    const home = await temporaryFolder();
    const settings = join(home, ".config/agentic-rag/env");
    await mkdir(join(home, ".config/agentic-rag"), { recursive: true });
    await writeFile(settings, "# mine\nTAVILY_API_KEY=k\nAGENTIC_RAG_GGUF_LORA=old.gguf\n");
    const environment = { HOME: home, AGENTIC_RAG_MODEL_FAMILY: "offline" };
    const { out, err, exitCode } = await run(["pull", `${server.url}/tiny.gguf?key=secret`], environment);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: "Downloading http://127.0.0.1:1/tiny.gguf …\n" });
    expect(out).toContain(
      `SHA-256 ${HASH}. Whether that is right is unknown: the server told none. Compare it with what its publisher says.\n`,
    );
    expect(out).toContain(
      "/home/.config/agentic-rag/env names it, but what is set in the environment or in .env here wins: AGENTIC_RAG_MODEL_FAMILY. Take that out to ask it.\n",
    );
    expect(await readFile(settings, "utf8")).toMatch(
      /^# mine\nTAVILY_API_KEY=k\nAGENTIC_RAG_MODEL_FAMILY=gguf\n/,
    );
    const json = await run(["pull", "--json", `${server.url}/tiny.gguf`, "--sha256", HASH], { HOME: home });
    expect(JSON.parse(json.out)).toMatchObject({ sha256: HASH, checkedBy: "--sha256", winning: [] });
  });

  test("a wrong hash changes no setting", async () => {
    const server = await startFileServer({ files: { "/tiny.gguf": TINY } });
    const { folder, err, exitCode } = await run(
      ["pull", `${server.url}/tiny.gguf`, "--sha256", "f".repeat(64)],
      {},
    );
    expect(exitCode).toBe(1);
    expect(err).toContain(`its SHA-256 is ${HASH}, and --sha256 says ${"f".repeat(64)}. It was removed.`);
    expect(existsSync(join(folder, ".config"))).toBe(false);
  });

  test("setup offers it", async () => {
    const hub = await startFileServer({ files: { "/me/tiny/resolve/main/tiny.gguf": TINY } });
    const { out, exitCode, folder } = await run(
      ["setup"],
      { HF_ENDPOINT: hub.url },
      "hf:me/tiny/tiny.gguf\n\n\nyes\n",
    );
    expect(out).toContain(
      "Models that can be downloaded and run here, without a server:\n  jan-nano, 2.5 GB, about 4.5 GB of memory\n",
    );
    expect(out).toContain("gguf file: /home/.cache/agentic-rag/models/127.0.0.1_1/me/tiny/tiny.gguf, ");
    expect(exitCode).toBe(0);
    expect(await readFile(join(folder, ".env"), "utf8")).toContain("AGENTIC_RAG_MODEL_FAMILY=gguf\n");
  });
});

/** A disk of 8 MB of its own can be had. */
const MOUNTS =
  spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "-o", "size=8m", "none", "/mnt"]).status === 0;
const noDisk = MOUNTS ? notHere : " - skipped: no disk can be mounted here";

async function pullOnto(url: string) {
  const home = await temporaryFolder();
  const cache = join(home, "cache");
  await mkdir(cache);
  const child = spawn(
    "unshare",
    [
      "-rm",
      "sh",
      "-c",
      'mount -t tmpfs -o size=8m none "$0" && exec "$@"',
      cache,
      process.execPath,
      MAIN,
      "pull",
      url,
    ],
    {
      env: { PATH: process.env["PATH"], HOME: home, XDG_CACHE_HOME: cache, AGENTIC_RAG_DISCOVER: "off" },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const [exitCode] = (await once(child, "close")) as unknown[];
  return { exitCode, err: err.replaceAll(cache, "/cache").replaceAll(/127\.0\.0\.1_\d+/g, "127.0.0.1") };
}

describe.skipIf(noDisk !== "")(`on a disk of 8 MB${noDisk}`, { timeout: 60_000 }, () => {
  const big = new Uint8Array(20_000_000);
  big.set(TINY);

  test("what has no room is not begun", async () => {
    const server = await startFileServer({ files: { "/big.gguf": big } });
    expect(await pullOnto(`${server.url}/big.gguf`)).toEqual({
      exitCode: 1,
      err: expect.stringMatching(
        /\nbig\.gguf needs 20\.0 MB, and the disk of \/cache\/agentic-rag\/models\/127\.0\.0\.1 has 8\.4 MB left\. Make room there, or set XDG_CACHE_HOME to a folder on another disk\.\n$/,
      ),
    });
  });

  test("what fills it up meanwhile, since its length is not told, is stopped, and the disk is named", async () => {
    const server = await startFileServer({ files: { "/big.gguf": big }, lengths: false, ranges: false });
    expect(await pullOnto(`${server.url}/big.gguf`)).toEqual({
      exitCode: 1,
      err: expect.stringMatching(
        /\nThe disk of \/cache\/agentic-rag\/models\/127\.0\.0\.1 is full: big\.gguf has no room there \(ENOSPC\)\. What had come was removed\. Make room/,
      ),
    });
  });
});

const noWeights = WHY_NO_WEIGHTS ?? (notHere === "" ? undefined : notHere);

test.skipIf(noWeights !== undefined)(
  `real weights are pulled, and asked${noWeights === undefined ? "" : ` (${noWeights})`}`,
  { timeout: 300_000 },
  async () => {
    const bytes = readFileSync(MODEL);
    const server = await startFileServer({ files: { "/SmolLM2.gguf": bytes } });
    const environment = { HOME: await temporaryFolder() };
    const { folder } = await run(["pull", `${server.url}/SmolLM2.gguf`], environment);
    const asked = startProgram(["ask", "--json", "--max-tokens", "24", "Who are you?"], {
      environment,
      folder,
    });
    await asked.ended;
    expect(JSON.parse(asked.out())).toMatchObject({ model: { family: "gguf", name: "SmolLM2" } });
  },
);
