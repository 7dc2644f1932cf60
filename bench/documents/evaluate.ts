import { setMaxListeners } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { createBaseline } from "../../src/cli/data/baselines.ts";
import { runSample, statesOf, type RunStates } from "../../src/cli/data/rollouts.ts";
import { toCase, type Case } from "../../src/eval/case.ts";
import { summarise } from "../../src/eval/summary.ts";
import { assemble, createAgenticRag, readSettings } from "../../src/index.ts";
import { buildIndex } from "../../src/search/local/index-builder.ts";
import type { LocalIndex } from "../../src/search/local/local-index.ts";
import { createLocalEngine } from "../../src/search/local/local.ts";
import { FOLDERS, HALVES, readQuestions, type Half, type Question } from "./questions.ts";
import { judge, VERDICTS, type Verdict } from "./score.ts";

/** A question with what became of it; `ranks` are those of its files among the first five results, from 1. */
interface Judged {
  readonly question: Question;
  readonly verdict: Verdict;
  readonly answer: string;
  readonly stopReason: string | null;
  readonly ranks: readonly (number | undefined)[];
  /** The same run as `eval` scores it. */
  readonly scored: Case;
}

/** Who answers. The last two ask the model of the environment. */
const READERS = ["offline reader", "direct", "one-shot"] as const;
type Reader = (typeof READERS)[number];

const RESULTS = 5;
const DOCUMENT = fileURLToPath(new URL("../../docs/documents.md", import.meta.url));
const TABLES = /(<!-- evaluation -->\n).*(?=<!-- end of evaluation -->)/su;
const README = fileURLToPath(new URL("../../README.md", import.meta.url));
const FLOOR = /(<!-- floor -->\n).*(?=<!-- end of floor -->)/su;

/** Asks the questions of a half over an index of their documents. */
async function evaluate(half: Half, who: Reader): Promise<Judged[]> {
  const scratch = mkdtempSync(join(tmpdir(), "evaluate-documents-"));
  const judged: Judged[] = [];
  try {
    for (const documents of ["corpus", "folder"] as const) {
      const { index } = await buildIndex({
        folder: FOLDERS[documents],
        file: join(scratch, `${documents}.db`),
      });
      const plan = planOf(who, index);
      for (const question of readQuestions(half)) {
        if (question.documents !== documents) continue;
        const run = await runSample(plan, { asked: askedOf(question, judged.length), sample: 0 });
        const { answer, answered, stopReason } = run;
        const verdict = judge(question, { answer, answered: answered && !answer.startsWith("Not found") });
        judged.push({
          question,
          verdict,
          answer,
          stopReason,
          ranks: ranksOf(question, index),
          scored: toCase(run),
        });
      }
      index.close();
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
  return judged;
}

function planOf(who: Reader, index: LocalIndex) {
  const settings = readSettings(
    who === "offline reader" ? { AGENTIC_RAG_MODEL_FAMILY: "offline" } : process.env,
  );
  const parts = { ...assemble(settings), engine: createLocalEngine({ index }) };
  let states: RunStates | undefined = statesOf(createAgenticRag(parts));
  if (who !== "offline reader") states = createBaseline(who, parts);
  if (states === undefined) throw new Error("Set AGENTIC_RAG_MODEL_URL or AGENTIC_RAG_GGUF.");
  const { signal } = new AbortController();
  // each run listens to it
  setMaxListeners(0, signal);
  return {
    states,
    settings,
    score: (run: Awaited<ReturnType<typeof runSample>>) => Promise.resolve(run),
    date: "2026-01-01",
    seed: 0,
    signal,
  };
}

/** A question as a row of a data set. Where several facts make the answer, they are golden one after the other. */
function askedOf({ question, kind, answers }: Question, index: number) {
  const spelled = answers.map((spellings) =>
    spellings.filter((spelling) => !/^\/.+\/[a-z]*$/u.test(spelling)),
  );
  const [only, ...more] = spelled;
  const joined = spelled.map(([first]) => first ?? "").join(", ");
  const golden = more.length === 0 ? (only ?? []) : [joined];
  const hasAnswer = kind === "answerable" || kind === "two-hop";
  return {
    group: String(index),
    question,
    index,
    ...(hasAnswer && { goldenAnswers: golden.length === 0 ? ["(a pattern)"] : golden }),
    ...(kind === "unanswerable" && { answerable: false }),
  };
}

function ranksOf({ question, documents, files }: Question, index: LocalIndex): (number | undefined)[] {
  const keys = index.find(question, RESULTS).map(({ url }) => url);
  return files.map((file) => {
    const path = join(FOLDERS[documents], file);
    const address = /^url: (\S+)$/mu.exec(readFileSync(path, "utf8").slice(0, 500))?.[1];
    const at = keys.findIndex((key) => key?.split("#")[0] === (address ?? pathToFileURL(path).href));
    return at < 0 ? undefined : at + 1;
  });
}

/** A Markdown table with a row for each value that questions have, and one for all. */
function table(name: string, judged: readonly Judged[], valueOf: (question: Question) => string): string {
  const values = [...new Set(judged.map(({ question }) => valueOf(question)))];
  const rows = values.map(
    (value) => [value, judged.filter(({ question }) => valueOf(question) === value)] as const,
  );
  const head = [name, "questions", ...VERDICTS, "recall@1", "recall@5"];
  const lines = [...rows, ["all", judged] as const].map(([value, some]) => [
    value,
    some.length,
    ...VERDICTS.map((verdict) => some.filter((one) => one.verdict === verdict).length),
    recall(some, 1),
    recall(some, RESULTS),
  ]);
  const rule = head.map((_, at) => (at === 0 ? "---" : "--:"));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Of the files that hold an answer, the part that is among the first results for the question as it is. */
function recall(judged: readonly Judged[], upTo: number): string {
  const ranks = judged.filter(({ question }) => question.kind === "answerable").flatMap((one) => one.ranks);
  if (ranks.length === 0) return "";
  return (ranks.filter((rank) => rank !== undefined && rank <= upTo).length / ranks.length).toFixed(2);
}

function summary(judged: readonly Judged[]): string {
  const answerable = judged.filter(({ question: { kind } }) => kind === "answerable" || kind === "two-hop");
  const share = (verdict: Verdict, of: readonly Judged[]): string =>
    `${((100 * of.filter((one) => one.verdict === verdict).length) / of.length).toFixed(1)} %`;
  return (
    `False refusals: ${share("false refusal", answerable)} of ${answerable.length} questions with an answer. ` +
    `Wrong answers: ${share("wrong", judged)} of ${judged.length}.`
  );
}

function report(half: Half, judged: readonly Judged[]): string {
  return [
    `Half \`${half}\`. ${summary(judged)}`,
    table("language", judged, ({ language }) => language),
    table("form", judged, ({ form }) => form),
    table("kind", judged, ({ kind }) => kind),
  ].join("\n\n");
}

function points(share: number): string {
  return (100 * share).toFixed(1);
}

/** What any model should beat: the scores of `eval`, a row for each who was asked. */
function floor(rows: readonly (readonly [who: string, judged: readonly Judged[]])[]): string {
  const head = [
    "",
    "EM",
    "F1",
    "cover EM",
    "refused, has an answer",
    "refused, has none",
    "citation precision",
    "recall",
  ];
  const rule = head.map((_, at) => (at === 0 ? "---" : "--:"));
  const lines = rows.map(([who, judged]) => {
    const { scores, refusals, citations } = summarise(judged.map(({ scored }) => scored));
    const interval = (name: "em" | "f1" | "cover_em"): string => {
      const { mean, low, high } = scores[name] ?? { mean: 0, low: 0, high: 0 };
      return `${points(mean)} [${points(low)}, ${points(high)}]`;
    };
    return [
      who,
      interval("em"),
      interval("f1"),
      interval("cover_em"),
      ...[refusals.false, refusals.honest, citations.precision, citations.recall].map(({ share, of }) =>
        of === 0 ? "–" : `${points(share)} of ${of}`,
      ),
    ];
  });
  return [head, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const { values } = parseArgs({
  options: {
    /** One half instead of both. */
    half: { type: "string" },
    /** Lists the questions of half `tune` that were not answered right. */
    failures: { type: "boolean", default: false },
    /** Asks the model of the environment too: alone, and with one search. */
    model: { type: "boolean", default: false },
    /** Puts the tables of the frozen half into docs/documents.md, and the floor into README.md. */
    write: { type: "boolean", default: false },
  },
});

for (const half of HALVES.filter((one) => values.half === undefined || one === values.half)) {
  const judged = await evaluate(half, "offline reader");
  const rows: (readonly [string, readonly Judged[]])[] = [["offline reader", judged]];
  for (const who of values.model ? READERS.slice(1) : []) {
    const { model } = readSettings(process.env);
    rows.push([`${"name" in model ? model.name : model.family}, ${who}`, await evaluate(half, who)]);
  }
  console.log(`${report(half, judged)}\n\n${floor(rows)}\n`);
  if (values.failures && half === "tune") {
    for (const { question, verdict, answer, stopReason, ranks } of judged) {
      if (verdict === "right" || verdict === "honest refusal") continue;
      console.log(
        `${verdict} (${stopReason ?? ""}), ranks ${ranks.map((rank) => rank ?? "-").join(" ")}: ${question.question}`,
      );
      console.log(`  wanted ${JSON.stringify(question.answers)} of ${question.files.join(", ")}`);
      console.log(`  got ${JSON.stringify(answer.slice(0, 400))}`);
    }
  }
  if (values.write && half === "frozen") {
    const tables = `\n${report(half, judged)}\n\n`;
    writeFileSync(
      DOCUMENT,
      readFileSync(DOCUMENT, "utf8").replace(TABLES, (_, mark: string) => mark + tables),
    );
    writeFileSync(
      README,
      readFileSync(README, "utf8").replace(FLOOR, (_, mark: string) => `${mark}\n${floor(rows)}\n\n`),
    );
  }
}
