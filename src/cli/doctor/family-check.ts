import { AgenticRagError } from "../../errors.ts";
import { chooseFamily, missingFor, rawness, type FamilyChoice } from "../../model/probe-choice.ts";
import type { ProbeReport } from "../../model/probe-report.ts";
import { probeEndpoint } from "../../model/probe.ts";
import type { ServedModelSettings } from "../../settings.ts";
import type { Check } from "./check.ts";

type NamedFamily = Exclude<ServedModelSettings["family"], "auto">;

/** What the server does with a turn that is to go on, against what the settings say; a server that fails is `model`. */
export async function checkFamily(
  { family, dialect, baseUrl, name: modelName, apiKey }: ServedModelSettings,
  signal: AbortSignal,
): Promise<{ readonly check: Check; readonly choice?: FamilyChoice }> {
  let report: ProbeReport;
  try {
    report = await probeEndpoint({ baseUrl, modelName, apiKey, dialect, signal });
  } catch (error) {
    if (signal.aborted || !AgenticRagError.isInstance(error)) throw error;
    return { check: { name: "model", status: "failed", message: error.message } };
  }
  const choice = chooseFamily(report);
  const found = choice.family === null ? {} : { choice };
  const check = family === "auto" ? checkFound(report, choice) : checkNamed(family, report, choice);
  return { check: { name: "model family", ...check }, ...found };
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
  { dialect, completions, chat }: ProbeReport,
): { readonly reason: string; readonly sure: boolean } | undefined {
  const route = family === "completions" ? completions : chat;
  const path = family === "completions" ? "/completions" : "/chat/completions";
  if (route.exists !== "yes")
    return { reason: `there is no ${path} (${route.why})`, sure: route.exists === "no" };
  if (!route.streams) return { reason: `${path} does not stream`, sure: true };
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
            reason: `/chat/completions was not seen to continue a turn (it said ${shown})`,
            sure: chat.continues === "no",
          };
    case "native-tools":
      return chat.tools === "refused" ? { reason: "its chat refuses tools", sure: true } : undefined;
  }
}

function missing(report: ProbeReport, choice: FamilyChoice): string {
  const without = missingFor(report, choice);
  return without.length === 0 ? "" : ` It goes without ${without.join("; without ")}.`;
}
