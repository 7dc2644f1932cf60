import { expect, test } from "vitest";
import { createRandom } from "../../bench/seeded-text.ts";
import { isComparable, likenessOf, slipsBetween, trigramsOf } from "../../src/text/spelling.ts";

const WORDS = [
  "iran",
  "licence",
  "Zugriffsrechte",
  "préférences",
  "aaaaaaaaaa",
  "저수량",
  "кафедра",
  "reservoirs",
];

test("a word is like every word that slips make of it", () => {
  const random = createRandom(21);
  const below = (most: number): number => Math.floor(random() * most);
  let slips = 0;
  for (let round = 0; round < 20_000; round++) {
    const word = WORDS[below(WORDS.length)] ?? "";
    let other = word;
    for (let edit = below(3); edit >= 0; edit--) other = slip(other, below);
    if (!isComparable(word) || !isComparable(other) || slipsBetween(word, other) === undefined) continue;
    slips++;
    const { shared, beginnings } = likenessOf(word);
    const theirs = new Set(trigramsOf(other));
    const common = trigramsOf(word).filter((trigram) => theirs.has(trigram)).length;
    expect([word, other, common >= shared]).toEqual([word, other, true]);
    expect([word, other, beginnings.some((one) => theirs.has(one))]).toEqual([word, other, true]);
  }
  expect(slips).toBeGreaterThan(2_000);
});

/** A letter swapped with its neighbour, left out, doubled or replaced. */
function slip(word: string, below: (most: number) => number): string {
  const at = below(word.length);
  const [before, letter, behind] = [word.slice(0, at), word.slice(at, at + 1), word.slice(at + 1)];
  const ways = [
    before + behind.slice(0, 1) + letter + behind.slice(1),
    before + behind,
    before + letter + letter + behind,
    `${before}o${behind}`,
  ];
  return ways[below(ways.length)] ?? word;
}
