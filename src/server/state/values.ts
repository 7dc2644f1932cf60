import { z } from "zod";
import { TeamState } from "../../compose/team/state.ts";
import { State } from "../../graph/state.ts";
import type { ErrorReply } from "../error-reply.ts";

const blocks = z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]);
const ROLES = ["user", "human", "assistant", "ai", "system", "developer", "tool", "function"] as const;
const CHUNKS = ["AIMessageChunk", "HumanMessageChunk", "SystemMessageChunk", "ToolMessageChunk"] as const;
/** A message as LangChain reads it: a text, a role with a text, or an object of the one or the other form. */
const message = z.union([
  z.string(),
  z.tuple([z.enum(ROLES), blocks]),
  z.looseObject({ role: z.enum(ROLES), content: blocks }),
  z.looseObject({ type: z.enum([...ROLES, ...CHUNKS]), content: blocks }),
  z.looseObject({ type: z.literal("remove"), id: z.string() }),
]);
const messages = z.union([message, z.array(message)]);
/** Added to those that there are, or in their place. */
const written = z.union([messages, z.strictObject({ __overwrite__: messages })]);

const values = z.record(z.string(), z.unknown());
const STATE_PATH = /^\/threads\/[^/]+\/state\/?$/;
const bodySchema = z.looseObject({
  values: z
    .union([values, z.array(values)])
    .nullish()
    .catch(undefined),
  command: z
    .looseObject({ update: values.nullish().catch(undefined) })
    .nullish()
    .catch(undefined),
  supersteps: z
    .array(z.looseObject({ updates: z.array(z.looseObject({ values: values.nullish().catch(undefined) })) }))
    .nullish()
    .catch(undefined),
});

/**
 * Why an edit of a thread's state is not taken, or null: a field whose value is of another type than the state has could
 * be stored, and no step would read that thread again. Fields that no graph of this project has are LangGraph's matter.
 */
export async function refusalOfState(path: string, body: unknown): Promise<ErrorReply | null> {
  for (const one of Array.isArray(body) ? body : [body]) {
    const { data } = bodySchema.safeParse(one);
    if (data === undefined) continue;
    const edits = [
      ...(STATE_PATH.test(path) ? [data.values ?? []].flat() : []),
      data.command?.update ?? {},
      ...(data.supersteps ?? []).flatMap(({ updates }) => updates.map((update) => update.values ?? {})),
    ];
    for (const edit of edits) {
      const field = await unfit(edit);
      if (field === undefined) continue;
      return {
        status: 400,
        code: "bad_state",
        message: `${field}: this is no value of the state's field of this name. GET /assistants/<assistant>/schemas shows what is.`,
      };
    }
  }
  return null;
}

/** The first field of an edit that its graph would not read. */
async function unfit(edit: Readonly<Record<string, unknown>>): Promise<string | undefined> {
  for (const [field, value] of Object.entries(edit)) {
    if (field === "messages") {
      if (!written.safeParse(value).success) return field;
      continue;
    }
    const schema = Object.hasOwn(State.fields, field) ? State : TeamState;
    try {
      await schema.validateInput({ [field]: value });
    } catch {
      return field;
    }
  }
  return undefined;
}
