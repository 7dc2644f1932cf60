import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { buildIndex } from "../../../src/search/local/index-builder.ts";
import { placeIn } from "../../../src/search/local/place.ts";
import { createFolder } from "../temporary-folder.ts";
import { zipFile } from "./zip-file.ts";

const word = (text: string, style = ""): string =>
  `<w:p><w:pPr><w:pStyle w:val="${style}"/></w:pPr><w:r><w:t>${text}</w:t></w:r></w:p>`;
const book = {
  "META-INF/container.xml": `<container><rootfile full-path="b.opf"/></container>`,
  "b.opf": `<package><title>Bread</title><item id="a" href="a.xhtml"/><item id="b" href="b.xhtml"/><itemref idref="a"/><itemref idref="b"/></package>`,
  "a.xhtml": "<h1>Rye</h1><p>It bakes at 240 degrees.</p>",
  "b.xhtml": "<h1>Wheat</h1><p>It rests for 18 hours.</p>",
};
const FILES: Readonly<Record<string, string | Buffer>> = {
  "a.md": "# Guide\n\nHello.\n\n## Install\n\nRun the setup.\n\n## Network\n\n- Wifi password: tangerine\n",
  "b.rst":
    "Manual\n======\n\nCalibration\n-----------\n\nEvery 45 days.\n\nCleaning\n--------\n\nWith alcohol.\n",
  "c.org": "#+TITLE: Home\n* Garden\nThe hedge is cut in March.\n* Kitchen\nThe oven is repaired.\n",
  "d.html":
    "<title>FAQ</title><h2>Returns</h2><p>21 days.</p><h2>Shipping (EU)</h2><p>14 euros to Norway.</p>",
  "e.docx": zipFile({
    "word/document.xml": `<w:document><w:body>${word("Trains", "Heading1")}${word("First class.")}${word("Hotels", "Heading1")}${word("135 euros per night.")}</w:body></w:document>`,
  }),
  "f.odt": zipFile({
    "content.xml": `<office:text><text:h>Bicycles</text:h><text:p>Nine in the cellar.</text:p><text:h>Cars</text:h><text:p>The van seats seven.</text:p></office:text>`,
  }),
  "g.epub": zipFile(book),
  "h.md": "# 说明\n\n## 安装\n\n先安装驱动程序。\n\n## 保修\n\n保修期为三年。\n",
  "i.py": "# Retries\n\nretries = 7\n",
};

const PLACES: Readonly<Record<string, string>> = {
  "wifi password": "a.md#:~:text=Network",
  "How do I run the setup?": "a.md#:~:text=Install",
  hello: "a.md",
  "calibration interval": "b.rst#:~:text=Calibration",
  hedge: "c.org#:~:text=Garden",
  "shipping to Norway": "d.html#:~:text=Shipping%20%28EU%29",
  "hotel per night": "e.docx#:~:text=Hotels",
  "van seats": "f.odt#:~:text=Cars",
  "rests for hours": "g.epub#:~:text=Wheat",
  保修期: `h.md#:~:text=${encodeURIComponent("保修")}`,
  retries: "i.py",
};

test("what is found in a file of any kind with headings is found below its own", async () => {
  const folder = createFolder();
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
  const { index, report } = await buildIndex({ folder, file: ":memory:" });
  onTestFinished(() => index.close());
  expect(report.problems).toEqual([]);
  const base = pathToFileURL(join(folder, "/")).href;
  const placeOf = (question: string): string => index.find(question, 5)[0]?.url?.replace(base, "") ?? "";
  expect(Object.fromEntries(Object.keys(PLACES).map((question) => [question, placeOf(question)]))).toEqual(
    PLACES,
  );
});

describe("the fragment of a passage", () => {
  const found = { title: "Guide", text: "text", page: null, heading: null };

  test.each([
    [{ page: 137, heading: "Install" }, "#page=137"],
    [{ heading: "Install" }, "#:~:text=Install"],
    [{ heading: "Guide" }, ""],
    [{ heading: "" }, ""],
    [{}, ""],
    // signs that mean something in a text fragment or in Markdown
    [{ heading: `a-b, c & d* (e) "f" #1` }, "#:~:text=a%2Db%2C%20c%20%26%20d%2A%20%28e%29%20%22f%22%20%231"],
    [{ heading: `${"word ".repeat(30)}end` }, `#:~:text=${Array(20).fill("word").join("%20")}`],
    // the section that holds more of the question; none where two hold as much
    [{ heading: "\nA\nB", text: "first\n\n# A\n\nred\n\n# B\n\nfirst red" }, "#:~:text=B"],
    [{ heading: "\nA\nB", text: "none\n\n# A\n\nfirst\n\n# B\n\nfirst" }, ""],
    // a comment of code is no heading
    [{ heading: "A\nB", text: "# A\n\n```sh\n# Bee\nfirst red\n```\n\n## B\n\nblue" }, "#:~:text=A"],
  ])("%o gives %s", (passage, fragment) => {
    expect(placeIn({ ...found, ...passage }, "the first red one")).toBe(fragment);
  });
});
