import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type NamedFile, parseFile } from "../../../src/search/local/documents/file.ts";
import { listFolder } from "../../../src/search/local/documents/folder.ts";
import { createFolder } from "../temporary-folder.ts";

async function parseFixture(name: string): Promise<unknown> {
  return withoutSections(
    await parseFile(name, readFileSync(new URL(`../../fixtures/search/documents/${name}`, import.meta.url))),
  );
}

async function parse(name: string, source: string): Promise<unknown> {
  return withoutSections(await parseFile(name, Buffer.from(source)));
}

function withoutSections({ title, url, date, problem, text }: NamedFile): unknown {
  return { title, url, date, problem, text };
}

describe("a file", () => {
  test("of Markdown is read without its marks", async () => {
    expect(await parseFixture("guide.md")).toEqual({
      title: "A guide to Paris",
      url: "https://example.com/paris",
      date: "2024-05-06",
      text: [
        "# Paris",
        "Paris is the capital of France, on the\nriver Seine.\nIt has two million people.",
        "- the Louvre\n- the Eiffel Tower\n- built in 1889",
        "A quotation\nof two lines.",
        '```js\nconst city = "Paris";\n```',
        "Raw HTML",
        "A map",
      ].join("\n\n"),
    });
  });

  test("with front matter that is not YAML is read all the same", async () => {
    expect(await parseFixture("broken-front-matter.md")).toEqual({
      title: "broken-front-matter",
      text: "The text is read all the same.",
      problem: 'its front matter is not used: Missing closing "quote at line 2, column 7',
    });
  });

  test.each([
    ["---\ntitle: 1984\ndate: 2024\nurl: /about\n---\nText", { title: "1984", text: "Text" }],
    [
      "---\n- a list\n---\nText",
      { title: "name", text: "Text", problem: "its front matter is not used: it is not a list of fields" },
    ],
    ["---\n---\nText", { title: "name", text: "Text" }],
    ["---\r\ntitle: Windows\r\n---\r\nText", { title: "Windows", text: "Text" }],
    ["---\n\nA rule, no head", { title: "name", text: "A rule, no head" }],
    ["# A *heading*\n\nText", { title: "A heading", text: "Text" }],
    ["", { title: "name", text: "" }],
  ])("of Markdown %j is read", async (source, parsed) => {
    expect(await parse("folder/name.md", source)).toEqual(parsed);
  });

  test("of HTML is read as a reader sees it", async () => {
    expect(await parseFixture("page.html")).toEqual({
      title: "Lyon & its rivers",
      text: "# Lyon\n\nLyon lies on the Rhône\nand the Saône.\n\nName | Length\nRhône | 813 km\n\n- one\n- two\n\nkept\n  as it is",
    });
  });

  test("of HTML that is broken is read as far as it goes", async () => {
    expect(await parse("a.htm", "<p>one<p>two <b>bold")).toEqual({ title: "a", text: "one\n\ntwo bold" });
    expect(await parse("a.htm", "text only & more <")).toEqual({ title: "a", text: "text only & more <" });
    const nested = await parseFile("a.html", Buffer.from(`${"<div>".repeat(5_000)}deep`));
    expect(nested.text).toBe("deep");
  });

  test.each([
    ['<meta charset="iso-8859-1">', "latin1", "Café"],
    ['<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">', "latin1", "Café"],
    ['<meta charset="utf-8">', "utf8", "Café"],
    ["<!-- <meta charset='iso-8859-1'> -->", "utf8", "Café"],
    ['<meta charset="no-such-charset">', "utf8", "Café"],
  ] as const)("of HTML has the charset of its %s", async (meta, encoding, text) => {
    const html = `<html><head>${meta}<title>${text}</title></head><body><p>${text}</p></body></html>`;
    expect(withoutSections(await parseFile("a.html", Buffer.from(html, encoding)))).toEqual({
      title: text,
      text,
    });
  });

  test("of PDF is read page by page", async () => {
    expect(await parseFixture("report.pdf")).toEqual({
      title: "The Hafnium Report",
      text: "Hafnium was discovered in 1923.\n\nIt was found in Copenhagen.",
    });
  });

  test("of PDF that is broken is refused", async () => {
    await expect(parseFixture("broken.pdf")).rejects.toThrow("Invalid PDF structure.");
  });

  test.each([
    ["with-mark.txt", "A text with a byte order mark.\nSecond line."],
    ["utf-16.txt", "Zwölf Boxkämpfer"],
    ["latin-1.txt", "Café au lait"],
  ])("of text is decoded: %s", async (name, text) => {
    expect(await parseFixture(name)).toEqual({ title: name.replace(".txt", ""), text });
  });

  test("is freed of what no reader sees", async () => {
    expect(await parse("A.TXT", " soft\u00ADhyphen\u0000 \n")).toEqual({ title: "A", text: "softhyphen" });
  });
});

describe("a folder", () => {
  test("is listed in order, without what is no document", async () => {
    const folder = createFolder({
      "b.md": "b",
      "a/deep/er.TXT": "a",
      "a/page.html": "p",
      "image.png": "x",
      ".hidden.md": "x",
      ".git/readme.md": "x",
      "node_modules/package/readme.md": "x",
    });
    const listing = await listFolder(folder, { maxFileBytes: 1_000 });
    expect(listing.files.map(({ path, size }) => [path, size])).toEqual([
      ["a/deep/er.TXT", 1],
      ["a/page.html", 1],
      ["b.md", 1],
    ]);
    expect(listing.problems).toEqual([]);
  });

  test("does not take files over the limit", async () => {
    const folder = createFolder({ "large.md": "12345", "small.md": "1234" });
    const { files, problems } = await listFolder(folder, { maxFileBytes: 4 });
    expect(files.map((file) => file.path)).toEqual(["small.md"]);
    expect(problems).toEqual([{ path: "large.md", reason: "it has 5 bytes, more than the 4 that are read" }]);
  });

  test("follows links to files that are not found otherwise, and none out of it", async () => {
    const outside = createFolder({ "secret.md": "s" });
    const folder = createFolder({ "a.md": "a", ".data/b.md": "b" });
    symlinkSync(join(folder, "a.md"), join(folder, "same.md"));
    symlinkSync(join(folder, ".data", "b.md"), join(folder, "b.md"));
    symlinkSync(join(outside, "secret.md"), join(folder, "out.md"));
    symlinkSync(outside, join(folder, "outside"));
    symlinkSync(folder, join(folder, "loop"));
    symlinkSync(join(folder, "gone.md"), join(folder, "dangling.md"));
    const { files, problems } = await listFolder(folder, { maxFileBytes: 1_000 });
    expect(files.map((file) => file.path)).toEqual(["a.md", "b.md"]);
    expect(problems).toEqual([
      { path: "dangling.md", reason: "it is a link that leads nowhere (ENOENT)" },
      { path: "out.md", reason: "it is a link out of the folder" },
      { path: "outside", reason: "it is a link out of the folder" },
    ]);
  });

  test("that is missing is an error", async () => {
    const folder = join(createFolder(), "missing");
    await expect(listFolder(folder, { maxFileBytes: 1 })).rejects.toMatchObject({
      name: "AgenticRagError",
      code: "documents-unreadable",
      message: `The folder of documents ${folder} cannot be read (ENOENT). Name an existing folder.`,
    });
  });
});
