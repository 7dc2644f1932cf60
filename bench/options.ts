import { parseArgs } from "node:util";
import { z } from "zod";

const text = { type: "string" } as const;
const count = z.string().transform(Number).pipe(z.number().int().positive());

/** What is to be measured, as the command line says, or what is wrong with that. */
export function readOptions(args: readonly string[], sections: readonly string[]) {
  const schema = z.object({
    /** Only these sections, divided by commas. */
    only: z
      .string()
      .transform((names) => names.split(","))
      .pipe(z.array(z.enum(sections)))
      .default([...sections]),
    /** Puts the tables into docs/performance.md. */
    write: z.boolean().default(false),
    /** How often each contender has its turn. */
    turns: count.default(9),
    /** Sizes of the index that is measured, divided by commas. */
    passages: z
      .string()
      .transform((sizes) => sizes.split(","))
      .pipe(z.array(count))
      .default([10_000, 100_000, 1_000_000]),
    /** How many seconds to wait, in all, for a machine that does nothing else. */
    patience: z.string().transform(Number).pipe(z.number().nonnegative()).default(300),
  });
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { only: text, write: { type: "boolean" }, turns: text, passages: text, patience: text },
    });
    return schema.parse(values);
  } catch (error) {
    const wrong = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return `${wrong}\nThe sections are ${sections.join(", ")}.`;
  }
}
