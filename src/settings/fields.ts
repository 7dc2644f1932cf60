import { z } from "zod";
import { parseJson } from "../net/json.ts";
import { Secret } from "../secret.ts";

const numeric = z
  .string()
  .regex(/^[-+]?(?:\d+\.?\d*|\.\d+)$/, "must be a number")
  .transform(Number);

/** A number, written in digits. */
export const number = (schema: z.ZodNumber) => numeric.pipe(schema).optional();

/** The same with what holds where none is set, which help tells. */
export const numberOr = (fallback: number, schema: z.ZodNumber) =>
  numeric.pipe(schema).default(fallback).meta({ fallback });

/** `on` or `off`, as a boolean. */
export const onOrOff = z.enum(["on", "off"]).transform((value) => value === "on");

export const toggle = (fallback: boolean) => onOrOff.default(fallback);

/** A number, or `none`, which is read as `null`. */
export const optionalNumber = (schema: z.ZodNumber) =>
  z.union([z.literal("none").transform(() => null), numeric.pipe(schema)]).optional();

/** A JSON object. */
export const jsonObject = z
  .string()
  .transform((text, context) => {
    const read = z.record(z.string(), z.unknown()).safeParse(parseJson(text));
    if (read.success) return read.data;
    context.addIssue({ code: "custom", message: 'must be a JSON object, such as {"name": "value"}' });
    return z.NEVER;
  })
  .optional();

/** An http(s) address, without slashes at its end. */
export const address = z
  .url({ protocol: /^https?$/, error: "must be an http or https address" })
  .transform((url) => url.replace(/\/+$/, ""))
  .optional()
  .meta({ destination: true });

/** A file or a database that keeps what was asked and found. */
export const keptAt = z.string().optional().meta({ destination: true });

/** What is never shown. */
export const secret = z
  .string()
  .transform((value) => new Secret(value))
  .optional()
  .meta({ secret: true });

/** Settings as they are given, by name; what is empty is left out. */
export type Given = Readonly<Record<string, string | undefined>>;
