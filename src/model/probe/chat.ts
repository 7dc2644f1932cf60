import type { PromptMessage } from "../../turn.ts";
import { chatBody, DIALECTS } from "../chat-prefix/dialect.ts";

import { readChatEvent } from "../chat-prefix/stream.ts";
import { joinParts, type ChatSaid } from "./chat-reply.ts";
import { createMessageReading } from "../native-tools/messages/stream.ts";
import { createContentReading } from "../native-tools/gemini/stream.ts";
import { sendContents } from "./contents.ts";
import { sendMessages } from "./messages.ts";
import { chatDialectOf, type ServerDialect } from "../server/dialects.ts";
import { NO_CHAT, type ChatReport } from "./report.ts";
import {
  evidence,
  GREEDY,
  readValues,
  sendProbe,
  type ProbeReply,
  type ProbeTarget,
  type Unanswered,
} from "./request.ts";
import { probeReasoningBack, probeThinkingKept } from "./reasoning-back.ts";
import { judge, judgeStop, MONTHS, together, WEEKDAYS, type Sequence } from "./sequence.ts";

const TAGS = { open: "<think>", close: "</think>" } as const;

const CALL = '<tool_call>{"name": "web_search", "arguments": {"query": "Rome"}}</tool_call>';

/** A model that reasons does so before it calls. */
const CALL_TOKENS = 256;

/** It has written a call twice and is about to write it again. */
const CALLING: readonly PromptMessage[] = [
  { role: "user", content: `Write this three times, one under the other: ${CALL}` },
  { role: "assistant", content: `<think>\n</think>\n\n${CALL}\n${CALL}\n` },
];

const TOOL = {
  name: "web_search",
  description: "Searches the web.",
  parameters: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
} as const;

interface AskOptions {
  readonly maxTokens?: number;
  readonly stop?: string;
  readonly tool?: typeof TOOL;
}

type Asked = (ChatSaid & { readonly kind: "said"; readonly streamed: boolean }) | Unanswered;

const NO_CONTINUATION: Unanswered = {
  kind: "refused",
  missing: false,
  words: "Gemini has no message that goes on",
};

/**
 * What a chat does with an assistant message at its end, and with what a model writes besides text.
 *
 * @param thorough also what is of no use to choose a family
 */
export async function probeChat(
  target: ProbeTarget,
  server: ServerDialect,
  thorough: boolean,
): Promise<ChatReport> {
  const ask = (messages: readonly PromptMessage[], options: AskOptions = {}): Promise<Asked> =>
    send(target, server, messages, options);

  const opened = await ask([{ role: "user", content: "What is 2 + 2?" }], { maxTokens: 16 });
  if (opened.kind !== "said") {
    return { ...NO_CHAT, exists: opened.kind === "failed" ? "failed" : "no", why: opened.words };
  }
  const first = server === "google" ? NO_CONTINUATION : await ask(turnOf(WEEKDAYS), { stop: WEEKDAYS.stop });
  const second = first.kind === "said" ? await ask(turnOf(MONTHS)) : first;
  const said = [first, second].filter((one) => one.kind === "said");
  const refused = [first, second].find((one) => one.kind !== "said");
  const continues =
    refused === undefined
      ? together([
          judge(WEEKDAYS, withoutEcho(server, WEEKDAYS, first)),
          judge(MONTHS, withoutEcho(server, MONTHS, second)),
        ])
      : refused.kind === "failed"
        ? "unclear"
        : "no";
  const calling = continues === "yes" ? await ask(CALLING, { maxTokens: 32 }) : undefined;
  const tools =
    continues === "yes"
      ? undefined
      : await ask([{ role: "user", content: "Search the web for the weather in Rome. Use the tool." }], {
          tool: TOOL,
          maxTokens: CALL_TOKENS,
        });
  const field = tools?.kind === "said" ? tools.reasoningField : undefined;
  const reasoning = field ?? reasoningIn([opened, ...said]);
  const takesTools = thorough && tools?.kind === "said" && server !== "anthropic" && server !== "google";
  const isApart =
    reasoning === "reasoning_content" || reasoning === "reasoning" || reasoning === "reasoning_details";
  const back = takesTools && isApart ? await probeReasoningBack(target) : undefined;
  const isBack = back !== undefined && back !== "neither" && back !== "unclear";
  return {
    exists: "yes",
    why: refused === undefined ? "" : refused.words,
    continues,
    evidence: said.map(({ text }) => evidence(target, text)),
    streams: opened.streamed,
    stop: first.kind === "said" ? judgeStop(WEEKDAYS, first.text, first.stopped) : "unclear",
    usage: [opened, ...said].every(({ usage }) => usage.completionTokens !== undefined),
    cachedTokens: [opened, ...said].some(({ usage }) => usage.cachedTokens !== undefined),
    reasoning,
    ...(back !== undefined && { reasoningBack: back }),
    ...(isBack && { thinkingKept: await probeThinkingKept(target, server, back) }),
    callText: calling?.kind === "said" ? callTextIn(calling) : "unclear",
    tools:
      tools === undefined
        ? "not asked"
        : tools.kind !== "said"
          ? "refused"
          : tools.calls
            ? "called"
            : "accepted",
    ...(tools !== undefined && tools.kind !== "said" && { toolsWhy: tools.words }),
  };
}

function turnOf({ question, before }: Sequence): readonly PromptMessage[] {
  return [
    { role: "user", content: question },
    { role: "assistant", content: before },
  ];
}

/** Where the dialect repeats the given text, that is no beginning anew. */
function withoutEcho(server: ServerDialect, { before }: Sequence, asked: Asked): string {
  if (asked.kind !== "said") return "";
  const { text } = asked;
  return DIALECTS[chatDialectOf(server)].echoes && text.startsWith(before) ? text.slice(before.length) : text;
}

function reasoningIn(replies: readonly ChatSaid[]): ChatReport["reasoning"] {
  for (const { content, reasoningField, usage } of replies) {
    if (reasoningField !== undefined) return reasoningField;
    if (content.trimStart().startsWith(TAGS.open)) return "in the text";
    if (content === "" && (usage.completionTokens ?? 0) > 1) return "swallowed";
  }
  return "none seen";
}

function callTextIn({ text, calls }: ChatSaid): ChatReport["callText"] {
  if (calls) return "tool_calls";
  if (text.includes("<tool_call>")) return "stays text";
  return text.includes('"web_search"') ? "loses its tags" : "unclear";
}

async function send(
  target: ProbeTarget,
  server: ServerDialect,
  messages: readonly PromptMessage[],
  { maxTokens = 24, stop, tool }: AskOptions,
): Promise<Asked> {
  const stops = stop === undefined ? [] : [stop];
  const reply = await replyOf(target, server, messages, { maxTokens, stops, tool });
  if (reply.kind !== "answered") return reply;
  const { read } = readingOf(server);
  return readValues(reply, (values) => ({
    ...joinParts(values.flatMap((value) => read(value, target))),
    kind: "said",
    streamed: reply.streamed,
  }));
}

/** How its replies are read. */
function readingOf(server: ServerDialect): Pick<ReturnType<typeof createMessageReading>, "read"> {
  if (server === "anthropic") return createMessageReading();
  if (server === "google") return createContentReading();
  return { read: (value, target) => [readChatEvent(value, target)] };
}

function replyOf(
  target: ProbeTarget,
  server: ServerDialect,
  messages: readonly PromptMessage[],
  {
    maxTokens,
    stops,
    tool,
  }: {
    readonly maxTokens: number;
    readonly stops: readonly string[];
    readonly tool: typeof TOOL | undefined;
  },
): Promise<ProbeReply> {
  if (server === "anthropic") return sendMessages(target, messages, { maxTokens, stop: stops, tool });
  if (server === "google") return sendContents(target, messages, { maxTokens, tool });
  return sendProbe(
    target,
    `${target.baseUrl}/chat/completions`,
    chatBody({
      dialect: chatDialectOf(server),
      tags: TAGS,
      messages,
      modelName: target.modelName,
      maxTokens,
      sampling: GREEDY,
      stop: stops,
      extra:
        tool === undefined
          ? {}
          : { tools: [{ type: "function", function: tool }], parse_tool_calls: undefined },
    }),
  );
}
