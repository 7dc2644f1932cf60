/** Latin letters with their accents, digits and marks: small, because each `\b` of a pattern costs two of it. */
const LETTER = String.raw`[\w\u00C0-\u024F\u0300-\u036F\u1E00-\u1EFF]`;
const EDGE = `(?:(?<!${LETTER})(?=${LETTER})|(?<=${LETTER})(?!${LETTER}))`;

/** The pattern with a `\b` that knows the letters of Latin scripts: JavaScript's own sees none in `où` or `öffnet`. */
export function withEdges({ source, flags }: RegExp): RegExp {
  return new RegExp(source.replaceAll(String.raw`\b`, EDGE), flags.includes("u") ? flags : `${flags}u`);
}
