import { expect, test } from "vitest";
import { refusalOf, type RequestRules } from "../../src/server/request-checks.ts";

const rules: RequestRules = {
  hosts: ["rag.example.org"],
  origins: ["https://chat.example.org"],
  development: false,
  originSetting: "http.cors.allow_origins in langgraph.production.json",
};
const ID = "01a20308-e89b-733c-b1c9-11ccc72c94b3";
const at = (address: string, headers: Record<string, string> = {}, method = "GET"): string | undefined =>
  refusalOf(new Request(`http://localhost:2024${address}`, { method, headers }), rules)?.code;

test.each([
  "/",
  "/?thread=1",
  "/ok",
  "/info",
  "/assistants/agentic-rag/graph?xray=1",
  `/assistants/${ID}`,
  "/threads/search",
  `/threads/${ID}`,
  `/threads/${ID}/state/${ID}`,
  `/threads/${ID}/state/checkpoint`,
  `/threads/${ID}/runs/${ID}/join?cancel_on_disconnect=true`,
  `/threads/${ID}/runs/wait`,
  "/runs/stream",
  "/store/items?namespace=alice.notes&key=100%25",
  "/v1/models/agentic-rag",
  "/mcp",
])("%s is served", (address) => {
  expect(at(address)).toBeUndefined();
});

test.each([
  ["//", "not_found"],
  ["/internal/truncate", "not_found"],
  ["/%69nternal/truncate", "not_found"],
  ["//internal/truncate", "not_found"],
  ["/threads/../internal/truncate", "not_found"],
  ["/docs", "not_found"],
  [`/threads/${ID}/stream/events`, "no_websocket"],
  [`/threads/${ID}/stream/events?since=1`, "no_websocket"],
  ["/Threads", "not_found"],
  ["/threads/__proto__", "bad_address"],
  ["/threads/*", "bad_address"],
  ["/threads/%", "bad_address"],
  ["/threads/%2e%2e%2finternal", "bad_address"],
  ["/threads/a%00b", "bad_address"],
  ["/assistants/constructor", "bad_address"],
  [`/threads/${"a".repeat(200)}`, "bad_address"],
  [`/threads/${"a".repeat(10_240)}`, "address_too_long"],
  ["/threads/latest", "bad_id"],
  [`/threads/${ID}/runs/last`, "bad_id"],
  [`/threads/${ID}/state/last`, "bad_id"],
  ["/runs/crons/search", "no_crons"],
  [`/threads/${ID}/runs/crons`, "no_crons"],
  [`/runs/${ID}/stream`, "thread_needed"],
  ["/store/items?key=a%00b", "bad_query"],
  ["/store/items?key=__proto__", "bad_query"],
])("%s is refused: %s", (address, code) => {
  expect(at(address)).toBe(code);
});

test.each([
  ["localhost:2024", undefined],
  ["LOCALHOST", undefined],
  ["127.0.0.1:8123", undefined],
  ["[::1]:2024", undefined],
  ["rag.example.org", undefined],
  ["rag.example.org:443", undefined],
  ["attacker.example", "unknown_host"],
  ["localhost.attacker.example", "unknown_host"],
  ["127.0.0.1.nip.io:2024", "unknown_host"],
  ["rag.example.org.attacker.example", "unknown_host"],
  ["", "unknown_host"],
  ["[::1]", undefined],
  ["[::1]:", "unknown_host"],
  ["[::FFFF:127.0.0.1]:2024", "unknown_host"],
  ["[::ffff:7f00:1]", "unknown_host"],
  ["[0:0:0:0:0:0:0:1]", "unknown_host"],
  ["[::1%25lo]:2024", "unknown_host"],
  ["[::]", "unknown_host"],
  ["::1", "unknown_host"],
  ["0.0.0.0:2024", "unknown_host"],
  ["localhost.", "unknown_host"],
  ["LocalHost.:2024", "unknown_host"],
  ["RAG.Example.ORG:443", undefined],
  ["rag.example.org.", "unknown_host"],
  ["127.1", "unknown_host"],
  ["2130706433", "unknown_host"],
  ["0x7f.0.0.1", "unknown_host"],
  ["user@localhost", "unknown_host"],
  ["localhost@attacker.example", "unknown_host"],
  ["localhost:2024@attacker.example", "unknown_host"],
  ["localhost:2024:80", "unknown_host"],
  ["localhost, attacker.example", "unknown_host"],
  ["attacker.example/localhost", "unknown_host"],
  ["localhost\\.attacker.example", "unknown_host"],
])("host %j: %s", (host, code) => {
  expect(at("/ok", { host })).toBe(code);
});

test.each([
  ["https://chat.example.org", undefined],
  ["http://localhost:2024", undefined],
  ["https://attacker.example", "foreign_origin"],
  ["https://chat.example.org.attacker.example", "foreign_origin"],
  ["http://localhost:3000", "foreign_origin"],
  ["null", "foreign_origin"],
  ["", "foreign_origin"],
  ["http://LOCALHOST:2024", undefined],
  ["http://localhost.:2024", "foreign_origin"],
  ["http://[::1]:2024", "foreign_origin"],
  ["http://[::ffff:127.0.0.1]:2024", "foreign_origin"],
  ["http://user@localhost:2024", undefined],
  ["http://localhost:2024@attacker.example", "foreign_origin"],
  ["http://attacker.example#localhost:2024", "foreign_origin"],
  ["https://chat.example.org.", "foreign_origin"],
  ["https://CHAT.example.org", "foreign_origin"],
  ["file://", "foreign_origin"],
])("origin %j: %s", (origin, code) => {
  expect(at("/ok", { origin, host: "localhost:2024" })).toBe(code);
});

test.each([
  [{ "content-type": "application/json" }, undefined],
  [{ "content-type": "Application/JSON; charset=utf-8", "content-length": "2" }, undefined],
  [{}, undefined],
  [{ "content-length": "0" }, undefined],
  [{ "content-length": "2" }, "not_json"],
  [{ "transfer-encoding": "chunked" }, "not_json"],
  [{ "content-type": "text/plain" }, "not_json"],
  [{ "content-type": "text/plain;application/json" }, "not_json"],
  [{ "content-type": "application/x-www-form-urlencoded" }, "not_json"],
  [{ "content-type": "multipart/form-data; boundary=x" }, "not_json"],
])("a POST with %j: %s", (headers, code) => {
  expect(at("/threads", headers as Record<string, string>, "POST")).toBe(code);
});
