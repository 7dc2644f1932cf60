import { z } from "zod";
import { answersField, createForm, distinct, idField, listed, supportingFacts } from "./form.ts";

const texts = z.array(z.string()).nullish();

/** simple-evals' CSV, and SimpleQA-Verified's. */
export const simpleQa = createForm(
  "SimpleQA",
  "problem and answer",
  z.looseObject({
    problem: z.string().min(1),
    answer: z.string(),
    original_index: idField,
    canary: z.undefined().optional(),
  }),
  ({ problem, answer, original_index: id }) => ({
    question: problem,
    golden: [answer],
    source: "simpleqa",
    ...(id !== undefined && { id }),
  }),
);

const triviaAnswer = z
  .looseObject({
    Value: z.string().nullish(),
    Aliases: texts,
    NormalizedAliases: texts,
    HumanAnswers: texts,
    value: z.string().nullish(),
    aliases: texts,
    normalized_aliases: texts,
  })
  .transform((one) =>
    distinct([
      one.Value ?? one.value,
      ...(one.Aliases ?? one.aliases ?? []),
      ...(one.NormalizedAliases ?? one.normalized_aliases ?? []),
      ...(one.HumanAnswers ?? []),
    ]),
  );

/** The JSON of TriviaQA's archives, whose rows are under `Data`, and its Parquet files. */
export const triviaQa = createForm(
  "TriviaQA",
  "Question, QuestionId and Answer with Value and Aliases",
  z.union([
    z.looseObject({ Question: z.string().min(1), QuestionId: z.string(), Answer: triviaAnswer.optional() }),
    z
      .looseObject({ question: z.string().min(1), question_id: z.string(), answer: triviaAnswer.optional() })
      .transform((row) => ({ Question: row.question, QuestionId: row.question_id, Answer: row.answer })),
  ]),
  ({ Question: question, QuestionId: id, Answer: golden = [] }) => ({
    id,
    question,
    ...(golden.length > 0 && { golden }),
    source: "triviaqa",
  }),
);

/** FRAMES' TSV; its links are a list as Python writes it. Some who pass it on call the prompt a question. */
export const frames = createForm(
  "FRAMES",
  "Prompt, Answer and wiki_links",
  z.looseObject({
    Prompt: z.string().optional(),
    Question: z.string().optional(),
    Answer: z.union([z.string(), z.number()]).transform(String),
    wiki_links: z.union([z.array(z.string()), z.string().transform(listed)]),
    id: idField,
    "": idField,
    "Unnamed: 0": idField,
  }),
  ({ Question, Prompt: question = Question, Answer, wiki_links: links, ...row }) => {
    const id = row.id ?? row["Unnamed: 0"] ?? row[""];
    if (question === undefined) return undefined;
    return {
      question,
      golden: [Answer],
      evidence: distinct(links),
      source: "frames",
      ...(id !== undefined && { id }),
    };
  },
);

/** PopQA's TSV. */
export const popQa = createForm(
  "PopQA",
  "question, possible_answers and s_wiki_title",
  z.looseObject({
    id: idField,
    question: z.string().min(1),
    possible_answers: answersField,
    s_wiki_title: z.string().nullish(),
  }),
  ({ id, question, possible_answers: golden, s_wiki_title: title }) => ({
    question,
    golden,
    source: "popqa",
    ...(id !== undefined && { id }),
    ...(title != null && title !== "" && { evidence: [title] }),
  }),
);

/** MuSiQue's JSON lines. `full` asks each question again with paragraphs that do not answer it. */
export const musique = createForm(
  "MuSiQue",
  "question, answer, answer_aliases and paragraphs",
  z.looseObject({
    id: idField,
    question: z.string().min(1),
    answer: z.string(),
    answer_aliases: z.array(z.string()),
    answerable: z.boolean().nullish(),
    paragraphs: z
      .array(z.looseObject({ title: z.string(), is_supporting: z.boolean().nullish() }))
      .optional(),
  }),
  ({ id, question, answer, answer_aliases: aliases, answerable, paragraphs = [] }) => {
    const supporting = paragraphs.filter(({ is_supporting: supports }) => supports === true);
    const evidence = distinct(supporting.map(({ title }) => title));
    return {
      question,
      golden: distinct([answer, ...aliases]),
      source: "musique",
      ...(id !== undefined && { id }),
      ...(answerable === false && { answerable }),
      ...(evidence.length > 0 && { evidence }),
    };
  },
);

/** HotpotQA's JSON, and 2WikiMultihopQA's, which has `evidences` besides; both as Parquet, too. */
export const hotpotQa = createForm(
  "HotpotQA, 2WikiMultihopQA",
  "question, answer and supporting_facts",
  z.looseObject({
    _id: idField,
    id: idField,
    question: z.string().min(1),
    answer: z.string(),
    supporting_facts: supportingFacts,
    evidences: z.unknown().optional(),
  }),
  ({ _id, id = _id, question, answer, supporting_facts: evidence, evidences }) => ({
    question,
    golden: [answer],
    source: evidences === undefined ? "hotpotqa" : "2wikimultihopqa",
    ...(id !== undefined && { id }),
    ...(evidence.length > 0 && { evidence }),
  }),
);

const websites = z.union([z.array(z.string()), z.string().transform(listed)]).nullish();

/** WebWalkerQA's JSON, JSON lines and Parquet. */
export const webWalkerQa = createForm(
  "WebWalkerQA",
  "question, answer and root_url",
  z.looseObject({
    question: z.string().optional(),
    Question: z.string().optional(),
    answer: z.string(),
    root_url: z.string(),
    info: z.looseObject({ source_website: websites }).nullish(),
    source_website: websites,
  }),
  ({ Question, question = Question, answer, info, source_website: own }) => {
    const evidence = distinct(info?.source_website ?? own ?? []);
    if (question === undefined || question === "") return undefined;
    return {
      question,
      golden: [answer],
      source: "webwalkerqa",
      ...(evidence.length > 0 && { evidence }),
    };
  },
);
