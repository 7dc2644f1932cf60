import { createHash } from "node:crypto";
import { z } from "zod";
import { createForm } from "./form.ts";

/**
 * BrowseComp's CSV: question and answer are XORed with the SHA-256 of the canary, over and over, and written as Base64, so
 * that no crawler reads them. Source: simple-evals, `browsecomp_eval.py`.
 */
export const browseComp = createForm(
  "BrowseComp",
  "problem, answer and canary",
  z.looseObject({ problem: z.string(), answer: z.string(), canary: z.string().min(1) }),
  ({ problem, answer, canary }) => {
    const [question, golden] = [decrypted(problem, canary), decrypted(answer, canary)];
    if (question === undefined || golden === undefined) return undefined;
    return { question, golden: [golden], source: "browsecomp" };
  },
);

/** `undefined` where another key encrypted it. */
function decrypted(text: string, password: string): string | undefined {
  const bytes = Buffer.from(text, "base64");
  // what somebody decrypted before
  if (bytes.length === 0 || bytes.toString("base64") !== text.trim()) return text;
  const key = createHash("sha256").update(password).digest();
  const plain = bytes.map((byte, at) => byte ^ (key[at % key.length] ?? 0));
  try {
    return new TextDecoder("utf8", { fatal: true }).decode(plain);
  } catch {
    return undefined;
  }
}
