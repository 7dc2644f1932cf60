import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createDeflate } from "node:zlib";
import { expect, test } from "vitest";
import { runExtraction } from "../../../src/search/pages/run-extraction.ts";

const DEEP = Buffer.from(`<p>${"<b>".repeat(150_000)}deep`);

test("a thread ends on abort", async () => {
  const controller = new AbortController();
  const running = runExtraction(
    {
      content: { kind: "html" },
      bytes: DEEP,
      isCut: false,
      url: "https://site.example/",
      maxBytes: 1_000,
    },
    { extractMs: 600_000 },
    controller.signal,
  );
  controller.abort(new Error("enough"));
  await expect(running).rejects.toMatchObject({ name: "AbortError" });
});

test("what is known of a page comes before what is read off it", async () => {
  const extracted = await runExtraction(
    {
      content: { kind: "markdown" },
      bytes: Buffer.from("# Title\n\nSee https://site.example/b and https://site.example/a."),
      isCut: false,
      url: "https://site.example/",
      maxBytes: 1_000,
      facts: { title: "Title", date: "2024-05-06", links: ["https://site.example/a"] },
    },
    {},
    undefined,
  );
  expect(extracted).toEqual({
    title: "Title",
    text: "See https://site.example/b and https://site.example/a.",
    date: "2024-05-06",
    links: ["https://site.example/a", "https://site.example/b"],
  });
});

test("a small PDF that unpacks into much memory is ended, and so is each of several at once", async () => {
  const bytes = await pdfOf(200);
  expect(bytes.length).toBeLessThan(500_000);
  const before = process.memoryUsage.rss();
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss() - before)), 10);
  const read = () =>
    runExtraction(
      { content: { kind: "pdf" }, bytes, isCut: false, url: "https://site.example/a.pdf", maxBytes: 1_000 },
      { extractMs: 600_000, extractMemoryMb: 64 },
      undefined,
    );
  const results = await Promise.all([read(), read()]);
  clearInterval(watch);
  expect(results).toEqual(["too-much", "too-much"]);
  // two whole ones take 900 MB
  expect(most).toBeLessThan(400 * 2 ** 20);
}, 60_000);

/** A page whose one stream unpacks to so many megabytes of spaces. */
async function pdfOf(megabytes: number): Promise<Buffer> {
  const space = Buffer.alloc(2 ** 20, " ");
  const packed = await buffer(
    Readable.from(Array.from({ length: megabytes }, () => space)).pipe(createDeflate()),
  );
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
  ].map((body, index) => `${index + 1} 0 obj\n${body}\nendobj\n`);
  return Buffer.concat([
    Buffer.from(
      `%PDF-1.4\n${objects.join("")}4 0 obj\n<< /Length ${packed.length} /Filter /FlateDecode >>\nstream\n`,
    ),
    packed,
    Buffer.from("\nendstream\nendobj\ntrailer\n<< /Root 1 0 R /Size 5 >>\n%%EOF\n"),
  ]);
}
