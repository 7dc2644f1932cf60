import type { Ask } from "./visitors.ts";

const NOBODYS = "00000000-0000-4000-8000-000000000000";

/** Every route on what is alice's, with what bob is told there. */
export const ROUTES: readonly (readonly [status: number, method: string, path: string, body?: unknown])[] = [
  [404, "GET", "/threads/:thread"],
  [404, "PATCH", "/threads/:thread", { metadata: { note: "bob was here" } }],
  [404, "DELETE", "/threads/:thread"],
  [409, "POST", "/threads/:thread/copy"],
  [409, "POST", "/threads", { thread_id: ":thread", if_exists: "do_nothing" }],
  [404, "GET", "/threads/:thread/state"],
  [404, "GET", "/threads/:thread/state?subgraphs=true"],
  [404, "POST", "/threads/:thread/state", { values: { question: "bob's" } }],
  [404, "POST", "/threads/:thread/state/checkpoint", { checkpoint: {} }],
  [404, "GET", `/threads/:thread/state/${NOBODYS}`],
  [404, "GET", "/threads/:thread/history"],
  [404, "POST", "/threads/:thread/history", { limit: 10 }],
  [404, "GET", "/threads/:thread/runs"],
  [404, "POST", "/threads/:thread/runs", { assistant_id: "agentic-rag", input: null }],
  [404, "POST", "/threads/:thread/runs", { assistant_id: "agentic-rag", if_not_exists: "create" }],
  [404, "POST", "/threads/:thread/runs/wait", { assistant_id: "agentic-rag", input: null }],
  [404, "POST", "/threads/:thread/runs/stream", { assistant_id: "agentic-rag", input: null }],
  [404, "GET", "/threads/:thread/runs/:done"],
  [404, "GET", "/threads/:thread/runs/:done/join"],
  [404, "GET", "/threads/:thread/runs/:done/stream"],
  [404, "DELETE", "/threads/:thread/runs/:done"],
  [404, "POST", "/threads/:busy/runs/:waiting/cancel"],
  [404, "POST", "/threads/:busy/runs/:waiting/cancel?action=rollback"],
  [404, "DELETE", "/threads/:busy/runs/:waiting"],
  [404, "POST", "/threads/:thread/stream/events", { channels: ["values"] }],
  [404, "POST", "/threads/:thread/commands", { id: 1, method: "state.get" }],
  [
    404,
    "POST",
    "/threads/:thread/commands",
    { id: 1, method: "run.start", params: { assistant_id: "agentic-rag" } },
  ],
  // her runs, through a thread of his own
  [404, "GET", "/threads/:bobs/runs/:done"],
  [404, "GET", "/threads/:bobs/runs/:done/join"],
  [404, "GET", "/threads/:bobs/runs/:waiting/stream?cancel_on_disconnect=1"],
  [404, "POST", "/threads/:bobs/runs/:waiting/cancel"],
  [404, "DELETE", "/threads/:bobs/runs/:waiting"],
  [403, "GET", "/runs/:stateless/stream"],
  [404, "GET", "/v1/responses/:response"],
  [404, "DELETE", "/v1/responses/:response"],
  [404, "POST", "/v1/responses", { model: "agentic-rag", input: "And?", previous_response_id: ":response" }],
  [403, "GET", "/store/items?namespace=alice.responses&key=:response"],
  [403, "GET", "/store/items?namespace=alice.notes&key=first"],
  [403, "PUT", "/store/items", { namespace: ["alice", "notes"], key: "first", value: { text: "his" } }],
  [403, "PUT", "/store/items", { namespace: ["agentic-rag", "searches"], key: "k", value: {} }],
  [403, "DELETE", "/store/items", { namespace: ["alice", "notes"], key: "first" }],
  [403, "DELETE", "/store/items", { key: "first" }],
  [403, "POST", "/store/items/search", { namespace_prefix: ["alice"] }],
  [403, "POST", "/store/items/search", { namespace_prefix: [] }],
  [403, "POST", "/store/namespaces", {}],
  [403, "POST", "/store/namespaces", { prefix: ["alice"] }],
  [403, "POST", "/store/namespaces", { suffix: ["notes"] }],
  [403, "POST", "/assistants", { graph_id: "agentic-rag", name: "his" }],
  [403, "PATCH", "/assistants/agentic-rag", { name: "his" }],
  [403, "DELETE", "/assistants/agentic-rag"],
  [403, "POST", "/assistants/agentic-rag/latest", { version: 1 }],
  [403, "POST", "/runs/crons", { assistant_id: NOBODYS, thread_id: NOBODYS }],
  [403, "POST", "/runs/crons/search", {}],
  [403, "DELETE", `/runs/crons/${NOBODYS}`],
  [403, "POST", "/threads/:thread/runs/crons", {}],
  [404, "POST", "/internal/truncate", { runs: true, threads: true, checkpointer: true, store: true }],
];

/** Routes that answer everybody who has a key. */
export const OPEN: readonly (readonly [method: string, path: string, body?: unknown])[] = [
  ["GET", "/ok"],
  ["GET", "/info"],
  ["POST", "/threads", {}],
  ["POST", "/threads/search", {}],
  ["POST", "/threads/count", {}],
  ["POST", "/assistants/search", {}],
  ["POST", "/assistants/count", {}],
  ["GET", "/assistants/agentic-rag"],
  ["GET", "/assistants/agentic-rag/graph"],
  ["GET", "/assistants/agentic-rag/schemas"],
  ["GET", "/assistants/agentic-rag/subgraphs"],
  ["POST", "/assistants/agentic-rag/versions", {}],
  ["POST", "/store/items/search", { namespace_prefix: ["bob"] }],
  ["GET", "/v1/models"],
  ["POST", "/v1/responses", { model: "agentic-rag", input: "What is QwQ-32B?" }],
];

const DEEP = `{"input":${"[".repeat(5000)}${"]".repeat(5000)}}`;

/** Requests with ids that are none and bodies that nobody should store, with what they are told. */
export const TWISTED = [
  ...["__proto__", "*", "%25", "%2e%2e%2f", "a%00b", "constructor"].flatMap((id) => [
    ["GET", `/threads/${id}`, undefined, 400],
    ["GET", `/assistants/${id}`, undefined, 400],
    ["POST", `/threads/${id}/commands`, { id: 1, method: "state.get" }, 400],
  ]),
  ["GET", `/threads/${"x".repeat(10_240)}`, undefined, 414],
  ...["__proto__", "*", "%", "../", "a\u0000b", "x".repeat(10_240), 7, ["a"]].flatMap((id) => [
    ["POST", "/threads", { thread_id: id }, 400],
    ["POST", "/runs", { assistant_id: id }, 400],
    ["POST", "/threads/:thread/runs", { assistant_id: "agentic-rag", checkpoint_id: id }, 400],
    ["PUT", "/store/items", { namespace: ["alice", id], key: "k", value: {} }, 400],
  ]),
  ["PUT", "/store/items", { namespace: ["alice"], key: "__proto__", value: {} }, 400],
  ["POST", "/threads", '{"metadata":{"__proto__":{"owner":"bob"}}}', 400],
  ["POST", "/threads", { metadata: { x: { lc: 1, type: "constructor", id: ["no", "such"] } } }, 400],
  ["POST", "/threads/:thread/state", { values: { question: { lc: 2, type: "constructor" } } }, 400],
  ["POST", "/runs", { assistant_id: "agentic-rag", config: { configurable: { key: "k" } } }, 400],
  ["POST", "/runs", DEEP, 400],
  ["POST", "/threads", "{", 400],
] as readonly (readonly [method: string, path: string, body: unknown, status: number])[];

const create = { method: "POST", path: "/threads", body: {} };

/** What a page could have a browser send without being asked, with what it is told even where a key comes along. */
export const FORGED: [name: string, request: Ask, status: number][] = [
  ["a foreign origin", { ...create, headers: { origin: "https://attacker.example" } }, 403],
  ["an origin without a name", { ...create, headers: { origin: "null" } }, 403],
  ["a name that was made to point here", { ...create, headers: { host: "attacker.example" } }, 421],
  ["text", { ...create, body: "{}", headers: { "content-type": "text/plain" } }, 415],
  [
    "a form",
    { ...create, body: "a=b", headers: { "content-type": "application/x-www-form-urlencoded" } },
    415,
  ],
  ["no type", { ...create, body: "{}" }, 415],
  [
    "text to our own route",
    { ...create, path: "/v1/chat/completions", body: "{}", headers: { "content-type": "text/plain" } },
    415,
  ],
];
