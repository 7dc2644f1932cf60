import { createHash } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { FOLDERS, HALVES, readQuestions } from "../../../../bench/documents/questions.ts";
import { buildIndex, indexDocuments } from "../../../../src/search/local/index-builder.ts";
import { indexPostgresDocuments } from "../../../../src/search/local/postgres/postgres.ts";
import { NO_POSTGRES } from "../../../servers/postgres.ts";
import { createFolder } from "../../temporary-folder.ts";
import { useDatabases } from "./place.ts";

/** Everything but English, and of that as many as make 200. */
const QUESTIONS = HALVES.flatMap((half) => readQuestions(half))
  .sort((a, b) => Number(a.language === "en") - Number(b.language === "en"))
  .slice(0, 200);

describe.skipIf(NO_POSTGRES !== "")(`a file and a database find the same ${NO_POSTGRES}`, () => {
  const { create } = useDatabases();

  async function bothOf(folder: string) {
    const { index: file } = await buildIndex({ folder, file: ":memory:" });
    onTestFinished(() => file.close());
    const place = await create();
    await place.build({ folder });
    return { file, database: await place.open(folder) };
  }
  async function expectSame(
    { file, database }: Awaited<ReturnType<typeof bothOf>>,
    questions: readonly string[],
  ): Promise<number> {
    const found = await Promise.all(
      questions.map(async (question) => {
        const respelt = file.respell(question);
        expect([question, await database.respell(question)]).toEqual([question, respelt]);
        const results = file.rank(respelt.text, 10);
        expect([question, await database.rank(respelt.text, 10)]).toEqual([question, results]);
        return results.length;
      }),
    );
    return found.reduce((sum, count) => sum + count, 0);
  }

  test("for 200 questions in seven languages: documents, order and text", { timeout: 120_000 }, async () => {
    expect(new Set(QUESTIONS.map(({ language }) => language)).size).toBe(7);
    for (const documents of ["corpus", "folder"] as const) {
      const both = await bothOf(FOLDERS[documents]);
      const asked = QUESTIONS.filter((one) => one.documents === documents).map(({ question }) => question);
      expect(await expectSame(both, asked)).toBeGreaterThan(asked.length * 2);
    }
  });

  test("for words that are hard to keep", async () => {
    const long = "ж".repeat(1_800);
    const files = {
      "quotes.md": `# It's a \\ "test"\n\nO'Brien's 'path' is C:\\temp\\new & <b>: 'a':1A | !x`,
      "signs.txt": "C++ and C#, a QwQ-32B, e-mail of Jürgen’s café\u{10428} naïve",
      "long.txt": `a ${long} z`,
      "longer.txt": `a ${long}ж z`,
      "many.txt": "echo ".repeat(200),
      "title.md": "# echo echo\n\nOne word.",
      "thai.txt": "สวัสดีชาวโลก 人人生而自由 かな カナー 저수량이",
      "twice.txt": "人人人 人 人人",
      "columns.md": "# alpha beta\n\ngamma delta",
      "nul.txt": "before\u0000after it",
      "looks.txt": "ﬁnal oﬃce ＱｗＱ ﾃﾞｰﾀ المَدْرَسَةِ हिन्दी ๒๕๖๗ Łódź",
      "figures.txt": "1,234,567 and 7 654 321",
    };
    const both = await bothOf(createFolder(files));
    const asked = [
      "O'Brien's path",
      "C:\\temp\\new",
      "C++ C#",
      "QwQ32B email",
      "cafe naive jurgen",
      long,
      `${long}ж`,
      "echo",
      "echo word",
      "人人",
      "人人人",
      '"beta gamma"',
      '"alpha beta" "gamma delta"',
      "저수량",
      "สวัสดี",
      "カナー",
      "before after",
      "𐐨",
      "a:1A | !x",
      "final office QwQ データ",
      "المدرسة हिंदी 2567 lodz",
      "1234567 7654321",
      "1’234’567",
      "river\ud800 \udfffcafe",
      `"${"echo echo ".repeat(800)}"`,
    ];
    expect(await expectSame(both, asked)).toBe(29);
  });

  test("of documents that are no files, whatever is in their texts and addresses", async () => {
    const digits = createHash("sha512").update("a").digest("hex");
    const documents = [
      { title: "Nul\0", url: "u:\0nul", text: "nul\0 okapi", date: "2024\0" },
      { title: "Lone\ud800", url: "u:\udfff", text: "lone\ud800 okapi" },
      { title: "", url: "u:none", text: "" },
      { title: "\\ ' \" :A", url: "u:signs", text: "\\' okapi \\\\ '' :1A" },
      { title: "echo ".repeat(30_000), url: "u:title", text: "okapi" },
      ...["a", "b"].map((end) => ({
        title: end,
        url: `u:${Array.from(digits, (digit) => createHash("sha256").update(digit).digest("hex")).join("")}${end}`,
        text: "okapi",
      })),
    ];
    const { index: file } = await indexDocuments({ file: ":memory:", documents });
    onTestFinished(() => file.close());
    const { address, open } = await create();
    await (await indexPostgresDocuments({ address, documents })).index.close();
    expect(await expectSame({ file, database: await open() }, ["okapi", "echo", "lone", "nul okapi"])).toBe(
      14,
    );
    const found = file.rank("okapi", 10).map(({ result }) => result.url);
    expect(new Set(found).size).toBe(6);
    expect(found).toContain(documents.at(-1)?.url);
  });

  test("where many documents are alike", { timeout: 60_000 }, async () => {
    const words = "river bridge valley harbour castle market tower garden forest meadow".split(" ");
    const text = (seed: number): string =>
      Array.from({ length: 30 }, (_, at) => words[(seed * seed + at * (seed % 7) + at) % words.length]).join(
        " ",
      );
    const files = Object.fromEntries(
      Array.from({ length: 150 }, (_, at) => [
        `${at % 40}/${at}.md`,
        `# Place ${at}\n\n${text(at)} stone${at % 9}`,
      ]),
    );
    const asked = [
      "river castle stone3",
      "the garden of stone5 and stone8",
      "place 77",
      "harbour",
      "meadow zebra",
    ];
    expect(await expectSame(await bothOf(createFolder(files)), asked)).toBe(50);
  });
});
