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
