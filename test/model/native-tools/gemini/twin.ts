import { createGeminiModel, type GeminiOptions } from "../../../../src/model/native-tools/gemini/gemini.ts";
import { pieces } from "../../../../src/model/exchange/stop-strings.ts";
import { json, type PlainReply } from "../../../servers/completions.ts";
import { startWireServer, type RecordedRequest } from "../../../servers/wire-server.ts";
import { KEY } from "../../key.ts";
import { qwqNativeSide } from "../side.ts";
import { ANSWER, callOf, thoughtOf } from "../twin.ts";

export type Part = Readonly<Record<string, unknown>>;

export interface Content {
  readonly role: string;
  readonly parts: readonly Part[];
}

interface Body {
  readonly contents: readonly Content[];
  readonly [field: string]: unknown;
}

const call = (step: number, id?: string): Part => ({
  functionCall: {
    ...(id !== undefined && { id }),
    name: "web_search",
    args: JSON.parse(callOf(step, "").function.arguments) as unknown,
  },
});

const signature = (step: number): string => `EpwDCpkD${step}+/=`;

/** What Gemini 3 gives at each step: a signature on its call, with an id or without, and on an empty text behind its answer. */
export const GIVEN: readonly (readonly Part[])[] = [
  [
    { text: thoughtOf(0), thought: true },
    { ...call(0), thoughtSignature: signature(0) },
  ],
  [{ text: "Let me look." }, { ...call(1, "c1"), thoughtSignature: signature(1) }],
  [
    { text: thoughtOf(2), thought: true },
    { ...call(2), thoughtSignature: signature(2) },
  ],
  [{ text: ANSWER }, { text: "", thoughtSignature: signature(3) }],
];

const SENTINEL = "skip_thought_signature_validator";
const KNOWN = new Set(["contents", "systemInstruction", "tools", "toolConfig", "generationConfig"]);
const PART_FIELDS = new Set(["text", "thought", "thoughtSignature", "functionCall", "functionResponse"]);

/** Why Gemini refuses a request, as its documentation and the reports of it say. */
function refusalOf({ headers, path }: RecordedRequest, body: Body): [number, string] | undefined {
  if (!/^\/v1beta\/models\/gemini-3-pro:(?:streamGenerateContent\?alt=sse|generateContent)$/.test(path))
    return [404, `models/x is not found for API version v1beta: ${path}`];
  if (headers["x-goog-api-key"] !== KEY || headers.authorization !== undefined)
    return [403, "Method doesn't allow unregistered callers."];
  const odd =
    Object.keys(body).find((name) => !KNOWN.has(name)) ??
    body.contents.flatMap(({ parts }) => parts.flatMap(Object.keys)).find((name) => !PART_FIELDS.has(name));
  if (odd !== undefined)
    return [400, `Invalid JSON payload received. Unknown name "${odd}": Cannot find field.`];
  let step = 0;
  for (const [at, { role, parts }] of body.contents.entries()) {
    if (role !== "user" && role !== "model") return [400, "Please use a valid role: user, model."];
    if (parts.some((part) => part["text"] === "" && part["thoughtSignature"] === undefined))
      return [400, `Unable to submit request because it must have a text parameter. contents[${at}]`];
    const calls = parts.filter(({ functionCall }) => functionCall !== undefined);
    if (role === "model") {
      const [first] = calls;
      const signed = first?.["thoughtSignature"];
      if (first !== undefined && signed !== signature(step) && signed !== SENTINEL)
        return [
          400,
          `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly. Additional data, function call \`default_api:web_search\`, position ${at}.`,
        ];
      step += 1;
      const answered = (body.contents[at + 1]?.parts ?? []).filter((part) => "functionResponse" in part);
      if (calls.length > 0 && answered.length !== calls.length)
        return [
          400,
          "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
        ];
    }
  }
  return undefined;
}

const USAGE = {
  promptTokenCount: 60,
  candidatesTokenCount: 4,
  thoughtsTokenCount: 5,
  cachedContentTokenCount: 20,
};

/** Its texts in pieces, as they are streamed, and all else as it is. */
function chunksOf(parts: readonly Part[]): readonly (readonly Part[])[] {
  return parts.flatMap((part) =>
    typeof part["text"] === "string" && part["text"] !== ""
      ? pieces(part["text"], 5).map((text) => [{ ...part, text }])
      : [[part]],
  );
}

/** A server on the loopback that answers as Gemini's own route does, in three searches and an answer. */
export async function startGemini({
  given = GIVEN,
  end = "STOP",
  refuses = () => undefined,
}: {
  readonly given?: typeof GIVEN;
  readonly end?: string;
  readonly refuses?: (body: Body) => string | undefined;
} = {}) {
  const taken: RecordedRequest[] = [];
  const refusedWith: string[] = [];
  const server = await startWireServer((response, request) => {
    const body = JSON.parse(request.body) as Body;
    const own = refuses(body);
    const refusal = own === undefined ? refusalOf(request, body) : ([400, own] as const);
    if (refusal !== undefined) {
      const [code, message] = refusal;
      refusedWith.push(message);
      response.writeHead(code, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { code, message, status: "INVALID_ARGUMENT" } }));
      return;
    }
    taken.push(request);
    const step = body.contents.filter(({ role }) => role === "model").length;
    const reply = replyOf(given[step] ?? [], end, request.path.includes("stream"));
    response.writeHead(200, reply.headers ?? {}).end(reply.body);
  });
  return {
    url: `${server.url}/v1beta`,
    taken: () => taken.map(({ body }) => JSON.parse(body) as Body),
    paths: () => taken.map(({ path }) => path),
    refused: refusedWith,
    model: (more: Partial<GeminiOptions> = {}) =>
      createGeminiModel({
        baseUrl: `${server.url}/v1beta`,
        modelName: "gemini-3-pro",
        apiKey: KEY,
        side: qwqNativeSide,
        maxRetries: 0,
        ...more,
      }),
  };
}

function replyOf(parts: readonly Part[], end: string, streams: boolean): PlainReply {
  if (!streams) {
    const candidate = { content: { role: "model", parts }, finishReason: end, index: 0 };
    return json({ candidates: [candidate], usageMetadata: USAGE });
  }
  const chunks = chunksOf(parts);
  const events = chunks.map((chunk, at) => ({
    candidates: [
      { content: { role: "model", parts: chunk }, ...(at === chunks.length - 1 && { finishReason: end }) },
    ],
    usageMetadata: USAGE,
  }));
  return {
    headers: { "content-type": "text/event-stream" },
    body: events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`).join(""),
  };
}
