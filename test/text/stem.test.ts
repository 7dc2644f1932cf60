import { expect, test } from "vitest";
import { stem } from "../../src/text/stem.ts";

test.each([
  "mask masks masked masking",
  "release released releases releasing",
  "evaluate evaluated evaluation evaluating",
  "retrieve retrieved retrieval retriever",
  "optimise optimize optimisation optimization",
  "query queries",
  "stop stopped stopping",
  "licence license licensed licenses",
])("the forms %s have one stem", (forms) => {
  expect(new Set(forms.split(" ").map(stem)).size).toBe(1);
});
