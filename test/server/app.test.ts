import { expect, test } from "vitest";
import { createServerApp } from "../../src/server/app.ts";

const tools = (key?: string): RequestInit => ({
  method: "POST",
  body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
  headers: {
    host: "localhost:2024",
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
  },
});

test("on a developer's machine our routes answer without a key, and nothing stands before LangGraph's", async () => {
  const app = createServerApp({ environment: {}, guarded: false });
  const models = (await (await app.request("/v1/models")).json()) as { data: { id: string }[] };
  expect(models.data.map(({ id }) => id)).toEqual(["agentic-rag", "search-r1"]);
  expect((await app.request("/mcp", tools())).status).toBe(200);
  // not ours: LangGraph's routes come after
  expect((await app.request("/threads/search")).status).toBe(404);
});

test("behind the guard, and with no keys set, nobody is let in and the answer says what to set", async () => {
  const app = createServerApp({ environment: {}, guarded: true });
  for (const [path, init] of [
    ["/v1/models", {}],
    ["/mcp", tools("anything")],
    ["/threads/search", tools("")],
  ] as const) {
    const reply = await app.request(path, init);
    const { error } = (await reply.json()) as { error: { code: string; message: string } };
    expect([path, reply.status, error.code]).toEqual([path, 401, "no_keys_set"]);
    expect(error.message).toContain("AGENTIC_RAG_API_KEYS");
  }
});

test("keys that cannot be used end the start", () => {
  const environment = { AGENTIC_RAG_API_KEYS: "alice:my-key" };
  expect(() => createServerApp({ environment, guarded: true })).toThrow("is not a SHA-256 in hex");
});
