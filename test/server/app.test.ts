import { describe, expect, test } from "vitest";
import { createServerApp } from "../../src/server/app.ts";
import { openDeletedThreads } from "../../src/server/deleted-threads.ts";

const deleted = openDeletedThreads("no such folder");

const post = (body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: {
    host: "localhost:2024",
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    ...headers,
  },
});
const tools = (key?: string): RequestInit =>
  post(
    { jsonrpc: "2.0", id: 1, method: "tools/list" },
    key === undefined ? {} : { authorization: `Bearer ${key}` },
  );

test("on a developer's machine our routes answer without a key, and LangGraph's come after", async () => {
  const app = createServerApp({ environment: {}, guarded: false, deleted });
  const models = (await (await app.request("/v1/models")).json()) as { data: { id: string }[] };
  expect(models.data.map(({ id }) => id)).toEqual(["agentic-rag", "search-r1"]);
  expect((await app.request("/mcp", tools())).status).toBe(200);
  // not ours: LangGraph's routes come after
  expect((await app.request("/threads/search")).status).toBe(404);
});

test("behind the guard, and with no keys set, nobody is let in and the answer says what to set", async () => {
  const app = createServerApp({ environment: {}, guarded: true, deleted });
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
  expect(() => createServerApp({ environment, guarded: true, deleted })).toThrow("is not a SHA-256 in hex");
});

describe("on a developer's machine no page reaches our routes by a name or an origin of its own", () => {
  const environment = { AGENTIC_RAG_ALLOWED_HOSTS: "rag.example.org:8443" };
  const app = createServerApp({ environment, guarded: false, deleted });
  const content = "What is BM25?";
  const question = {
    model: "agentic-rag",
    messages: [{ role: "user", content }],
    input: content,
    store: false,
  };
  const reply = async (path: string, headers: Readonly<Record<string, string>>) =>
    app.request(
      path,
      path === "/mcp" ? post({ jsonrpc: "2.0", id: 1, method: "ping" }, headers) : post(question, headers),
    );

  describe.each(["/v1/chat/completions", "/v1/responses", "/mcp"])("%s", (path) => {
    test.each([
      [{ host: "attacker.example" }, 421, "AGENTIC_RAG_ALLOWED_HOSTS"],
      [{ host: "localhost.attacker.example:2024" }, 421, "AGENTIC_RAG_ALLOWED_HOSTS"],
      [{ origin: "https://attacker.example" }, 403, "http.cors.allow_origin_regex in langgraph.json"],
      [
        { origin: "http://localhost.attacker.example" },
        403,
        "http.cors.allow_origin_regex in langgraph.json",
      ],
      [{ origin: "null" }, 403, "http.cors.allow_origin_regex in langgraph.json"],
      [{ "content-type": "text/plain" }, 415, "application/json"],
      [{ "content-type": "application/x-www-form-urlencoded" }, 415, "application/json"],
    ])("%j is refused with %i", async (headers, status, advice) => {
      const refused = await reply(path, headers);
      const { error } = (await refused.json()) as { error: { message: string } };
      expect([refused.status, error.message]).toEqual([status, expect.stringContaining(advice)]);
    });

    test.each([
      { host: "127.0.0.1:2024" },
      { host: "[::1]:2024" },
      { host: "rag.example.org" },
      { origin: "http://localhost:2024" },
      { origin: "http://localhost:6274" },
      { origin: "http://127.0.0.1:3000" },
      { origin: "http://[::1]:3000" },
    ])("%j is answered", async (headers) => {
      expect((await reply(path, headers as Record<string, string>)).status).toBe(200);
    });
  });

  test.each(["/v1/chat/completions", "/v1/responses", "/mcp"])(
    "a body for %s beyond the limit is not read",
    async (path) => {
      const whole = `"${"x".repeat(2 * 1024 * 1024)}"`;
      for (const body of [whole, new Blob([whole]).stream()]) {
        const { headers = {} } = post("");
        const length = typeof body === "string" ? { "content-length": String(body.length) } : {};
        const refused = await app.request(path, {
          method: "POST",
          body,
          headers: { ...(headers as Record<string, string>), ...length },
          ...(typeof body !== "string" && { duplex: "half" as const }),
        });
        const { error } = (await refused.json()) as { error: { code: string; message: string } };
        expect([refused.status, error]).toEqual([
          413,
          {
            message: "The body is larger than 2097152 bytes.",
            type: "invalid_request_error",
            param: null,
            code: "body_too_large",
          },
        ]);
      }
    },
  );

  test("the list of models neither", async () => {
    expect((await app.request("/v1/models", { headers: { host: "attacker.example" } })).status).toBe(421);
    expect(
      (await app.request("/v1/models", { headers: { origin: "https://attacker.example" } })).status,
    ).toBe(403);
  });
});
