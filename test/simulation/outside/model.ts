import { AgenticRagError, type ModelErrorCode } from "../../../src/errors.ts";
import {
  ContinuationModel,
  type ContinuationOptions,
  type ModelChunk,
  type ModelUsage,
  type PromptMessage,
} from "../../../src/model/model.ts";
import { findStop } from "../../../src/model/exchange/stop-strings.ts";
import { abortError, throwIfAborted } from "../../../src/net/abort.ts";
import type { Protocol } from "../../../src/protocol/protocol.ts";
import type { Chance } from "../chance.ts";
import type { RunWatch } from "../run-watch.ts";
import { drawDigest, drawPieces, drawText } from "./said.ts";
import type { Process, World } from "../world.ts";

/** What a model does with one request. */
export interface Saying {
  readonly pieces: readonly string[];
  readonly finishReason: "stop" | "length";
  readonly stopReason?: string | null;
  readonly usage: ModelUsage;
}

const FAILURES: readonly [ModelErrorCode, ...ModelErrorCode[]] = [
  "model-unreachable",
  "model-rejected",
  "model-rate-limited",
  "model-server-error",
  "model-bad-reply",
  "model-truncated",
  "model-timeout",
  "model-context-overflow",
  "model-context-overflow",
];

/** Draws what the model says to a prompt, as it would stand on the wire. */
export function drawSaying(
  world: World,
  run: RunWatch,
  protocol: Protocol,
  options: Pick<ContinuationOptions, "stop" | "maxTokens" | "turn">,
): Saying {
  const { chance, plan } = world;
  const { stop: heeds, tellsStop, counts, heedsLimit } = plan.model;
  const state = run.state;
  const whole =
    options.turn === undefined
      ? drawDigest(chance, run.mark)
      : drawText(chance, {
          protocol,
          mark: run.mark,
          maySearch: (state?.searches ?? 0) < run.limits.maxSearches && state?.spent == null,
          mayOpen: run.limits.maxPages > (state?.pages ?? 0),
          queries: run.queries,
          addresses: run.addresses,
        });
  const stop = options.stop ?? [];
  const found = heeds === "ignore" ? undefined : findStop(whole, stop);
  const stopped =
    found === undefined ? whole : whole.slice(0, found.index + (heeds === "include" ? found.stop.length : 0));
  const most = heedsLimit ? (options.maxTokens ?? Infinity) * 4 : Infinity;
  const text = stopped.slice(0, most);
  const isCut = text.length < stopped.length || chance.is(0.03);
  const told =
    isCut || found === undefined
      ? chance.pick([undefined, null])
      : tellsStop === "yes"
        ? found.stop
        : tellsStop === "no"
          ? undefined
          : chance.pick([null, ...stop]);
  return {
    pieces: drawPieces(chance, text),
    finishReason: isCut ? "length" : "stop",
    ...(told !== undefined && { stopReason: told }),
    usage: counts
      ? { promptTokens: chance.int(1, 5000), completionTokens: Math.ceil(text.length / 4), cachedTokens: 0 }
      : {},
  };
}

export interface SimulatedModelParts {
  readonly world: World;
  readonly process: Process;
  readonly protocol: Protocol;
  /** Reads what is said from a wire; without it, it is given as it is. */
  readonly wire?: ContinuationModel | undefined;
}

/** A model that says what is drawn, and watches what it is asked. */
export class SimulatedModel extends ContinuationModel {
  readonly family = "simulated";
  readonly modelName = "simulated";
  readonly #parts: SimulatedModelParts;

  constructor(parts: SimulatedModelParts) {
    super({});
    this.#parts = parts;
  }

  override async *continueText(
    messages: readonly PromptMessage[],
    options: ContinuationOptions,
  ): AsyncGenerator<ModelChunk> {
    const { world, process, wire } = this.#parts;
    throwIfAborted(options.signal);
    process.at("model");
    const run = runOfPrompt(world, messages);
    const isTurn = options.turn !== undefined;
    const request = isTurn ? run.requested(messages, options.maxTokens, process) : { said: "" };
    const chunks = wire === undefined ? this.#direct(run, options) : wire.continueText(messages, options);
    for await (const chunk of chunks) {
      process.at(chunk.type);
      if (chunk.type === "text") request.said += chunk.text;
      else {
        if (typeof chunk.stopReason === "string") request.said += chunk.stopReason;
        if (isTurn) run.counted(chunk.usage.completionTokens ?? 0, process);
      }
      yield chunk;
    }
  }

  async *#direct(run: RunWatch, options: ContinuationOptions): AsyncGenerator<ModelChunk> {
    const { world, protocol } = this.#parts;
    const { chance, plan } = world;
    const saying = drawSaying(world, run, protocol, options);
    const failsAt = chance.is(plan.model.fails) ? chance.int(0, saying.pieces.length) : Infinity;
    for (const [at, text] of saying.pieces.entries()) {
      await this.#wait(chance, options.signal);
      if (at === failsAt) throw this.#failure(run);
      const tokenIds = plan.model.tokenIds ? { tokenIds: [text.length, at] } : {};
      yield { type: "text", text, ...tokenIds };
    }
    await this.#wait(chance, options.signal);
    if (failsAt !== Infinity) throw this.#failure(run);
    const { pieces: _pieces, ...end } = saying;
    yield { type: "end", ...end };
  }

  async #wait(chance: Chance, signal: AbortSignal | undefined): Promise<void> {
    const { world, process } = this.#parts;
    if (chance.is(world.plan.model.slow)) {
      await process.wait(chance.pick([1, 40, 700, 9_000, 100_000, 900_000]), signal);
    }
    if (signal?.aborted === true) throw abortError(signal);
  }

  #failure(run: RunWatch): Error {
    const { world } = this.#parts;
    if (world.chance.is(0.15)) return world.fault("the model's program broke", run.thread);
    const code = world.chance.pick(FAILURES);
    world.note(`model fails: ${code}`);
    if (code === "model-context-overflow") run.isFull = true;
    return new AgenticRagError(code, `It failed: ${code}.`);
  }
}

/** A question is told from others by its mark; a digest is asked for in a prompt that holds it too. */
function runOfPrompt(world: World, messages: readonly PromptMessage[]): RunWatch {
  const asked = messages.findLast(({ role }) => role === "user")?.content ?? "";
  return world.runOf(asked, "the prompt");
}
