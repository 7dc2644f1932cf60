import { describe, expect, test } from "vitest";
import { fitPassages } from "../../../src/search/pages/fit-passages.ts";

function filler(name: string, words = 190): string {
  return Array.from({ length: words }, () => name).join(" ");
}

const HAFNIUM = `Hafnium was discovered in Copenhagen. ${filler("lore", 180)}`;
const LEAD = `The elements. ${filler("lead", 90)}`;
const TEXT = [
  LEAD,
  filler("one"),
  filler("two"),
  HAFNIUM,
  filler("four"),
  filler("five"),
  filler("six"),
].join("\n\n");

describe("a text that is too long", () => {
  test("keeps its beginning and what the query asks for, and marks what is left out", () => {
    expect(fitPassages(TEXT, "Who discovered hafnium?", 1_900)).toBe(`${LEAD} … ${HAFNIUM} …`);
  });

  test("keeps neighbours where there is room, joined as they were", () => {
    expect(fitPassages(TEXT, "hafnium", 3_900)).toBe(
      `${LEAD} … ${filler("two")}\n\n${HAFNIUM}\n\n${filler("four")} …`,
    );
  });

  test("does not mark an end that is there", () => {
    expect(fitPassages(`${TEXT}\n\n${HAFNIUM.replaceAll("lore", "end")}`, "end", 1_900)).toBe(
      `${LEAD} … ${HAFNIUM.replaceAll("lore", "end")}`,
    );
  });

  test("cuts its beginning and the best passage when even these are too long", () => {
    const text = fitPassages(TEXT, "hafnium", 300);
    expect(text).toMatch(/^The elements\. lead .* … Hafnium was discovered in Copenhagen\. lore .* …$/u);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(300);
  });

  test.each([undefined, "", "?!", "unobtainium"])("is its beginning alone for the query %j", (query) => {
    const text = fitPassages(TEXT, query, 1_500);
    expect(TEXT.startsWith(text.slice(0, -2))).toBe(true);
    expect(text.endsWith(" …")).toBe(true);
    expect(Buffer.byteLength(text)).toBeGreaterThan(1_200);
  });

  test.each(["discovering", "HAFNIUM's discovery", "“was discovered in”", "hafnium lore"])(
    "finds other forms of a word: %s",
    (query) => {
      expect(fitPassages(TEXT, query, 2_200)).toContain("Copenhagen");
    },
  );

  test("finds words of a script without spaces", () => {
    const text = [
      filler("eins"),
      filler("zwei"),
      `铪是由科斯特发现的。${filler("drei", 150)}`,
      filler("vier"),
    ].join("\n\n");
    expect(fitPassages(text, "谁发现了铪？", 2_000)).toContain("铪是由科斯特发现的");
  });

  test("prefers rare words to frequent ones", () => {
    const common = "reactor ".repeat(180);
    const text = [filler("lead"), common, common, `zirconium ${filler("other")}`, common].join("\n\n");
    expect(fitPassages(text, "reactor zirconium", 2_100)).toContain("zirconium");
  });
});

test.each([1, 5, 20, 100, 999, 2_000, 5_000])("never takes more than %i bytes", (maxBytes) => {
  const text = `${"Ünï ".repeat(500)}\n\n${"漢字".repeat(900)}\n\n${"x".repeat(5_000)}\n\n${TEXT}`;
  for (const query of [undefined, "hafnium", "漢字"]) {
    expect(Buffer.byteLength(fitPassages(text, query, maxBytes))).toBeLessThanOrEqual(maxBytes);
  }
});

test("leaves a text alone that fits to the byte", () => {
  expect(fitPassages("äöü", "x", 6)).toBe("äöü");
  expect(fitPassages("äöü", "x", 5)).not.toBe("äöü");
});

test.each(["(a+)+$", "[", "a{1,999999}", "\\", "*".repeat(1_000)])("takes the query %s as words", (query) => {
  expect(() => fitPassages(TEXT, query, 1_000)).not.toThrow();
});
