import { MessagesValue, ReducedValue, StateSchema } from "@langchain/langgraph";
import { z } from "zod";
import { createContextSchema } from "../../graph/context.ts";
import { citationSchema, uncitedSchema } from "../../graph/citation.ts";
import { sourceSchema, stopReasonSchema } from "../../graph/state.ts";
import { addUsage, NO_USAGE, usageSchema } from "../../graph/usage.ts";

/** A part of the question, as one researcher is asked it. */
export const partSchema = z.strictObject({ number: z.number().int().positive(), question: z.string() });

/** Settings of the team's run, as each researcher opens its question with them. */
const settingsSchema = createContextSchema({ protocols: [], engines: [] });

/** What one researcher is given. */
export const taskSchema = z.strictObject({
  ...partSchema.shape,
  settings: settingsSchema,
  instructions: z.array(z.string()).default([]),
});

/** What a researcher brought. Its numbers are its own. */
export const findingSchema = z.strictObject({
  ...partSchema.shape,
  answer: z.string(),
  answered: z.boolean(),
  /** `null` where an error broke the research off; `answer` says which. */
  stopReason: stopReasonSchema.nullable(),
  sources: z.array(sourceSchema),
  citations: z.array(citationSchema),
  uncited: uncitedSchema.default([]),
  searches: z.number().int(),
});

/** How the question was divided. */
export const planSchema = z.strictObject({
  by: z.enum(["model", "rule"]),
  /** Why the rule had to stand in for the model; empty otherwise. */
  problem: z.string(),
  parts: z.array(partSchema),
});

export type Part = z.infer<typeof partSchema>;
export type Task = z.infer<typeof taskSchema>;
export type Finding = z.infer<typeof findingSchema>;
export type Plan = z.infer<typeof planSchema>;

const question = z
  .string()
  .default("")
  .meta({
    title: "Question",
    description: "What to find out. Leave it empty when the question is the last human message.",
    examples: ["What is QwQ-32B, and who made Search-R1?"],
  });

const conclusion = {
  note: z.string().default("").meta({
    title: "Note",
    description:
      "How many sentences of the answer are not supported by what they cite, or have no source; empty where all are.",
  }),
  answer: z.string().default("").meta({
    title: "Answer",
    description: "Markdown, a section for each part; each citation links to its source.",
  }),
  answered: z.boolean().default(false).meta({
    title: "Answered",
    description: "True when at least one part was answered. The answer names those that were not.",
  }),
  citations: z
    .array(citationSchema)
    .default(() => [])
    .meta({
      title: "Citations",
      description: "Every mark of the answer. One that its researcher did not retrieve has no number.",
    }),
  uncited: uncitedSchema
    .default(() => [])
    .meta({ title: "Uncited", description: "Sentences of the answer that state a fact and have no mark." }),
  sources: z
    .array(sourceSchema)
    .default(() => [])
    .meta({
      title: "Sources",
      description: "Numbered evidence of all researchers: one number is one address.",
    }),
  unanswered: z
    .array(z.string())
    .default(() => [])
    .meta({ title: "Unanswered", description: "The parts that have no answer." }),
  plan: planSchema.nullable().default(null).meta({
    title: "Plan",
    description: "The parts of the question. Edit them before research to steer a run.",
  }),
  usage: new ReducedValue(
    usageSchema.default(() => NO_USAGE),
    {
      reducer: addUsage,
      jsonSchemaExtra: {
        title: "Usage",
        description: "Of the plan and all researchers together; their times are added up.",
      },
    },
  ),
};

export const TeamState = new StateSchema({
  messages: MessagesValue,
  question,
  settings: settingsSchema.default({}).meta({
    title: "Settings",
    description: "What the run was asked with: its researchers open their questions with it.",
  }),
  findings: new ReducedValue(
    z.array(findingSchema).default(() => []),
    {
      reducer: (all: Finding[], more: Finding[]) => [...all, ...more],
      jsonSchemaExtra: { title: "Findings", description: "What each researcher brought." },
    },
  ),
  ...conclusion,
});

export const TeamInput = new StateSchema({ messages: MessagesValue, question });

export const TeamOutput = new StateSchema({ messages: MessagesValue, ...conclusion });
