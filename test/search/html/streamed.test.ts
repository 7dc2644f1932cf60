import { describe, expect, test } from "vitest";
import { extractHtml, type PageText } from "../../../src/search/html/extract-html.ts";

/** The best text of a page. */
function extract(html: string): PageText | undefined {
  return [...extractHtml(html, "https://site.example/docs/page")].at(-1);
}

function body(inner: string): string {
  return `<!doctype html><html><head><title>A page</title></head><body>${inner}</body></html>`;
}

const swap = (from: string, to: string): string => `<script>$RC("${from}","${to}")</script>`;

describe("what is streamed behind a page", () => {
  test("takes the place of what stands in for it", () => {
    const page = extract(
      body(
        `<main><h1>News</h1><!--$?--><template id="B:0"></template><p>Loading…</p><!--/$--><p>End.</p></main>
        <div hidden id="S:0"><p>The article.</p><template id="P:1"></template></div>${swap("B:0", "S:0")}
        <div hidden id="S:1"><p>Its second part.</p></div><script>$RS("S:1","P:1")</script>`,
      ),
    );
    expect(page?.text).toBe("News\n\nThe article.\n\nIts second part.\n\nEnd.");
  });

  test("is shown where it stands when its place is not there", () => {
    expect(extract(body(`<div hidden id="S:7"><p>The article.</p></div>${swap("B:9", "S:7")}`))?.text).toBe(
      "The article.",
    );
  });

  test("stays hidden when no script of the page names it", () => {
    expect(extract(body('<p>Shown.</p><div hidden id="S:0"><p>SECRET</p></div>'))?.text).toBe("Shown.");
  });
});

test("a page nested too deep for a tree is read without what its elements hide", () => {
  const deep = "<div>".repeat(20_000);
  const page = extract(
    `<html><head><title>Deep</title><style>p { color: red }</style></head><body>${deep}<p>One <b>two</b>.</p>` +
      '<p hidden>SECRET</p><p style="display:none">SECRET<br>SECRET</p><script>SECRET</script><p>Three.</p>',
  );
  expect(page).toEqual({ title: "Deep", text: "One two.\nThree.", links: [] });
});
