import { describe, expect, onTestFinished, test } from "vitest";
import { createAgenticRag } from "../../src/graph/graph.ts";
import type { ContinuationModel } from "../../src/model/model.ts";
import { createGeminiModel } from "../../src/model/native-tools/gemini/gemini.ts";
import { createMessagesModel } from "../../src/model/native-tools/messages/messages.ts";
import { createOfflineModel } from "../../src/model/offline/offline.ts";
import { QWQ_SAMPLING } from "../../src/model/sampling.ts";
import { createScriptedModel } from "../../src/model/scripted.ts";
import { protocols } from "../../src/protocol/index.ts";
import type { Protocol } from "../../src/protocol/protocol.ts";
import type { TurnPiece } from "../../src/turn.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { spansOf } from "../../src/trajectory/spans.ts";
import { tokenSequences } from "../../src/trajectory/tokens.ts";
import type { Script } from "../engine/tiny-gguf.ts";
import { FIXED, pagesEngine } from "../graph/agent.ts";
import { chained, notHere, tinyModel } from "../model/gguf/here.ts";
import { overOpenAi } from "../model/native-tools/openai.ts";
import { overChat } from "../model/native-tools/over-chat.ts";
import { over as overResponses } from "../model/native-tools/responses/over.ts";
import { qwqNativeSide } from "../model/native-tools/side.ts";
import { startChatServer } from "../servers/chat.ts";
import { startMessagesServer } from "../servers/messages.ts";
import { startWireServer } from "../servers/wire-server.ts";
import { maskedTexts, trajectoryOf } from "./run.ts";

/** What a model has said, as it came out of its family: nothing that the graph has made of it. */
function heard(model: ContinuationModel): { readonly text: string } {
  const said = { text: "" };
  const continueText = model.continueText.bind(model);
  model.continueText = async function* (messages, options) {
    for await (const chunk of continueText(messages, options)) {
      // a stop string that ended it is the model's, and is told apart from the text
      said.text += (chunk.type === "text" ? chunk.text : chunk.stopReason) ?? "";
      yield chunk;
    }
  };
  return said;
}

async function runOf(model: ContinuationModel, protocol: Protocol = qwq, question = "Which city?") {
  const said = heard(model);
  const parts = { protocol, model, engine: pagesEngine(), ...FIXED };
  const state = await createAgenticRag(parts).invoke({ question });
  const run = trajectoryOf(state);
  const { text, spans } = spansOf(run);
  expect(text).toBe(state.transcript.map((segment) => segment.text).join(""));
  expect(spans.map(({ start }) => start)).toEqual([0, ...spans.slice(0, -1).map(({ end }) => end)]);
  expect(spans.at(-1)?.end).toBe(Array.from(text).length);
  return { state, run, said: said.text, ...maskedTexts(text, spans) };
}

const WORDS = ["I look it up.", "Once more: é€😀."];
const QUERIES = ["Rome", "Rome's 😀 age"];
const ANSWER = "It is Rome [1].";
const calls = (at: number) => [{ arguments: JSON.stringify({ query: QUERIES[at] }) }];
const steps = [0, 1, 2] as const;

async function wire(replyOf: (at: number) => object): Promise<string> {
  const server = await startWireServer((response) => {
    const reply = replyOf(server.requests.length - 1);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(reply));
  });
  return server.url;
}

async function chat(): Promise<string> {
  const server = await startChatServer(
    steps.map((at) => {
      const said = { dialect: "generic", chunkSize: 5, reasoning: WORDS[at] ?? "I know." } as const;
      return at === 2 ? { ...said, text: ANSWER } : { ...said, calls: calls(at) };
    }),
  );
  onTestFinished(() => server.close());
  return server.url;
}

const NATIVE: Readonly<Record<string, () => Promise<ContinuationModel>>> = {
  "a chat": async () => overChat(await chat()),
  "a chat model of LangChain": async () => overOpenAi(await chat()),
  responses: async () =>
    overResponses(
      `${await wire((at) => {
        const summary = [{ type: "summary_text", text: WORDS[at] ?? "I know." }];
        const content = [{ type: "output_text", text: ANSWER }];
        const next =
          at === 2
            ? { type: "message", role: "assistant", content }
            : { type: "function_call", call_id: `c${at}`, name: "web_search", ...calls(at)[0] };
        return { object: "response", status: "completed", output: [{ type: "reasoning", summary }, next] };
      })}/v1`,
    ),
  async messages() {
    const server = await startMessagesServer(
      steps.map((at) => {
        const thinking = { text: WORDS[at] ?? "I know.", signature: `s${at}` };
        return at === 2
          ? { thinking, text: ANSWER, chunkSize: 5 }
          : { thinking, calls: calls(at), chunkSize: 5 };
      }),
    );
    onTestFinished(() => server.close());
    const extraBody = { thinking: { type: "enabled", budget_tokens: 1024 } };
    const options = { modelName: "claude-sonnet-4-5", extraBody, side: qwqNativeSide };
    return createMessagesModel({ baseUrl: server.url, ...options });
  },
  async gemini() {
    const baseUrl = await wire((at) => {
      const thought = { text: WORDS[at] ?? "I know.", thought: true };
      const functionCall = { name: "web_search", args: { query: QUERIES[at] } };
      const next = at === 2 ? { text: ANSWER } : { functionCall, thoughtSignature: "s" };
      return { candidates: [{ content: { role: "model", parts: [thought, next] }, finishReason: "STOP" }] };
    });
    return createGeminiModel({ baseUrl, modelName: "gemini-3-pro", side: qwqNativeSide });
  },
};

test.each(Object.entries(NATIVE))(
  "native tools over %s: what it said is 1, what was spliced 0",
  async (_, open) => {
    const { state, written, spliced, said } = await runOf(await open());
    expect(state).toMatchObject({ stopReason: "answered", searches: 2, rawAnswer: ANSWER });
    expect(written).toBe(said);
    for (const text of [...WORDS, ...QUERIES, ANSWER]) expect(written).toContain(text);
    for (const query of QUERIES) expect(spliced).toContain(`All about ${query}.`);
    expect(written).not.toContain("All about");
  },
);

describe.each(Object.values(protocols))("$name", (protocol) => {
  test("the offline reader's own words are 1, also where they are those of a source", async () => {
    const model = createOfflineModel({ side: protocol.modelSide });
    const { state, written, spliced, said } = await runOf(model, protocol, "What is all about Rome?");
    expect(state.searches).toBeGreaterThan(0);
    expect(written).toBe(said);
    expect(spliced).toContain("All about ");
  });

  test.skipIf(notHere !== "")(`a GGUF file: the same, token for token${notHere}`, async () => {
    const said = [`Look é.\n${protocol.modelSide.call("Rome")}`, protocol.modelSide.answer("Rome it is.")];
    const scripted = await runOf(createScriptedModel(said), protocol);
    const { model } = tinyModel(saying(said, scripted.state.transcript, protocol.stop), {
      sampling: { ...QWQ_SAMPLING, logprobs: true },
    });
    const { state, run, written, spliced } = await runOf(model, protocol);
    expect(state).toMatchObject({ searches: 1, stopReason: "answered", rawAnswer: "Rome it is." });
    expect({ written, spliced }).toEqual({ written: scripted.written, spliced: scripted.spliced });
    const [sequence] = tokenSequences(run) ?? [];
    expect(sequence?.responseMask.filter((mask) => mask === 1)).toHaveLength(state.usage.completionTokens);
  });
});

/** A model that goes on from the end of the prompt, and of the splice, with a text each; a stop string is a token. */
function saying(said: readonly string[], transcript: readonly TurnPiece[], stop: readonly string[]): Script {
  const [call = [], answer = []] = said.map((text) => {
    const found = stop.find((one) => text.includes(one)) ?? "";
    return [text.slice(0, text.length - found.length), found].filter((piece) => piece !== "");
  });
  const [first, ...others] = transcript;
  const prefix = first?.origin === "model" ? "" : (first?.text ?? "");
  const splice = others.filter(({ origin }) => origin !== "model").map(({ text }) => text);
  const script = chained([
    [`assistant\n${prefix}`, ...call],
    [splice.join("").slice(-24), ...answer, "<|im_end|>"],
  ]);
  return { ...script, pieces: [...script.pieces, ...call, ...answer] };
}
