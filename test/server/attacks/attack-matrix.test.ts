import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@langchain/langgraph-sdk";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { refuseTornState } from "../../../src/server/state/files.ts";
import { openWireServer, type WireServer } from "../../servers/wire-server.ts";
import {
  commandOverWebSocket,
  foreignRows,
  nested,
  PLACES,
  unreadable,
  upgradeStatus,
  type AttackRow,
} from "./attacks.ts";
import { createJudged } from "./judged.ts";
import { startDevServer, type DevServer } from "../dev-server.ts";
import { API_KEYS, ask, KEYS } from "../visitors.ts";

interface Row {
  readonly row: string;
  readonly expected: string;
  readonly seen: string;
}
const table = createJudged();

const run = { assistant_id: "agentic-rag", input: { question: "What is QwQ-32B?" } };
const start = (params: object) => ({ id: 7, method: "run.start", params });
const command = (value: unknown) => start({ ...run, metadata: { value } });
const told = (answer: string) => (answer.startsWith('{"type":"success"') ? "success" : answer);
const ENVIRONMENT = {
  AGENTIC_RAG_API_KEYS: API_KEYS,
  AGENTIC_RAG_DISCOVER: "off",
  AGENTIC_RAG_ENGINE: "local",
  NO_COLOR: "1",
};

afterAll(() => table.print());

describe.each(["langgraph.production.json", "langgraph.json"] as const)("on %s", (config) => {
  const production = config === "langgraph.production.json";
  const key = { authorization: `Bearer ${KEYS.alice}` };
  let server: DevServer;
  let webhooks: WireServer;
  let alice: Client;
  let thread: string;

  beforeAll(async () => {
    webhooks = await openWireServer((response) => response.end());
    server = await startDevServer(ENVIRONMENT, { config });
    alice = new Client({ apiUrl: server.url, apiKey: KEYS.alice, callerOptions: { maxRetries: 0 } });
    thread = (await alice.threads.create()).thread_id;
    await alice.runs.wait(thread, "agentic-rag", { input: run.input });
  }, 90_000);

  afterAll(async () => {
    await server?.close();
    await webhooks?.close();
  });

  /** The rows that are not as expected. */
  function judge(rows: readonly Row[]): readonly Row[] {
    for (const { row, seen, expected } of rows) table.judge(`${config}: ${row}`, seen, expected);
    return rows.filter(({ expected, seen }) => expected !== seen);
  }

  async function judgeRequests(rows: readonly AttackRow[]): Promise<readonly unknown[]> {
    const judged = [];
    for (const { row, ask: asked, status } of rows) {
      const request = { ...asked, path: asked.path.replaceAll(":thread", thread) };
      const answer = await ask(server.url, { ...request, headers: { ...key, ...asked.headers } });
      judged.push({ row, expected: String(status), seen: String(answer.status) });
    }
    return judge(judged);
  }

  test("no other site and no other name gets at anything", async () => {
    const before = await alice.threads.count();
    expect(await judgeRequests(foreignRows())).toEqual([]);
    expect(await alice.threads.count()).toBe(before);
    const refused = await ask(server.url, {
      method: "POST",
      path: "/mcp",
      body: {},
      headers: { host: "evil.example" },
    });
    expect(refused.text).toContain("AGENTIC_RAG_ALLOWED_HOSTS");
    const embedded = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" };
    expect(
      await judgeRequests([
        {
          row: "embedding",
          ask: { method: "GET", path: "/threads/:thread", headers: embedded },
          status: 403,
        },
        {
          row: "truncate",
          ask: { method: "POST", path: "/internal/truncate", body: { threads: true } },
          status: 404,
        },
      ]),
    ).toEqual([]);
    const fired = { ...run, webhook: `${webhooks.url}/fired` };
    const headers = { origin: "https://evil.example", "content-type": "text/plain" };
    const webhook = { method: "POST", path: "/runs/wait", body: JSON.stringify(fired), headers };
    expect(await judgeRequests([{ row: "webhook", ask: webhook, status: 403 }])).toEqual([]);
    expect(webhooks.requests).toEqual([]);
  });

  test.each([
    ["https://smith.langchain.com", 200],
    ["https://eu.smith.langchain.com", 200],
    ["http://localhost:3000", 200],
    ["http://127.0.0.1:3000", 200],
    ["http://[::1]:3000", 200],
    ["https://evil.example", 403],
  ])(
    "Studio and pages of this machine are let in by a developer's server alone: %s",
    async (origin, status) => {
      const expected = production ? 403 : status;
      for (const path of ["/threads/search", "/v1/models", "/assistants/agentic-rag"]) {
        const method = path === "/threads/search" ? "POST" : "GET";
        const asked = { method, path, ...(method === "POST" && { body: {} }), headers: { ...key, origin } };
        const { status: seen, headers } = await ask(server.url, asked);
        expect(judge([{ row: `pages: ${origin}`, expected: String(expected), seen: String(seen) }])).toEqual(
          [],
        );
        expect(headers["access-control-allow-origin"]).toBe(expected === 200 ? origin : undefined);
      }
    },
  );

  test.each(["[::1]:2024", "LOCALHOST:2024", "127.0.0.1"])("%s is a name of this machine", async (host) => {
    const { status } = await ask(server.url, {
      method: "GET",
      path: "/threads/" + thread,
      headers: { ...key, host },
    });
    expect(judge([{ row: `own name: ${host}`, expected: "200", seen: String(status) }])).toEqual([]);
  });

  test("an edit with values of other types is refused, and the thread is read as before", async () => {
    const before = await alice.threads.getState(thread);
    const edits: readonly (readonly [string, object])[] = [
      ["transcript", { transcript: "text" }],
      ["searches", { searches: "many" }],
      ["sources", { sources: [{ number: "one" }] }],
      ["messages", { messages: 5 }],
      ["call", { call: { kind: "search", queries: 5 } }],
    ];
    const rows = edits.flatMap(([field, values]) => [
      {
        row: `edit: ${field}`,
        ask: { method: "POST", path: "/threads/:thread/state", body: { values } },
        status: 400,
      },
      {
        row: `edit: ${field} by command`,
        ask: {
          method: "POST",
          path: "/threads/:thread/runs/wait",
          body: { ...run, command: { update: values } },
        },
        status: 400,
      },
    ]);
    expect(await judgeRequests(rows)).toEqual([]);
    expect((await alice.threads.getState(thread)).values).toEqual(before.values);
  });

  test("health is told without a key, as somebody who owns nothing", async () => {
    const rows: readonly (readonly [string, string, Readonly<Record<string, string>>, number])[] = [
      ["GET", "/ok", {}, 200],
      ["GET", "/ok", { authorization: "Bearer wrong" }, 200],
      ["POST", "/ok", { "content-type": "application/json" }, production ? 401 : 404],
      ["GET", "/ok/", {}, production ? 401 : 404],
      ["GET", "/info", {}, production ? 401 : 200],
    ];
    for (const [method, path, headers, status] of rows) {
      const seen = (await ask(server.url, { method, path, headers })).status;
      expect(
        judge([{ row: `health: ${method} ${path}`, expected: String(status), seen: String(seen) }]),
      ).toEqual([]);
    }
  });

  test("nothing gets in that does not read back, and nothing that makes the server call out", async () => {
    const doors = [
      ...Object.entries(PLACES).map(([name, place]) => [name, "/threads/:thread/runs/wait", place] as const),
      ["a thread", "/threads", (value: unknown) => ({ metadata: { value } })] as const,
      ["a patch", "/threads/:thread", (value: unknown) => ({ metadata: { value } })] as const,
      ["a command", "/threads/:thread/commands", command] as const,
      [
        "the store",
        "/store/items",
        (value: unknown) => ({ namespace: ["alice"], key: "k", value: { value } }),
      ] as const,
    ];
    const methods: Readonly<Record<string, string>> = { "a patch": "PATCH", "the store": "PUT" };
    const headers = { "content-type": "application/json" };
    const rows = doors.flatMap(([door, path, place]) =>
      unreadable(place).map(([name, body]) => ({
        row: `unreadable: ${name} in ${door}`,
        ask: { method: methods[door] ?? "POST", path, body, headers },
        status: 400,
      })),
    );
    expect(await judgeRequests(rows)).toEqual([]);
    expect(
      await judgeRequests([
        {
          row: "feedback",
          ask: { method: "POST", path: "/runs/wait", body: { ...run, feedback_keys: ["a"] } },
          status: 403,
        },
      ]),
    ).toEqual([]);
  });

  test("a WebSocket takes no more than a request does", async () => {
    const used: string[] = [];
    const address = async () => {
      const { thread_id: own } = await alice.threads.create();
      used.push(own);
      return `${server.url}/threads/${own}/stream/events`;
    };
    const state = JSON.stringify({ id: 7, method: "state.get" });
    const send = async (text: string, headers: Readonly<Record<string, string>> = key, withinMs = 4000) =>
      commandOverWebSocket(await address(), headers, text, withinMs);

    expect(
      judge([
        {
          row: "WebSocket: own thread",
          expected: production ? "refused" : "success",
          seen: told(await send(state)),
        },
        {
          row: "WebSocket: without a key",
          expected: production ? "refused" : "success",
          seen: told(await send(state, {})),
        },
        {
          row: "WebSocket: another site",
          expected: "refused",
          seen: await send(state, { ...key, origin: "https://evil.example" }),
        },
        {
          row: "WebSocket: another name",
          expected: "421",
          seen: String(await upgradeStatus(await address(), { ...key, host: "evil.example" })),
        },
      ]),
    ).toEqual([]);
    const commands = [
      // the context of a command is not read at all
      ...Object.entries(PLACES)
        .filter(([name]) => name !== "context")
        .flatMap(([, place]) => unreadable((value) => start(place(value))))
        .map(([, body]) => body),
      JSON.stringify(start({ ...run, metadata: { x: "x".repeat(5_000_000) } })),
      JSON.stringify(start({ ...run, assistant_id: "__proto__" })),
    ];
    const answers = await Promise.all(commands.map((text) => send(text, key, 2000)));
    const expected = production ? "refused" : "silence";
    const rows = answers.map((answer) => ({ row: "WebSocket: unreadable", expected, seen: told(answer) }));
    expect(judge(rows)).toEqual([]);
    for (const own of used) expect(await alice.runs.list(own)).toEqual([]);
    if (production) return;
    const configurable = { secret: "configurable-canary-1618" };
    expect(told(await send(JSON.stringify(start({ ...run, config: { configurable } }))))).toBe("success");
    const [made] = await alice.runs.list(used.at(-1) ?? "");
    expect(JSON.stringify(made)).not.toContain("configurable-canary-1618");
  });

  test("what was taken, as deep as it may lie, is read back by the next start", async () => {
    const deepest = nested(28);
    const { thread_id: kept } = await alice.threads.create({ metadata: { deepest } });
    for (const [, body] of Object.entries(PLACES).filter(([name]) => name !== "context")) {
      const asked = { method: "POST", path: `/threads/${kept}/runs/wait`, body: body(deepest), headers: key };
      expect((await ask(server.url, asked)).status).toBe(200);
    }
    await alice.store.putItem(["alice", "deep"], "k", { deepest });
    const { thread_id: last } = await alice.threads.create();
    const folder = mkdtempSync(join(tmpdir(), "agentic-rag-state-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const copy = join(folder, ".langgraph_api", ".langgraphjs_ops.json");
    await vi.waitFor(
      async () => {
        // the server writes its files in place, so that one may be caught while it is being written
        cpSync(join(server.folder, ".langgraph_api"), join(folder, ".langgraph_api"), { recursive: true });
        expect(readFileSync(copy, "utf8")).toContain(last);
        await refuseTornState(folder);
      },
      { timeout: 15_000, interval: 250 },
    );
    expect(readFileSync(copy, "utf8")).toContain(JSON.stringify(deepest));
  }, 30_000);
});
