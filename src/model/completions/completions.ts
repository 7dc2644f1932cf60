import type { PromptMessage } from "../../turn.ts";
import { AgenticRagError } from "../../errors.ts";
import { throwIfAborted } from "../../net/abort.ts";
import { CONTROL_TOKENS } from "../../text/control-tokens.ts";
import { requestTarget } from "../exchange/http-failure.ts";
import {
  ContinuationModel,
  goneOn,
  openTurn,
  type ContinuationOptions,
  type ModelChunk,
  type ModelDescription,
} from "../model.ts";
import { obeyingRefusals } from "../exchange/obeying-fetch.ts";
import { tokensLeft } from "../exchange/attempts.ts";
import { leavesOpen } from "../exchange/read-to-end.ts";
import { readBaseUrl } from "../exchange/request.ts";
import { createJsonClient } from "../exchange/json-client.ts";
import { keepAnswers } from "../exchange/kept-answers.ts";
import { tellRewritten } from "../exchange/rewritten.ts";
import { streamRequest, type ServedModelOptions } from "../exchange/stream-request.ts";
import { QWQ_SAMPLING } from "../sampling.ts";
import { usesChatml } from "../template/chatml-models.ts";
import { chatmlTemplate, describeLine, type ChatTemplate } from "../template/chat-template.ts";
import { splicedFor } from "../template/spliced-turn.ts";
import type { Dialect } from "./dialect.ts";
import { createConnection, type Connection } from "./connection.ts";
import { createContextFinder, describeContext, type ContextFinder } from "../server/context-size.ts";
import type { DialectName } from "../server/dialects.ts";
import { prepareRequest, refusesTokens, type PreparedRequest } from "./prepare.ts";
import { readCompletion } from "./stream.ts";

export interface CompletionsOptions extends ServedModelOptions {
  /**
   * What kind of server it is. `auto` asks it, once; `generic` is OpenAI's completions and nothing more. The others are
   * asked for which end a text had, and but for `ollama` and `tgi` for token ids, from which a turn is continued.
   * @default "auto"
   */
  readonly dialect?: DialectName | "auto";
  /**
   * `server`: the one that the server tells, which only llama.cpp does; `auto`: that one where it is told, else that of the
   * line that the model's name tells, else ChatML.
   * @default "auto"
   */
  readonly template?: ChatTemplate | "server" | "auto";
  /** More tokens that end a continuation, such as `[151658]`; for vLLM and SGLang. @default none */
  readonly stopTokenIds?: readonly number[];
}

/**
 * A model behind an OpenAI-compatible `/v1/completions` (vLLM, SGLang, llama.cpp, LM Studio, TGI …) or Ollama: the chat
 * template is rendered here and the server continues the raw text.
 *
 * @throws `settings-invalid` for a base URL that is none.
 */
export function createCompletionsModel(options: CompletionsOptions): CompletionsModel {
  return new CompletionsModel(options);
}

export class CompletionsModel extends ContinuationModel {
  readonly family = "completions";
  readonly modelName: string;
  // private, so that no trace, log or serialisation of the model shows a key
  readonly #options: CompletionsOptions;
  readonly #connection: Connection;
  readonly #context: ContextFinder;

  constructor(options: CompletionsOptions) {
    super({});
    this.modelName = options.modelName;
    const baseUrl = readBaseUrl(options.baseUrl);
    const { dialect = "auto", template = "auto" } = options;
    const client = createJsonClient(options);
    const kept = keepAnswers(client);
    const connection = createConnection({ baseUrl, dialect, template, client: kept });
    this.#connection = connection;
    this.#context = createContextFinder({
      client,
      kept,
      baseUrl,
      async dialect(signal) {
        const { server, certain } = await connection.dialect(signal);
        return certain ? server : undefined;
      },
      set: options.contextTokens,
    });
    const { stream } = options;
    const fetch = obeyingRefusals(options.fetch, { stream, windowOf: this.#context.known });
    this.#options = { ...options, baseUrl, fetch };
  }

  /** The dialect that is set, or that the server is known by. One that says nothing of itself is not an error here. */
  override async describe(signal?: AbortSignal): Promise<ModelDescription> {
    throwIfAborted(signal);
    const { dialect, certain } = await this.#connection.dialect(signal);
    return {
      ...(await super.describe(signal)),
      ...(certain && { dialect: dialect.name }),
      ...describeContext(await this.#context.find(this.modelName, signal)),
      ...(await this.#describeTemplate(dialect, signal)),
    };
  }

  /** The control tokens are those of the template, or of ChatML where the model's name says that it was trained on that. */
  async #describeTemplate(
    dialect: Dialect,
    signal: AbortSignal | undefined,
  ): Promise<Pick<ModelDescription, "controlTokens" | "chatTemplate" | "assumedTemplate" | "line">> {
    const { modelName } = this;
    const { template: wanted = "auto" } = this.#options;
    try {
      const target = requestTarget({ ...this.#options, modelName });
      const template = await this.#connection.template(target, dialect, signal);
      const isChatml = usesChatml(modelName);
      const known = template.controlTokens ?? (isChatml ? CONTROL_TOKENS["chatml"] : undefined);
      return {
        ...describeLine(template, modelName, known),
        ...(template.text !== undefined && { chatTemplate: template.text }),
        ...(wanted === "auto" && template === chatmlTemplate && !isChatml && { assumedTemplate: true }),
      };
    } catch (error) {
      throwIfAborted(signal);
      // the request itself says what is wrong
      if (AgenticRagError.isInstance(error)) return {};
      throw error;
    }
  }

  override continueText(
    opened: readonly PromptMessage[],
    options: ContinuationOptions,
  ): AsyncGenerator<ModelChunk> {
    const {
      sampling,
      maxTokens = 8192,
      baseUrl,
      extraBody = {},
      stopTokenIds = [],
      contextTokens,
    } = this.#options;
    const { modelName = this.modelName, signal } = options;
    const { given } = openTurn(opened);
    const { messages, turn, stop } = splicedFor(opened, options);
    const wanted = { ...QWQ_SAMPLING, ...sampling, ...options.sampling };
    let prepared: PreparedRequest | undefined;
    let preparedFor = "";
    let form: "tokens" | "text" = "tokens";
    const chunks = streamRequest(this.#options, {
      modelName,
      signal,
      session: options.session,
      prepare: async (target, ended, said) => {
        // a server that has said nothing of itself by the last try is asked what it is once more
        if (prepared?.certain !== true || preparedFor !== said) {
          preparedFor = said;
          prepared = await prepareRequest({
            connection: this.#connection,
            target,
            messages: said === "" ? messages : goneOn(messages, said),
            turn: said === "" ? turn : [],
            date: options.date,
            stop,
            stopTokenIds,
            maxTokens: tokensLeft(options.maxTokens ?? maxTokens, said),
            sampling: wanted,
            contextTokens,
            form: options.form,
            extraBody,
            signal: ended,
          });
        }
        const { dialect, align, text: rendered } = prepared;
        const prompt = form === "text" ? prepared.text : prepared.prompt;
        return {
          url: dialect.url(baseUrl),
          body: prepared.body(prompt),
          framing: dialect.framing,
          read: (parts, asked) =>
            readCompletion(parts, asked, {
              dialect,
              prompt,
              text: rendered,
              spelled: wanted.logprobs === true,
              align,
              isOpen: (text) => options.isOpen?.(said + text) ?? leavesOpen(given + said + text),
            }),
        };
      },
      changed(failure) {
        if (form === "text" || typeof prepared?.prompt !== "object" || !refusesTokens(failure)) return false;
        form = "text";
        return true;
      },
    });
    return tellRewritten(chunks, options.turn ?? []);
  }
}
