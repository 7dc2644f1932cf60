import { describe, expect, onTestFinished, test } from "vitest";
import { createAgenticRag } from "../../src/graph/graph.ts";
import { createChatPrefixModel } from "../../src/model/chat-prefix/chat-prefix.ts";
import { createCompletionsModel } from "../../src/model/completions/completions.ts";
import type { ContinuationModel } from "../../src/model/model.ts";
import { createScriptedModel } from "../../src/model/scripted.ts";
import { QWQ_SAMPLING } from "../../src/model/sampling.ts";
import { protocols } from "../../src/protocol/index.ts";
import type { Protocol } from "../../src/protocol/protocol.ts";
import { spansOf } from "../../src/trajectory/spans.ts";
import { stretchesOf } from "../../src/trajectory/stretches.ts";
import { tokenSequences } from "../../src/trajectory/tokens.ts";
import { FIXED, pagesEngine } from "../graph/agent.ts";
import { overAnthropic } from "../model/langchain/prefilled-chat-ask.ts";
import { startChatServer } from "../servers/chat.ts";
import { startMessagesServer } from "../servers/messages.ts";
import { startCompletionsServer } from "../servers/completions.ts";
import { startEngineServer } from "../servers/completions-engine.ts";
import { maskedTexts, trajectoryOf } from "./run.ts";

/** What a model says in a protocol: a call, another one with letters of all lengths, the answer. */
function saidIn({ modelSide }: Protocol): readonly string[] {
  return [
    `I look it up.\n${modelSide.call("Rome")}`,
    `Once more: é€😀.\n${modelSide.call("Rome's 😀 age")}`,
    modelSide.answer("It is Rome [1]."),
  ];
}

type Family = (said: readonly string[], protocol: Protocol) => Promise<ContinuationModel>;

const FAMILIES: Readonly<Record<string, Family>> = {
  scripted: (said) => Promise.resolve(createScriptedModel(said)),
  async "completions as text"(said) {
    const server = await startCompletionsServer(said.map((text) => ({ text, chunkSize: 3 })));
    onTestFinished(() => server.close());
    return createCompletionsModel({ baseUrl: server.url, modelName: "m", dialect: "generic", maxRetries: 0 });
  },
  async "chat-prefix"(said) {
    const server = await startChatServer(said.map((text) => ({ text, chunkSize: 3 })));
    onTestFinished(() => server.close());
    const options = { baseUrl: server.url, modelName: "m", dialect: "vllm", maxRetries: 0 } as const;
    return createChatPrefixModel(options);
  },
  async "chat-prefix through LangChain"(said) {
    // white space where a prompt ends is not sent, so that what a reply begins with is taken for it
    const server = await startMessagesServer(said.map((text) => ({ text: text.trimStart(), chunkSize: 3 })));
    onTestFinished(() => server.close());
    return overAnthropic(server.url);
  },
  async "completions by ids"(said, { stop }) {
    const pieces = said.map((text) => [...piecesOf(text, stop), "<|im_end|>"]);
    const server = await startEngineServer({ dialect: "vllm", replies: pieces });
    onTestFinished(() => server[Symbol.asyncDispose]());
    const sampling = { ...QWQ_SAMPLING, logprobs: true };
    return createCompletionsModel({ baseUrl: server.url, modelName: "m", sampling, maxRetries: 0 });
  },
};

/** A text in tokens: each stop string is one, all else a token a character. */
function piecesOf(text: string, stop: readonly string[]): readonly string[] {
  const found = stop.find((one) => text.includes(one));
  if (found === undefined) return Array.from(text);
  const [before = "", ...rest] = text.split(found);
  return [...Array.from(before), found, ...Array.from(rest.join(found))];
}

describe.each(Object.entries(FAMILIES))("%s", (family, open) => {
  test.each(Object.values(protocols))("$name: the model's bytes are 1, spliced ones 0", async (protocol) => {
    const said = saidIn(protocol);
    const model = await open(said, protocol);
    const parts = { protocol, model, engine: pagesEngine(), ...FIXED };
    const state = await createAgenticRag(parts).invoke({ question: "Which city?" });
    expect(state).toMatchObject({ stopReason: "answered", searches: 2 });
    const run = trajectoryOf(state);
    const whole = state.transcript.map(({ text }) => text).join("");
    const { text, spans } = spansOf(run);
    expect(text).toBe(whole);
    expect(spans.at(-1)?.end).toBe(Array.from(whole).length);
    expect(spans.slice(1).map(({ start }) => start)).toEqual(spans.slice(0, -1).map(({ end }) => end));
    const { written, spliced } = maskedTexts(text, spans);
    // the end of a turn and what closes an answer may be the protocol's own stop string
    const spoken = family.endsWith("LangChain") ? said.map((one) => one.trimStart()) : said;
    expect(spoken.join("").slice(0, written.length)).toBe(written);
    expect(written).toContain("It is Rome [1].");
    for (const query of ["Rome", "Rome's 😀 age"]) expect(spliced).toContain(`All about ${query}.`);
    expect(written).not.toContain("All about");
    if (!family.startsWith("completions")) return;

    const [stretch = []] = stretchesOf(run);
    expect(stretch.map((part) => part.text).join("")).toBe(
      `${state.generations[0]?.promptText}${whole.slice(state.transcript[0]?.origin === "model" ? 0 : state.transcript[0]?.text.length)}`,
    );
    if (family !== "completions by ids") return;
    const [sequence] = tokenSequences(run) ?? [];
    const { responseIds = [], responseMask = [], responseLogprobs = [], promptIds = [] } = sequence ?? {};
    expect(promptIds.length).toBeGreaterThan(0);
    expect(responseMask).toHaveLength(responseIds.length);
    expect(responseLogprobs).toHaveLength(responseIds.length);
    expect(responseLogprobs.map((logprob) => logprob < 0)).toEqual(responseMask.map((mask) => mask === 1));
    expect(responseMask.filter((mask) => mask === 1)).toHaveLength(state.usage.completionTokens);
  });
});
