import type { PageQuery, PageRun, PageSource, PageStep, StepCost } from "../../run.ts";

/** More of what the model writes, in the last step where that is of its kind. */
export function written(
  steps: readonly PageStep[],
  kind: "reasoning" | "answer",
  text: string,
): readonly PageStep[] {
  const last = steps.at(-1);
  return last?.kind === kind
    ? [...steps.slice(0, -1), { ...last, text: last.text + text }]
    : [...steps, { kind, text }];
}

/** What looked like an answer was none. */
export function withdrawn(steps: readonly PageStep[]): readonly PageStep[] {
  const last = steps.at(-1);
  return last?.kind === "answer" ? written(steps.slice(0, -1), "reasoning", last.text) : steps;
}

/** What a query came to, in the last search; one that nobody asked for before was put in its place by a person. */
export function withQuery(steps: readonly PageStep[], query: PageQuery): readonly PageStep[] {
  return inLast(steps, "search", (step) => {
    const at = step.queries.findIndex(
      (one) => one.query === query.query && (one.status === "asked" || one.status === "searching"),
    );
    return {
      ...step,
      queries: at < 0 ? [...step.queries, query] : step.queries.with(at, query),
    };
  });
}

/** The same of a page. */
export function withPage(
  steps: readonly PageStep[],
  page: Extract<PageStep, { kind: "pages" }>["pages"][number],
): readonly PageStep[] {
  return inLast(steps, "pages", (step) => {
    const at = step.pages.findIndex(
      ({ url, status }) => url === page.url && (status === "asked" || status === "opening"),
    );
    return { ...step, pages: at < 0 ? [...step.pages, page] : step.pages.with(at, page) };
  });
}

type Asking = Extract<PageStep, { kind: "search" | "pages" }>;

function inLast<Kind extends Asking["kind"]>(
  steps: readonly PageStep[],
  kind: Kind,
  change: (step: Extract<PageStep, { kind: Kind }>) => PageStep,
): readonly PageStep[] {
  const at = steps.findLastIndex((step) => step.kind === kind);
  return steps.map((step, index) => (index === at && isOf(step, kind) ? change(step) : step));
}

function isOf<Kind extends PageStep["kind"]>(
  step: PageStep,
  kind: Kind,
): step is Extract<PageStep, { kind: Kind }> {
  return step.kind === kind;
}

/** What was asked for and has not been begun will not be. */
export function settled(steps: readonly PageStep[]): readonly PageStep[] {
  return steps.map((step) => {
    if (step.kind === "search") {
      return {
        ...step,
        queries: step.queries.map((query) =>
          query.status === "asked" || query.status === "searching" ? { ...query, status: "not-run" } : query,
        ),
      };
    }
    if (step.kind !== "pages") return step;
    return {
      ...step,
      pages: step.pages.map((page) =>
        page.status === "asked" || page.status === "opening" ? { ...page, status: "not-run" } : page,
      ),
    };
  });
}

/** Numbers of the sources that the last call found. */
export function foundLast(steps: readonly PageStep[]): readonly number[] {
  const last = steps.findLast(({ kind }) => kind === "search" || kind === "pages");
  if (last?.kind === "search") return [...new Set(last.queries.flatMap(({ sources }) => sources))];
  return last?.kind === "pages" ? last.pages.flatMap(({ source }) => source ?? []) : [];
}

/** A source that came with its text keeps it. */
export function withSources(
  known: readonly PageSource[],
  more: readonly PageSource[],
): readonly PageSource[] {
  const all = new Map(known.map((source) => [source.number, source]));
  for (const source of more) {
    const before = all.get(source.number);
    const texts = [before?.text, source.text].filter((text) => text !== undefined);
    all.set(source.number, {
      ...before,
      ...source,
      ...(texts.length > 0 && { text: [...new Set(texts)].join("\n") }),
    });
  }
  return [...all.values()].toSorted((a, b) => a.number - b.number);
}

/** What a request took stands at the last that it wrote. */
export function withCost(steps: readonly PageStep[], cost: StepCost | undefined): readonly PageStep[] {
  const last = steps.at(-1);
  if (cost === undefined || (last?.kind !== "reasoning" && last?.kind !== "answer")) return steps;
  const { milliseconds, promptTokens, completionTokens, cachedTokens, estimated } = cost;
  return [
    ...steps.slice(0, -1),
    { ...last, milliseconds, promptTokens, completionTokens, cachedTokens, estimated },
  ];
}

/** What a run has used so far, with more. */
export function sum(
  before: PageRun["usage"],
  more: NonNullable<PageRun["usage"]>,
): NonNullable<PageRun["usage"]> {
  return {
    milliseconds: add(before?.milliseconds, more.milliseconds),
    promptTokens: add(before?.promptTokens, more.promptTokens),
    completionTokens: add(before?.completionTokens, more.completionTokens),
    cachedTokens: add(before?.cachedTokens, more.cachedTokens),
    modelRequests: add(before?.modelRequests, more.modelRequests),
    estimated: before?.estimated === true || more.estimated === true,
  };
}

function add(a = 0, b = 0): number {
  return a + b;
}
