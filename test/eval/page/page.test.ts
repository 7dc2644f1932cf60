import { expect, test } from "vitest";
import { nameOf } from "../../../src/cli/data/eval-runs.ts";
import { toCase } from "../../../src/eval/case.ts";
import { evaluationBody } from "../../../src/eval/page/page.ts";
import { barPlot, intervalPlot } from "../../../src/eval/page/plots.ts";
import { summarise } from "../../../src/eval/summary.ts";
import { runOf } from "../run.ts";

test.each([
  ["em, masked", "em, masked"],
  [`em, ${"x".repeat(60)}`, `<title>em, ${"x".repeat(60)}</title>em, xxxxxx…xxxxxxxxxx`],
  [
    "評価の結果を保存したファイルその二",
    "<title>評価の結果を保存したファイルその二</title>評価の結果を保…ファイルその二",
  ],
])("a name of a plot is as long as there is room: %s", (label, shown) => {
  const estimate = { mean: 0.5, low: 0.4, high: 0.6 };
  expect(intervalPlot("Scores", [{ label, kind: 0, estimate }]).text).toContain(`>${shown}</text>`);
});

test("so are the names behind its bars", () => {
  const name = "a/long/folder/with-the-runs-of-a-model";
  const both = [
    { name, counts: { 1: 1 } },
    { name: "b", counts: { 1: 1 } },
  ];
  expect(barPlot("Searches", both).text).toContain(`<title>1 ${name}</title>1 a/l…model</text>`);
  expect(barPlot("Searches", both).text).toContain(">1 b</text>");
});

test("an answer has its own direction, whatever stands before it, and nothing turns what is around it", () => {
  const answer = "\u202Eרומא\u0000 היא הבירה";
  const cases = [toCase(runOf({ rawAnswer: answer, answer }))];
  const body = evaluationBody([{ name: "r\u2066uns", cases, summary: summarise(cases) }], []);
  expect(body).toContain('<td class="bad"><b>wrong: </b><div dir="auto">רומא היא הבירה</div></td>');
  expect(body).toContain("<h1>Evaluation of runs</h1>");
});

test("a long answer is not cut within a letter", () => {
  const cases = [toCase(runOf({ rawAnswer: `x${"😀".repeat(500)}` }))];
  const body = evaluationBody([{ name: "runs", cases, summary: summarise(cases) }], []);
  expect(body).toContain(`>x${"😀".repeat(399)}…<`);
});

test.each([
  ["/a/b/runs.jsonl", [], "runs"],
  ["/a/b/runs.jsonl.gz", ["runs"], "b/runs"],
  ["/a/b/runs.jsonl", ["runs", "b/runs"], "a/b/runs"],
  ["C:\\a\\runs.jsonl", ["runs"], "a/runs"],
])("runs of %s, where there are %j, are called %s", (file, taken, name) => {
  expect(nameOf(file, taken)).toBe(name);
});
