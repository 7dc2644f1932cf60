import { z } from "zod";

const callerSchema = z.object({ auth: z.object({ user: z.object({ identity: z.string().min(1) }) }) });

/** Who asks, as LangGraph's authentication or the guard in front leaves it. */
export function callerOf(variables: unknown): string | undefined {
  return callerSchema.safeParse(variables).data?.auth.user.identity;
}
