import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { OFFERED_MODELS } from "../../../../src/model/gguf/pull/catalogue.ts";
import { pullModel, type PullOptions } from "../../../../src/model/gguf/pull/pull.ts";
import { temporaryFolder } from "../../../cli/temporary-folder.ts";
import { script } from "../../../engine/scenario.ts";
import { createTinyGguf } from "../../../engine/tiny-gguf.ts";
import { MODEL, WHY_NO_WEIGHTS } from "../../../engine/real-questions.ts";
import { startFileServer, type AskedRange } from "../../../servers/files.ts";
import { unusedUrl } from "../../../servers/completions.ts";
import { notHere } from "../here.ts";

const TINY = createTinyGguf(script);
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const HASH = sha256(TINY);
const OTHER = "0".repeat(64);
/** The downloader's pieces. */
const CHUNK = 5 * 2 ** 20;
const placeOf = (url: string): string => new URL(url).host.replace(":", "_");

type Server = Awaited<ReturnType<typeof startFileServer>>;

async function pull(model: string, options: Partial<PullOptions> = {}) {
  const folder = options.folder ?? (await temporaryFolder());
  const progress: number[] = [];
  const pulled = pullModel({ model, folder, onProgress: (done) => progress.push(done), ...options });
  return { folder, progress, pulled: await pulled.catch((error: unknown) => error) };
}

describe.skipIf(notHere !== "")(`a model is pulled${notHere}`, { timeout: 60_000 }, () => {
  test("below its server, checked by the header, and not downloaded again where it is there", async () => {
    const server = await startFileServer({ files: { "/m/tiny.gguf": TINY }, headers: { etag: `"${HASH}"` } });
    const { pulled, folder, progress } = await pull(`${server.url}/m/tiny.gguf`);
    const file = join(folder, placeOf(server.url), "m", "tiny.gguf");
    expect(pulled).toEqual({ file, bytes: TINY.length, sha256: HASH, checkedBy: "etag" });
    expect(sha256(await readFile(file))).toBe(HASH);
    expect(progress.at(-1)).toBe(TINY.length);
    const before = server.asked.length;
    expect((await pull(`${server.url}/m/tiny.gguf`, { folder })).pulled).toEqual(pulled);
    expect(askedParts(server.asked.slice(before))).toEqual([]);
  });

  test("a wrong hash is said, and the file removed; what the person says wins over the header", async () => {
    const server = await startFileServer({ files: { "/tiny.gguf": TINY }, headers: { etag: `"${OTHER}"` } });
    const { host } = new URL(server.url);
    const { pulled, folder } = await pull(`${server.url}/tiny.gguf`);
    expect(pulled).toMatchObject({
      code: "download-failed",
      message: `tiny.gguf is not what it should be: its SHA-256 is ${HASH}, and the header etag of ${host} says ${OTHER}. It was removed. Run the same command again; if it comes out the same, do not use what lies at ${server.url}/tiny.gguf.`,
    });
    expect(existsSync(join(folder, placeOf(server.url), "tiny.gguf"))).toBe(false);
    const given = await pull(`${server.url}/tiny.gguf`, { sha256: HASH.toUpperCase() });
    expect(given.pulled).toMatchObject({ checkedBy: "--sha256" });
    const wrong = await pull(`${server.url}/tiny.gguf`, { sha256: OTHER });
    expect(wrong.pulled).toMatchObject({
      message: expect.stringContaining(`and --sha256 says ${OTHER}. It was`),
    });
  });

  test("the hash stands on the way at the hub, whose token goes nowhere else", async () => {
    const store = await startFileServer({ files: { "/blob": TINY }, headers: { etag: '"an-object"' } });
    const place = {
      location: `${store.url}/blob?signature=secret`,
      "x-linked-etag": `"${HASH}"`,
      etag: '"page"',
    };
    const hub = await startFileServer({
      files: {},
      answers: {
        "/me/tiny-GGUF/resolve/main/sub/tiny.Q4_K_M.gguf": { status: 302, headers: place },
        "/me/tiny-GGUF/resolve/v2/tiny.gguf": { status: 302, headers: place },
        "/v2/me/tiny-GGUF/manifests/Q4_K_M": {
          status: 200,
          body: JSON.stringify({ ggufFile: { rfilename: "sub/tiny.Q4_K_M.gguf", size: TINY.length } }),
        },
      },
    });
    const environment = { HF_ENDPOINT: hub.url, HF_TOKEN: "hf_secret" };
    const below = [placeOf(hub.url), "me", "tiny-GGUF"];
    for (const [model, names] of [
      ["hf:me/tiny-GGUF/sub/tiny.Q4_K_M.gguf", ["sub", "tiny.Q4_K_M.gguf"]],
      ["hf:me/tiny-GGUF:Q4_K_M", ["sub", "tiny.Q4_K_M.gguf"]],
      ["hf://me/tiny-GGUF/tiny.gguf#v2", ["v2", "tiny.gguf"]],
      ["https://huggingface.co/me/tiny-GGUF/blob/v2/tiny.gguf", ["v2", "tiny.gguf"]],
    ] as const) {
      const { pulled, folder } = await pull(model, { environment });
      expect(pulled).toMatchObject({ file: join(folder, ...below, ...names), checkedBy: "x-linked-etag" });
    }
    expect(hub.asked[0]).toMatchObject({ authorization: "Bearer hf_secret" });
    expect(store.asked.map(({ authorization }) => authorization)).toEqual(store.asked.map(() => undefined));
    const none = await pull("hf:me/tiny-GGUF:Q2_K", { environment });
    expect(none.pulled).toMatchObject({
      message:
        "The hub has no GGUF file Q2_K of me/tiny-GGUF. Look at its page for the names of its files, and give one: hf:me/tiny-GGUF/<file>.gguf",
    });
  });

  test("what is offered is asked for at its address", async () => {
    const hub = await startFileServer({ files: {} });
    for (const { name, address } of OFFERED_MODELS) {
      const { pulled } = await pull(name.toUpperCase(), { environment: { HF_ENDPOINT: hub.url } });
      expect(pulled).toMatchObject({ code: "download-failed", facts: { status: 404 } });
      const [user = "", repository = "", file = ""] = address.slice("hf:".length).split("/");
      expect(hub.asked.at(-1)?.path).toBe(`/${user}/${repository}/resolve/main/${file}`);
    }
  });

  test("what is no GGUF file is removed, also where the server gives it no length and no parts", async () => {
    const page = new TextEncoder().encode("<!doctype html>Log in");
    const server = await startFileServer({ files: { "/model.gguf": page }, ranges: false });
    const { pulled, folder } = await pull(`${server.url}/model.gguf?download=true`);
    expect(pulled).toMatchObject({
      message: `What ${server.url}/model.gguf gives is no GGUF file, and was removed. Give the address of the file itself.`,
    });
    expect(existsSync(join(folder, placeOf(server.url), "model.gguf"))).toBe(false);
  });

  test("a file that is larger than the disk is not begun", async () => {
    const server = await startFileServer({ files: { "/big.gguf": TINY }, claimedBytes: 2 ** 60 });
    const { pulled, folder } = await pull(`${server.url}/big.gguf`);
    const at = join(folder, placeOf(server.url));
    expect(pulled).toMatchObject({
      code: "download-failed",
      message: expect.stringMatching(
        /^big\.gguf needs 1152921504\.6 GB, and the disk of \S+ has [\d.]+ GB left\. Make room/,
      ),
    });
    expect(String(pulled)).toContain(at);
    expect(server.asked).toHaveLength(1);
  });

  test("a place that cannot be written is named", async () => {
    const server = await startFileServer({ files: { "/tiny.gguf": TINY } });
    expect((await pull(`${server.url}/tiny.gguf`, { folder: "/dev/null" })).pulled).toMatchObject({
      code: "download-failed",
      message: expect.stringMatching(
        /^tiny\.gguf cannot be written to \/dev\/null\/\S+ \(ENOTDIR\)\. Look at its permissions, or set XDG_CACHE_HOME/,
      ),
    });
  });

  test("a server that is not there, and what is no model, are named", async () => {
    const url = await unusedUrl();
    expect((await pull(`${url}/x.gguf`)).pulled).toMatchObject({
      code: "download-failed",
      message: expect.stringMatching(
        /^127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)\. Check the address/,
      ),
    });
    for (const model of [
      "jan",
      "./file.gguf",
      "ftp://host/x.gguf",
      "https://host",
      "https://me:secret@host/x.gguf",
    ]) {
      const { pulled } = await pull(model);
      expect(pulled).toMatchObject({ code: "settings-invalid" });
      expect(String(pulled)).not.toContain("secret");
    }
  });

  test("a missing package is named, with how to install it", async () => {
    const server = await startFileServer({ files: { "/tiny.gguf": TINY } });
    const { pulled } = await pull(`${server.url}/tiny.gguf`, { packageName: "node-llama-cpp-is-not-here" });
    expect(pulled).toMatchObject({
      code: "dependency-missing",
      message: expect.stringMatching(
        /^Models are downloaded and run by node-llama-cpp, which could not be loaded .* Run: npm install node-llama-cpp/,
      ),
    });
  });
});

const noWeights = WHY_NO_WEIGHTS ?? (notHere === "" ? undefined : notHere);

describe.skipIf(noWeights !== undefined)(
  `real weights${noWeights === undefined ? "" : ` (${noWeights})`}`,
  { timeout: 40_000 },
  () => {
    test("cut at 30 %, and gone on with: what had come whole is not asked for again", async () => {
      const bytes = readFileSync(MODEL);
      const folder = await temporaryFolder();
      const first = await startFileServer({ files: { "/m.gguf": bytes }, cutAfter: 0.3 * bytes.length });
      const cut = await pull(`${first.url}/m.gguf`, { folder, idleMs: 1_500 });
      expect(cut.pulled).toMatchObject({
        code: "download-failed",
        message: expect.stringMatching(
          /^The connection to 127\.0\.0\.1:\d+ was cut: for 1\.5 s nothing came after \d+ % of 98\.4 MB of m\.gguf\. What came is kept; the same command goes on from there\.$/,
        ),
      });
      await first.close();
      const { port } = new URL(first.url);
      const came = await whatCame(join(folder, placeOf(first.url), "m.gguf.ipull"), bytes.length);
      const second = await startFileServer({
        files: { "/m.gguf": bytes },
        headers: { "x-linked-etag": `"${sha256(bytes)}"` },
        port: Number(port),
      });
      const whole = await pull(`${second.url}/m.gguf`, { folder });
      expect(whole.pulled).toMatchObject({ bytes: bytes.length, checkedBy: "x-linked-etag" });

      expect(came.length).toBeGreaterThanOrEqual(2);
      expect(askedAgain(second.asked, came)).toEqual([]);
      expect(whole.progress[0]).toBeGreaterThanOrEqual(came.length * CHUNK);
    });

    test("cut where the server gives no parts of a file: it is said, and nothing wrong is kept", async () => {
      const bytes = readFileSync(MODEL);
      const server = await startFileServer({
        files: { "/m.gguf": bytes },
        ranges: false,
        cutAfter: 0.3 * bytes.length,
      });
      const { pulled, folder } = await pull(`${server.url}/m.gguf`);
      expect(pulled).toMatchObject({
        message: expect.stringMatching(
          /^The connection to 127\.0\.0\.1:\d+ was cut after \d+ % of 98\.4 MB of m\.gguf, and the server cannot go on from there\. The same command begins anew\.$/,
        ),
      });
      await expect(stat(join(folder, placeOf(server.url), "m.gguf.ipull"))).rejects.toThrow("ENOENT");
    });

    test("a download that a person stops is gone on with", async () => {
      const bytes = readFileSync(MODEL);
      const server = await startFileServer({ files: { "/m.gguf": bytes }, holdAfter: 0.4 * bytes.length });
      const folder = await temporaryFolder();
      const stop = new AbortController();
      const onProgress = (done: number): void => {
        if (done > 6 * CHUNK) setTimeout(() => stop.abort(), 300);
      };
      const { pulled } = await pull(`${server.url}/m.gguf`, { folder, signal: stop.signal, onProgress });
      expect(pulled).toMatchObject({ name: "AbortError" });
      const before = server.asked.length;
      server.letGo();
      const came = await whatCame(join(folder, placeOf(server.url), "m.gguf.ipull"), bytes.length);
      expect(came.length).toBeGreaterThanOrEqual(1);
      expect((await pull(`${server.url}/m.gguf`, { folder })).pulled).toMatchObject({
        sha256: sha256(bytes),
      });
      expect(askedAgain(server.asked.slice(before), came)).toEqual([]);
    });
  },
);

/** The pieces that had come whole when a download ended, as they are noted down behind the file. */
async function whatCame(part: string, length: number): Promise<readonly number[]> {
  const noted = (await readFile(part)).subarray(length).toString();
  const { chunks } = JSON.parse(noted) as { chunks: readonly number[] };
  return chunks.flatMap((state, at) => (state === 2 ? [at] : []));
}

/** The ranges that hold a byte of pieces that had come whole. */
function askedAgain(asked: Server["asked"], came: readonly number[]): readonly AskedRange[] {
  return askedParts(asked).filter(({ start, end }) =>
    came.some((piece) => start < (piece + 1) * CHUNK && end >= piece * CHUNK),
  );
}

function askedParts(asked: Server["asked"]): readonly AskedRange[] {
  // the first byte is a question
  return asked.flatMap(({ range }) => (range === undefined || range.end === 0 ? [] : [range]));
}
