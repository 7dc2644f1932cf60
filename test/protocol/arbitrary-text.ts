import * as fc from "fast-check";

/** Text in which everything that a reader looks out for comes up often, whole, broken and nested. */
export function wireText(tags: readonly string[]): fc.Arbitrary<string> {
  const surrogate = fc.integer({ min: 0xd800, max: 0xdfff }).map((code) => String.fromCharCode(code));
  const broken = fc.tuple(fc.constantFrom(...tags), fc.nat(16)).map(([tag, length]) => tag.slice(0, length));
  const json = '{"action": "web_search", "action_input": {"query": "x"}}';
  return fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...tags) },
        { weight: 2, arbitrary: broken },
        fc.constantFrom(
          "<",
          "{",
          "}",
          '"',
          "'",
          "`",
          "```json\n",
          "\\",
          " ",
          "\n",
          "[1]",
          json,
          "word",
          "<|im_end|>",
        ),
        fc.constantFrom("x".repeat(5000), " ".repeat(9000)),
        surrogate,
        fc.string({ unit: "binary" }),
      ),
      { maxLength: 20 },
    )
    .map((pieces) => pieces.join(""));
}

/** What somebody may ask: any text, also one that holds `tags`; without tags there is no `<` in it. */
export function queryText(tags: readonly string[]): fc.Arbitrary<string> {
  const pieces = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "grapheme" }),
    fc.constantFrom('"', "'", "\\", "\n", "\r\n", "\t", "{", "}", "]", "&", "…", "人口", "\u{d83d}"),
    ...(tags.length > 0 ? [fc.constantFrom(...tags, "<|im_end|>")] : []),
  );
  return fc
    .array(pieces, { minLength: 1, maxLength: 12 })
    .map((parts) => parts.join(" "))
    .filter((query) => query.trim() !== "" && (tags.length > 0 || !query.includes("<")));
}

/** One line of words, trimmed, without anything that stands for something else. */
export function plainLine(): fc.Arbitrary<string> {
  const word = fc.constantFrom(
    "tall",
    "5,199",
    "Łódź",
    "(x)",
    "人口",
    "🏔️",
    "a<b",
    "«q»",
    "it's",
    "C++",
    "a[i]",
    "1.5%",
  );
  return fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(" "));
}
