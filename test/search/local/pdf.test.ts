import { expect, test } from "vitest";
import { parsePdf } from "../../../src/search/local/documents/pdf.ts";

interface Drawn {
  readonly text: string;
  readonly x?: number;
  readonly y: number;
}

/** A PDF of pages on which text is drawn, with a title, and a font of one's own where one is given. */
function pdfOf(pages: readonly (readonly Drawn[])[], title = "", font = HELVETICA): Buffer {
  const kids = pages.map((_, index) => `${4 + 2 * index} 0 R`).join(" ");
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    font,
    ...pages.flatMap((items, index) => {
      const content = items
        .map(
          ({ text, x = 50, y }) =>
            `BT /F1 10 Tf ${x} ${y} Td ${text.startsWith("<") ? text : `(${text})`} Tj ET`,
        )
        .join("\n");
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents ${5 + 2 * index} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
        `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      ];
    }),
    `<< /Title (${title.replace(/[()]/gu, "\\$&")}) >>`,
  ];
  const body = objects.map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`).join("");
  return Buffer.from(
    `%PDF-1.4\n${body}trailer\n<< /Root 1 0 R /Info ${objects.length} 0 R /Size ${objects.length + 1} >>\n%%EOF\n`,
  );
}

const HELVETICA = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";

function composite(ordering: string, encoding: string): string {
  return `<< /Type /Font /Subtype /Type0 /BaseFont /Any /Encoding /${encoding} /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Any /CIDSystemInfo << /Registry (Adobe) /Ordering (${ordering}) /Supplement 2 >> /FontDescriptor << /Type /FontDescriptor /FontName /Any /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >> >>] >>`;
}

test("words that a line end cuts are whole, compounds and paragraphs stay", async () => {
  const { blocks } = await parsePdf(
    pdfOf([
      [
        { text: "The maintenance of the installa-", y: 700 },
        { text: "tion is done by the state-of-the-", y: 688 },
        { text: "art team of Berlin-", y: 676 },
        { text: "Mitte.", y: 664 },
        { text: "A new paragraph.", y: 630 },
      ],
    ]),
  );
  expect(blocks).toEqual([
    {
      page: 1,
      text: "The maintenance of the installation is done by the state-of-the-art team of Berlin-\nMitte.\n\nA new paragraph.",
    },
  ]);
});

test.each([
  ["Japan1", "90ms-RKSJ-H", "<8979 8AD9 2E>".replaceAll(" ", ""), "謁館."],
  ["GB1", "GBK-EUC-H", "<C3DCC2EB>", "密码"],
  ["CNS1", "ETen-B5-H", "<B14BBD58>", "密碼"],
  ["Korea1", "KSCms-UHC-H", "<BFACC2F7>", "연차"],
  ["Japan1", "UniJIS-UCS2-H", "<67714EAC>", "東京"],
])("fonts of %s with the predefined map %s are read", async (ordering, encoding, text, read) => {
  const { blocks } = await parsePdf(pdfOf([[{ text, y: 700 }]], "", composite(ordering, encoding)));
  expect(blocks).toEqual([{ page: 1, text: read }]);
});

test("of two columns whose lines come by turns the left one comes first", async () => {
  const rows = Array.from({ length: 8 }, (_, row) => [
    { text: `left column line number ${row} goes on`, x: 50, y: 700 - 12 * row },
    { text: `right column line number ${row} goes on`, x: 320, y: 700 - 12 * row },
  ]);
  const { blocks } = await parsePdf(
    pdfOf([
      [
        { text: "A title over both of the columns, so long that it spans them all and more", y: 730 },
        ...rows.flat(),
      ],
    ]),
  );
  const lines = blocks[0]?.text.split(/\n+/u) ?? [];
  expect(
    lines.map((line) =>
      line
        .split(" ")
        .slice(0, 1)
        .concat(/\d/u.exec(line)?.[0] ?? "")
        .join(""),
    ),
  ).toEqual([
    "A",
    ...Array.from({ length: 8 }, (_, row) => `left${row}`),
    ...Array.from({ length: 8 }, (_, row) => `right${row}`),
  ]);
});

test("cells of a table stay in their rows", async () => {
  const rows = Array.from({ length: 6 }, (_, row) => [
    { text: `name ${row}`, x: 50, y: 700 - 12 * row },
    { text: `${row}00 km`, x: 320, y: 700 - 12 * row },
  ]);
  const { blocks } = await parsePdf(pdfOf([rows.flat()]));
  expect(blocks[0]?.text.split("\n")).toEqual(
    Array.from({ length: 6 }, (_, row) => `name ${row} | ${row}00 km`),
  );
});

test("pages are counted, also behind an empty one", async () => {
  const { blocks } = await parsePdf(pdfOf([[{ text: "one", y: 700 }], [], [{ text: "three", y: 700 }]]));
  expect(blocks).toEqual([
    { page: 1, text: "one" },
    { page: 3, text: "three" },
  ]);
});

test.each([
  ["Annual report", "Annual report"],
  ["untitled", undefined],
  ["(anonymous)", undefined],
  ["Microsoft Word - draft.docx", undefined],
  ["thesis.dvi", undefined],
  ["Untitled-1", undefined],
  ["Document1", undefined],
])("the title %j is %j", async (written, title) => {
  expect((await parsePdf(pdfOf([[{ text: "text", y: 700 }]], written))).title).toBe(title);
});

test("a scan is named as one", async () => {
  await expect(parsePdf(pdfOf([[], []]))).rejects.toThrow(
    "it holds no text: it seems to be a scan (its 2 pages are pictures); run it through a text recognition (OCR)",
  );
});
