import { browseComp } from "./browsecomp.ts";
import type { DatasetForm, PublishedQuestion } from "./form.ts";
import { generic, inAnyCase } from "./generic.ts";
import { frames, hotpotQa, musique, popQa, simpleQa, triviaQa, webWalkerQa } from "./published.ts";

export type { PublishedQuestion } from "./form.ts";

/** The forms that are known, the most special first: the first one that reads the first row is that of the file. */
const FORMS: readonly DatasetForm[] = [
  browseComp,
  simpleQa,
  triviaQa,
  frames,
  popQa,
  musique,
  hotpotQa,
  webWalkerQa,
  generic,
  inAnyCase,
];

/** A row that cannot be read, by its number from 1; 0 where no form is that of the file. `message` is for whoever has the file. */
export interface UnreadableRow {
  readonly row: number;
  readonly message: string;
}

/** The questions of the rows of a published data set, in their order; its form is found by their fields. */
export function readQuestions(rows: readonly unknown[]): readonly PublishedQuestion[] | UnreadableRow {
  const [first] = rows;
  const form = FORMS.find((each) => each.read(first) !== undefined);
  if (form === undefined) return { row: 0, message: `${fieldsOf(first)} ${lookedFor()}` };
  const questions: PublishedQuestion[] = [];
  for (const [at, row] of rows.entries()) {
    const read = form.read(row);
    if (read === undefined || read.question.trim() === "") {
      return { row: at + 1, message: `It is to have ${form.fields} (${form.name}). ${fieldsOf(row)}` };
    }
    questions.push({ ...read, question: read.question.trim() });
  }
  return questions;
}

function fieldsOf(row: unknown): string {
  if (typeof row !== "object" || row === null) return "It has no fields.";
  const names = Object.keys(row).slice(0, 20);
  return names.length === 0
    ? "It has no fields."
    : `Its fields are ${names.map((name) => JSON.stringify(name)).join(", ")}.`;
}

function lookedFor(): string {
  return `Looked for were ${FORMS.map(({ name, fields }) => `${fields} (${name})`).join("; ")}.`;
}
