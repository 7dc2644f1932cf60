import { isAbort } from "../../errors.ts";
import type { ModelChunk, ModelUsage, SentPrompt } from "../../model/model.ts";
import type { WorkTime } from "../../net/deadline.ts";
import type { Protocol, ProtocolEvent, ProtocolReader, StreamEnd } from "../../protocol/protocol.ts";
import { createHeldAnswer, type HeldAnswer } from "../held-answer.ts";
import { callsOf, streamedOn, type ReplyPart, type StreamedReply } from "../step-messages/streamed-reply.ts";
import { checkChunk } from "./checked-model.ts";
import { createQueryWatch, type QueryListener, type QueryWatch } from "./query-watch.ts";
import { createRepetitionWatch, endsInLoop } from "./repetition.ts";
import { createSample, type SampledText, type TurnEnd } from "./sample.ts";
import { createShownEvents, type ShownOptions } from "./shown-events.ts";

/** What one request to the model came to. */
export interface ModelReply extends SampledText, TurnEnd {
  /** `deadline`: the time for it was over; `read`: the reader had seen enough; `loop`: it repeated itself. */
  readonly end: "stop" | "length" | "deadline" | "read" | "loop";
  readonly usage: ModelUsage;
  /** The stop string that ended it; as `ModelChunk` tells it. */
  readonly stopReason: string | null | undefined;
  readonly prompt: SentPrompt | undefined;
  /** How many replies of the turn were written anew for this endpoint. */
  readonly rewritten: number;
  readonly promptForm: "text" | "tokens";
  /** How often the connection broke and the reply was continued from its text. */
  readonly continued: number;
  /** The id under which its answer was streamed; empty where that was held. */
  readonly messageId: string;
}

export interface ReplyReadingOptions extends ShownOptions {
  readonly protocol: Protocol;
  readonly reader: ProtocolReader;
  /** What the model has written since the last response: a call may begin there. */
  readonly written: string;
  /** The model was offered the second tool, which opens pages. */
  readonly pages: boolean;
  /** Ends the reply without ending the run. */
  readonly time: WorkTime;
  readonly onEvent: (event: ProtocolEvent) => void;
  readonly onQueries: QueryListener | undefined;
  /** The answer may still be mended: none of it is sent, and its reply has no message id. */
  readonly holdAnswer: boolean;
  /** False: nobody is sent any of it, nor draws it later. */
  readonly isDrawn: boolean;
}

/**
 * A reply of the model, read through a protocol chunk by chunk: what became of it, and what chat clients are sent of it. What
 * leads up to a call is reasoning there: the beginning of an answer is held back until it is known for one.
 */
export class ReplyReading {
  readonly #options: ReplyReadingOptions;
  readonly #held: HeldAnswer;
  readonly #queries: QueryWatch;
  readonly #shown: ReturnType<typeof createShownEvents>;
  readonly #sampled = createSample();
  readonly #watch = createRepetitionWatch();
  #messageId = "";
  #end: ModelReply["end"] = "read";
  #streamEnd: StreamEnd = { finishReason: "stop" };
  #usage: ModelUsage = {};
  #promptForm: ModelReply["promptForm"] = "text";
  #continued = 0;
  #rewritten = 0;
  #reply: ModelReply | undefined;
  #streamed: StreamedReply | null = null;

  constructor(options: ReplyReadingOptions) {
    this.#options = options;
    this.#held = createHeldAnswer({ whole: options.holdAnswer });
    this.#queries = createQueryWatch(options);
    this.#shown = createShownEvents(options);
  }

  /** Set when the reply has ended without an error. */
  get reply(): ModelReply | undefined {
    return this.#reply;
  }

  /** What was sent so far, as one message; null where it was nothing. */
  get streamed(): StreamedReply | null {
    return this.#streamed;
  }

  get messageId(): string {
    return this.#messageId;
  }

  /** @param runId of the run of the model, by which its messages are known */
  begin(runId: string): void {
    this.#messageId = `run-${runId}`;
  }

  /**
   * What a chunk says, each of which is to be told; then `isOver` is to be asked.
   *
   * @throws `model-bad-reply` for what is no chunk
   */
  read(chunk: ModelChunk): readonly ProtocolEvent[] {
    checkChunk(chunk);
    this.#sampled.add(chunk);
    this.#continued = chunk.continued ?? this.#continued;
    if (chunk.type === "text") {
      this.#rewritten = chunk.rewritten ?? this.#rewritten;
      return this.#shown(this.#options.reader.feed(chunk.text));
    }
    this.#usage = chunk.usage;
    this.#promptForm = chunk.promptForm ?? "text";
    this.#end = chunk.finishReason;
    this.#streamEnd = chunk;
    return [];
  }

  /** Whether nothing that follows a chunk could count. */
  isOver(chunk: ModelChunk): boolean {
    if (chunk.type === "end") return true;
    this.#queries.read(chunk.text, chunk.begun);
    if (this.#options.reader.done) return true;
    if (!this.#watch.add(chunk.text)) return false;
    this.#cut("loop");
    return true;
  }

  /** @throws the error, unless the time for the reply was over. */
  broken(error: unknown, signal: AbortSignal | undefined): void {
    if (!isAbort(error) || signal?.aborted === true || !this.#options.time.isOver) throw error;
    this.#cut("deadline");
  }

  /** What its end says, each of which is to be told. Nothing is read behind it. */
  finish(): readonly ProtocolEvent[] {
    return this.#shown(this.#options.reader.end(this.#streamEnd), true);
  }

  /** Tells what was read; gives what chat clients are sent of it. */
  tell(event: ProtocolEvent): ReplyPart | null {
    const { onEvent, onQueries, isDrawn } = this.#options;
    onEvent(event);
    return isDrawn || onQueries !== undefined ? this.#sent(this.#settled(event)) : null;
  }

  /** Concludes the reply. Gives what was held back of it. */
  conclude(): ReplyPart | null {
    const { reader, holdAnswer } = this.#options;
    const { outcome, text } = reader.generation;
    if (this.#end !== "loop" && outcome !== "call" && endsInLoop(text)) this.#end = "loop";
    this.#reply = {
      end: this.#end,
      usage: this.#usage,
      ...this.#sampled.tokensOf(text),
      ...this.#sampled.turnEnd,
      prompt: this.#sampled.prompt,
      stopReason: this.#streamEnd.stopReason,
      promptForm: this.#promptForm,
      rewritten: this.#rewritten,
      continued: this.#continued,
      messageId: holdAnswer ? "" : this.#messageId,
    };
    return this.#sent(
      this.#end === "loop"
        ? { type: "reasoning-delta", text: this.#held.withdraw() }
        : { type: "answer-delta", text: holdAnswer ? "" : this.#held.release() },
    );
  }

  #cut(end: "loop" | "deadline"): void {
    this.#end = end;
    this.#streamEnd = { finishReason: "length" };
  }

  /** The event as it may be sent to those who cannot take text back. */
  #settled(event: ProtocolEvent): ProtocolEvent {
    if (event.type === "answer-delta") return { ...event, text: this.#held.add(event.text) };
    if (event.type !== "answer-withdrawn") return event;
    return { type: "reasoning-delta", text: this.#held.withdraw() };
  }

  #sent(event: ProtocolEvent): ReplyPart | null {
    const part = this.#partOf(event);
    if (part !== null) this.#streamed = streamedOn(this.#streamed, this.#messageId, part);
    return part;
  }

  #partOf(event: ProtocolEvent): ReplyPart | null {
    switch (event.type) {
      case "reasoning-delta":
        return event.text === "" ? null : { reasoning: event.text };
      case "answer-delta":
        return event.text === "" ? null : { text: event.text };
      case "call-end": {
        const { protocol, reader, written, pages } = this.#options;
        const call = protocol.readCall(written + reader.generation.text, event.whole, { pages });
        if (call.kind === "fault") return null;
        if (call.kind === "search") this.#queries.end(call.queries);
        return { calls: callsOf(call, this.#messageId) };
      }
      case "answer-withdrawn":
      case "response-forged":
        return null;
    }
  }
}
