import { describe, expect, test } from "vitest";
import { parseFile } from "../../../src/search/local/documents/file.ts";
import { zipFile } from "./zip-file.ts";

const CORE = {
  "docProps/core.xml": `<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>Annual &amp; plan</dc:title></cp:coreProperties>`,
};

function relations(targets: Readonly<Record<string, string>>): string {
  const all = Object.entries(targets).map(([id, target]) => `<Relationship Id="${id}" Target="${target}"/>`);
  return `<?xml version="1.0"?><Relationships>${all.join("")}</Relationships>`;
}

const run = (text: string, facts = ""): string =>
  `<w:r>${facts}<w:t xml:space="preserve">${text}</w:t></w:r>`;
const paragraph = (inner: string, facts = ""): string => `<w:p><w:pPr>${facts}</w:pPr>${inner}</w:p>`;

const cell = (text: string): string => `<w:tc>${paragraph(run(text))}</w:tc>`;

describe("a text of Word", () => {
  const styles = `<w:styles><w:style w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style></w:styles>`;
  const docx = (body: string, more: Readonly<Record<string, string>> = {}): Buffer =>
    zipFile({
      "word/document.xml": `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="w"><w:body>${body}</w:body></w:document>`,
      "word/styles.xml": styles,
      ...more,
    });

  test("is read with headings, lists, tables and notes", async () => {
    const body = [
      paragraph(run("Travel"), '<w:pStyle w:val="Heading1"/>'),
      paragraph(run("By train, ") + run("always") + run("."), ""),
      paragraph(run("Rechte"), '<w:pStyle w:val="berschrift2"/>'),
      paragraph(run("one"), "<w:numPr/>"),
      paragraph(run("two"), "<w:numPr/>"),
      `<w:tbl><w:tr>${cell("Country")}${cell("Limit")}</w:tr><w:tr>${cell("Denmark")}${cell("165 euros")}</w:tr></w:tbl>`,
      paragraph("<w:r><w:t>Line</w:t><w:br/><w:t>break</w:t></w:r>"),
    ].join("");
    const notes = `<w:footnotes><w:footnote>${paragraph(run("A note."))}</w:footnote></w:footnotes>`;
    expect(await parseFile("a.docx", docx(body, { "word/footnotes.xml": notes, ...CORE }))).toMatchObject({
      title: "Annual & plan",
      text: "# Travel\n\nBy train, always.\n\n## Rechte\n\n- one\n- two\n\nCountry | Limit\nDenmark | 165 euros\n\nLine\nbreak\n\nA note.",
    });
  });

  test("is read without what is deleted, hidden, or said twice for older programs", async () => {
    const body = [
      paragraph(`${run("Kept.")}<w:del>${run("SECRET")}</w:del><w:ins>${run(" Put in.")}</w:ins>`),
      paragraph(run("SECRET", "<w:rPr><w:vanish/></w:rPr>") + run("Seen.")),
      paragraph("<w:r><w:instrText>SECRET</w:instrText></w:r>" + run("Field.")),
      `<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>${paragraph(run("Box."))}</w:txbxContent></mc:Choice>` +
        `<mc:Fallback><w:txbxContent>${paragraph(run("SECRET"))}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>${run("After.")}</w:p>`,
    ].join("");
    expect((await parseFile("a.docx", docx(body))).text).toBe(
      "Kept. Put in.\n\nSeen.\n\nField.\n\nBox.\n\nAfter.",
    );
  });

  test("nested too deep is named", async () => {
    const deep = docx("<w:sdt>".repeat(100_000));
    await expect(parseFile("a.docx", deep)).rejects.toThrow("it is nested more than 2000 deep");
  });

  test.each([
    ["no zip file", Buffer.from("nonsense"), /end of central directory/iu],
    [
      "locked",
      Buffer.from("d0cf11e0a1b11ae1000000", "hex"),
      "it is locked by a password, or in the format of Office before 2007; save it anew",
    ],
    ["another zip file", zipFile({ "a.txt": "text" }), "its part word/document.xml is missing"],
    [
      "a bomb",
      zipFile({ "word/document.xml": "text" }, { "word/document.xml": 2_000_000_000 }),
      "it unpacks to more than 100000000 bytes",
    ],
    [
      "a bomb that says that it is small",
      zipFile({ "word/document.xml": Buffer.alloc(50_000_000, " ") }, { "word/document.xml": 1_000 }),
      /too many bytes/u,
    ],
  ])("is named where it is %s", async (_, bytes, reason) => {
    await expect(parseFile("a.docx", bytes)).rejects.toThrow(reason);
  });

  test("that declares entities is not made larger by them", async () => {
    const source = `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><w:document><w:body>${paragraph(run("x &b; y"))}</w:body></w:document>`;
    expect((await parseFile("a.docx", zipFile({ "word/document.xml": source }))).text).toBe("x &b; y");
  });
});

test("sheets of Excel are tables, with dates, results of formulas and empty cells", async () => {
  const sheet = `<worksheet><sheetData>
    <row><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>Paid</t></is></c><c r="D1" t="str"><f>A1</f><v>Note</v></c></row>
    <row><c r="A2" s="1"><v>45446</v></c><c r="C2" t="b"><v>1</v></c><c r="D2"><f>1/10+2/10</f><v>0.30000000000000004</v></c></row>
    <row><c r="A3" s="2"><v>45446.5</v></c><c r="B3"><v>1200</v></c><c r="D3" t="e"><v>#N/A</v></c></row>
  </sheetData></worksheet>`;
  const bytes = zipFile({
    "xl/workbook.xml": `<workbook><sheets><sheet name="Missing" sheetId="3" r:id="rId9"/><sheet name="Costs" sheetId="1" r:id="rId2"/><sheet name="Empty" sheetId="2" r:id="rId1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relations({
      rId1: "worksheets/sheet1.xml",
      rId2: "/xl/worksheets/sheet2.xml",
    }),
    "xl/worksheets/sheet1.xml": "<worksheet><sheetData/></worksheet>",
    "xl/worksheets/sheet2.xml": sheet,
    "xl/sharedStrings.xml": `<sst><si><t>Day</t></si><si><r><t>Am</t></r><r><t>ount</t></r><rPh><t>SECRET</t></rPh></si></sst>`,
    "xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>`,
    ...CORE,
  });
  expect(await parseFile("a.xlsx", bytes)).toMatchObject({
    title: "Annual & plan",
    text: "# Costs\n\nDay | Amount | Paid | Note\n2024-06-03 |  | yes | 0.3\n2024-06-03 12:00 | 1200 |  | #N/A",
  });
});

const shape = (type: string, ...paragraphs: string[]): string =>
  `<p:sp><p:nvSpPr><p:nvPr><p:ph type="${type}"/></p:nvPr></p:nvSpPr><p:txBody>${paragraphs.map((text) => `<a:p><a:r><a:t>${text}</a:t></a:r></a:p>`).join("")}</p:txBody></p:sp>`;

test("slides are pages in their order, each with its title and its notes", async () => {
  const bytes = zipFile({
    "ppt/presentation.xml": `<p:presentation><p:sldIdLst><p:sldId id="256" r:id="rId2"/><p:sldId id="257" r:id="rId1"/></p:sldIdLst></p:presentation>`,
    "ppt/_rels/presentation.xml.rels": relations({ rId1: "slides/slide1.xml", rId2: "slides/slide2.xml" }),
    "ppt/slides/slide1.xml": `<p:sld>${shape("title", "End")}${shape("sldNum", "7")}</p:sld>`,
    "ppt/slides/slide2.xml": `<p:sld>${shape("ctrTitle", "Roadmap")}${shape("body", "Next: encryption", "Later: plug-in")}</p:sld>`,
    "ppt/slides/_rels/slide2.xml.rels": relations({ rId1: "../notesSlides/notesSlide1.xml" }),
    "ppt/notesSlides/notesSlide1.xml": `<p:notes>${shape("other", "Say hello.")}</p:notes>`,
  });
  const { title, sections } = await parseFile("a.pptx", bytes);
  expect({ title, sections }).toEqual({
    title: "Roadmap",
    sections: [
      {
        page: 1,
        headings: ["Roadmap"],
        text: "# Roadmap\n\n- Next: encryption\n- Later: plug-in\n\nSay hello.",
      },
      { page: 2, headings: ["End"], text: "# End" },
    ],
  });
});

test("a text of LibreOffice is read with headings, lists and tables", async () => {
  const content = `<office:document-content><office:body><office:text>
    <text:tracked-changes><text:p>SECRET</text:p></text:tracked-changes>
    <text:h text:outline-level="2">Rowing <text:span>club</text:span></text:h>
    <text:p>Founded<text:s/>in<text:tab/>1903.<office:annotation><text:p>SECRET</text:p></office:annotation></text:p>
    <text:list><text:list-item><text:p>one</text:p></text:list-item><text:list-item><text:p>two</text:p></text:list-item></text:list>
    <table:table><table:table-row><table:table-cell><text:p>Day</text:p></table:table-cell><table:table-cell><text:p>Time</text:p></table:table-cell></table:table-row>
    <table:table-row><table:table-cell><text:p>Monday</text:p></table:table-cell><table:table-cell><text:p>18:15</text:p></table:table-cell></table:table-row></table:table>
    </office:text></office:body></office:document-content>`;
  expect(await parseFile("a.odt", zipFile({ "content.xml": content }))).toMatchObject({
    title: "Rowing club",
    text: "## Rowing club\n\nFounded in 1903.\n\n- one\n- two\n\nDay | Time\nMonday | 18:15",
  });
  const locked = { "content.xml": "x", "META-INF/manifest.xml": "<manifest:encryption-data/>" };
  await expect(parseFile("a.odt", zipFile(locked))).rejects.toThrow("it is locked by a password");
});

const chapter = (title: string, text: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body><h1>${title}</h1><p>${text}</p></body></html>`;

test("chapters of a book come in the order in which they are read", async () => {
  const bytes = zipFile({
    "META-INF/container.xml": `<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>`,
    "OEBPS/book.opf": `<package><metadata><dc:title>Fables</dc:title></metadata><manifest><item id="a" href="one%20a.xhtml"/><item id="b" href="two.xhtml"/></manifest><spine><itemref idref="b"/><itemref idref="a"/></spine></package>`,
    "OEBPS/one a.xhtml": chapter("The otter", "It sleeps."),
    "OEBPS/two.xhtml": chapter("The heron", "It waits, Zoë."),
  });
  expect(await parseFile("a.epub", bytes)).toMatchObject({
    title: "Fables",
    text: "# The heron\n\nIt waits, Zoë.\n\n# The otter\n\nIt sleeps.",
  });
});

test("cells of Excel show numbers as their format does, and what merged cells say for several rows is said in each", async () => {
  const rows = [
    `<row r="1"><c r="A1" t="str"><v>Team</v></c><c r="B1" t="str"><v>Part</v></c><c r="C1" t="str"><v>Time</v></c></row>`,
    `<row r="2"><c r="A2" t="str"><v>North</v></c><c r="B2" s="1"><v>0.285</v></c><c r="C2" s="2"><v>1.0625</v></c></row>`,
    `<row r="3"><c r="B3" s="3"><v>7.0000000000000007E-2</v></c><c r="C3" s="4"><v>0.75</v></c></row>`,
    `<row r="5"><c r="A5" t="str"><v>South</v></c><c r="B5" s="5"><v>12</v></c></row>`,
  ];
  const formats = [
    [164, "0.0%"],
    [165, "[h]:mm"],
    [166, "[Red]0%"],
    [167, "h:mm"],
    [168, "0&quot; days&quot;"],
  ].map(([id, code]) => `<numFmt numFmtId="${id}" formatCode="${code}"/>`);
  const styles = [0, 164, 165, 166, 167, 168].map((id) => `<xf numFmtId="${id}"/>`);
  const bytes = zipFile({
    "xl/workbook.xml": `<workbook><sheets><sheet name="S" sheetId="1" r:id="a"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relations({ a: "worksheets/s.xml" }),
    "xl/worksheets/s.xml": `<worksheet><sheetData>${rows.join("")}</sheetData><mergeCells><mergeCell ref="A2:A4"/><mergeCell ref="A5:B1048576"/><mergeCell ref="nonsense"/></mergeCells></worksheet>`,
    "xl/styles.xml": `<styleSheet><numFmts>${formats.join("")}</numFmts><cellXfs>${styles.join("")}</cellXfs></styleSheet>`,
  });
  expect((await parseFile("a.xlsm", bytes)).text).toBe(
    "# S\n\nTeam | Part | Time\nNorth | 28.5% | 25:30\nNorth | 7% | 18:00\nSouth | 12",
  );
});
