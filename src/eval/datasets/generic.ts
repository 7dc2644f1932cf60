import { z } from "zod";
import { answersField, createForm, idField, supportingFacts } from "./form.ts";

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
    const golden = row.golden_answers ?? row.answers ?? row.answer ?? reward?.ground_truth;
    const evidence =
      metadata?.supporting_facts ?? (metadata?.s_wiki_title === undefined ? [] : [metadata.s_wiki_title]);
    return {
      question,
      ...(id != null && { id }),
      ...(golden != null && { golden }),
      ...(evidence.length > 0 && { evidence }),
      ...(source != null && { source }),
      ...(extra?.split != null && { split: extra.split }),
    };
  },
);
