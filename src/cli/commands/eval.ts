import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import stringWidth from "string-width";
import { createPlainModel } from "../../compose/plain-model.ts";
import { compare } from "../../eval/compare.ts";
import { JUDGES, type JudgeName, type Judgement } from "../../eval/judge.ts";
import { summarise } from "../../eval/summary.ts";
import { EVALUATION_STYLE, evaluationBody } from "../../eval/page/page.ts";
import { alignedRows, comparisonWords, figureRows } from "../../eval/table.ts";
import { htmlDocument } from "../../page/document.ts";
import { BASE } from "../../page/style.ts";
import { countOf, type Arguments } from "../arguments/arguments.ts";
import { chooseNow, withoutModel } from "../arguments/chosen-settings.ts";
import { BASELINES, createBaseline, type BaselineName } from "../data/baselines.ts";
import { readDataset, type DatasetQuestion } from "../data/dataset.ts";
import {
  fileBeside,
  isRunsFile,
  nameOf,
  questionsOf,
  scoreFile,
  type Meant,
  type ScoredRuns,
} from "../data/eval-runs.ts";
import { judgeAll } from "../data/judgements.ts";
import { createScore } from "../data/rewards.ts";
import { openRolloutFile } from "../data/rollout-file.ts";
import { createRolloutProgress } from "../data/rollout-progress.ts";
import { checkRecorded, dataOf, idOf, runRollouts, samplesOf, statesOf } from "../data/rollouts.ts";
import { bookOf } from "../data/sample-book.ts";
import { openAgent, type OpenAgent } from "../open-agent.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { UsageError } from "../terminal/failure.ts";
import { interruptible } from "../terminal/interruption.ts";
import { printable, printableJson } from "../terminal/printable.ts";
import { createProgress } from "../terminal/progress.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { sha256 } from "../view/report-file.ts";

const DEFAULTS = { samples: 1, concurrency: 8 };
/** The scores that runs are compared by. */
const COMPARED = ["em", "f1", "cover_em"] as const;
/** What chooses a model among the options. */
const MODEL_OPTIONS = ["model", "model-url", "model-family", "gguf"];

/** Scores a data set or saved runs, beside others, and gives the code to end with. */
export async function evaluate(args: Arguments, surroundings: Surroundings): Promise<number> {
  const wanted = readWanted(args);
  return interruptible(
    surroundings,
    async (signal) => {
      const runs = await gather(wanted, args, { ...surroundings, signal });
      const judgements = await judge(wanted, runs, args, { ...surroundings, signal });
      await show(runs, judgements, args, surroundings);
      return EXIT_CODES.answered;
    },
    "Stopped. The same command goes on where it was.",
  );
}

interface Wanted {
  readonly name: string;
  readonly out: string | undefined;
  readonly baselines: readonly BaselineName[];
  readonly against: readonly string[];
  readonly judge: JudgeName | undefined;
  readonly samples: number;
  readonly concurrency: number;
  readonly limit: number;
}

function readWanted(args: Arguments): Wanted {
  const [name, ...more] = args.words;
  if (name === undefined || more.length > 0) {
    throw new UsageError("eval takes a data set or a file of runs: agentic-rag eval <dataset> --out <file>");
  }
  return {
    name,
    out: args.values.get("out"),
    baselines: namesOf(args.values.get("baseline"), "baseline", BASELINES),
    against: args.values.get("against")?.split("\n") ?? [],
    judge: namesOf(args.values.get("judge"), "judge", JUDGES)[0],
    samples: countOf(args, "samples", DEFAULTS.samples),
    concurrency: countOf(args, "concurrency", DEFAULTS.concurrency),
    limit: countOf(args, "limit", Number.MAX_SAFE_INTEGER),
  };
}

function namesOf<Name extends string>(
  given: string | undefined,
  option: string,
  known: readonly Name[],
): readonly Name[] {
  const named = given?.split(",").map((one) => one.trim()) ?? [];
  return named.map((one) => {
    const found = known.find((name) => name === one);
    if (found !== undefined) return found;
    throw new UsageError(`--${option} has no ${JSON.stringify(one)}. Name ${known.join(", ")}.`);
  });
}

type Surrounded = Surroundings & { readonly signal: AbortSignal };

/** All runs that are to be scored: those of the data set or file, of the baselines, and of other files. */
async function gather(
  wanted: Wanted,
  args: Arguments,
  surroundings: Surrounded,
): Promise<readonly ScoredRuns[]> {
  const { folder, stderr } = surroundings;
  const given = resolve(folder, wanted.name);
  const runs: ScoredRuns[] = [];
  const isRuns = await isRunsFile(given);
  const all = isRuns ? await questionsOf(given) : await readDataset(given);
  const questions = all.slice(0, wanted.limit);
  const onNotice = (notice: string): void => void stderr.write(printable(notice));
  const score = async (file: string, names: readonly string[], meant: Meant): Promise<void> => {
    runs.push(await scoreFile(nameOf(file, names), file, { meant, onNotice }));
  };
  let beside = given;
  if (isRuns) {
    const groups = new Set(questions.map(({ group }) => group));
    await score(given, [], (run) => (groups.has(run.group ?? run.id) ? run : undefined));
  } else {
    if (wanted.out === undefined) {
      throw new UsageError(`eval keeps the runs of a data set: agentic-rag eval ${wanted.name} --out <file>`);
    }
    beside = resolve(folder, wanted.out);
    runs.push(await ask(undefined, beside, questions, { wanted, args, surroundings }));
  }
  for (const baseline of wanted.baselines) {
    runs.push(await ask(baseline, fileBeside(beside, baseline), questions, { wanted, args, surroundings }));
  }
  // by the words, as they are compared
  const asked = new Set(questions.map(({ question }) => question));
  const isCut = questions.length < all.length;
  for (const file of wanted.against.map((one) => resolve(folder, one))) {
    const names = runs.map(({ name }) => name);
    await score(file, names, (run) => (!isCut || asked.has(run.question) ? run : undefined));
  }
  return runs;
}

interface Asking {
  readonly wanted: Wanted;
  readonly args: Arguments;
  readonly surroundings: Surrounded;
}

/** Asks questions of an agent, or as a baseline does, adds the runs to a file as they end, and scores them. */
async function ask(
  baseline: BaselineName | undefined,
  out: string,
  questions: readonly DatasetQuestion[],
  { wanted, args, surroundings }: Asking,
): Promise<ScoredRuns> {
  const { stderr, signal } = surroundings;
  const opened = await open(baseline, args, surroundings);
  const progress = createRolloutProgress(stderr);
  try {
    const { settings, parts, agent, header } = opened;
    const states =
      baseline === undefined || baseline === "offline"
        ? statesOf(agent)
        : createBaseline(baseline, { ...parts, limits: settings.limits });
    if (states === undefined) {
      throw new UsageError(
        `--baseline ${baseline} needs a model: set AGENTIC_RAG_MODEL_URL or AGENTIC_RAG_GGUF.`,
      );
    }
    stderr.write(`${baseline === undefined ? "" : `Baseline ${baseline}. `}${header}\n`);
    const file = await openRolloutFile(out);
    try {
      checkRecorded(file.recorded, out, samplesOf(questions, wanted.samples));
      const told = new Intl.DateTimeFormat("sv-SE").format(chooseNow(args)());
      const date = args.values.has("date") ? told : (file.date ?? told);
      const score = await createScore("em", surroundings.folder);
      const plan = { states, settings, score, date, seed: settings.sampling.seed ?? 0, signal };
      await runRollouts(plan, questions, bookOf(file), { ...wanted, progress });
    } finally {
      progress.stop();
      await file.close();
    }
  } finally {
    await opened.close();
  }
  stderr.write(progress.words());
  const samples = [...samplesOf(questions, wanted.samples)];
  const asked = new Map(samples.map((sampled) => [idOf(sampled), sampled.asked]));
  // the answers that the data set has now, which may have been mended since
  const meant: Meant = (run) => {
    const question = asked.get(run.id);
    return question && { ...run, data: dataOf(question) };
  };
  return scoreFile(baseline ?? nameOf(out, []), out, { meant });
}

const keepNothing = () => Promise.resolve({ durability: undefined });

async function open(
  baseline: BaselineName | undefined,
  args: Arguments,
  { signal, ...surroundings }: Surrounded,
): Promise<OpenAgent> {
  if (baseline !== "offline") return openAgent(args, surroundings, signal, keepNothing);
  const bare = withoutModel(surroundings);
  const environment = {
    ...bare.environment,
    AGENTIC_RAG_MODEL_FAMILY: "offline",
    AGENTIC_RAG_LOGPROBS: "off",
  };
  const values = new Map([...args.values].filter(([name]) => !MODEL_OPTIONS.includes(name)));
  return openAgent({ ...args, values }, { ...bare, environment }, signal, keepNothing);
}

type Judgements = ReadonlyMap<string, ReadonlyMap<string, Judgement>>;

/** What the judge says of all runs, by their files. */
async function judge(
  { judge: name, concurrency }: Wanted,
  runs: readonly ScoredRuns[],
  args: Arguments,
  surroundings: Surrounded,
): Promise<Judgements> {
  const judgements = new Map<string, ReadonlyMap<string, Judgement>>();
  if (name === undefined) return judgements;
  const { signal, stderr } = surroundings;
  const opened = await open(undefined, args, surroundings);
  try {
    const { parts } = opened;
    const asked = createPlainModel(parts);
    if (asked === null) {
      throw new UsageError("--judge needs a model: set AGENTIC_RAG_MODEL_URL or AGENTIC_RAG_GGUF.");
    }
    const model = (typeof parts.model === "function" ? parts.model(parts.protocol) : parts.model).modelName;
    stderr.write(`${model} judges.\n`);
    for (const { file, cases } of runs) {
      const progress = createProgress(stderr);
      const problems: string[] = [];
      const onProblem = (message: string): void => void problems.push(message);
      const { onProgress } = progress;
      const plan = { judge: name, ask: asked, model, concurrency, signal, onProblem, onProgress };
      try {
        judgements.set(file, await judgeAll(cases, fileBeside(file, name), plan));
      } finally {
        progress.stop();
        for (const problem of problems) stderr.write(`${printable(problem)}\n`);
      }
    }
  } finally {
    await opened.close();
  }
  return judgements;
}

async function show(
  runs: readonly ScoredRuns[],
  judgements: Judgements,
  args: Arguments,
  { stdout, folder }: Surroundings,
): Promise<void> {
  const entries = runs.map(({ name, file, cases }) => {
    const judged = judgements.get(file);
    return { name, cases, summary: summarise(cases, judged === undefined ? {} : { judgements: judged }) };
  });
  const [first, ...others] = entries;
  if (first === undefined) return;
  const comparisons = others.flatMap(({ name, cases }) =>
    COMPARED.map((score) => ({ first: first.name, second: name, ...compare(first.cases, cases, { score }) })),
  );
  const words = comparisons.map((one) => comparisonWords(one.first, one.second, one));
  const html = args.values.get("html");
  if (html !== undefined) {
    const file = resolve(folder, html);
    const data = { runs: entries.map(({ name, summary }) => ({ name, ...summary })), comparisons };
    const page = htmlDocument({
      title: `Evaluation of ${first.name}`,
      style: BASE + EVALUATION_STYLE,
      body: evaluationBody(entries, words),
      data,
      sha256,
    });
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, page);
  }
  if (args.switches.has("json")) {
    const told = entries.map(({ name, summary }) => ({ name, ...summary }));
    stdout.write(`${printableJson({ runs: told, comparisons })}\n`);
    return;
  }
  stdout.write(
    printable(
      `${alignedRows(figureRows(entries), stringWidth)}\n${words.map((line) => `\n${line}`).join("")}${words.length > 0 ? "\n" : ""}`,
    ),
  );
}
