import { isRaw } from "../server/dialects.ts";
import type { ServerDialect } from "../server/dialects.ts";
import type { CompletionsReport, ProbeReport } from "./report.ts";

/** The family that an endpoint can be used through. */
export interface FamilyChoice {
  readonly family: "completions" | "chat-prefix" | "native-tools";
  readonly dialect: ServerDialect;
  readonly continues: "by-construction" | "proven" | "replayed";
  /** Why this one, as a sentence. */
  readonly reason: string;
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
 * it, and knows the template; any other chat with tools is given the turn as messages.
 */
export function chooseFamily(report: ProbeReport): FamilyChoice | NoFamily {
  const { dialect, completions, chat, chatTemplate } = report;
  const raw = rawness(completions, dialect);
  const overCompletions = (reason: string): FamilyChoice => ({
    family: "completions",
    dialect,
    continues: "by-construction",
    reason,
  });
  const proven = chat.exists === "yes" && chat.streams && chat.continues === "yes";
  if (proven && raw !== "no" && chatTemplate === "assumed") {
    const reason = `${chatRoute(dialect)} was seen to continue the assistant's last message, in the model's own chat template, which raw completions would have to be told.`;
    return { family: "chat-prefix", dialect, continues: "proven", reason };
  }
  if (raw === "known") return overCompletions(`${dialect} continues raw text.`);
  if (raw === "seen") return overCompletions("/completions was seen to continue raw text.");
  if (proven) {
    const reason = `${chatRoute(dialect)} was seen to continue the assistant's last message.`;
    return { family: "chat-prefix", dialect, continues: "proven", reason };
  }
  const tools = chat.exists === "yes" && chat.streams ? chat.tools : "refused";
  if (raw === "likely" && tools !== "called") {
    return overCompletions("/completions is there, and nothing speaks against it.");
  }
  if (tools !== "refused") {
    const reason = `Nothing there was seen to continue a turn, and the chat takes tools${tools === "called" ? ", of which it called one" : ""}.`;
    return { family: "native-tools", dialect, continues: "replayed", reason };
  }
  return nothing(report);
}

/** How sure it is that completions continue the raw text. */
export function rawness(
  { exists, streams, continues, template }: CompletionsReport,
  dialect: ServerDialect,
): "known" | "seen" | "likely" | "no" {
  if (exists !== "yes" || !streams) return "no";
  if (isRaw(dialect)) return "known";
  if (continues === "no" || template === "yes") return "no";
  return continues === "yes" || template === "no" ? "seen" : "likely";
}

function chatRoute(dialect: ServerDialect): string {
  return dialect === "anthropic" ? "/v1/messages" : "/chat/completions";
}

function nothing({ baseUrl, modelName, dialect, completions, chat }: ProbeReport): NoFamily {
  const server = `The model server at ${baseUrl}`;
  if (chat.exists !== "yes" && completions.exists !== "yes") {
    return {
      family: null,
      reason: `${server} has neither /completions (${completions.why}) nor ${chatRoute(dialect)} (${chat.why}) for the model "${modelName}".`,
      advice: "Check AGENTIC_RAG_MODEL_URL (it mostly ends in /v1) and AGENTIC_RAG_MODEL.",
    };
  }
  const why = [completions.why, chat.why].filter((words) => words !== "").join("; ");
  return {
    family: null,
    reason: `${server} was not seen to continue a turn, and its chat does not take tools${why === "" ? "" : ` (${why})`}.`,
    advice:
      "Serve the model where raw completions are (vLLM, SGLang, llama.cpp, Ollama), or start the server with tool calling.",
  };
}

/** What a run goes without over the chosen family, each with what would change it. */
export function missingFor(
  { baseUrl, completions, chat }: ProbeReport,
  choice: FamilyChoice,
): readonly string[] {
  if (choice.family === "native-tools") {
    const beta = choice.dialect === "deepseek" && !baseUrl.endsWith("/beta");
    const instead = beta ? " (DeepSeek continues a message where AGENTIC_RAG_MODEL_URL ends in /beta)" : "";
    return [`one turn: it is replayed as messages, since nothing was seen to continue it${instead}`];
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
  if (family !== "completions" || chatTemplate !== "assumed") return undefined;
  return (
    `ChatML is assumed, for the name "${modelName}" does not say which chat template the model was trained on. ` +
    "Set AGENTIC_RAG_CHAT_TEMPLATE: to the path of its Jinja chat template, or to chatml if that is right."
  );
}
