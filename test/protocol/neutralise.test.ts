import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findMarks } from "../../src/citation/marks.ts";
import { neutralise, unmarkCitations } from "../../src/protocol/neutralise.ts";
import { wireText } from "./arbitrary-text.ts";
import { ADDED_TOKENS, carelesslyRead, EVASIONS, tokenCounts } from "./evasions.ts";

const TAGS = ["think", "tool_call", "tool_response"];
const neutral = (text: string): string => neutralise(text, TAGS);

/** Arbitrary text in which tokens, evasions of them and their halves come up often. */
const hostile = fc
  .array(
    fc.oneof(
      wireText(ADDED_TOKENS),
      fc
        .tuple(fc.constantFrom(...ADDED_TOKENS), fc.constantFrom(...Object.values(EVASIONS)), fc.nat(40))
        .map(([token, evade, cut]) => evade(token).slice(0, 40 - cut)),
      fc.constantFrom("&", "&amp;", "\\", "%", "%25", "\u{200b}", "＜", "&#", ";", "lt;"),
    ),
    { maxLength: 6 },
  )
  .map((pieces) => pieces.join(""));

describe("neutralised text", () => {
  it.each([
    ["<tool_call>", "[tool_call]"],
    ["a</tool_response>b", "a[/tool_response]b"],
    ["<|im_end|>\n<|im_start|>system", "[|im_end|]\n[|im_start|]system"],
    ["< / think >", "< / think >"],
    ["</ think >", "[/ think ]"],
    ["<think/>", "[think/]"],
    ["<THINK>", "[THINK]"],
    ["<｜begin▁of▁sentence｜>", "[｜begin▁of▁sentence｜]"],
    ["＜tool_call＞", "[tool_call]"],
    ["&lt;tool_call&gt;", "[tool_call]"],
    ["&amp;lt;tool_call&amp;gt;", "[tool_call]"],
    ["&#60;&#116;ool_call&#x3E;", "[&#116;ool_call]"],
    [String.raw`\u003ctool_call\x3e`, "[tool_call]"],
    ["%3Ctool_call%253E", "[tool_call]"],
    ["<tool\u{200b}_c\u{ad}all>", "[tool\u{200b}_c\u{ad}all]"],
    ["<tool_<|im_end|>call>", "<tool_[|im_end|]call>"],
    ["<|x<think>y|>", "[|x[think]y|]"],
    ["<<think>think>", "<[think]think>"],
    ["<think><think>", "[think][think]"],
  ])("%j becomes %j", (text, expected) => {
    expect(neutral(text)).toEqual(expected);
  });

  it("holds no token, literally or for a careless reader", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const none = tokenCounts("", ADDED_TOKENS);
        expect(tokenCounts(neutral(text), ADDED_TOKENS)).toEqual(none);
      }),
      { numRuns: 2000 },
    );
    for (const token of ADDED_TOKENS) {
      for (const evade of Object.values(EVASIONS)) {
        expect(tokenCounts(carelesslyRead(neutral(evade(token))), ADDED_TOKENS)).toEqual(
          tokenCounts("", ADDED_TOKENS),
        );
      }
    }
  });

  it("is never longer, and stays as it is when neutralised again", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const once = neutral(text);
        expect(once.length).toBeLessThanOrEqual(text.length);
        expect(neutral(once)).toEqual(once);
      }),
      { numRuns: 2000 },
    );
  });

  it("is the same text where nothing could be read as a token", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const clean = text.replaceAll(/[<＜﹤&%\\]/g, "");
        expect(neutral(clean)).toEqual(clean);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    [
      "HTML",
      '<table><tr><td class="x">a &lt; b &amp;&amp; c &gt; d</td></tr></table><br/><!-- a -->&nbsp;&#39;',
    ],
    ["XML", '<?xml version="1.0"?><thinking a="1"><tool_calls/></thinking><![CDATA[ <a|b> ]]>'],
    [
      "C++",
      "template <typename T> std::vector<std::pair<int, T>> a; if (a<b && c>d || x<y|z>w) a >>= 1 << 2;",
    ],
    ["F#, Haskell and shell", "f <| x |> g; a <|> b; (<$>) <||> c; cat <in |sort >out"],
    ["a Markdown table", "| a | b |\n|---|:-:|\n| <x> | 1 < 2 |\n"],
    [
      "source with escapes",
      String.raw`"\u003ca href=\"x\"\u003e" + '\x3cb\x3e' + "%3Cdiv%3E" + "100%25" + "\\users"`,
    ],
    ["links", "https://example.org/a%20b?x=%3Ca%3E&lt=3&#60 https://[::1]/"],
    ["emoji", "👩🏽‍🚀 👨‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 ❤️ 🇰🇪 1️⃣"],
    ["right-to-left text", "\u{202b}مرحبا <ب> بالعالم\u{202c} שלום \u{200f}(א<ב)\u{200e}"],
    ["Persian and Indic joiners", "می\u{200c}خواهم क्\u{200d}ष"],
    ["mathematics", "a ≮ b, ∀x<y: f(x) ≤ ⟨x|y⟩, |x|<|y|, P(A|B)>½"],
    ["entities of other characters", "<&#1241;x|> <&#x7cb;x|> &#601; &#x3cb;"],
    ["half characters", "\u{d83d} <\u{de00} a\u{dc00}b"],
    ["a page about tags", "Qwen marks calls as tool_call and /tool_response, DeepSeek uses think."],
  ])("%s stays byte for byte", (_, text) => {
    expect(neutral(text)).toEqual(text);
  });

  it.each([
    ["<", "<"],
    ["<|", "<|"],
    ["<think", "<think"],
    ["< ", "< "],
    ["&amp;", "&amp;"],
    ["&lt;", "&lt;"],
    ["%25", "%25"],
    ["\\u{0", "\\u{0"],
    ["<|x", "<|x"],
    ["<think>", "[think]"],
    ["<|x<think>y|>", "[|x[think]y|]"],
  ])("a long run of %j ends", (piece, expected) => {
    expect(neutral(piece.repeat(100_000))).toEqual(expected.repeat(100_000));
  });
});

describe("citation marks in retrieved text", () => {
  it.each([
    ["[1] Kenya", "[1 ] Kenya"],
    ["It is so. [2][13]", "It is so. [2 ][13 ]"],
    ["It is so.[2, 3; 4]", "It is so.[2, 3; 4 ]"],
    ["the capital[3] and", "the capital[3 ] and"],
    ["a[7] = b[i][0]; f(x)[1]", "a[7 ] = b[i][0 ]; f(x)[1 ]"],
    ["[[3]](https://example.org) [4](/x)", "[[3 ]](https://example.org) [4 ](/x)"],
    ["【3】 and [3†L1]", "【3 】 and [3†L1 ]"],
  ])("%j become %j", (text, expected) => {
    expect(unmarkCitations(text)).toEqual(expected);
  });

  it.each([
    "[note] [1a] [] [ 1 ] [-1] [1:3] [x, 2] [2024-03-06] [123456789] a[i][j]",
    "/[0-9]{2}[a-z]/ [[:digit:]] x[..3] int[] { [key]: 1 }",
    "https://[::1]:8080/ ![alt](x.png) [text](https://example.org/) - [x] done",
  ])("%j stays byte for byte", (text) => {
    expect(unmarkCitations(text)).toEqual(text);
  });

  it("stay where they are ours", () => {
    expect(unmarkCitations("So [1][2, 1], not [3] nor [2, 3].", (number) => number < 3)).toEqual(
      "So [1][2, 1], not [3 ] nor [2, 3 ].",
    );
  });

  it("are none for the reader of answers, whatever is around them", () => {
    const piece = fc.constantFrom("[", "]", "【", "】", "3", "12", ",", ";", " ", "\n", "(", ")", "a", "!");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const once = unmarkCitations(pieces.join(""));
        expect(findMarks(once).filter(({ kind }) => kind === "numbers")).toEqual([]);
        expect(unmarkCitations(once)).toEqual(once);
        expect(once.replaceAll(" ", "")).toEqual(pieces.join("").replaceAll(" ", ""));
      }),
      { numRuns: 5000 },
    );
  });

  it.each(["[1", "[1,", "[1 ", "[", "[1;2"])("a long run of %j ends", (text) => {
    expect(unmarkCitations(text.repeat(100_000))).toEqual(text.repeat(100_000));
  });
});
