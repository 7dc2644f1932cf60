import { z } from "zod";

/** The longest hint, reason, query or address that a person may give, in UTF-16 units. */
export const MAX_LENGTH = 2000;

export const text = z.string().trim().min(1).max(MAX_LENGTH);

export const line = text.refine((value) => !/[\n\r]/.test(value), "Write it on one line.");

export const address = line.refine(
  (value) => /^https?:\/\//i.test(value) && URL.canParse(value),
  "Give an address that begins with http:// or https://.",
);
