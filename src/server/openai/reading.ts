import type { z } from "zod";
import { RequestError } from "../error-reply.ts";

/**
 * What a schema reads from a part of a request.
 *
 * @param at where that part lies, such as `["input", 0]`
 * @throws RequestError 400 that names the field as OpenAI does.
 */
export function readAs<Out>(schema: z.ZodType<Out>, value: unknown, at: readonly PropertyKey[] = []): Out {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const param = pathText([...at, ...(issue?.path ?? [])]);
  throw new RequestError({
    status: 400,
    code: "invalid_value",
    message: `${param === "" ? "The request" : param} is not as it has to be: ${issue?.message ?? "unknown problem"}.`,
    ...(param !== "" && { param }),
  });
}

/** What is well formed and cannot be had. @throws RequestError 400 */
export function refuse(param: string, why: string): never {
  throw new RequestError({ status: 400, code: "unsupported_value", message: why, param });
}

/** @throws RequestError 400 for a picture, a file or a sound in the question: "invalid" would not tell what to do. */
export function refusePart(param: string, type: string): never {
  refuse(
    param,
    `The agent reads text only: leave out the part of type ${JSON.stringify(type.slice(0, 40))}.`,
  );
}

/** `messages[0].content`, as OpenAI names fields. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}
