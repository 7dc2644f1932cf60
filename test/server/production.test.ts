import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@langchain/langgraph-sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWireServer, type WireServer } from "../servers/wire-server.ts";
import { belongingsOf, createBelongings, type Belongings } from "./belongings.ts";
import { startDevServer, type DevServer } from "./dev-server.ts";
import { FORGED, OPEN, ROUTES, TWISTED } from "./routes.ts";
import { createJudged } from "./attacks/judged.ts";
import { answerOverWebSocket, API_KEYS, ask, KEYS, STRANGERS, type Answer, type Ask } from "./visitors.ts";

const ENV_CANARY = "tvly-canary-2718";
const HEADER_CANARY = "header-canary-3141";

const { judge, print } = createJudged();
let server: DevServer;
let webhooks: WireServer;
let forbidden: WireServer;
let alice: Client;
let bob: Client;
let mine: Belongings;
let bobs: string;
/** The text of every refusal, looked through at the end. */
const told: string[] = [];

const by = (name: keyof typeof KEYS) => ({ authorization: `Bearer ${KEYS[name]}` });

async function answerTo(request: Ask): Promise<Answer> {
  const answer = await ask(server.url, request);
  if (answer.status >= 400) told.push(answer.text);
  return answer;
}

beforeAll(async () => {
  webhooks = await openWireServer((response) => response.end());
  forbidden = await openWireServer((response) => response.end());
  server = await startDevServer(
    {
      AGENTIC_RAG_API_KEYS: API_KEYS,
      AGENTIC_RAG_WEBHOOK_HOSTS: new URL(webhooks.url).host,
      AGENTIC_RAG_DISCOVER: "off",
      AGENTIC_RAG_ENGINE: "local",
      TAVILY_API_KEY: ENV_CANARY,
      NO_COLOR: "1",
    },
    { config: "langgraph.production.json" },
  );
  const client = (key: string) =>
    new Client({
      apiUrl: server.url,
      apiKey: key,
      callerOptions: { maxRetries: 0 },
      defaultHeaders: { "x-canary": HEADER_CANARY, "user-agent": HEADER_CANARY },
    });
  alice = client(KEYS.alice);
  bob = client(KEYS.bob);

  mine = await createBelongings(alice, server.url);
  bobs = (await bob.threads.create()).thread_id;
}, 90_000);

afterAll(async () => {
  print();
  await server?.close();
  await webhooks?.close();
  await forbidden?.close();
});

const filled = (text: string): string =>
  Object.entries({ ...mine, bobs }).reduce((path, [name, id]) => path.replaceAll(`:${name}`, id), text);
const request = (method: string, path: string, body: unknown): Ask => ({
  method,
  path: filled(path),
  ...(body !== undefined && { body: JSON.parse(filled(JSON.stringify(body))) as unknown }),
});

/** What somebody without a key is told: nobody finds /internal, and schedules and runs without a thread are for nobody. */
function forStrangers(route: string): number {
  if (route === "GET /ok") return 200;
  if (route.includes(" /internal")) return 404;
  return route.includes("/crons") || route === "GET /runs/:stateless/stream" ? 403 : 401;
}

const belongings = () => belongingsOf(alice, mine);

describe("what is one user's", () => {
  test("is seen and changed by no other user, on no route", async () => {
    const before = await belongings();
    expect(before.threads.map(({ metadata }) => metadata?.["owner"])).toEqual(["alice", "alice", "alice"]);
    for (const [expected, method, path, body] of ROUTES) {
      const { status } = await answerTo({ ...request(method, path, body), headers: by("bob") });
      judge(`auth: another user: ${method} ${path}`, status, expected);
    }
    expect((await bob.threads.search()).map(({ thread_id: id }) => id)).toEqual([bobs]);
    expect(await bob.threads.search({ ids: [mine.thread] })).toEqual([]);
    expect(await bob.threads.search({ metadata: { owner: "alice" } })).toEqual([]);
    expect(await bob.threads.count({ metadata: { owner: "alice" } })).toBe(0);
    expect(await belongings()).toEqual(before);
  });

  test.each(Object.entries(STRANGERS))("nor by anybody without a key: %s", async (name, headers) => {
    const before = await belongings();
    const routes = [...ROUTES.map(([, ...route]) => route), ...OPEN];
    for (const [method, path, body] of routes) {
      const { status } = await answerTo({ ...request(method, path, body), headers });
      judge(`auth: ${name}: ${method} ${path}`, status, forStrangers(`${method} ${path}`));
    }
    expect(await belongings()).toEqual(before);
  });

  test("the routes that are for everybody answer whoever has a key", async () => {
    for (const [method, path, body] of OPEN) {
      const { status } = await answerTo({ ...request(method, path, body), headers: by("bob") });
      expect([status, method, path]).toEqual([200, method, path]);
    }
  });

  test("can be copied, gone on with and deleted by its owner, and cannot be given away", async () => {
    const copy = await alice.threads.copy(mine.thread);
    const { thread_id: id } = copy as unknown as { thread_id: string };
    expect(await alice.threads.get(id)).toMatchObject({ metadata: { owner: "alice" } });
    expect(await alice.threads.update(id, { metadata: { owner: "bob", note: "x" } })).toMatchObject({
      metadata: { owner: "alice", note: "x" },
    });
    const { thread_id: made } = await alice.threads.create({ metadata: { owner: "bob" } });
    await expect(bob.threads.get(made)).rejects.toThrow("404");
    await alice.threads.delete(id);
    await alice.threads.delete(made);
    await expect(alice.threads.get(id)).rejects.toThrow("404");
  });
});

test("nobody gets a WebSocket, whose messages pass no guard", async () => {
  const { thread_id: thread } = await alice.threads.create();
  const opened = (headers: Readonly<Record<string, string>>) =>
    answerOverWebSocket(`${server.url}/threads/${thread}/stream/events`, headers);
  expect(await opened(by("bob"))).toBe("refused");
  expect(await opened({})).toBe("refused");
  expect(await opened({ ...by("alice"), origin: "https://attacker.example" })).toBe("refused");
  expect(await opened(by("alice"))).toBe("refused");
});

test("our own routes are behind the key, and answer with it", async () => {
  const completion = {
    method: "POST",
    path: "/v1/chat/completions",
    body: { model: "agentic-rag", messages: [{ role: "user", content: "What is QwQ-32B?" }] },
  };
  const tools = { method: "POST", path: "/mcp", body: { jsonrpc: "2.0", id: 1, method: "tools/list" } };
  const accept = { accept: "application/json, text/event-stream" };
  expect((await answerTo(completion)).status).toBe(401);
  expect((await answerTo({ ...tools, headers: accept })).status).toBe(401);
  const answered = await answerTo({ ...completion, headers: by("bob") });
  expect([answered.status, answered.text.includes("QwQ-32B is an open-weight reasoning model")]).toEqual([
    200,
    true,
  ]);
  const listed = await answerTo({ ...tools, headers: { ...by("bob"), ...accept } });
  expect([listed.status, listed.text.includes('"research"')]).toEqual([200, true]);
});

describe("requests that a page makes in another's name", () => {
  test.each(FORGED)("%s", async (_name, asked, status) => {
    const before = await alice.threads.count();
    const answer = await answerTo({ ...asked, headers: { ...by("alice"), ...asked.headers } });
    expect(answer.status).toBe(status);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    expect(await alice.threads.count()).toBe(before);
  });

  test("a foreign page is not allowed to ask", async () => {
    const preflight = await ask(server.url, {
      method: "OPTIONS",
      path: "/threads",
      headers: {
        origin: "https://attacker.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
      },
    });
    expect(preflight.headers["access-control-allow-origin"]).toBeUndefined();
  });

  test("what is answered is neither kept nor framed nor guessed at", async () => {
    const { headers } = await answerTo({ method: "GET", path: "/info", headers: by("alice") });
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
  });
});

test("a run reports to a webhook that is named, and to no other", async () => {
  const port = new URL(forbidden.url).port;
  const host = new URL(webhooks.url).host;
  const refused = [
    forbidden.url,
    `http://localhost:${port}/`,
    `http://[::1]:${port}/`,
    `http://${host}@127.0.0.1:${port}/`,
    `http://user:password@${host}/`,
    `file://${host}/etc/passwd`,
    "/internal/truncate",
    "/threads",
    "no address",
  ];
  const body = { assistant_id: "agentic-rag", input: { question: "What is QwQ-32B?" } };
  for (const webhook of refused) {
    for (const path of ["/runs/wait", "/runs", `/threads/${mine.thread}/runs`]) {
      const asked = { method: "POST", path, body: { ...body, webhook }, headers: by("alice") };
      expect([webhook, path, (await answerTo(asked)).status]).toEqual([webhook, path, 403]);
    }
  }
  await alice.runs.wait(null, "agentic-rag", { input: body.input, webhook: `${webhooks.url}/done` });
  await webhooks.asked;
  expect(webhooks.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /done"]);
  expect(forbidden.requests).toEqual([]);
});

test("ids that are none, and bodies that nobody should store, are refused", async () => {
  const before = await belongings();
  const seen = [];
  for (const [method, path, body] of TWISTED) {
    const raw = typeof body === "string";
    const asked = raw ? { method, path, body } : request(method, path, body);
    const headers = { ...by("alice"), ...(raw && { "content-type": "application/json" }) };
    seen.push([method, path, (await answerTo({ ...asked, headers })).status]);
  }
  expect(seen).toEqual(TWISTED.map(([method, path, , status]) => [method, path, status]));
  expect(await belongings()).toEqual(before);
});

test("a stream that broke goes on where it was, and one that is not wanted any more ends its run", async () => {
  const { thread_id: thread } = await alice.threads.create();
  const ids: string[] = [];
  let run = "";
  for await (const part of alice.runs.stream(thread, "agentic-rag", {
    input: { question: "What is QwQ-32B?" },
    streamMode: ["updates"],
    streamResumable: true,
    onRunCreated: ({ run_id: id }) => (run = id),
  })) {
    if (part.id !== undefined) ids.push(part.id);
  }
  expect(ids.length).toBeGreaterThan(3);
  const rest: (string | undefined)[] = [];
  for await (const part of alice.runs.joinStream(thread, run, { lastEventId: ids[1]! })) rest.push(part.id);
  expect(rest).toEqual(ids.slice(2));

  const { thread_id: left } = await alice.threads.create();
  const waiting = await alice.runs.create(left, "agentic-rag", {
    input: { question: "?" },
    afterSeconds: 3600,
  });
  const gone = new AbortController();
  const stream = alice.runs.joinStream(left, waiting.run_id, {
    cancelOnDisconnect: true,
    signal: gone.signal,
  });
  const ended = stream.next().catch(() => "gone");
  await sleep(700);
  gone.abort();
  await ended;
  await expect.poll(async () => (await alice.runs.get(left, waiting.run_id)).status).toBe("interrupted");
});

test("no key and no header is kept or printed, and no refusal says more than it must", async () => {
  await answerTo({
    method: "POST",
    path: `/threads/${mine.thread}/runs/wait`,
    body: { assistant_id: "agentic-rag", input: { question: "?" }, context: { engine: "altavista" } },
    headers: { ...by("alice"), "x-canary": HEADER_CANARY },
  });
  const folder = join(server.folder, ".langgraph_api");
  const files = () => readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  // the server writes its files 3 s after the last change
  await expect
    .poll(() => files().join("").includes(mine.thread), { timeout: 15_000, interval: 250 })
    .toBe(true);
  const answers = JSON.stringify(await belongings());
  const canaries = [
    ENV_CANARY,
    HEADER_CANARY,
    ...Object.values(KEYS),
    ...API_KEYS.split(/[,:]/).filter((part) => part.length === 64),
  ];
  for (const canary of canaries) {
    expect([canary, files().filter((text) => text.includes(canary)).length]).toEqual([canary, 0]);
    expect([canary, answers.includes(canary)]).toEqual([canary, false]);
    expect([canary, server.output.includes(canary)]).toEqual([canary, false]);
    expect([canary, told.filter((text) => text.includes(canary)).length]).toEqual([canary, 0]);
  }
  expect(told.length).toBeGreaterThan(400);
  expect(told.filter((text) => /\n\s+at |node_modules|\/src\/|\.ts\b|Error:/.test(text))).toEqual([]);
});
