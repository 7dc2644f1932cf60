import { describe, expect, test } from "vitest";
import { parseFile } from "../../../src/search/local/documents/file.ts";

async function textOf(name: string, source: string | Buffer): Promise<string> {
  return (await parseFile(name, Buffer.from(source))).text;
}

describe("tables", () => {
  test.each([
    ["a.csv", 'Name,City\nAnna,Graz\n"Bo, Jr.","Bad\nTölz"\n'],
    ["a.csv", "Name;City\r\nAnna;Graz\r\nBo, Jr.;Bad Tölz\r\n"],
    ["a.tsv", "Name\tCity\nAnna\tGraz\nBo, Jr.\tBad Tölz\n"],
  ])("%s is read row by row, whatever stands between its cells", async (name, source) => {
    expect(await textOf(name, source)).toBe("Name | City\nAnna | Graz\nBo, Jr. | Bad Tölz");
  });

  test("each part of a long one begins with the names of its columns", async () => {
    const rows = Array.from({ length: 200 }, (_, row) => `station ${row},${row} mm`);
    const paragraphs = (await textOf("a.csv", `Station,Rain\n${rows.join("\n")}\n`)).split("\n\n");
    expect(paragraphs.length).toBeGreaterThan(3);
    expect(new Set(paragraphs.map((paragraph) => paragraph.split("\n")[0]))).toEqual(
      new Set(["Station | Rain"]),
    );
    expect(paragraphs.flatMap((paragraph) => paragraph.split("\n").slice(1))).toEqual(
      rows.map((row) => row.replace(",", " | ")),
    );
  });

  test("a mark of inches is no quotation mark that takes all that follows", async () => {
    expect(await textOf("a.csv", 'Pipe,Price\n"2,10\n3,12\n')).toBe('Pipe | Price\n"2 | 10\n3 | 12');
    expect(await textOf("a.tsv", 'Pipe\tPrice\n"2\t10\n3\t12\n')).toBe('Pipe | Price\n"2 | 10\n3 | 12');
  });

  test.each([
    ["a byte order mark", "\uFEFFName;Preis\nBrot;1,50\n"],
    ["numbers with commas", "Name;Preis\nBrot;1,50\n"],
    ["blank lines", "\n\nName;Preis\n;\n\nBrot;1,50\n\n"],
    ["bars", "Name|Preis\nBrot|1,50\n"],
  ])("with %s are read", async (_, source) => {
    expect(await textOf("a.csv", source)).toBe("Name | Preis\nBrot | 1,50");
  });

  test("numbers are no names of columns", async () => {
    expect(await textOf("a.csv", "1,2\n3,4\n")).toBe("1 | 2\n3 | 4");
  });
});

describe("JSON", () => {
  test("is read as names and values", async () => {
    const source = {
      port: 8461,
      database: { host: "otter", pools: [1, 2] },
      users: [{ name: "Anna" }, { name: "Bo" }],
    };
    expect(await textOf("a.json", JSON.stringify(source))).toBe(
      "port: 8461\ndatabase.host: otter\ndatabase.pools: 1, 2\nusers.name: Anna\nusers.name: Bo",
    );
  });

  test("of a list of objects, and of lines, is a paragraph for each", async () => {
    const objects = [
      { sku: "A", stock: 3 },
      { sku: "B", stock: 0 },
    ];
    const read = "sku: A\nstock: 3\n\nsku: B\nstock: 0";
    expect(await textOf("a.json", JSON.stringify(objects))).toBe(read);
    expect(await textOf("a.jsonl", objects.map((one) => JSON.stringify(one)).join("\n"))).toBe(read);
  });

  test("that is broken is read as text, and named", async () => {
    expect(await parseFile("a.json", Buffer.from('{"a": 1,}'))).toMatchObject({
      text: '{"a": 1,}',
      problem: "it is not valid JSON; it is indexed as plain text",
    });
    expect(await parseFile("a.jsonl", Buffer.from('{"a": 1}\nnonsense\n'))).toMatchObject({
      text: "a: 1\n\nnonsense",
      problem: "1 of its 2 lines are not valid JSON; they are indexed as plain text",
    });
  });

  test("that is nested too deep is named", async () => {
    await expect(textOf("a.json", `${"[{}, ".repeat(500)}1${"]".repeat(500)}`)).rejects.toThrow(
      "it is nested more than 200 deep",
    );
  });
});

test("a notebook is its text, its code and what that printed", async () => {
  const source = {
    nbformat: 4,
    metadata: { language_info: { name: "python" } },
    cells: [
      { cell_type: "markdown", source: ["# Spectra\n", "\n", "Measured **twice**."] },
      { cell_type: "code", source: "print(peak)", outputs: [{ output_type: "stream", text: ["612 nm\n"] }] },
      {
        cell_type: "code",
        source: "peak",
        outputs: [{ output_type: "execute_result", data: { "text/plain": ["612"] } }],
      },
    ],
  };
  expect(await parseFile("a.ipynb", Buffer.from(JSON.stringify(source)))).toMatchObject({
    title: "Spectra",
    text: "Measured twice.\n\n```python\nprint(peak)\n```\n\n612 nm\n\n```python\npeak\n```\n\n612",
  });
  await expect(textOf("a.ipynb", "{}")).rejects.toThrow("it is no Jupyter notebook of format 4");
});

describe("a mail", () => {
  const head =
    "From: Zoë <zoe@site.example>\r\nTo: b@site.example\r\nDate: Mon, 3 Jun 2024 08:45:00 +0200\r\n";

  test("is read with its head, decoded", async () => {
    const source = `${head}Subject: =?utf-8?Q?Caf=C3=A9?=\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DFe from=\r\n here.\r\n`;
    expect(await parseFile("a.eml", Buffer.from(source))).toMatchObject({
      title: "Café",
      date: "2024-06-03",
      text: "From: Zoë <zoe@site.example>\nTo: b@site.example\nDate: 2024-06-03T06:45:00.000Z\nSubject: Café\n\nGrüße from here.",
    });
  });

  test("of HTML alone is read, its attachments are named", async () => {
    const source = `${head}Subject: Plan\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>Hello</p><p hidden>SECRET</p>\r\n--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\r\n%PDF\r\n--x--\r\n`;
    const text = await textOf("a.eml", source);
    expect(text.split("\n").slice(3)).toEqual(["Subject: Plan", "Attachments: plan.pdf", "", "Hello"]);
  });
});

test("reStructuredText is read with its headings, without its marks", async () => {
  const source = `=====
Gauge
=====

A frame is **18** bytes, see :ref:\`frames <f>\` and \`the site <https://site.example>\`_.

Fields
------
:battery: one byte

.. note:: Firmware 1 has none.

.. code-block:: python
   :linenos:

   read()
     .frame()

Errors
------
It sleeps.
`;
  expect(await parseFile("a.rst", Buffer.from(source))).toMatchObject({
    title: "Gauge",
    text: "# Gauge\n\nA frame is 18 bytes, see frames and the site.\n\n## Fields\n\nbattery: one byte\n\nnote: Firmware 1 has none.\n\n```python\nread()\n  .frame()\n```\n\n## Errors\n\nIt sleeps.",
  });
});

test("an Org file is read with its headings, without its marks", async () => {
  const source = `#+TITLE: Server notes
* Hosts :work:
:PROPERTIES:
:ID: 1
:END:
** TODO [#A] otter
   - rack: B4
   - run ~postqueue -f~ of [[https://site.example][the site]]
#+BEGIN_SRC sh
  reboot
#+END_SRC
| name | rack |
|------+------|
| otter | B4 |
`;
  expect(await parseFile("a.org", Buffer.from(source))).toMatchObject({
    title: "Server notes",
    text: "# Hosts\n\n## otter\n\n   - rack: B4\n   - run postqueue -f of the site\n\n```sh\nreboot\n```\n\n| name | rack |\n| otter | B4 |",
  });
});

test.each(["a.py", "a.go", "a.sql", "a.TS", "a.toml", "Dockerfile", "Makefile"])(
  "code is read as it is: %s",
  async (name) => {
    const source = "first line\n\n    indented = True\n";
    expect(await parseFile(name, Buffer.from(source))).toMatchObject({ title: name, text: source.trim() });
  },
);

describe("a small file cannot become a large text, or take long", () => {
  const long = "k".repeat(50_000);

  test.each([
    [
      "a.json",
      JSON.stringify({ [long]: Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [n, n])) }),
    ],
    ["a.csv", `${long},b\n${"1,x\n".repeat(20_000)}`],
    ["a.rst", ":".repeat(100_000)],
    ["a.rst", ".. code::\n\n".repeat(10_000)],
    ["a.org", `* ${" ".repeat(100_000)}x`],
    ["a.org", "= [[".repeat(40_000)],
  ])("%s", async (name, source) => {
    expect((await textOf(name, source)).length).toBeLessThan(3_000_000);
  });
});

test.each(["README", "LICENSE", "Notice", "a.adoc"])(
  "a text is read although its name says little: %s",
  async (name) => {
    expect((await parseFile(name, Buffer.from("words"))).text).toBe("words");
  },
);
