import { parseJson } from "../../../src/net/json.ts";
import { type RecordedRequest, startWireServer, type WireServer } from "../../servers/wire-server.ts";

/** Words that mean the same; each group is a dimension, and there is one more for everything. */
export const MEANINGS = [
  ["boat", "vessel", "ship"],
  ["car", "automobile"],
  ["fruit", "apple"],
];

export interface EmbeddingTwin {
  /** The models that it serves; a request for another is refused, as is one that names none where there are several. */
  readonly models?: readonly string[];
  readonly meanings?: readonly (readonly string[])[];
  readonly key?: string;
  /** Texts of more characters are refused, in the words of llama.cpp. */
  readonly longest?: number;
  /** Replies with something else: given the vectors, which request it is, from 1, and its texts. */
  readonly spoil?: (
    vectors: readonly (readonly number[])[],
    request: number,
    texts: readonly string[],
  ) => unknown;
  /** Texts with this in them are refused. */
  readonly refused?: string;
  /** Never answers, from this request on. */
  readonly silentFrom?: number;
}

export interface EmbeddingServer extends WireServer {
  /** Ends in `/v1`. */
  readonly baseUrl: string;
  /** All texts that it was sent, a list for each request. */
  readonly texts: () => readonly (readonly string[])[];
}

export function vectorOf(text: string, meanings: readonly (readonly string[])[] = MEANINGS): number[] {
  const words = text.toLowerCase().split(/[^a-z]+/u);
  return [...meanings.map((group) => words.filter((word) => group.includes(word)).length), 0.25];
}

/** Answers `/v1/embeddings` as OpenAI has it, and refuses what those that serve it refuse. */
export async function startEmbeddingServer(twin: EmbeddingTwin = {}): Promise<EmbeddingServer> {
  const {
    models = ["tiny"],
    meanings,
    key,
    longest = Infinity,
    refused,
    spoil,
    silentFrom = Infinity,
  } = twin;
  let count = 0;
  const server = await startWireServer((response, request) => {
    count += 1;
    const reply = (body: unknown, status = 200): void => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    };
    const refuse = (status: number, message: string): void =>
      reply({ error: { code: status, message } }, status);
    if (count >= silentFrom) return;
    if (key !== undefined && request.headers["authorization"] !== `Bearer ${key}`) {
      return refuse(401, `Incorrect API key provided: ${String(request.headers["authorization"])}`);
    }
    if (request.path !== "/v1/embeddings") return refuse(404, "File Not Found");
    const { model } = bodyOf(request);
    if (model === undefined ? models.length > 1 : !models.includes(model)) {
      return refuse(404, `model "${model ?? ""}" not found, try pulling it first`);
    }
    const input = textsOf(request);
    if (input.some((text) => text === "")) return refuse(400, "input cannot be an empty string");
    const long = input.find((text) => text.length > longest);
    if (long !== undefined) {
      return refuse(
        500,
        `input (${long.length} tokens) is too large to process. increase the physical batch size (current batch size: ${longest})`,
      );
    }
    if (refused !== undefined && input.some((text) => text.includes(refused)))
      return refuse(422, "json: unsupported value: NaN");
    const vectors = input.map((text) => vectorOf(text, meanings));
    if (spoil !== undefined) return reply(spoil(vectors, count, input));
    return reply(listOf(vectors, model ?? models[0]));
  });
  return {
    ...server,
    baseUrl: `${server.url}/v1`,
    texts: () => server.requests.map(textsOf),
  };
}

/** A reply with these vectors. */
export function listOf(vectors: readonly (readonly unknown[])[], model = "tiny"): unknown {
  const data = vectors.map((embedding, index) => ({ object: "embedding", index, embedding }));
  return { object: "list", data, model, usage: { prompt_tokens: 8, total_tokens: 8 } };
}

interface EmbeddingRequest {
  readonly model?: string;
  readonly input?: unknown;
}

function bodyOf({ body }: RecordedRequest): EmbeddingRequest {
  return parseJson(body) ?? {};
}

function textsOf(request: RecordedRequest): readonly string[] {
  const { input } = bodyOf(request);
  return Array.isArray(input) ? input.map(String) : [];
}
