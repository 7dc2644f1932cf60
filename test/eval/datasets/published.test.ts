import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetWriteFile } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { readDataset } from "../../../src/cli/data/dataset.ts";
import { temporaryFolder } from "../../cli/temporary-folder.ts";
import {
  CANARY,
  encrypted,
  HOTPOT,
  HOTPOT_ID,
  lines,
  LONG,
  MUSIQUE,
  read,
  TRIVIA,
  WEBWALKER,
} from "./rows.ts";

describe("published files are read as they are downloaded", () => {
  test.each<[name: string, content: string | Uint8Array, questions: readonly object[]]>([
    [
      "FlashRAG",
      lines({ id: "test_0", question: "who told the story", golden_answers: ["Jesus Christ"] }),
      [{ group: "test_0", question: "who told the story", goldenAnswers: ["Jesus Christ"] }],
    ],
    [
      "FlashRAG with metadata",
      lines({
        id: "dev_0",
        question: "Q?",
        golden_answers: ["a"],
        metadata: { type: "bridge", supporting_facts: { title: ["A", "B", "A"], sent_id: [0, 1, 2] } },
      }),
      [{ group: "dev_0", question: "Q?", goldenAnswers: ["a"], evidence: ["A", "B"] }],
    ],
    [
      "NQ-open",
      lines({ question: "when was it", answer: ["1911", "in 1911"] }),
      [{ group: "0", question: "when was it", goldenAnswers: ["1911", "in 1911"] }],
    ],
    [
      "verl",
      lines({
        data_source: "hotpotqa/hotpot_qa",
        prompt: [{ content: "Answer the given question. Question: Q?", role: "user" }],
        ability: "QA",
        reward_model: { ground_truth: "yes", style: "rule" },
        extra_info: { answer: "yes", index: 0, question: "Q?", split: "test" },
      }),
      [{ group: "0", question: "Q?", goldenAnswers: ["yes"], source: "hotpotqa/hotpot_qa", split: "test" }],
    ],
    [
      "TriviaQA",
      JSON.stringify(TRIVIA, null, 4),
      [
        {
          group: "tc_33",
          question: "Which city has Broadway?",
          goldenAnswers: ["New York", "The Big Apple", "NYC", "big apple", "nyc"],
          source: "triviaqa",
        },
      ],
    ],
    [
      "PopQA",
      'id\tsubj\tprop\tobj\tsubj_id\tprop_id\tobj_id\ts_aliases\to_aliases\ts_uri\to_uri\ts_wiki_title\to_wiki_title\ts_pop\to_pop\tquestion\tpossible_answers\n4222362\tOrmi Sadale\toccupation\tpolitician\t1850297\t22\t2834605\t"[""Ormi""]"\t"[""political leader""]"\thttp://www.wikidata.org/entity/Q5\thttp://www.wikidata.org/entity/Q8\tOrmi Sadale (politician)\tPolitician\t142\t25692\tWhat is Ormi Sadale\'s occupation?\t"[""politician"", ""political leader""]"\n',
      [
        {
          group: "4222362",
          question: "What is Ormi Sadale's occupation?",
          goldenAnswers: ["politician", "political leader"],
          evidence: ["Ormi Sadale (politician)"],
          source: "popqa",
        },
      ],
    ],
    [
      "HotpotQA",
      JSON.stringify([HOTPOT]),
      [
        {
          group: HOTPOT_ID,
          question: HOTPOT.question,
          goldenAnswers: ["yes"],
          evidence: ["Upper Mill", "Lower Mill"],
          source: "hotpotqa",
        },
      ],
    ],
    [
      "2WikiMultihopQA",
      JSON.stringify([{ ...HOTPOT, _id: "8813f87c", evidences: [["Upper Mill", "county", "Norshire"]] }]),
      [
        {
          group: "8813f87c",
          question: HOTPOT.question,
          goldenAnswers: ["yes"],
          evidence: ["Upper Mill", "Lower Mill"],
          source: "2wikimultihopqa",
        },
      ],
    ],
    [
      "MuSiQue, whose full form asks twice",
      lines(MUSIQUE, { ...MUSIQUE, answerable: false, paragraphs: MUSIQUE.paragraphs.slice(1, 2) }),
      [
        {
          group: MUSIQUE.id,
          question: MUSIQUE.question,
          goldenAnswers: ["1888", "in 1888"],
          evidence: ["Norshire", "Upper Mill"],
          source: "musique",
        },
        {
          group: `${MUSIQUE.id}#1`,
          question: MUSIQUE.question,
          goldenAnswers: ["1888", "in 1888"],
          answerable: false,
          source: "musique",
        },
      ],
    ],
    [
      "FRAMES",
      '\tPrompt\tAnswer\twikipedia_link_1\twikipedia_link_2\twikipedia_link_11+\treasoning_types\twiki_links\n0\tWho was it?\tJane Ballou\thttps://en.wikipedia.org/wiki/A\thttps://en.wikipedia.org/wiki/B%27s\t\tMultiple constraints\t"[\'https://en.wikipedia.org/wiki/A\', ""https://en.wikipedia.org/wiki/B\'s""]"\n1\tWhich year?\t1911\thttps://en.wikipedia.org/wiki/C\t\t\tNumerical reasoning\t[\'https://en.wikipedia.org/wiki/C\']\n',
      [
        {
          group: "0",
          question: "Who was it?",
          goldenAnswers: ["Jane Ballou"],
          evidence: ["https://en.wikipedia.org/wiki/A", "https://en.wikipedia.org/wiki/B's"],
          source: "frames",
        },
        {
          group: "1",
          question: "Which year?",
          goldenAnswers: ["1911"],
          evidence: ["https://en.wikipedia.org/wiki/C"],
          source: "frames",
        },
      ],
    ],
    ...[JSON.stringify([WEBWALKER]), lines(WEBWALKER)].map(
      (content) =>
        [
          "WebWalkerQA",
          content,
          [
            {
              group: "0",
              question: WEBWALKER.question,
              goldenAnswers: ["EU4Health"],
              evidence: ["https://conference.example.org/news"],
              source: "webwalkerqa",
            },
          ],
        ] as [string, string, object[]],
    ),
    [
      "BrowseComp",
      `problem,answer,problem_topic,canary\n${encrypted(LONG, CANARY)},${encrypted("Z\u00fcrich", CANARY)},Geography,${CANARY}\n`,
      [{ group: "0", question: LONG, goldenAnswers: ["Z\u00fcrich"], source: "browsecomp" }],
    ],
    [
      "SimpleQA",
      "metadata,problem,answer\n\"{'topic': 'x', 'urls': ['https://a.org']}\",\"Who, then?\",Ormi\n",
      [{ group: "0", question: "Who, then?", goldenAnswers: ["Ormi"], source: "simpleqa" }],
    ],
    [
      "Bamboogle",
      '\uFEFFQuestion,Answer\r\n"Who was it, when?",james madison\r\n',
      [{ group: "0", question: "Who was it, when?", goldenAnswers: ["james madison"] }],
    ],
    [
      "gzipped",
      gzipSync(lines({ question: "Q?", golden_answers: ["a"] })),
      [{ group: "0", question: "Q?", goldenAnswers: ["a"] }],
    ],
  ])("%s", async (_, content, questions) => {
    expect(await read(content)).toEqual(questions.map((question, index) => ({ ...question, index })));
  });

  test("Parquet files of HotpotQA and WebWalkerQA", async () => {
    const folder = await temporaryFolder();
    const file = join(folder, "download");
    parquetWriteFile({
      filename: file,
      columnData: [
        { name: "id", data: ["5a8b"] },
        { name: "question", data: ["Q?"] },
        { name: "answer", data: ["yes"] },
        { name: "supporting_facts", data: [{ title: ["A", "B"], sent_id: [0, 1] }], type: "JSON" },
      ],
    });
    expect(await readDataset(file)).toEqual([
      {
        group: "5a8b",
        question: "Q?",
        goldenAnswers: ["yes"],
        evidence: ["A", "B"],
        source: "hotpotqa",
        index: 0,
      },
    ]);
    parquetWriteFile({
      filename: file,
      columnData: [
        { name: "question", data: ["Q?"] },
        { name: "answer", data: ["a"] },
        { name: "root_url", data: ["https://example.org/"] },
        { name: "info", data: [{ source_website: ["https://example.org/x"], lang: "en" }], type: "JSON" },
      ],
    });
    expect(await readDataset(file)).toEqual([
      {
        group: "0",
        question: "Q?",
        goldenAnswers: ["a"],
        evidence: ["https://example.org/x"],
        source: "webwalkerqa",
        index: 0,
      },
    ]);
  });
});
