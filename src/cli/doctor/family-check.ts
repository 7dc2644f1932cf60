import { AgenticRagError } from "../../errors.ts";
import {
  chatRoute,
  choiceFor,
  chooseFamily,
  missingFor,
  rawness,
  warningFor,
  type FamilyChoice,
} from "../../model/probe/choice.ts";
import type { ProbeReport, PromptTemplate } from "../../model/probe/report.ts";
import { templateFor } from "../../model/template/chat-template.ts";
import { sayThinkingKept } from "../../model/probe/reasoning-back.ts";
import { probeEndpoint } from "../../model/probe/probe.ts";
import type { ServedModelSettings } from "../../settings/settings.ts";
import type { Check } from "./check.ts";
import type { Reach } from "./model-list.ts";

type NamedFamily = Exclude<ServedModelSettings["family"], "auto">;

export interface FamilyFound {
  readonly check: Check;
  readonly choice?: FamilyChoice;
  /** Where the turn goes on as raw text. */
  readonly templateCheck?: Check;
}

/**
 * What the server does with a turn that is to go on, against what the settings say; a server that fails is `model`.
 * `tools`: the protocol can be spoken over native tools.
 */
export async function checkFamily(
  {
    family,
    dialect,
    baseUrl,
    name: modelName,
    apiKey,
    template,
    stream,
    reasoning,
    body,
    waitSeconds,
  }: ServedModelSettings,
  { fetch, signal, tools }: Reach & { readonly tools: boolean },
): Promise<FamilyFound> {
  let report: ProbeReport;
  try {
    const templateSet = template !== "auto";
    const timeoutMs = waitSeconds === undefined ? undefined : waitSeconds * 1000;
    const told = { stream, reasoning, extraBody: body, responses: family === "responses" };
    const asked = { apiKey, dialect, templateSet, timeoutMs, fetch, signal };
    report = await probeEndpoint({ baseUrl, modelName, ...told, ...asked });
  } catch (error) {
    if (signal.aborted || !AgenticRagError.isInstance(error)) throw error;
    return { check: { name: "model", status: "failed", message: error.message } };
  }
  const chosen = chooseFamily(report);
  const choice = chosen.family === null ? chosen : choiceFor(chosen, tools);
  const found = choice.family === null ? {} : { choice };
  const check = family === "auto" ? checkFound(report, choice) : checkNamed(family, report, choice);
  const used = family === "auto" ? choice.family : family;
  const templateCheck = used === "completions" ? { templateCheck: checkTemplate(template, report) } : {};
  return { check: { name: "model family", ...check }, ...found, ...templateCheck };
}

/** The chat template that raw completions are given. */
function checkTemplate(set: string, report: ProbeReport): Check {
  const warning = warningFor(report, { family: "completions" });
  const from: Readonly<Record<PromptTemplate, string>> = {
    set,
    server: "the server's own",
    chatml: "chatml, as the model's name says",
    assumed: `${templateFor(report.modelName).name}, as the model's name says`,
  };
  return {
    name: "chat template",
    status: warning === undefined ? "ok" : "warning",
    message: warning ?? from[report.chatTemplate],
  };
}

type Judgement = Omit<Check, "name">;

function checkFound(report: ProbeReport, choice: ReturnType<typeof chooseFamily>): Judgement {
  if (choice.family === null) return { status: "failed", message: `${choice.reason} ${choice.advice}` };
  const { family, dialect, reason } = choice;
  return {
    status: "ok",
    message: `${family} over ${dialect}: ${reason}${missing(report, choice)} To have it so without probing: AGENTIC_RAG_MODEL_FAMILY=${family}, AGENTIC_RAG_MODEL_DIALECT=${dialect}.`,
  };
}

function checkNamed(
  family: NamedFamily,
  report: ProbeReport,
  choice: ReturnType<typeof chooseFamily>,
): Judgement {
  const doubt = doubtAbout(family, report);
  if (doubt === undefined) {
    const better =
      choice.family === null || choice.family === family
        ? ""
        : ` ${choice.family} fits it better: ${choice.reason}`;
    const missed = choice.family === family ? missing(report, choice) : "";
    return { status: "ok", message: `${family} over ${report.dialect}, as it is set.${better}${missed}` };
  }
  const instead =
    choice.family === null
      ? choice.advice
      : `Set AGENTIC_RAG_MODEL_FAMILY to ${choice.family}: ${choice.reason}`;
  return {
    status: doubt.sure ? "failed" : "warning",
    message: `AGENTIC_RAG_MODEL_FAMILY is ${family}, but ${doubt.reason}. ${instead}`,
  };
}

/** What speaks against a family. */
function doubtAbout(
  family: NamedFamily,
  { dialect, completions, chat, responses }: ProbeReport,
): { readonly reason: string; readonly sure: boolean } | undefined {
  if (family === "responses") {
    if (responses === undefined || responses.tools !== "refused") return undefined;
    const reason =
      responses.exists === "yes"
        ? `/responses refuses tools (${responses.why})`
        : `there is no /responses (${responses.why})`;
    return { reason, sure: responses.exists !== "failed" };
  }
  const route = family === "completions" ? completions : chat;
  const path = family === "completions" ? "/completions" : chatRoute(dialect);
  if (route.exists !== "yes")
    return { reason: `there is no ${path} (${route.why})`, sure: route.exists === "no" };
  // its client reads streams alone
  if (!route.streams && dialect === "anthropic") return { reason: `${path} does not stream`, sure: true };
  const shown =
    route.evidence.length === 0 ? route.why : route.evidence.map((text) => JSON.stringify(text)).join(", ");
  switch (family) {
    case "completions":
      return rawness(completions, dialect) === "no"
        ? { reason: `/completions does not continue the raw text (it said ${shown})`, sure: true }
        : undefined;
    case "chat-prefix":
      return chat.continues === "yes"
        ? undefined
        : {
            reason: `${path} was not seen to continue a turn (it said ${shown})`,
            sure: chat.continues === "no",
          };
    case "native-tools":
      return chat.tools === "refused" ? { reason: "its chat refuses tools", sure: true } : undefined;
  }
}

function missing(report: ProbeReport, choice: FamilyChoice): string {
  const without = missingFor(report, choice);
  const kept = choice.family === "native-tools" ? sayThinkingKept(report.chat.thinkingKept) : undefined;
  return [
    ...(without.length === 0 ? [] : [` It goes without ${without.join("; without ")}.`]),
    ...(kept === undefined ? [] : [` ${kept}`]),
  ].join("");
}
