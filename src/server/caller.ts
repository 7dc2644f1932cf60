import { z } from "zod";
import { isIdentity } from "./api-keys.ts";

const callerSchema = z.object({
  auth: z.object({ user: z.object({ identity: z.string().refine(isIdentity) }) }),
});

/** The user who asks, as LangGraph's authentication or the guard in front leaves it. */
export function callerOf(variables: unknown): string | undefined {
  return callerSchema.safeParse(variables).data?.auth.user.identity;
}
