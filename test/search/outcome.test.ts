import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanLine, cleanText } from "../../src/search/clean-text.ts";
import { cutText, type FoundResult, toOutcome, WEB_AND_FILES } from "../../src/search/outcome.ts";

const ESC = "\u001B";

function found(part: Partial<FoundResult>): FoundResult {
  return { title: "T", url: "https://example.com/", text: "text", ...part };
}

function resultsOf(...parts: Partial<FoundResult>[]): unknown {
  const outcome = toOutcome(parts.map(found), 10);
  return outcome.status === "found" ? outcome.results : outcome.status;
}

describe("cleanText", () => {
  test.each([
    ["control characters", "a\u0000b\u0007c\u007Fd\u0085e\u009Ff", "abcd\nef"],
    ["colours", `${ESC}[1;31mred${ESC}[0m \u009B32mgreen`, "red green"],
    ["terminal titles and links", `${ESC}]0;title\u0007a${ESC}]8;;https://x.example${ESC}\\b`, "ab"],
    ["a broken terminal sequence's escape", `${ESC}]0;title`, "]0;title"],
    ["lone surrogates", "a\uD800b\uDC00c", "abc"],
    ["surrogates that only an invisible character parted", "\uD83D\u200B\uDE00", ""],
    ["tag characters", "a\u{E0041}\u{E007F}b", "ab"],
    ["zero-width and invisible operators", "a\u200Bb\u2060c\u2062\u2064d\uFEFFe\u00ADf", "abcdef"],
    ["directional overrides and isolates", "a\u202Eb\u202Cc\u2066d\u2069e", "abcde"],
    ["hidden bytes in variation selectors", "a\uFE00\uFE01\u{E0101}b", "a\uFE00b"],
    ["line ends of other systems", "a\r\nb\rc\fd\u000Be", "a\nb\nc\nd\ne"],
  ])("removes or replaces %s", (_, text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });

  test.each([
    "line one\n\tline two   three \n",
    "👩‍👩‍👧 ❤️ 🇫🇷 👍🏽",
    "می‌خواهم", // Persian, with ZWNJ
    "क्‍ष", // Devanagari, with ZWJ
    "עברית \u200Fעם סימן",
    '<b>tags</b> & "quotes" ` $ \\ %',
    "a\u2028b\u00A0c\u3000d",
  ])("leaves %j as it is", (text) => {
    expect(cleanText(text)).toBe(text);
  });

  test("leaves nothing to clean, whatever the text is", () => {
    const pieces = [
      ESC,
      "\u009B",
      "[31m",
      "]0;",
      "\u0007",
      "\uD83D",
      "\uDE00",
      "\u200B",
      "\uFE0F",
      "\r",
      "\n",
      "a",
    ];
    const anyText = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fc.constantFrom(...pieces)).map((chosen) => chosen.join("")),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        const clean = cleanText(text);
        expect(cleanText(clean)).toBe(clean);
        expect(clean).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cs}]/u);
      }),
    );
  });

  test("makes the same of every sign, alone and doubled, whether or not the text holds another that has to go", () => {
    const planes = [0x0, 0x1b000, 0x1d000, 0x1f000, 0xe0000].flatMap((from) =>
      Array.from({ length: from === 0 ? 0x10000 : 0x1000 }, (_, at) => String.fromCodePoint(from + at)),
    );
    const texts = planes.flatMap((sign) => [`a${sign}b`, `a${sign}${sign}b`]);
    expect(texts.filter((text) => cleanText(text) !== cleanText(`\u0001${text}`))).toEqual([]);
  });

  test("leaves printable text byte for byte", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-composite" }), (text) => {
        fc.pre(!/(?![\n\t])\p{Cc}|[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/u.test(text));
        expect(cleanText(text)).toBe(text);
      }),
    );
  });

  test("as a line, has single spaces", () => {
    expect(cleanLine("  a \n\n b\u2028c\t ")).toBe("a b c");
  });
});

describe("cutText", () => {
  test.each([
    ["fits", 4, "fits"],
    ["A first sentence. A second", 24, "A first sentence. …"],
    ["some words without an end here", 20, "some words …"],
    ["x".repeat(30), 20, `${"x".repeat(16)} …`],
    ["这是第一句话。这是第二句话。", 30, "这是第一句话。 …"],
    ["ééééé", 9, "éé …"],
    ["😀😀😀", 11, "😀 …"],
    ["abc", 2, ""],
  ])("cuts %j to %i bytes", (text, maxBytes, cut) => {
    expect(cutText(text, maxBytes)).toBe(cut);
  });

  test("never exceeds the limit, never halves a character, and keeps what fits", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(60), (text, maxBytes) => {
        const cut = cutText(text, maxBytes);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(maxBytes);
        expect(cut).not.toMatch(/\p{Cs}/u);
        const fits = Buffer.byteLength(text) <= maxBytes;
        expect(fits ? cut === text : cut === "" || text.startsWith(cut.slice(0, -2))).toBe(true);
      }),
    );
  });
});

describe("toOutcome", () => {
  test("finds nothing in nothing", () => {
    expect(toOutcome([], 5)).toEqual({ status: "nothing" });
  });

  test("drops results without a visible character, keeps those with a title only", () => {
    expect(resultsOf({ title: "\u200B", text: " \n\u0007" })).toBe("nothing");
    expect(resultsOf({ text: "" })).toEqual([{ title: "T", url: "https://example.com/", text: "" }]);
  });

  test("merges results of the same URL and text", () => {
    expect(
      resultsOf({ title: "A" }, { title: "B" }, { text: "other" }, { url: "https://example.org/" }),
    ).toEqual([
      { title: "A", url: "https://example.com/", text: "text" },
      { title: "T", url: "https://example.com/", text: "other" },
      { title: "T", url: "https://example.org/", text: "text" },
    ]);
  });

  test.each([
    ["https://example.com/a?b=c#d", "https://example.com/a?b=c#d"],
    [" https://example.com/a ", "https://example.com/a"],
    ["https://ja.wikipedia.org/wiki/東京", "https://ja.wikipedia.org/wiki/東京"],
    ["https://example.com/a b", "https://example.com/a%20b"],
    ["https://example.com/\n<tag>", "https://example.com/%3Ctag%3E"],
    ["file:///home/me/notes.md", ""],
    [" FILE:///etc/passwd", ""],
    ["javascript:alert(1)", ""],
    ["data:text/html,x", ""],
    ["/relative", ""],
    ["", ""],
    [`https://example.com/${"a".repeat(2_000)}`, ""],
  ])("takes the URL %j as %j", (url, safe) => {
    expect(resultsOf({ url })).toEqual([{ title: "T", url: safe, text: "text" }]);
  });

  test.each([
    ["file:///home/me/notes.md", "file:///home/me/notes.md"],
    ["https://example.com/a", "https://example.com/a"],
    ["javascript:alert(1)", ""],
  ])("takes the URL %j of the user's own documents as %j", (url, safe) => {
    expect(toOutcome([found({ url })], 5, {}, WEB_AND_FILES)).toMatchObject({ results: [{ url: safe }] });
  });

  test("makes the title one line of 300 characters at most", () => {
    expect(resultsOf({ title: " a\n b\u0000 " })).toEqual([
      { title: "a b", url: "https://example.com/", text: "text" },
    ]);
    const [long] = resultsOf({ title: "😀".repeat(200) }) as { title: string }[];
    expect(long!.title).toBe(`${"😀".repeat(149)}…`);
  });

  test("keeps each text within its bytes and all within theirs", () => {
    const text = "word ".repeat(2_000);
    const many = Array.from({ length: 10 }, (_, index) => found({ text: `${index} ${text}` }));
    const outcome = toOutcome(many, 10);
    const sizes =
      outcome.status === "found" ? outcome.results.map((result) => Buffer.byteLength(result.text)) : [];
    expect(sizes).toEqual([3_995, 3_995, 3_995, 3_995, 3_995, 3_895]);
  });

  test("never exceeds limits of any size, and keeps the best result", () => {
    const anyResult = fc.record({
      title: fc.string(),
      url: fc.webUrl(),
      text: fc.string({ maxLength: 400, minLength: 1 }),
    });
    fc.assert(
      fc.property(
        fc.array(anyResult),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 900 }),
        (all, a, b) => {
          const outcome = toOutcome(all, 5, { maxResultBytes: a, maxResponseBytes: b });
          const results = outcome.status === "found" ? outcome.results : [];
          expect(results.length).toBeLessThanOrEqual(5);
          const texts = results.map((result) => Buffer.byteLength(result.text));
          expect(Math.max(0, ...texts)).toBeLessThanOrEqual(a);
          expect(texts.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(b);
        },
      ),
    );
  });
});
