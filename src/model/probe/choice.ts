import { lineOf } from "../template/lines.ts";
import { completionsDialectOf, isRaw, knownDialect, type ServerDialect } from "../server/dialects.ts";
import type { ChatReport, CompletionsReport, ProbeReport } from "./report.ts";

/** The family that an endpoint can be used through. */
export interface FamilyChoice {
  readonly family: "completions" | "chat-prefix" | "native-tools" | "responses";
  readonly dialect: ServerDialect;
  readonly continues: "by-construction" | "proven" | "replayed";
  /** Why this one, as a sentence. */
  readonly reason: string;
  /** Of native tools: what there is for a protocol that cannot be spoken over them. */
  readonly withoutTools?: FamilyChoice | undefined;
}

/** None can be used. */
export interface NoFamily {
  readonly family: null;
  readonly reason: string;
  /** What to do about it. */
  readonly advice: string;
}

/**
 * Raw completions continue a turn by construction, if the model's chat template is known; a chat has to be seen to do
 * it, and knows the template; any other chat with tools is given the turn as messages. A template that is only assumed
 * comes behind tools that were seen to work.
 */
export function chooseFamily(report: ProbeReport): FamilyChoice | NoFamily {
  const { chat } = report;
  const choice = choose(report, isReadable(report) ? chat.tools : "refused");
  if (choice.family !== "native-tools" && choice.family !== "responses") return choice;
  const { responses: _, ...others } = report;
  const withoutTools = choose(others, "refused");
  return withoutTools.family === null ? choice : { ...choice, withoutTools };
}

/**
 * The choice where nothing may be asked: raw completions of a server that is known for them, else native tools.
 *
 * @param dialect as it is set; `auto`: as the address tells
 */
export function unprobedChoice(dialect: ServerDialect | "auto", baseUrl: string): FamilyChoice {
  const named = dialect === "auto" ? (knownDialect(baseUrl) ?? "generic") : dialect;
  const raw = completionsDialectOf(named) === undefined ? "chat-prefix" : "completions";
  const reason = "It was not probed, since AGENTIC_RAG_MODEL_PROBE is off.";
  const withoutTools = { family: raw, dialect: named, continues: "by-construction", reason } as const;
  if (isRaw(named)) return withoutTools;
  return { family: "native-tools", dialect: named, continues: "replayed", reason, withoutTools };
}

/** The choice for a protocol, by whether it can be spoken over native tools. */
export function choiceFor(choice: FamilyChoice, tools: boolean): FamilyChoice {
  return tools ? choice : (choice.withoutTools ?? choice);
}

function choose(report: ProbeReport, tools: ChatReport["tools"]): FamilyChoice | NoFamily {
  const { dialect, completions, chat, chatTemplate } = report;
  const raw = rawness(completions, dialect);
  const overCompletions = (reason: string): FamilyChoice => ({
    family: "completions",
    dialect,
    continues: "by-construction",
    reason,
  });
  const proven = isReadable(report) && chat.continues === "yes";
  if (proven && raw !== "no" && chatTemplate === "assumed") {
    const reason = `${chatRoute(dialect)} was seen to continue the assistant's last message, in the model's own chat template, which raw completions would have to be told.`;
    return { family: "chat-prefix", dialect, continues: "proven", reason };
  }
  if (raw !== "no" && chatTemplate === "assumed" && tools === "called") {
    const template =
      lineOf({ name: report.modelName }) === undefined
        ? "which chat template raw completions would need is not known"
        : "the chat template of raw completions is told by the model's name alone";
    const reason = `${chatRoute(dialect)} called the tool that it was offered, and ${template}.`;
    return { family: "native-tools", dialect, continues: "replayed", reason };
  }
  if (raw === "known") return overCompletions(`${dialect} continues raw text.`);
  if (raw === "seen") return overCompletions("/completions was seen to continue raw text.");
  if (proven) {
    const reason = `${chatRoute(dialect)} was seen to continue the assistant's last message.`;
    return { family: "chat-prefix", dialect, continues: "proven", reason };
  }
  if (raw === "likely" && tools !== "called") {
    return overCompletions("/completions is there, and nothing speaks against it.");
  }
  if (tools !== "refused") {
    const reason = `Nothing there was seen to continue a turn, and the chat takes tools${tools === "called" ? ", of which it called one" : ""}.`;
    return { family: "native-tools", dialect, continues: "replayed", reason };
  }
  const { responses } = report;
  if (responses !== undefined && responses.tools !== "refused") {
    const refusal = chat.toolsWhy ?? chat.why;
    const reason = `/responses takes tools${responses.tools === "called" ? ", of which it called one" : ""}, and the chat does not${refusal === "" ? "" : ` (${refusal})`}.`;
    return { family: "responses", dialect, continues: "replayed", reason };
  }
  return nothing(report);
}

/** Whether the replies of the chat can be read: in one piece too, but for Anthropic's. */
function isReadable({ dialect, chat }: ProbeReport): boolean {
  return chat.exists === "yes" && (chat.streams || dialect !== "anthropic");
}

/** How sure it is that completions continue the raw text. */
export function rawness(
  { exists, continues, template }: CompletionsReport,
  dialect: ServerDialect,
): "known" | "seen" | "likely" | "no" {
  if (exists !== "yes") return "no";
  if (isRaw(dialect)) return "known";
  if (continues === "no" || template === "yes") return "no";
  return continues === "yes" || template === "no" ? "seen" : "likely";
}

/** OpenAI of GPT-5.4 and later, whose chat takes tools only where they do not reason. */
const REASONS_WITH_NO_TOOLS = /function tools with reasoning_effort are not supported/i;

const WITHOUT_REASONING =
  "Set AGENTIC_RAG_MODEL_REASONING to off, with which its chat takes tools, or use another model.";

/** Its chat, as people know the route. */
export function chatRoute(dialect: ServerDialect): string {
  if (dialect === "google") return "generateContent";
  return dialect === "anthropic" ? "/v1/messages" : "/chat/completions";
}

function nothing({ baseUrl, modelName, dialect, completions, chat, responses }: ProbeReport): NoFamily {
  const server = `The model server at ${baseUrl}`;
  if (chat.exists !== "yes" && completions.exists !== "yes") {
    return {
      family: null,
      reason: `${server} has neither /completions (${completions.why}) nor ${chatRoute(dialect)} (${chat.why}) for the model "${modelName}".`,
      advice: "Check AGENTIC_RAG_MODEL_URL (it mostly ends in /v1) and AGENTIC_RAG_MODEL.",
    };
  }
  const why = [completions.why, chat.why].filter((words) => words !== "").join("; ");
  const refusal = chat.toolsWhy ?? "";
  const instead = responses?.exists === "yes" ? `, nor does /responses (${responses.why})` : "";
  return {
    family: null,
    reason: `${server} was not seen to continue a turn${why === "" ? "" : ` (${why})`}, and its chat does not take tools${refusal === "" ? "" : ` (${refusal})`}${instead}.`,
    advice: REASONS_WITH_NO_TOOLS.test(refusal)
      ? WITHOUT_REASONING
      : "Serve the model where raw completions are (vLLM, SGLang, llama.cpp, Ollama), or start the server with tool calling.",
  };
}

/** What a run goes without over the chosen family, each with what would change it. */
export function missingFor(
  { baseUrl, completions, chat }: ProbeReport,
  choice: FamilyChoice,
): readonly string[] {
  if (choice.family === "responses") {
    return ["one turn: it is replayed as items, since nothing was seen to continue it"];
  }
  if (choice.family === "native-tools") {
    const beta = choice.dialect === "deepseek" && !baseUrl.endsWith("/beta");
    const instead = beta ? " (DeepSeek continues a message where AGENTIC_RAG_MODEL_URL ends in /beta)" : "";
    return [
      `one turn: it is replayed as messages, since nothing was seen to continue it${instead}`,
      ...(chat.reasoningBack === "neither"
        ? ["the reasoning between calls, which the server gives, and does not read where it is given back"]
        : []),
    ];
  }
  const route = choice.family === "completions" ? completions : chat;
  const missing: string[] = [];
  if (choice.family === "chat-prefix") {
    missing.push("token ids, which no chat takes: the turn is tokenised anew at each step");
    if (chat.reasoning === "swallowed") {
      missing.push("the reasoning, which the server keeps to itself: start it without a reasoning parser");
    }
    if (chat.callText === "tool_calls" || chat.callText === "loses its tags") {
      missing.push("calls as text, which the server parses: start it without a tool-call parser");
    }
  } else if (!completions.tokenIds) {
    missing.push("token ids: the turn is tokenised anew at each step");
  }
  if (!route.usage) missing.push("token counts: budgets are estimated from characters");
  if (!route.cachedTokens) missing.push(`counts of cache hits${CACHE_SWITCH[choice.dialect] ?? ""}`);
  if (route.stop === "ignored") missing.push("stop strings: the connection is closed behind a call instead");
  return missing;
}

const CACHE_SWITCH: Partial<Record<ServerDialect, string>> = {
  vllm: " (vLLM tells them with --enable-prompt-tokens-details)",
  sglang: " (SGLang tells them with --enable-cache-report)",
};

/** What is to be minded about the chosen family; undefined where there is nothing. */
export function warningFor(
  { modelName, chatTemplate }: Pick<ProbeReport, "modelName" | "chatTemplate">,
  { family }: Pick<FamilyChoice, "family">,
): string | undefined {
  const isAssumed = family === "completions" && chatTemplate === "assumed";
  return isAssumed && lineOf({ name: modelName }) === undefined ? assumedTemplate(modelName) : undefined;
}

/** What is to be said where ChatML is only assumed. */
export function assumedTemplate(modelName: string): string {
  return (
    `ChatML is assumed, for the name "${modelName}" does not say which chat template the model was trained on. ` +
    "Set AGENTIC_RAG_CHAT_TEMPLATE: to the path of its Jinja chat template, or to chatml if that is right."
  );
}
