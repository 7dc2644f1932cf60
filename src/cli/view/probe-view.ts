import { chatRoute, rawness, type chooseFamily } from "../../model/probe/choice.ts";
import type { ChatReport, CompletionsReport, ProbeReport, RouteReport } from "../../model/probe/report.ts";
import { printableLine } from "../terminal/printable.ts";
import type { Paint } from "../terminal/paint.ts";
import type { GroupedOutput } from "../terminal/grouped-output.ts";

export interface ProbeOutcome {
  readonly report: ProbeReport;
  readonly choice: ReturnType<typeof chooseFamily>;
  readonly missing: readonly string[];
  readonly warning: string | undefined;
}

const KNOWN_BY: Readonly<Record<ProbeReport["dialectFrom"], string>> = {
  setting: "as it is set",
  server: "by what it answers",
  nothing: "not known as any other",
};

/** The report as a table, the verdict, what is missing and what to write. */
export function showProbe(
  groups: GroupedOutput,
  paint: Paint,
  { report, choice, missing, warning }: ProbeOutcome,
): void {
  const { baseUrl, modelName, dialect, dialectFrom, completions, chat } = report;
  groups.line("server", `${printableLine(modelName)} at ${baseUrl}: ${dialect}, ${KNOWN_BY[dialectFrom]}`);
  for (const row of rows(report)) groups.line("table", row);
  for (const [path, { evidence, why }] of [
    ["/completions", completions],
    [chatRoute(dialect), chat],
  ] as const) {
    if (evidence.length > 0)
      groups.line("said", `${path} said ${evidence.map((text) => JSON.stringify(text)).join(" and ")}`);
    if (why !== "") groups.line("said", `${path}: ${printableLine(why)}`);
  }
  if (choice.family === null) {
    groups.line("verdict", `${choice.reason}\n${choice.advice}`, paint.red);
    return;
  }
  groups.line("verdict", `Family: ${choice.family}. ${choice.reason}`, paint.green);
  for (const what of missing) groups.line("verdict", `Without ${what}`, paint.yellow);
  if (warning !== undefined) groups.line("verdict", printableLine(warning), paint.yellow);
  groups.line("settings", "To write into .env (without them it is probed once a week):");
  for (const line of settingLines(report, choice.family)) groups.line("settings", `  ${line}`);
}

function settingLines({ baseUrl, modelName, dialect }: ProbeReport, family: string): readonly string[] {
  return [
    `AGENTIC_RAG_MODEL_URL=${baseUrl}`,
    `AGENTIC_RAG_MODEL=${printableLine(modelName)}`,
    `AGENTIC_RAG_MODEL_FAMILY=${family}`,
    `AGENTIC_RAG_MODEL_DIALECT=${dialect}`,
  ];
}

function rows({ completions, chat, responses, dialect }: ProbeReport): readonly string[] {
  const both = (cell: (route: RouteReport) => string): readonly [string, string] => [
    cellOf(completions, cell),
    cellOf(chat, cell),
  ];
  const table: readonly (readonly [string, string, string])[] = [
    ["", "/completions", chatRoute(dialect)],
    ["exists", completions.exists, chat.exists],
    ["continues", continuesCell(completions, dialect), cellOf(chat, ({ continues }) => continues)],
    ["streams", ...both(({ streams }) => (streams ? "yes" : "no"))],
    ["stop strings", ...both(({ stop }) => stop)],
    ["token counts", ...both(({ usage }) => told(usage))],
    ["cache hits", ...both(({ cachedTokens }) => told(cachedTokens))],
    ["token ids", cellOf(completions, () => told(completions.tokenIds)), "-"],
    ["log-probabilities", cellOf(completions, () => told(completions.logprobs)), "-"],
    ["chat template", cellOf(completions, () => TEMPLATE[completions.template]), "the server's"],
    ["reasoning", "-", cellOf(chat, () => chat.reasoning)],
    ...(chat.reasoningBack === undefined ? [] : [["reasoning taken back", "-", chat.reasoningBack] as const]),
    ...(chat.thinkingKept === undefined
      ? []
      : [["thinking of earlier questions", "-", KEPT[chat.thinkingKept]] as const]),
    ["tool calls as text", "-", cellOf(chat, () => chat.callText)],
    ["tools", "-", cellOf(chat, () => chat.tools)],
    ...(responses?.exists !== "yes" ? [] : [["tools over /responses", "-", responses.tools] as const]),
  ];
  const [first, second] = [0, 1].map((column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  return table.map(([name, left, right]) =>
    `${name.padEnd(first ?? 0)}  ${left.padEnd(second ?? 0)}  ${right}`.trimEnd(),
  );
}

/** A server that is known to continue raw text does, whatever a small model makes of it. */
function continuesCell(completions: CompletionsReport, dialect: ProbeReport["dialect"]): string {
  const { continues } = completions;
  if (continues === "yes" || rawness(completions, dialect) !== "known")
    return cellOf(completions, () => continues);
  return "as raw text";
}

function told(yes: boolean): string {
  return yes ? "told" : "not told";
}

const TEMPLATE: Readonly<Record<CompletionsReport["template"], string>> = {
  yes: "put around",
  no: "none",
  unclear: "unclear",
};

const KEPT: Readonly<Record<NonNullable<ChatReport["thinkingKept"]>, string>> = {
  kept: "read",
  dropped: "left out",
  preserve_thinking: "with preserve_thinking: true",
  clear_thinking: "with clear_thinking: false",
  unclear: "unclear",
};

function cellOf<Route extends RouteReport>(route: Route, cell: (route: Route) => string): string {
  return route.exists === "yes" ? cell(route) : "-";
}
