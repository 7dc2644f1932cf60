import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { placeOf } from "../../../src/cli/view/place.ts";

test.each([
  ["https://example.org/a%20b?c#page=3", "https://example.org/a%20b?c#page=3"],
  [pathToFileURL("/home/anna/docs/Über uns.md").href, "docs/Über uns.md"],
  [pathToFileURL("/home/anna/docs/100% #1?.txt").href, "docs/100% #1?.txt"],
  [`${pathToFileURL("/home/anna/docs/会議.pdf").href}#page=137`, "docs/会議.pdf, p. 137"],
  [
    `${pathToFileURL("/home/anna/docs/a.md").href}#:~:text=Wi%2DFi%20%28%E5%AE%89%29`,
    'docs/a.md, section "Wi-Fi (安)"',
  ],
  [`${pathToFileURL("/home/anna/docs/a.html").href}#top`, "docs/a.html"],
  [pathToFileURL("/home/ben/notes.md").href, "/home/ben/notes.md"],
  [pathToFileURL("/home/anna/..notes.md").href, "..notes.md"],
  ["file://server/share/a.md", "file://server/share/a.md"],
  ["file:///home/anna/%00.md", "file:///home/anna/%00.md"],
  ["", ""],
])("%s is at %s", (url, place) => {
  expect(placeOf(url, "/home/anna")).toBe(place);
});
