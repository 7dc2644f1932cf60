import { AgenticRagError } from "../../errors.ts";
import { requestTarget, type RequestTarget } from "../exchange/http-failure.ts";
import { obeyingRefusals } from "../exchange/obeying-fetch.ts";
import { LAST_SAID, partsOf, type Finish, type SaidPart } from "../exchange/read-to-end.ts";
import { bodyText, readBaseUrl } from "../exchange/request.ts";
import { streamRequest, type ServedModelOptions } from "../exchange/stream-request.ts";
import {
  ContinuationModel,
  openTurn,
  type ContinuationOptions,
  type JsonForm,
  type ModelChunk,
  type ModelDescription,
} from "../model.ts";
import { QWQ_SAMPLING, type ReasoningEffort, type Sampling } from "../sampling.ts";
import { describeContext, type ContextFinder } from "../server/context-size.ts";
import { knownDialect, type ServerDialect } from "../server/dialects.ts";
import { askServer } from "../server/server.ts";
import type { NativeSide, PromptMessage, ReceivedMessage } from "../../turn.ts";
import type { JsonObject } from "./delta-merge.ts";
import { nameReplayRefusal, refusedFields } from "./replay-refusal.ts";
import { tellRewritten } from "../exchange/rewritten.ts";
import { isForeign, originOf, replayPieces, type Origin } from "./received.ts";
import { replay, type OpenCall, type ReplayMessage } from "./replay.ts";
import { readReply } from "./reply.ts";
import { toolsFor } from "./tools.ts";

export interface ToolsModelOptions extends Omit<ServedModelOptions, "maxTokens"> {
  /** At most this many tokens for one reply. @default what the server takes */
  readonly maxTokens?: number;
  /**
   * What kind of server it is: which fields it takes, and under which name it wants reasoning back. `auto`: as its address
   * tells, else as one that nothing is known of.
   */
  readonly dialect: ServerDialect | "auto";
  /** How the protocol of the run is read and written. */
  readonly side: NativeSide;
  /** What the model is told of the search. @default a sentence about when to use it */
  readonly toolDescription?: string;
}

/** What is asked for in one request, besides its messages. */
export interface ToolsRequest {
  readonly modelName: string;
  readonly maxTokens: number | undefined;
  readonly sampling: Sampling;
  /** As much of it as somebody has set. */
  readonly given: Partial<Sampling>;
  readonly reasoning: ReasoningEffort | undefined;
  readonly tools: ReturnType<typeof toolsFor>;
  /** False: it may only answer. */
  readonly calls: boolean;
  /** The reply has to be JSON of it; no tools are offered then. */
  readonly form: JsonForm | undefined;
}

/** The conversation of a request, as it is and as it is sent. */
export interface ToolsPrompt<Message> {
  readonly replayed: readonly ReplayMessage<Message>[];
  readonly sent: readonly JsonObject[];
}

/** What a route is told, and how its replies are read and kept: a conversation with tools on the wire. */
export interface ToolsWire<Message> {
  readonly family: "native-tools" | "responses";
  readonly form: ReceivedMessage["form"];
  /** Where a request goes. */
  url(asked: { readonly baseUrl: string; readonly modelName: string }): string;
  /** The header that the key is sent in. @default `authorization`, as a bearer token */
  readonly keyHeader?: string;
  /** What else a request is sent with, by the fields that the operator adds to its body. @default nothing */
  headers?(extraBody: JsonObject): Readonly<Record<string, string>>;
  /** Whether the server is asked how much its models take. */
  readonly asksContext: boolean;
  /** Fields of messages that no message can do without. */
  readonly fixed: ReadonlySet<string>;
  /** The message that was kept, with its calls; undefined for what is none. */
  readonly read: (
    received: ReceivedMessage,
  ) => { readonly message: Message; readonly calls: readonly OpenCall[] } | undefined;
  /** The conversation as it is sent. What the server gave itself goes back value for value. */
  messages(replayed: readonly ReplayMessage<Message>[], dialect: ServerDialect): readonly JsonObject[];
  /** The body, without the fields that the operator adds. */
  body(prompt: ToolsPrompt<Message>, request: ToolsRequest, dialect: ServerDialect): JsonObject;
  /** True where the next request sends something else because of this refusal. @default false */
  heeds?(words: string): boolean;
  /**
   * What an event of a reply says, and the whole reply to be kept beside its text. Reading throws `model-bad-reply` for an
   * event that is none, `model-rejected` for a content filter, `model-truncated` where the server has given up, and what an
   * error event says.
   */
  reply(reading: {
    readonly origin: Origin;
    /** The messages that it answers. */
    readonly sent: readonly JsonObject[];
  }): {
    readonly read: (event: unknown, target: RequestTarget) => readonly SaidPart[];
    readonly keep: (said: string, finish: Finish) => ReceivedMessage | undefined;
  };
}

/**
 * A model behind a chat with tools, which does not continue a turn: the turn so far is replayed as messages, and what comes
 * back is written as the text of the protocol. Each reply is kept as it came and sent back value for value, since servers
 * refuse a call, or lose quality, without the reasoning before it. Stop strings are not sent.
 */
export class ToolsModel<Message> extends ContinuationModel {
  readonly family: ToolsWire<Message>["family"];
  readonly modelName: string;
  // private, so that no trace, log or serialisation of the model shows a key
  readonly #options: ToolsModelOptions;
  readonly #wire: ToolsWire<Message>;
  readonly #dialect: ServerDialect;
  /** Undefined where the server is not asked, and nothing is set. */
  readonly #context: ContextFinder | undefined;
  /** Fields of messages that were refused, by model. */
  readonly #refused = new Map<string, ReadonlySet<string>>();

  constructor(options: ToolsModelOptions, wire: ToolsWire<Message>) {
    super({});
    const baseUrl = readBaseUrl(options.baseUrl);
    const { dialect, modelName, fetch, stream, contextTokens } = options;
    const isTold = wire.asksContext || contextTokens !== undefined;
    this.#context = isTold ? askServer({ ...options, baseUrl }, dialect).context : undefined;
    this.family = wire.family;
    this.modelName = modelName;
    this.#wire = wire;
    this.#options = {
      ...options,
      baseUrl,
      ...(wire.keyHeader !== undefined && { keyHeader: wire.keyHeader }),
      headers: { ...wire.headers?.(options.extraBody ?? {}), ...options.headers },
      fetch: obeyingRefusals(fetch, { stream, windowOf: this.#context?.known }),
    };
    this.#dialect = dialect === "auto" ? (knownDialect(baseUrl) ?? "generic") : dialect;
  }

  override async describe(signal?: AbortSignal): Promise<ModelDescription> {
    return {
      ...(await super.describe(signal)),
      continues: "replayed",
      ...describeContext(await this.#context?.find(this.modelName, signal)),
    };
  }

  override continueText(
    messages: readonly PromptMessage[],
    options: ContinuationOptions,
  ): AsyncGenerator<ModelChunk> {
    const wire = this.#wire;
    const { side, baseUrl } = this.#options;
    const { modelName = this.modelName, pages = false, signal } = options;
    const { turns, pieces, given: before } = openTurn(messages, options.turn);
    const origin = originOf(wire.form, requestTarget({ ...this.#options, modelName }));
    const replayed = replay(turns, replayPieces(pieces, { side, pages, origin, read: wire.read }));
    let sent: readonly JsonObject[] = [];
    const chunks = streamRequest(this.#options, {
      modelName,
      signal,
      session: options.session,
      // a chat that continues its last message is another family
      goesOn: false,
      prepare: async () => {
        const without = this.#refused.get(modelName);
        sent = wire.messages(replayed, this.#dialect).map((message) => leaveOut(message, without));
        return {
          url: wire.url({ baseUrl, modelName }),
          framing: "events",
          body: this.#body({ replayed, sent }, { ...options, modelName }),
          read(events, target) {
            const { read, keep } = wire.reply({ origin, sent });
            return readReply(partsOf(events, target, read, LAST_SAID), {
              target,
              side,
              before,
              pages,
              received: keep,
            });
          },
        };
      },
      rename: nameReplayRefusal,
      changed: (failure) => this.#heeds(failure, modelName, sent),
    });
    return tellRewritten(chunks, pieces, isForeign(origin));
  }

  /** True where something was refused that the messages can do without. */
  #heeds(failure: unknown, modelName: string, sent: readonly JsonObject[]): boolean {
    if (!AgenticRagError.isInstance(failure) || failure.code !== "model-rejected") return false;
    if (this.#wire.heeds?.(failure.message) === true) return true;
    const refused = this.#refused.get(modelName) ?? new Set<string>();
    const fields = refusedFields(failure.message, sent).filter(
      (field) => !refused.has(field) && !this.#wire.fixed.has(field),
    );
    if (fields.length > 0) this.#refused.set(modelName, new Set([...refused, ...fields]));
    return fields.length > 0;
  }

  #body(
    prompt: ToolsPrompt<Message>,
    { modelName, pages = false, calls = true, ...options }: ContinuationOptions & { modelName: string },
  ): string {
    const { toolDescription, extraBody = {}, maxTokens, reasoning } = this.#options;
    const given = { ...this.#options.sampling, ...options.sampling };
    const request: ToolsRequest = {
      modelName,
      maxTokens: options.maxTokens ?? maxTokens,
      sampling: { ...QWQ_SAMPLING, ...given },
      given,
      reasoning,
      tools:
        options.form === undefined
          ? toolsFor({ pages, ...(toolDescription !== undefined && { toolDescription }) })
          : [],
      calls,
      form: options.form,
    };
    return bodyText(this.#wire.body(prompt, request, this.#dialect), extraBody);
  }
}

function leaveOut(message: JsonObject, without: ReadonlySet<string> | undefined): JsonObject {
  if (without === undefined) return message;
  return Object.fromEntries(Object.entries(message).filter(([name]) => !without.has(name)));
}
