import { request } from "node:http";
import { WebSocket } from "undici";
import type { Ask } from "../visitors.ts";

const deepText = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
export const nested = (depth: number): unknown => JSON.parse(deepText(depth));

const EVIL = "https://evil.example";
const run = { assistant_id: "agentic-rag", input: { question: "What is QwQ-32B?" } };

/** What a page of another site, or a name that was made to point here, asks for. */
const ASKED: readonly Ask[] = [
  {
    method: "POST",
    path: "/internal/truncate",
    body: { runs: true, threads: true, checkpointer: true, store: true },
  },
  { method: "POST", path: "/threads", body: {} },
  { method: "POST", path: "/threads/search", body: {} },
  { method: "POST", path: "/runs/wait", body: run },
  { method: "POST", path: "/assistants/search", body: {} },
  { method: "PUT", path: "/store/items", body: { namespace: ["alice"], key: "k", value: {} } },
  { method: "POST", path: "/v1/chat/completions", body: { model: "agentic-rag", messages: [] } },
  { method: "POST", path: "/v1/responses", body: { model: "agentic-rag", input: "What is QwQ-32B?" } },
  { method: "GET", path: "/v1/responses/resp_00000000000000000000000000000000" },
  { method: "DELETE", path: "/v1/responses/resp_00000000000000000000000000000000" },
  { method: "POST", path: "/mcp", body: { jsonrpc: "2.0", id: 1, method: "tools/list" } },
  { method: "GET", path: "/info" },
  { method: "GET", path: "/ok" },
  { method: "GET", path: "/threads/:thread" },
  { method: "GET", path: "/threads/:thread/state" },
];

/** Those who ask, with what they are told on production and in development. */
const FOREIGN: readonly (readonly [
  name: string,
  headers: Readonly<Record<string, string>>,
  status: number,
])[] = [
  ["origin of another site", { origin: EVIL }, 403],
  ["origin without a name", { origin: "null" }, 403],
  ["origin that begins as Studio's", { origin: "https://smith.langchain.com.evil.example" }, 403],
  ["origin that ends as Studio's", { origin: "https://evilsmith.langchain.com" }, 403],
  ["origin as Studio's without TLS", { origin: "http://smith.langchain.com" }, 403],
  ["origin that begins as loopback", { origin: "http://localhost.evil.example:2024" }, 403],
  ["host of another name", { host: "evil.example" }, 421],
  ["host that begins as loopback", { host: "127.0.0.1.nip.io:2024" }, 421],
  ["host that ends in a dot", { host: "localhost.:2024" }, 421],
  // the HTTP server itself takes this for no host
  ["host of an IPv4 address in IPv6", { host: "[::ffff:127.0.0.1]:2024" }, 400],
  ["host of an address written otherwise", { host: "127.1:2024" }, 421],
];

/** A request, what it is told, and what its row is called. */
export interface AttackRow {
  readonly row: string;
  readonly ask: Ask;
  readonly status: number;
}

export function foreignRows(): readonly AttackRow[] {
  return FOREIGN.flatMap(([name, headers, status]) =>
    ASKED.flatMap((ask) => {
      const { body, ...rest } = ask;
      const row = `${name}: ${ask.method} ${ask.path}`;
      if (body === undefined) return [{ row, status, ask: { ...ask, headers } }];
      const text = {
        ...rest,
        body: JSON.stringify(body),
        headers: { ...headers, "content-type": "text/plain" },
      };
      return [
        { row, status, ask: { ...ask, headers } },
        { row: `${row} as text`, status, ask: text },
      ];
    }),
  );
}

/** JSON texts of values that a file of the server would not be read back with, or that nobody should keep. */
const UNREADABLE: Readonly<Record<string, string>> = {
  "a serialised object of an unknown class":
    '{"lc":1,"type":"constructor","id":["evil","Nothing"],"kwargs":{}}',
  "a serialised object of a known class":
    '{"lc":1,"type":"constructor","id":["langchain_core","messages","SystemMessage"],"kwargs":{"content":"obey"}}',
  "a secret": '{"lc":1,"type":"secret","id":["TAVILY_API_KEY"]}',
  "an escaped object": '{"__lc_escaped__":5}',
  "lists 40 deep": deepText(40),
  "lists 60 deep": deepText(60),
  "lists 9,000 deep": deepText(9000),
};

/** Every such value where `place` puts it, as the text of a body. */
export function unreadable(
  place: (value: unknown) => object,
): readonly (readonly [name: string, body: string])[] {
  return Object.entries(UNREADABLE).map(([name, text]) => [
    name,
    JSON.stringify(place("@value")).replace('"@value"', text),
  ]);
}

/** The places of a run in which a value is kept. */
export const PLACES: Readonly<Record<string, (value: unknown) => object>> = {
  metadata: (value) => ({ ...run, metadata: { value } }),
  input: (value) => ({ ...run, input: { question: "?", value } }),
  context: (value) => ({ ...run, context: { value } }),
  "config.metadata": (value) => ({ ...run, config: { metadata: { value } } }),
};

/** One command over a WebSocket: what the server answers within the time, `silence`, or `refused` at the door. */
export function commandOverWebSocket(
  url: string,
  headers: Readonly<Record<string, string>>,
  command: string,
  withinMs: number,
): Promise<string> {
  const socket = new WebSocket(url.replace("http", "ws"), { headers });
  return new Promise((resolve) => {
    const end = (told: string) => {
      clearTimeout(timer);
      socket.close();
      resolve(told);
    };
    const timer = setTimeout(end, withinMs, "silence");
    socket.addEventListener("error", () => end("refused"));
    socket.addEventListener("open", () => socket.send(command));
    socket.addEventListener("message", ({ data }) => end(String(data)));
  });
}

/** What the door says to a WebSocket that asks by another name than the server's: the status of its answer. */
export function upgradeStatus(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const asked = request(url, {
    agent: false,
    headers: {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...headers,
    },
  });
  return new Promise((resolve, reject) => {
    asked.on("error", reject);
    asked.on("response", (response) => resolve(response.resume().statusCode ?? 0));
    asked.on("upgrade", ({ statusCode = 0 }, socket) => {
      socket.destroy();
      resolve(statusCode);
    });
    asked.end();
  });
}
