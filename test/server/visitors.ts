import { createHash } from "node:crypto";
import { request as send } from "node:http";
import { text } from "node:stream/consumers";
import { WebSocket } from "undici";

/** The keys of those who have one. */
export const KEYS = { alice: "key-of-alice-canary", bob: "key-of-bob-canary" } as const;

/** Both of them, as `AGENTIC_RAG_API_KEYS` names them. */
export const API_KEYS = Object.entries(KEYS)
  .map(([name, key]) => `${name}:${createHash("sha256").update(key).digest("hex")}`)
  .join(",");

/** Everyone who comes without a key that is known, by what they send. */
export const STRANGERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  anonymous: {},
  studio: { "x-auth-scheme": "langsmith" },
  "studio with a key of its own": { "x-auth-scheme": "langsmith", "x-api-key": "lsv2_pt_0000" },
  "empty key": { "x-api-key": "" },
  "empty bearer": { authorization: "Bearer " },
  garbage: { authorization: "Bearer \u00ff\u00fe*" },
  "hash of a key": { authorization: `Bearer ${createHash("sha256").update(KEYS.alice).digest("hex")}` },
};

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request exactly as it is given: the host too. A body that is a string is sent as it is, any other as JSON. */
export async function ask(url: string, { method, path, body, headers = {} }: Ask): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const json = body !== undefined && typeof body !== "string";
  const payload = json ? JSON.stringify(body) : body;
  const sent = send({
    hostname,
    port,
    method,
    path,
    agent: false,
    headers: {
      ...(json && { "content-type": "application/json" }),
      ...(typeof payload === "string" && { "content-length": String(Buffer.byteLength(payload)) }),
      ...headers,
    },
  });
  return new Promise((resolve, reject) => {
    sent.on("error", reject);
    sent.on("response", (response) => {
      text(response).then(
        (received) =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: received }),
        reject,
      );
    });
    sent.end(typeof payload === "string" ? payload : undefined);
  });
}

/** What a thread's event stream answers to a first command over WebSocket: `success 7`, or `refused` to let us in. */
export function answerOverWebSocket(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const socket = new WebSocket(url.replace("http", "ws"), { headers });
  return new Promise((resolve) => {
    socket.addEventListener("error", () => resolve("refused"));
    socket.addEventListener("open", () => socket.send(JSON.stringify({ id: 7, method: "state.get" })));
    socket.addEventListener("message", ({ data }) => {
      socket.close();
      const { type, id } = JSON.parse(String(data)) as { type: string; id: number };
      resolve(`${type} ${id}`);
    });
  });
}
