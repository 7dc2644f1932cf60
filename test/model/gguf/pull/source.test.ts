import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { askFile } from "../../../../src/model/gguf/pull/source.ts";
import { startFileServer } from "../../../servers/files.ts";

const TINY = new TextEncoder().encode("GGUF, and no more");
const HASH = createHash("sha256").update(TINY).digest("hex");
const source = { hub: "https://huggingface.co/", token: undefined, fetch };
const BASE64 = Buffer.from(HASH, "hex").toString("base64");

test.each([
  ["x-linked-etag", `"${HASH}"`],
  ["etag", `"${HASH}"`],
  ["etag", `W/"${HASH.toUpperCase()}"`],
  ["x-checksum-sha256", HASH],
  ["repr-digest", `sha-256=:${BASE64}:`],
  ["digest", `md5=XUFAKrxLKna5cZ2REBfFkg==,SHA-256=${BASE64}`],
])("its hash by the header %s: %s", async (header, value) => {
  const server = await startFileServer({ files: { "/tiny.gguf": TINY }, headers: { [header]: value } });
  const told = await askFile(`${server.url}/tiny.gguf`, source);
  expect(told).toEqual({ bytes: TINY.length, sha256: HASH, sha256From: header });
});

test.each([
  ["no header", {}],
  ["an entity tag that is no hash of the file", { etag: '"5d41402abc4b2a76b9719d911017c592"' }],
  ["a hash of another kind", { digest: "md5=XUFAKrxLKna5cZ2REBfFkg==" }],
])("no hash: %s", async (_name, headers) => {
  for (const ranges of [true, false]) {
    const server = await startFileServer({ files: { "/tiny.gguf": TINY }, headers, ranges });
    const told = await askFile(`${server.url}/tiny.gguf`, source);
    expect(told).toEqual({ bytes: TINY.length, sha256: undefined, sha256From: undefined });
  }
});

test.each([
  [401, "accept its licence there, and set HF_TOKEN to a token that may read it."],
  [403, "accept its licence there, and set HF_TOKEN to a token that may read it."],
  [404, "Look at the page of the model for the name of its file."],
  [503, "Run the same command again later."],
])("status %i says what to do, and shows no key of the address", async (status, advice) => {
  const server = await startFileServer({ files: {}, answers: { "/x.gguf": { status } } });
  const refused = await askFile(`${server.url}/x.gguf?key=secret`, source).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "download-failed", facts: { status } });
  expect(String(refused)).toContain(`${server.url}/x.gguf is not to be had (status ${status}). `);
  expect(String(refused)).toContain(advice);
  expect(String(refused)).not.toContain("secret");
});

test("an address that leads to itself", async () => {
  const answers = { "/x.gguf": { status: 307, headers: { location: "/x.gguf" } } };
  const server = await startFileServer({ files: {}, answers });
  await expect(askFile(`${server.url}/x.gguf`, source)).rejects.toThrow("leads from one address to the next");
});
