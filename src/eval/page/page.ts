import type { Case } from "../case.ts";
import { groupBy } from "../groups.ts";
import type { Summary } from "../summary.ts";
import { figureRows } from "../table.ts";
import { element, type Html } from "./html.ts";
import { barPlot, durationCounts, intervalPlot, reliabilityPlot, type IntervalRow } from "./plots.ts";

/** Runs of one kind: summed up, and each. */
export interface PageEntry {
  readonly name: string;
  readonly summary: Summary;
  readonly cases: readonly Case[];
}

/** The elements of the page of an evaluation, as HTML without script or style. */
export function evaluationBody(entries: readonly PageEntry[], comparisons: readonly string[]): string {
  const [first] = entries;
  const setups = [...new Set(entries.flatMap(({ summary }) => Object.keys(summary.setups)))];
  const bins = first?.summary.judge?.calibration?.bins;
  const sections = [
    element("h1", {}, `Evaluation of ${entries.map(({ name }) => name).join(", ")}`),
    element("p", { class: "meta" }, ...setups.map((setup) => element("bdi", {}, setup))),
    section(
      "Scores",
      intervalPlot("Percent, with intervals of 95 % from a bootstrap over the questions", intervals(entries)),
      ...comparisons.map((words) => element("p", { class: "compared" }, words)),
    ),
    section("Figures", table(figureRows(entries))),
    section(
      "Runs",
      barPlot(
        "Searches of a run",
        series(entries, ({ searches }) => searches.counts),
      ),
      barPlot(
        "How runs ended",
        series(entries, ({ stopReasons }) => stopReasons),
      ),
      barPlot(
        "Time of a run",
        entries.map(({ name, cases }) => ({
          name,
          counts: durationCounts(cases.map(({ milliseconds }) => milliseconds)),
        })),
      ),
    ),
    ...(bins === undefined
      ? []
      : [section("Calibration", reliabilityPlot("Where told confidence and accuracy agree", bins))]),
    section("Answers", answers(entries)),
  ];
  return element("main", {}, ...sections).text;
}

function section(title: string, ...parts: readonly Html[]): Html {
  return element("section", {}, element("h2", {}, title), ...parts);
}

function intervals(entries: readonly PageEntry[]): readonly IntervalRow[] {
  const rows = (score: "em" | "f1" | "cover_em"): IntervalRow[] =>
    entries.flatMap(({ name, summary }, kind) => {
      const estimate = summary.scores[score];
      return estimate === undefined ? [] : [{ label: `${score}, ${name}`, kind, estimate }];
    });
  const judged = entries.flatMap(({ name, summary: { judge } }, kind) =>
    judge === undefined ? [] : [{ label: `judged, ${name}`, kind, estimate: judge.correct }],
  );
  return [...rows("em"), ...rows("f1"), ...rows("cover_em"), ...judged];
}

function series(
  entries: readonly PageEntry[],
  countsOf: (summary: Summary) => Readonly<Record<string, number>>,
) {
  return entries.map(({ name, summary }) => ({ name, counts: countsOf(summary) }));
}

function table([head = [], ...rows]: readonly (readonly string[])[]): Html {
  return element(
    "div",
    { class: "wide", tabindex: 0, role: "group", "aria-label": "Figures" },
    element(
      "table",
      {},
      element("thead", {}, headRow(head)),
      element(
        "tbody",
        {},
        ...rows.map(([name = "", ...cells]) =>
          element(
            "tr",
            {},
            element("th", { scope: "row" }, name),
            ...cells.map((cell) => element("td", { dir: "auto" }, cell)),
          ),
        ),
      ),
    ),
  );
}

function headRow(cells: readonly string[]): Html {
  return element(
    "tr",
    {},
    ...cells.map((cell) => (cell === "" ? element("td", {}) : element("th", { scope: "col" }, cell))),
  );
}

/** Every question with what each answered, the first of its samples where there are several. */
function answers(entries: readonly PageEntry[]): Html {
  const byQuestion = entries.map(({ cases }) => groupBy(cases, ({ question }) => question));
  const questions = [
    ...new Map(entries.flatMap(({ cases }) => cases.map((one) => [one.question, one] as const))).values(),
  ];
  const rows = questions.map(({ question, golden, answerable }) =>
    element(
      "tr",
      {},
      element("td", { dir: "auto" }, question),
      element(
        "td",
        { dir: "auto" },
        golden?.slice(0, 3).join(" / ") ?? (answerable === false ? "has no answer" : ""),
      ),
      ...byQuestion.map((cases) => answerCell(cases.get(question)?.[0])),
    ),
  );
  const head = ["question", "golden", ...entries.map(({ name }) => name)];
  return element(
    "details",
    {},
    element("summary", {}, `All ${questions.length} questions`),
    element(
      "div",
      { class: "wide", tabindex: 0, role: "group", "aria-label": "Answers" },
      element(
        "table",
        { class: "answers" },
        element("thead", {}, headRow(head)),
        element("tbody", {}, ...rows),
      ),
    ),
  );
}

const MOST_LETTERS = 400;

function answerCell(one: Case | undefined): Html {
  if (one === undefined) return element("td", {}, "-");
  const { answer, golden, scores, failure, stopReason } = one;
  const said = answer === "" ? `(${failure ?? stopReason})` : answer;
  const letters = Array.from(said);
  const shown = letters.length > MOST_LETTERS ? `${letters.slice(0, MOST_LETTERS).join("")}…` : said;
  const state =
    golden === undefined ? "" : scores["em"] === 1 ? "good" : scores["cover_em"] === 1 ? "fair" : "bad";
  const mark = { good: "exact", fair: "holds it", bad: "wrong", "": "" }[state];
  return element(
    "td",
    { class: state },
    ...(mark === "" ? [] : [element("b", {}, `${mark}: `)]),
    element("div", { dir: "auto" }, shown),
  );
}

/** What the elements look like, over the shared colours and type. */
export const EVALUATION_STYLE = `
section { margin-top: 2.5rem; padding-top: 1.25rem; border-top: 1px solid var(--rule); }
figure { margin: 0 0 1.75rem; max-width: 46rem; }
figcaption { font-size: 0.875rem; color: var(--soft); margin-bottom: 0.4rem; }
svg { display: block; width: 100%; height: auto; font: 12px var(--sans); }
svg text { fill: var(--ink); }
svg .tick { fill: var(--soft); font-size: 11px; }
.grid, .frame { stroke: var(--rule); stroke-width: 1; fill: none; }
.whisker { stroke-width: 2.5; stroke-linecap: round; }
.kind0 { fill: var(--accent); stroke: var(--accent); }
.kind1 { fill: var(--fair); stroke: var(--fair); }
.kind2 { fill: var(--good); stroke: var(--good); }
.kind3 { fill: var(--bad); stroke: var(--bad); }
.kind4 { fill: var(--soft); stroke: var(--soft); }
.bar { stroke: none; }
.compared { margin-top: 0.5rem; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; overflow-wrap: normal; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
th, td { text-align: start; vertical-align: top; padding: 0.35rem 1.25rem 0.35rem 0; border-bottom: 1px solid var(--rule); }
th { font-weight: 600; color: var(--soft); }
.answers td { min-width: 10rem; max-width: 24rem; overflow-wrap: anywhere; }
.answers b { font-weight: 600; }
.good b { color: var(--good); } .fair b { color: var(--fair); } .bad b { color: var(--bad); }
details > summary { margin-bottom: 0.75rem; }
`;
