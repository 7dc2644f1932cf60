import { AgenticRagError } from "../errors.ts";

/** Without vowels, so that no word comes out; without digits, of which most tokenizers make a token each. */
const LETTERS = "bcdfghjklmnpqrstvwxz";
const LENGTH = 4;

export const BOUNDARY = /^[a-z0-9]{4,6}$/;

/** A boundary that nobody can foresee: four letters. */
export function randomBoundary(): string {
  const values = crypto.getRandomValues(new Uint32Array(LENGTH));
  return Array.from(values, (value) => LETTERS.charAt(value % LETTERS.length)).join("");
}

/** @throws AgenticRagError `settings-invalid` for one that cannot stand in the head of a source. */
export function checkedBoundary(boundary: string): string {
  if (BOUNDARY.test(boundary)) return boundary;
  throw new AgenticRagError(
    "settings-invalid",
    `The boundary of sources is ${JSON.stringify(boundary.slice(0, 40))}. Let \`boundary\` give four to six of a-z and 0-9.`,
  );
}
