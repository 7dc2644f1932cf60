import type { Case } from "./case.ts";
import { countBy, groupBy } from "./groups.ts";
import type { Judgement } from "./judge.ts";
import { summariseJudgements, type JudgeSummary } from "./judge-summary.ts";
import { MATCHES, type MatchName } from "./score.ts";
import { bootstrap, meanOf, quantile, type Estimate } from "./statistics.ts";

/** Values of all runs, in their unit. */
export interface Spread {
  readonly mean: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

/** A part of a whole; `share` is 0 of nothing. */
export interface Share {
  readonly count: number;
  readonly of: number;
  readonly share: number;
}

/** What all runs of a file came to. */
export interface Summary {
  readonly runs: number;
  readonly questions: number;
  /** Questions whose golden answers are known: the scores are theirs. */
  readonly scored: number;
  /** Runs that ended with a failure, as wrong as any other without an answer. */
  readonly failed: number;
  readonly setups: Readonly<Record<string, number>>;
  /** Over the scored questions, each the mean of its samples; empty where there are none. */
  readonly scores: Partial<Readonly<Record<MatchName, Estimate>>>;
  /** The same of each data set, where the questions are of several. */
  readonly sources: Readonly<
    Record<string, { readonly questions: number; readonly em: number; readonly f1: number }>
  >;
  /** No answer, without a failure: where there is one to give, and where there is none. */
  readonly refusals: { readonly false: Share; readonly honest: Share };
  readonly searches: { readonly mean: number; readonly counts: Readonly<Record<string, number>> };
  readonly stopReasons: Readonly<Record<string, number>>;
  readonly milliseconds: Spread;
  readonly promptTokens: Spread;
  readonly completionTokens: Spread;
  /** `precision`: marks whose source supports their sentence; `recall`: sentences that state a fact and cite such a source. */
  readonly citations: { readonly precision: Share; readonly partly: Share; readonly recall: Share };
  /** Mean share of the documents known to hold the answer that was retrieved; undefined where none are known. */
  readonly evidence: { readonly recall: number; readonly all: number; readonly of: number } | undefined;
  readonly judge: JudgeSummary | undefined;
}

export interface SummaryOptions {
  /** Of the bootstrap. @default 0 */
  readonly seed?: number;
  /** By the ids of their runs. */
  readonly judgements?: ReadonlyMap<string, Judgement>;
}

/** Sums up scored runs; none is left out, whatever became of it. */
export function summarise(cases: readonly Case[], { seed = 0, judgements }: SummaryOptions = {}): Summary {
  const scored = groupsOf(cases.filter(({ golden }) => golden !== undefined));
  const estimates = bootstrap(
    scored.map((samples) => MATCHES.map((name) => meanOf(samples.map(({ scores }) => scores[name] ?? 0)))),
    { seed },
  );
  const told = cases.flatMap(({ evidence }) => evidence ?? []);
  return {
    runs: cases.length,
    questions: groupsOf(cases).length,
    scored: scored.length,
    failed: cases.filter(({ failure }) => failure !== undefined).length,
    setups: countBy(cases, ({ setup }) => setup),
    scores: Object.fromEntries(estimates.map((estimate, at) => [MATCHES[at], estimate])),
    sources: bySource(cases),
    refusals: {
      false: refusals(cases.filter(({ answerable }) => answerable === true)),
      honest: refusals(cases.filter(({ answerable }) => answerable === false)),
    },
    searches: {
      mean: meanOf(cases.map(({ searches }) => searches)),
      counts: countBy(cases, ({ searches }) => String(searches)),
    },
    stopReasons: countBy(cases, ({ stopReason }) => stopReason),
    milliseconds: spreadOf(cases.map(({ milliseconds }) => milliseconds)),
    promptTokens: spreadOf(cases.map(({ promptTokens }) => promptTokens)),
    completionTokens: spreadOf(cases.map(({ completionTokens }) => completionTokens)),
    citations: citationShares(cases),
    evidence:
      told.length === 0
        ? undefined
        : {
            recall: meanOf(told.map(({ found, known }) => found / known)),
            all: told.filter(({ found, known }) => found === known).length,
            of: told.length,
          },
    judge: judgements === undefined ? undefined : summariseJudgements(cases, judgements, seed),
  };
}

/** The samples of each question, in the order of the names of the questions. */
export function groupsOf(cases: readonly Case[]): readonly (readonly Case[])[] {
  return [...groupBy(cases, ({ group }) => group).values()];
}

function refusals(cases: readonly Case[]): Share {
  const refused = cases.filter(({ answered, failure }) => !answered && failure === undefined);
  return shareOf(refused.length, cases.length);
}

function shareOf(count: number, of: number): Share {
  return { count, of, share: of === 0 ? 0 : count / of };
}

function citationShares(cases: readonly Case[]): Summary["citations"] {
  const sum = (of: (one: Case) => number): number => cases.reduce((total, one) => total + of(one), 0);
  const all = sum(({ citations }) => citations.all);
  const supported = sum(({ citations }) => citations.supported);
  return {
    precision: shareOf(supported, all),
    partly: shareOf(supported + sum(({ citations }) => citations.partly), all),
    recall: shareOf(
      sum(({ sentences }) => sentences?.supported ?? 0),
      sum(({ sentences }) => sentences?.all ?? 0),
    ),
  };
}

function bySource(cases: readonly Case[]): Summary["sources"] {
  const scored = cases.filter(({ golden }) => golden !== undefined);
  const sources = groupBy(scored, ({ source }) => source ?? "");
  if (sources.size < 2) return {};
  return Object.fromEntries(
    [...sources].map(([source, some]) => {
      const mean = (name: MatchName): number =>
        meanOf(groupsOf(some).map((samples) => meanOf(samples.map(({ scores }) => scores[name] ?? 0))));
      return [source, { questions: groupsOf(some).length, em: mean("em"), f1: mean("f1") }];
    }),
  );
}

function spreadOf(values: readonly number[]): Spread {
  return {
    mean: meanOf(values),
    median: quantile(values, 0.5),
    p95: quantile(values, 0.95),
    max: quantile(values, 1),
  };
}
