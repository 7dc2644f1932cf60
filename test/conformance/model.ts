import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import { describe, expect, test } from "vitest";
import { isAbort } from "../../src/errors.ts";
import type {
  ContinuationModel,
  ContinuationOptions,
  ModelChunk,
  PromptMessage,
} from "../../src/model/model.ts";
import { joined, textOf } from "../model/collect.ts";

/** What the suite needs to know of a family. */
export interface ModelHarness {
  readonly family: string;
  /** What becomes of stop strings in the text. */
  readonly stop: "ignore" | "include" | "exclude";
  /**
   * A fresh model that can be asked at least twice, and says the same each time. Where there is a connection, a reply that
   * comes `apart` waits between its events, of which at least five have text, and an `unfinished` one says some of it and then
   * leaves the connection open.
   */
  start(reply?: "apart" | "unfinished"): Promise<StartedModel>;
}

export interface StartedModel extends AsyncDisposable {
  readonly model: ContinuationModel;
  /** Resolves when the last request's connection is closed: whether that was before the reply was over, where there is one. */
  readonly connectionClosed?: () => Promise<boolean>;
}

const QUESTION: readonly PromptMessage[] = [
  { role: "system", content: "You may search." },
  { role: "user", content: "What is loss masking in Search-R1?" },
];
const ASKED = [new SystemMessage("You may search."), new HumanMessage("What is loss masking in Search-R1?")];

/** What every family of models promises. */
export function describeModel(harness: ModelHarness): void {
  describe(`a model of the family ${harness.family}`, () => {
    test("says text as it comes, and then ends once", async () => {
      await using started = await harness.start("apart");
      const chunks: ModelChunk[] = [];
      for await (const chunk of started.model.continueText(QUESTION, {})) chunks.push(chunk);
      const texts = chunks.slice(0, -1);
      expect(texts.length).toBeGreaterThanOrEqual(5);
      expect(texts.filter((chunk) => chunk.type !== "text" || chunk.text === "")).toEqual([]);
      expect(chunks.at(-1)).toMatchObject({ type: "end", finishReason: "stop" });
    });

    test("says the same when asked the same", async () => {
      await using started = await harness.start();
      expect(await collect(started.model)).toEqual(await collect(started.model));
    });

    test("names its family and model", async () => {
      await using started = await harness.start();
      expect(started.model.family).toBe(harness.family);
      expect(started.model.modelName).not.toBe("");
    });

    test(`handles a stop string: ${harness.stop}`, async () => {
      await using started = await harness.start();
      const whole = textOf(await collect(started.model));
      const stop = whole.slice(Math.floor(whole.length / 2), Math.floor(whole.length / 2) + 5);
      const chunks = await collect(started.model, { stop: ["never said", stop] });
      const before = whole.slice(0, whole.indexOf(stop));
      expect(textOf(chunks)).toBe({ ignore: whole, include: before + stop, exclude: before }[harness.stop]);
      expect(chunks.at(-1)).toMatchObject({ type: "end", finishReason: "stop" });
    });

    test("does not begin when the signal is aborted", async () => {
      await using started = await harness.start();
      const chunks: ModelChunk[] = [];
      await expect(collect(started.model, { signal: AbortSignal.abort("enough") }, chunks)).rejects.toSatisfy(
        isAbort,
      );
      expect(chunks).toEqual([]);
    });

    test("an abort in the middle is an AbortError and closes the connection", async () => {
      await using started = await harness.start("unfinished");
      const controller = new AbortController();
      const chunks = started.model.continueText(QUESTION, { signal: controller.signal });
      expect((await chunks.next()).value).toMatchObject({ type: "text" });
      controller.abort(new Error("enough"));
      const rest = (async () => {
        for await (const chunk of chunks) expect(chunk.type).toBe("text");
      })();
      await expect(rest).rejects.toMatchObject({ name: "AbortError" });
      expect(await (started.connectionClosed?.() ?? true)).toBe(true);
    });

    test("a consumer that stops reading closes the connection", async () => {
      await using started = await harness.start("unfinished");
      for await (const chunk of started.model.continueText(QUESTION, {})) {
        expect(chunk.type).toBe("text");
        break;
      }
      expect(await (started.connectionClosed?.() ?? true)).toBe(true);
    });

    test("invoked as a chat model it gives the same text", async () => {
      await using started = await harness.start();
      const text = textOf(await collect(started.model));
      const message = await started.model.invoke(ASKED);
      expect(message.content).toBe(text);
      expect(message.response_metadata).toMatchObject({ finish_reason: "stop" });
    });

    test("streamed as a chat model it gives the same text, and each chunk to the callbacks", async () => {
      await using started = await harness.start();
      const said = textOf(await collect(started.model));
      const tokens: string[] = [];
      const handleLLMNewToken = (token: string): void => void tokens.push(token);
      const texts: string[] = [];
      for await (const chunk of await started.model.stream(ASKED, { callbacks: [{ handleLLMNewToken }] })) {
        texts.push(chunk.text);
      }
      expect(texts.join("")).toBe(said);
      expect(tokens).toEqual(texts);
    });

    test("an aborted invocation is recognised as an abort", async () => {
      await using started = await harness.start();
      await expect(started.model.invoke(ASKED, { signal: AbortSignal.abort() })).rejects.toSatisfy(isAbort);
    });
  });
}

async function collect(
  model: ContinuationModel,
  options: ContinuationOptions = {},
  chunks: ModelChunk[] = [],
): Promise<ModelChunk[]> {
  for await (const chunk of model.continueText(QUESTION, options)) chunks.push(chunk);
  return joined(chunks);
}
