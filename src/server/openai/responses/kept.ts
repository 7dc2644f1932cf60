import type { Context } from "hono";
import { z } from "zod";
import { DEVELOPER } from "../../api-keys.ts";
import { callerOf } from "../../caller.ts";
import { clientOf } from "../../ownership.ts";

const turnSchema = z.strictObject({
  role: z.enum(["instruction", "user", "assistant", "other"]),
  text: z.string(),
});
const keptSchema = z.object({
  /** The response as it was given. */
  response: z.looseObject({
    id: z.string(),
    output: z.array(z.looseObject({ id: z.string(), type: z.string() })),
  }),
  /** The conversation up to its answer, without `instructions`, which hold for one request. */
  turns: z.array(turnSchema),
});

/** A response and the conversation that led to it. */
export type KeptResponse = z.infer<typeof keptSchema>;

/** The responses of one caller: nobody else's are found. Each of them throws where the store cannot be reached. */
export interface Kept {
  get(id: string): Promise<KeptResponse | null>;
  put(kept: {
    readonly response: Pick<KeptResponse["response"], "id">;
    readonly turns: readonly KeptResponse["turns"][number][];
  }): Promise<void>;
  delete(id: string): Promise<void>;
}

/** What keeps the responses of whoever sends a request; `null` where nothing is kept. */
export type OpenKept = (c: Context) => Kept | null;

export const keepNothing: OpenKept = () => null;

/** As long as OpenAI keeps them; LangGraph's dev server keeps them until they are deleted. */
const KEPT_MINUTES = 30 * 24 * 60;
const ID = /^resp_[0-9a-f]{32}$/;

/**
 * In LangGraph Server's own store, asked as the caller, in the part of it that is the caller's. Kept as text: what is not
 * closed schemas stays out of it.
 */
export const keepInStore: OpenKept = (c) => {
  const { store } = clientOf(c.req.raw);
  const namespace = [callerOf(c.var) ?? DEVELOPER, "responses"];
  return {
    async get(id) {
      if (!ID.test(id)) return null;
      const item = await store.getItem(namespace, id).catch((error: unknown) => {
        if (z.object({ status: z.literal(404) }).safeParse(error).success) return null;
        throw error;
      });
      const { data } = z.object({ value: z.object({ json: z.string() }) }).safeParse(item);
      return data === undefined ? null : keptSchema.parse(JSON.parse(data.value.json));
    },
    put: (kept) =>
      store.putItem(
        namespace,
        kept.response.id,
        { json: JSON.stringify(kept) },
        { index: false, ttl: KEPT_MINUTES },
      ),
    delete: (id) => store.deleteItem(namespace, id),
  };
};
