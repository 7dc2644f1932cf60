import type { PageQuery, PageStep } from "../../run.ts";
import type { Left } from "./wire.ts";

/** The steps with what a node left in the state: what its events would have told. */
export function stepsWith(steps: readonly PageStep[], node: string, left: Left): readonly PageStep[] {
  const { call } = left;
  switch (node) {
    case "generate": {
      const wrote = left.transcript?.items.filter(({ origin }) => origin === "model") ?? [];
      const before = left.transcript?.anew === true ? [] : steps;
      return [...before, ...wrote.flatMap(({ text }) => writtenSteps(text))];
    }
    case "parse-tool-call":
      if (call?.kind === "search")
        return [
          ...steps,
          {
            kind: "search",
            queries: call.queries.map(({ query, plan }) => ({ query, status: statusOf(plan), sources: [] })),
          },
        ];
      if (call?.kind === "open")
        return [
          ...steps,
          {
            kind: "pages",
            pages: call.pages.map(({ url, plan }) => ({
              url,
              status:
                plan === "open" ? "asked" : plan === "repeated" || plan === "refused" ? plan : "not-run",
            })),
          },
        ];
      if (call?.kind === "repair")
        return [
          ...steps,
          { kind: "repair", text: `The call could not be read: ${call.reason}.`, detail: call.detail },
        ];
      return call?.kind === "spent"
        ? [
            ...steps,
            {
              kind: "repair",
              text: `No ${call.budget} budget is left: it has to answer from what it has.`,
            },
          ]
        : steps;
    case "web-search":
      return steps.map((step, at) => (at === steps.length - 1 ? withRecords(step, left) : step));
    default:
      return steps;
  }
}

function statusOf(plan: string): PageQuery["status"] {
  return plan === "run" ? "asked" : plan === "repeated" ? "repeated" : "not-run";
}

/** What came of the queries or pages of a call. Those that a person put in the place of others come behind them. */
function withRecords(step: PageStep, { queries, readings, sources }: Left): PageStep {
  if (step.kind === "search") {
    const records = queries?.items ?? [];
    const known = new Set(step.queries.map(({ query }) => query));
    const came = (query: string): PageQuery | undefined => {
      const record = records.find((one) => one.query === query);
      if (record === undefined) return undefined;
      const { engine, status, reason, note, milliseconds, attempts } = record;
      return {
        query,
        status: engine === "" ? "not-run" : status,
        sources: record.sources,
        milliseconds,
        reason,
        note,
        attempts: attempts.length,
        cached: attempts.length > 0 && attempts.at(-1)?.from !== "engine",
        ...(engine !== "" && { engine }),
      };
    };
    return {
      ...step,
      queries: [
        ...step.queries.map((asked) => came(asked.query) ?? asked),
        ...records.flatMap(({ query }) => (known.has(query) ? [] : (came(query) ?? []))),
      ],
    };
  }
  if (step.kind !== "pages") return step;
  return {
    ...step,
    pages: step.pages.map((page) => {
      const record = readings?.items.find(({ url }) => url === page.url);
      if (record === undefined) return page;
      const { status, reason, milliseconds, source } = record;
      const title = sources?.items.find((one) => one.number === source)?.title;
      return { ...page, status, reason, milliseconds, title, ...(source !== null && { source }) };
    }),
  };
}

/** How calls begin in what a model writes: what follows is no thought. */
const CALL =
  /<tool_call>|<search>|<\|begin_(?:search_query|of_query|tool_call)\|>|<function[=_]|<\|tool_call|\[TOOL_CALLS\]|<use_mcp_tool>/;
const TAGS = /<\/?(?:think|answer)>/g;

/** Thought and answer of what a model wrote in one go, without tags and calls. */
function writtenSteps(text: string): readonly PageStep[] {
  const [before = ""] = text.split(CALL);
  const at = Math.max(before.lastIndexOf("</think>"), before.lastIndexOf("<answer>"));
  const [thought, said] = at < 0 ? [before, ""] : [before.slice(0, at), before.slice(at)];
  return [...bareStep("reasoning", thought), ...bareStep("answer", said)];
}

function bareStep(kind: "reasoning" | "answer", words: string): readonly PageStep[] {
  const text = words.replaceAll(TAGS, "").trim();
  return text === "" ? [] : [{ kind, text }];
}
