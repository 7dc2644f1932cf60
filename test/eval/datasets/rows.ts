import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readDataset } from "../../../src/cli/data/dataset.ts";
import { temporaryFolder } from "../../cli/temporary-folder.ts";

/** Reads a file whose name says nothing. */
export async function read(content: string | Uint8Array): Promise<unknown> {
  const file = join(await temporaryFolder(), "download");
  await writeFile(file, content);
  return readDataset(file);
}

export function lines(...rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** As simple-evals encrypts it. */
export function encrypted(text: string, canary: string): string {
  const key = createHash("sha256").update(canary).digest();
  const bytes = Buffer.from(text).map((byte, at) => byte ^ (key[at % 32] ?? 0));
  return Buffer.from(bytes).toString("base64");
}

export const CANARY = "browsecomp:5c5a2f2e-0000-4000-8000-000000000000";
export const LONG =
  "Which lighthouse, lit in the year a king was crowned, was moved \u2013 stone by stone \u2013 inland?";

export const HOTPOT_ID = "5a8b57f25542995d1e6f1371";

export const HOTPOT = {
  _id: HOTPOT_ID,
  answer: "yes",
  question: "Were both mills built in Norshire?",
  supporting_facts: [
    ["Upper Mill", 0],
    ["Lower Mill", 0],
    ["Lower Mill", 2],
  ],
  context: [
    ["Upper Mill", ["Upper Mill is in Norshire.", " It is old."]],
    ["Lower Mill", ["Lower Mill is in Norshire."]],
  ],
  type: "comparison",
  level: "hard",
};

export const MUSIQUE = {
  id: "2hop__13548_13529",
  paragraphs: [
    { idx: 0, title: "Norshire", paragraph_text: "Norshire is a county.", is_supporting: true },
    { idx: 1, title: "Elsewhere", paragraph_text: "Elsewhere is not.", is_supporting: false },
    { idx: 2, title: "Upper Mill", paragraph_text: "Upper Mill was built by Ormi.", is_supporting: true },
  ],
  question: "When was the builder of Upper Mill born?",
  question_decomposition: [
    { id: 1, question: "Upper Mill >> builder", answer: "Ormi", paragraph_support_idx: 2 },
  ],
  answer: "1888",
  answer_aliases: ["in 1888", "1888"],
  answerable: true,
};

export const TRIVIA = {
  Data: [
    {
      Answer: {
        Aliases: ["The Big Apple", "NYC"],
        MatchedWikiEntityName: "New York City",
        NormalizedAliases: ["big apple", "nyc"],
        NormalizedMatchedWikiEntityName: "new york city",
        NormalizedValue: "new york",
        Type: "WikipediaEntity",
        Value: "New York",
      },
      EntityPages: [{ DocSource: "TagMe", Filename: "New_York.txt", Title: "New York" }],
      Question: "Which city has Broadway?",
      QuestionId: "tc_33",
      QuestionSource: "http://www.triviacountry.com/",
      SearchResults: [],
    },
  ],
  Domain: "Web",
  Split: "dev",
  VerifiedEval: false,
  Version: 1.0,
};

export const WEBWALKER = {
  question: "Which programme funded the project?",
  answer: "EU4Health",
  root_url: "https://conference.example.org/",
  info: {
    hop: "single-source",
    domain: "conference",
    type: "single_source",
    difficulty_level: "medium",
    source_website: ["https://conference.example.org/news"],
    golden_path: ["root->News"],
    lang: "en",
  },
};
