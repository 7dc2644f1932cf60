import { Hono } from "hono";
import { expect, test } from "vitest";
import { readAccess } from "../../src/server/access.ts";
import { createAuth } from "../../src/server/auth.ts";
import { openDeletedThreads } from "../../src/server/deleted-threads.ts";
import { guard, type GuardedVariables } from "../../src/server/guard.ts";
import { API_KEYS, KEYS } from "./visitors.ts";

const access = readAccess({ AGENTIC_RAG_API_KEYS: API_KEYS });
const app = new Hono<{ Variables: GuardedVariables }>();
const deleted = openDeletedThreads("no such folder");
app.use(guard(access, { deleted, choosable: { engines: [], models: [] }, busyThreads: 4 }));
app.all("*", async (c) =>
  c.json({ user: c.get("auth")?.user.identity ?? null, bytes: (await c.req.text()).length }),
);

const LIMIT = 4 * 1024 * 1024;
const text = (bytes: number): string => `"${"x".repeat(bytes - 2)}"`;
const headers = { authorization: `Bearer ${KEYS.alice}`, "content-type": "application/json" };
const post = (path: string, body: string | ReadableStream): Request =>
  new Request(`http://localhost${path}`, {
    method: "POST",
    body,
    headers: { ...headers, ...(typeof body === "string" && { "content-length": String(body.length) }) },
    ...(typeof body !== "string" && { duplex: "half" as const }),
  });
const inPieces = (whole: string): ReadableStream =>
  new Blob([whole.slice(0, whole.length / 2), whole.slice(whole.length / 2)]).stream();

test("the name of the user is handed on, once the body has been looked at", async () => {
  const reply = await app.request(post("/threads/search", '{"limit":3}'));
  expect(await reply.json()).toEqual({ user: "alice", bytes: 11 });
});

test.each([
  ["told", text(LIMIT + 1)],
  ["not told", inPieces(text(LIMIT + 1))],
])("a body over the limit is refused, its length %s", async (_name, body) => {
  const reply = await app.request(post("/threads", body));
  expect([reply.status, await reply.json()]).toEqual([
    413,
    {
      error: {
        message: "The body is larger than 4194304 bytes.",
        type: "invalid_request_error",
        param: null,
        code: "body_too_large",
      },
    },
  ]);
});

test("our own routes read their bodies themselves", async () => {
  const reply = await app.request(post("/v1/chat/completions", text(LIMIT + 1)));
  expect(await reply.json()).toEqual({ user: "alice", bytes: LIMIT + 1 });
});

test("health and the page alone are answered without a key, and not under another name", async () => {
  expect((await app.request("/ok")).status).toBe(200);
  expect((await app.request("/")).status).toBe(200);
  expect((await app.request("/", { method: "POST" })).status).toBe(404);
  expect((await app.request("/ok", { method: "POST" })).status).toBe(401);
  expect((await app.request("/okay")).status).toBe(404);
  expect((await app.request("/ok", { headers: { host: "attacker.example" } })).status).toBe(421);
  expect((await app.request("/info")).headers.get("www-authenticate")).toBe("Bearer");
});

test("what nobody was granted is refused, schedules and what is yet to be invented among it", async () => {
  const { callbacks = {} } = createAuth(access, deleted)["~handlerCache"];
  const everything = callbacks["*"];
  const user = { identity: "alice", permissions: [], is_authenticated: true, display_name: "alice" };
  for (const event of ["crons:create", "crons:search", "assistants:delete", "threads:invented"]) {
    const [resource = "", action = ""] = event.split(":");
    const request = { event, resource, action, value: {}, user, permissions: [] };
    expect(callbacks[event]).toBeUndefined();
    expect(await everything?.(request)).toBe(false);
  }
  expect(Object.keys(callbacks).sort()).toEqual([
    "*",
    "assistants:read",
    "assistants:search",
    "store:delete",
    "store:get",
    "store:list_namespaces",
    "store:put",
    "store:search",
    "threads:create",
    "threads:create_run",
    "threads:delete",
    "threads:read",
    "threads:search",
    "threads:update",
  ]);
});

test.each(["", "langgraph-studio-user", "a.b", undefined])(
  "a user called %j may do nothing",
  async (identity) => {
    const { callbacks = {} } = createAuth(access, deleted)["~handlerCache"];
    const user = { identity: identity as string, permissions: [], is_authenticated: true, display_name: "" };
    for (const [name, handler] of Object.entries(callbacks)) {
      const value = { kwargs: {}, namespace: [identity] };
      const request = { event: name, resource: "", action: "", value, user, permissions: [] };
      const outcome = await (async () => handler(request))().catch(
        ({ status }: { status: number }) => status,
      );
      expect([name, outcome]).toEqual([name, name === "*" ? false : 403]);
    }
  },
);

test.each(["http://rag.example.org", "rag.example.org/path", "*", "a b"])("%j is no host", (host) => {
  expect(() => readAccess({ AGENTIC_RAG_ALLOWED_HOSTS: `ok.example.org,${host}` })).toThrow(
    "AGENTIC_RAG_ALLOWED_HOSTS cannot be used",
  );
  expect(() => readAccess({ AGENTIC_RAG_WEBHOOK_HOSTS: host })).toThrow(
    "AGENTIC_RAG_WEBHOOK_HOSTS cannot be used",
  );
});
