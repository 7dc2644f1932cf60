import { expect, test } from "vitest";
import { decodePage } from "../../../src/search/pages/charset.ts";
import { readContentType } from "../../../src/search/pages/content-type.ts";

test.each([
  ["the header", "text/html; charset=windows-1252", Buffer.from("<p>caf\xe9 \x80</p>", "latin1"), "café €"],
  ["a meta", "text/html", Buffer.from("<meta charset='iso-8859-1'><p>caf\xe9</p>", "latin1"), "café"],
  [
    "http-equiv",
    "text/html",
    Buffer.concat([
      Buffer.from(`<meta http-equiv=Content-Type content="text/html; charset=shift_jis"><p>`),
      Buffer.from([0x83, 0x65]),
    ]),
    "テ",
  ],
  ["a mark, whatever the header says", "text/html; charset=latin1", "\uFEFF<p>é</p>", "é"],
  ["UTF-16 with a mark", "text/html", Buffer.from("\uFEFF<p>é</p>", "utf16le"), "é"],
  ["UTF-16 by the header", "text/html; charset=utf-16le", Buffer.from("<p>é</p>", "utf16le"), "é"],
  ["an unknown name", "text/html; charset=klingon", "<p>é</p>", "é"],
  ["nothing, with bytes that are no UTF-8", "text/html", Buffer.from("<p>caf\xe9</p>", "latin1"), "café"],
  ["a meta in a comment, which does not count", "text/html", "<!--<meta charset=latin1>--><p>é</p>", "é"],
])("reads a page whose charset is told by %s", (_, type, page, text) => {
  const { charset } = readContentType(type) ?? {};
  const html = decodePage(Buffer.from(page), charset, true);
  expect(html.slice(html.indexOf("<p>") + 3).replace("</p>", "")).toBe(text);
});

test("takes no <meta> of a text that is not HTML", () => {
  expect(decodePage(Buffer.from("<meta charset=latin1>é"), undefined, false)).toBe("<meta charset=latin1>é");
});

test("keeps the signs of windows-1252 that Latin-1 does not have", () => {
  const bytes = Buffer.from([0x93, 0x41, 0x94, 0x96, 0x85, 0x80]);
  expect(decodePage(bytes, "iso-8859-1", true)).toBe("“A”–…€");
});
