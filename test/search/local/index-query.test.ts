import { expect, test } from "vitest";
import { readIndexQuery } from "../../../src/search/local/terms/index-query.ts";

test.each([
  ["hafnium discovery", '"hafnium" AND "discovery"', '"hafnium" OR "discovery"'],
  ["Who discovered hafnium?", '"discovered" AND "hafnium"', '"discovered" OR "hafnium"'],
  ["hafnium Hafnium HAFNIUM", '"HAFNIUM"', '"HAFNIUM"'],
  ["who is who", '"who" AND "is"', '"who" OR "is"'],
  ["Is WHO part of IT?", '"WHO" AND "part" AND "IT"', '"WHO" OR "part" OR "IT"'],
  ["Paris AND NOT London", '"Paris" AND "London"', '"Paris" OR "London"'],
  ["France's capital", '"France" AND "capital"', '"France" OR "capital"'],
  ["What doesn’t work", '"work"', '"work"'],
  ["QwQ-32B", '"QwQ-32B"', '"QwQ-32B" OR "QwQ" OR "32B"'],
  [
    "GPT-4o/C++, C#!",
    '"GPT-4o" AND "Cplusplus" AND "Csharp"',
    '"GPT-4o" OR "Cplusplus" OR "Csharp" OR "GPT" OR "4o"',
  ],
  [
    'the "state of the art" now',
    '"state of the art" AND "now"',
    '"state of the art" OR "now" OR "state" OR "art"',
  ],
  ["“Pont Neuf”", '"Pont Neuf"', '"Pont Neuf" OR "Pont" OR "Neuf"'],
  ["GPT模型", '"GPT" AND "模 型"', '"GPT" OR "模 型"'],
  ["北京在哪里", '"北 京"', '"北 京"'],
  [
    'a* ^b (c NEAR/2 d) e:f "',
    '"b" AND "c" AND "NEAR" AND "2" AND "d" AND "e" AND "f"',
    '"b" OR "c" OR "NEAR" OR "2" OR "d" OR "e" OR "f"',
  ],
])("reads %j", (question, all, any) => {
  expect(readIndexQuery(question)).toEqual({ terms: all.split(" AND "), anyOf: any.split(" OR ") });
});

test.each(["", "😀 ❤️", "?!", '""', '"…"', "+ - * / ^"])("finds no term in %j", (question) => {
  expect(readIndexQuery(question)).toBeUndefined();
});

test("takes the first 32 terms of a long question", () => {
  const words = Array.from({ length: 1_000 }, (_, index) => `word${index}`);
  const query = readIndexQuery(words.join(" "));
  expect(query?.terms).toEqual(words.slice(0, 32).map((word) => `"${word}"`));
});
