import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";

/** A token: its text, or its bytes where these are a part of a character. */
export type Piece = string | readonly number[];

export interface EngineOptions {
  readonly dialect: "vllm" | "sglang" | "ollama";
  /** What is said in answer to each completion, token by token; `<|im_end|>` ends the turn. */
  readonly replies: readonly (readonly Piece[])[];
  /** Tokens in one event. @default 1 */
  readonly perEvent?: number;
  /** Whether there is a `/tokenize`. @default true */
  readonly tokenize?: boolean;
  /** Ids as the prompt are refused, with this status. @default they are taken */
  readonly refusesIds?: number;
  /** Stop strings are not heeded. @default false */
  readonly ignoresStops?: boolean;
}

export interface EngineRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface EngineServer extends AsyncDisposable {
  /** Ends in `/v1`. */
  readonly url: string;
  /** All requests so far. */
  readonly requests: readonly EngineRequest[];
  /** Those of them that asked for a completion. */
  readonly completions: readonly EngineRequest[];
  /** The id of a token that was said or spelled. */
  readonly idOf: (piece: Piece) => number;
  /** The ids of a text. */
  readonly spell: (text: string) => number[];
  /** The log-probability that a token is always drawn with. */
  readonly logprobOf: (piece: Piece) => number;
}

const END = "<|im_end|>";
const COMPLETIONS = ["/v1/completions", "/api/generate"];

/**
 * A server on 127.0.0.1 with tokens of its own, which treats stop strings, special tokens and ids as vLLM, SGLang and
 * Ollama do. A text is spelled in the tags and special tokens of QwQ, and else character by character.
 */
export async function startEngineServer(options: EngineOptions): Promise<EngineServer> {
  const { dialect, tokenize = true } = options;
  const requests: EngineRequest[] = [];
  const bytes: Buffer[] = [];
  const idOf = (piece: Piece): number => {
    const wanted = Buffer.from(piece as string);
    const at = bytes.findIndex((known) => known.equals(wanted));
    return at < 0 ? bytes.push(wanted) - 1 : at;
  };
  const logprobOf = (piece: Piece): number => -(idOf(piece) + 1) / 16;
  const textOf = (ids: readonly number[]): string => Buffer.concat(ids.map((id) => bytes[id]!)).toString();
  const spell = (text: string): number[] => (text.match(/<\/?\w+>|<\|\w+\|>|[^]/gu) ?? []).map(idOf);
  const said = (): EngineRequest[] => requests.filter(({ path }) => COMPLETIONS.includes(path));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await readText(request);
    const { method = "", url: path = "" } = request;
    const body = (raw === "" ? {} : JSON.parse(raw)) as Record<string, unknown>;
    requests.push({ method, path, body });
    const route = `${method} ${path.replace(/^\/v1\/(?=(?:de)?tokenize)/, dialect === "sglang" ? "/" : "/v1/")}`;
    const json = (value: unknown, status = 200): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    };
    if (route === "GET /v1/models") {
      const owner = dialect === "ollama" ? "library" : dialect;
      json({ object: "list", data: [{ id: "qwq", owned_by: owner, max_model_len: 40_960 }] });
    } else if (route === "GET /api/version" && dialect === "ollama") json({ version: "0.12.6" });
    else if (route === "POST /tokenize" && tokenize && dialect !== "ollama") {
      const tokens = spell(body["prompt"] as string);
      json({ tokens, count: tokens.length, max_model_len: 40_960 });
    } else if (route === "POST /detokenize" && tokenize && dialect !== "ollama") {
      const text = textOf(body["tokens"] as number[]);
      json(dialect === "vllm" ? { prompt: text } : { text });
    } else if (route === "POST /v1/completions" && dialect !== "ollama") {
      const { refusesIds } = options;
      if (refusesIds !== undefined && Array.isArray(body["prompt"])) {
        json({ error: { message: "prompt must be a string", code: refusesIds } }, refusesIds);
      } else complete(response, body, reply());
    } else if (route === "POST /api/generate" && dialect === "ollama") generate(response, body, reply());
    else json({ error: { message: "Not Found" } }, 404);
  }

  function reply(): readonly Piece[] {
    return options.replies[said().length - 1] ?? [END];
  }

  /** `/v1/completions`: an event for so many tokens, with the text that is whole by then. */
  function complete(response: ServerResponse, body: Record<string, unknown>, pieces: readonly Piece[]): void {
    const events: unknown[] = [];
    const shows = dialect === "vllm" ? body["include_stop_str_in_output"] : body["no_stop_trim"];
    const stops = options.ignoresStops === true ? [] : ((body["stop"] as string[] | undefined) ?? []);
    const ids: number[] = [];
    let sent = 0;
    let finish: { reason: string; stop: string | number | null } | null = null;
    const limit = body["max_tokens"] as number;
    for (let at = 0; finish === null; at += options.perEvent ?? 1) {
      const group: number[] = [];
      for (const piece of pieces.slice(at, at + (options.perEvent ?? 1))) {
        if (finish !== null) break;
        group.push(idOf(piece));
        ids.push(idOf(piece));
        const found = stops.find((stop) => textOf(ids).includes(stop));
        if (piece === END) finish = { reason: "stop", stop: dialect === "vllm" ? null : idOf(END) };
        else if (found !== undefined) finish = { reason: "stop", stop: found };
        else if (ids.length >= limit) finish = { reason: "length", stop: null };
      }
      if (at + (options.perEvent ?? 1) >= pieces.length) finish ??= { reason: "length", stop: null };
      let whole = shownText(ids, finish, shows === true, body["skip_special_tokens"] === false);
      if (finish === null && whole.endsWith("\uFFFD")) whole = whole.slice(0, sent);
      const choice = { index: 0, text: whole.slice(sent), logprobs: null };
      sent = whole.length;
      const told = body["return_token_ids"] === true ? { token_ids: group } : {};
      const scores = typeof body["logprobs"] === "number" ? { logprobs: scoresOf(group) } : {};
      const reason = { finish_reason: finish?.reason ?? null };
      const stop = { [dialect === "vllm" ? "stop_reason" : "matched_stop"]: finish?.stop ?? null };
      events.push({
        object: "text_completion",
        choices: [{ ...choice, ...reason, ...stop, ...told, ...scores }],
      });
    }
    const prompt = body["prompt"] as string | number[];
    const prompted = typeof prompt === "string" ? spell(prompt).length : prompt.length;
    events.push({ choices: [], usage: { prompt_tokens: prompted, completion_tokens: ids.length } });
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    const lines = [...events.map((event) => JSON.stringify(event)), "[DONE]"];
    response.end(lines.map((line) => `data: ${line}\n\n`).join(""));
  }

  /** OpenAI's lists, as vLLM and SGLang fill them. */
  function scoresOf(ids: readonly number[]): unknown {
    const tokens = ids.map((id) => textOf([id]));
    const logprobs = ids.map((id) => logprobOf(bytes[id] as unknown as Piece));
    return {
      tokens,
      token_logprobs: logprobs,
      text_offset: ids.map((_, at) => at),
      top_logprobs: tokens.map((token, at) => ({ [token]: logprobs[at] })),
    };
  }

  function shownText(
    ids: readonly number[],
    finish: { stop: string | number | null; reason: string } | null,
    showsStop: boolean,
    showsSpecial: boolean,
  ): string {
    const ended = finish?.reason === "stop" && typeof finish.stop !== "string";
    const kept = ended && !showsStop ? ids.slice(0, -1) : ids;
    const text = textOf(showsSpecial ? kept : kept.filter((id) => !/^<\|.*\|>$/.test(textOf([id]))));
    if (typeof finish?.stop !== "string") return text;
    const at = text.indexOf(finish.stop);
    // SGLang leaves what a token holds beyond the stop string, vLLM does not
    const shown = dialect === "vllm" ? text.slice(0, at + finish.stop.length) : text;
    return showsStop ? shown : text.slice(0, at);
  }

  /** Ollama's lines. */
  function generate(response: ServerResponse, body: Record<string, unknown>, pieces: readonly Piece[]): void {
    const { stop = [], num_predict: limit } = body["options"] as { stop?: string[]; num_predict: number };
    const lines: unknown[] = [];
    let reason = "length";
    for (const piece of pieces.slice(0, limit)) {
      if (piece === END || stop.includes(piece as string)) {
        reason = "stop";
        break;
      }
      const token = textOf([idOf(piece)]);
      const scores = [{ token, logprob: logprobOf(piece), bytes: [...Buffer.from(token)] }];
      const told = body["logprobs"] === true ? { logprobs: scores } : {};
      lines.push({ model: "qwq", response: token, done: false, ...told });
    }
    const counts = { prompt_eval_count: 7, eval_count: lines.length };
    lines.push({ model: "qwq", response: "", done: true, done_reason: reason, ...counts });
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    get completions() {
      return said();
    },
    idOf,
    spell,
    logprobOf,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
