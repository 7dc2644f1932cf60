import { z } from "zod";
import { answersField, createForm, flagField, idField, supportingFacts, type DatasetForm } from "./form.ts";

const answers = answersField.nullish();

/** The names that FlashRAG, Search-R1, verl, NQ-open and many others give these. */
export const generic = createForm(
  "FlashRAG, Search-R1, verl, NQ-open",
  "question, or prompt, and golden_answers, answers, answer or reward_model",
  z.looseObject({
    id: idField.nullish(),
    question: z.string().nullish(),
    golden_answers: answers,
    answers,
    answer: answers,
    aliases: answers.catch(undefined),
    answer_aliases: answers.catch(undefined),
    answerable: flagField,
    is_impossible: flagField,
    data_source: z.string().nullish(),
    prompt: z
      .union([z.string(), z.array(z.looseObject({ role: z.string(), content: z.string() }))])
      .nullish(),
    reward_model: z
      .looseObject({
        ground_truth: z.union([
          z.looseObject({ target: answers }).transform(({ target }) => target),
          answers,
        ]),
      })
      .nullish(),
    extra_info: z.looseObject({ split: z.string().nullish(), question: z.string().nullish() }).nullish(),
    metadata: z
      .looseObject({
        supporting_facts: supportingFacts.optional().catch(undefined),
        s_wiki_title: z.string().optional().catch(undefined),
      })
      .nullish()
      .catch(undefined),
  }),
  (row) => {
    const { id, data_source: source, extra_info: extra, prompt, reward_model: reward, metadata } = row;
    const asked = Array.isArray(prompt) ? prompt.findLast(({ role }) => role === "user")?.content : prompt;
    const question = row.question ?? extra?.question ?? asked;
    if (question == null || question.trim() === "") return undefined;
    const told = row.golden_answers ?? row.answers ?? row.answer ?? reward?.ground_truth;
    const golden = told && [...told, ...(row.aliases ?? []), ...(row.answer_aliases ?? [])];
    const hasNone = row.answerable === false || row.is_impossible === true;
    const evidence =
      metadata?.supporting_facts ?? (metadata?.s_wiki_title === undefined ? [] : [metadata.s_wiki_title]);
    return {
      question,
      ...(id != null && { id }),
      ...(golden != null && { golden }),
      ...(hasNone && { answerable: false }),
      ...(evidence.length > 0 && { evidence }),
      ...(source != null && { source }),
      ...(extra?.split != null && { split: extra.split }),
    };
  },
);

/** The same names however they are written, as Bamboogle's sheet has them: `Question`, `Golden Answers`. */
export const inAnyCase: DatasetForm = {
  name: "Bamboogle and others",
  fields: "the same in capitals",
  read(row) {
    const fields = z.record(z.string(), z.unknown()).safeParse(row).data ?? {};
    const folded = Object.entries(fields).map(
      ([name, value]) =>
        [
          name
            .trim()
            .toLowerCase()
            .replaceAll(/[\s-]+/g, "_"),
          value,
        ] as const,
    );
    return generic.read(Object.fromEntries(folded));
  },
};
