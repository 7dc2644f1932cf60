import { Client } from "@langchain/langgraph-sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDevServer, type DevServer } from "../dev-server.ts";
import { API_KEYS, ask, KEYS } from "../visitors.ts";
import { CANARY, startGreedyWorld, type GreedyWorld } from "./greedy-model.ts";
import { createJudged } from "./judged.ts";

const { judge, print } = createJudged();
afterAll(print);

describe.each(["langgraph.production.json", "langgraph.json"] as const)("on %s", (config) => {
  let world: GreedyWorld;
  let server: DevServer;
  let alice: Client;

  beforeAll(async () => {
    world = await startGreedyWorld();
    server = await startDevServer(
      {
        ...world.environment,
        AGENTIC_RAG_API_KEYS: API_KEYS,
        AGENTIC_RAG_DISCOVER: "off",
        AGENTIC_RAG_ALLOW_MODELS: "QwQ-Small",
        BRAVE_API_KEY: "brave-canary",
        NO_COLOR: "1",
      },
      { config },
    );
    alice = new Client({ apiUrl: server.url, apiKey: KEYS.alice, callerOptions: { maxRetries: 0 } });
  }, 90_000);
  afterAll(async () => {
    await server?.close();
    await world?.close();
  });

  const send = async (method: string, path: string, body: unknown) =>
    ask(server.url, { method, path, body, headers: { authorization: `Bearer ${KEYS.alice}` } });
  const row = (name: string) => `${config}: ${name}`;

  /** Limits far above the operator's. */
  const GREEDY = {
    maxSearches: 100,
    maxPages: 50,
    maxTokens: 1_000_000,
    maxSeconds: 86_400,
    maxRepairs: 20,
    maxRepeats: 20,
    maxResults: 20,
    maxResponseBytes: 1_000_000,
  };

  test("no door gives a run more searches than the operator allows", async () => {
    const question = "many canary4711?";
    const { thread_id: thread } = await alice.threads.create();
    const searched = async (name: string, body: object) => {
      const before = world.tavily.queries.length;
      const { status } = await send("POST", `/threads/${thread}/runs/wait`, {
        assistant_id: "agentic-rag",
        ...body,
      });
      const spent = world.tavily.queries.length - before;
      judge(row(`limits: ${name}`), [status, spent <= 5 ? "at most 5" : spent], [200, "at most 5"]);
    };
    await searched("context", { input: { question }, context: GREEDY });
    expect((await alice.threads.getState<{ searches: number }>(thread)).values.searches).toBe(5);
    const [opened] = (
      await alice.threads.getHistory<{ opening: object | null; call: unknown }>(thread, { limit: 50 })
    ).filter(({ values, next }) => values.opening !== null && next.includes("web-search"));
    const { opening } = opened!.values;
    const greedy = { ...opening, limits: { ...GREEDY, condenseResults: false, approveSearches: false } };
    const update = { opening: greedy, searches: -100, stopReason: null };
    await searched("command.update", { command: { update, goto: "generate" } });
    await searched("command.goto", {
      command: { goto: [{ node: "generate", input: { ...opened!.values, ...update, searches: -100 } }] },
    });
    const edited = await send("POST", `/threads/${thread}/state`, {
      values: update,
      as_node: "web-search",
      checkpoint_id: opened!.checkpoint.checkpoint_id,
    });
    if (edited.status === 200) await searched("update_state", { input: null });
    else judge(row("limits: update_state"), edited.status, 400);
    const overwritten = { ...update, searches: { __overwrite__: -100 } };
    const command = { update: overwritten, goto: "generate" };
    const refused = await send("POST", `/threads/${thread}/runs/wait`, {
      assistant_id: "agentic-rag",
      command,
    });
    judge(row("limits: overwritten count"), refused.status, 400);
  }, 90_000);

  const asked = { assistant_id: "agentic-rag", input: { question: CANARY } };
  /** A context, what is told of it, and what it says. */
  const CONTEXTS: readonly (readonly [context: object, status: number, text: string])[] = [
    [{ engine: "tavily" }, 200, ""],
    [{ model: "QwQ-Small" }, 200, ""],
    [{ model: "QwQ-32B", maxSearches: 100, temperature: 0 }, 200, ""],
    [{ engine: "brave" }, 403, "AGENTIC_RAG_ALLOW_ENGINES"],
    [{ engine: "wikipedia" }, 403, "AGENTIC_RAG_ALLOW_ENGINES"],
    [{ engine: "__proto__" }, 403, "AGENTIC_RAG_ALLOW_ENGINES"],
    [{ model: "gpt-expensive" }, 403, "AGENTIC_RAG_ALLOW_MODELS"],
    [{ model: "qwq-32b" }, 403, "AGENTIC_RAG_ALLOW_MODELS"],
    [{ unknown: 1 }, 400, "context.unknown: there is no setting of this name"],
    [{ max_searches: 1 }, 400, "context.max_searches: there is no setting of this name"],
    [{ maxSearches: "many" }, 400, "context.maxSearches is not as it has to be"],
    [{ maxSearches: -1 }, 400, "context.maxSearches is not as it has to be"],
    [{ maxSeconds: 1e9 }, 400, "context.maxSeconds is not as it has to be"],
    [{ temperature: null }, 400, "context.temperature is not as it has to be"],
    [{ approveSearches: "no" }, 400, "context.approveSearches is not as it has to be"],
  ];

  test("what a run may not choose is refused by its name on every door, with the setting that allows it", async () => {
    const { thread_id: thread } = await alice.threads.create();
    for (const [context, status, text] of CONTEXTS) {
      for (const [path, body] of [
        ["/runs/wait", { ...asked, context }],
        [`/threads/${thread}/runs/wait`, { ...asked, context }],
        ...(status === 200
          ? []
          : ([
              ["/runs/stream", { ...asked, context }],
              ["/runs", { ...asked, context }],
              ["/runs/batch", [asked, { ...asked, context }]],
              [`/threads/${thread}/runs`, { ...asked, context }],
              [`/threads/${thread}/runs/stream`, { ...asked, context }],
            ] as const)),
      ] as const) {
        const answer = await send("POST", path, body);
        judge(
          row(`choices: ${JSON.stringify(context)} ${path}`),
          [answer.status, answer.text.includes(text)],
          [status, true],
        );
        expect(answer.text).not.toContain("ZodError");
      }
      if (status === 200) continue;
      const assistant = await send("POST", "/assistants", { graph_id: "agentic-rag", context });
      judge(row(`choices of an assistant: ${JSON.stringify(context)}`), assistant.status, status);
    }
    const configurable = { maxSearches: 100 };
    const misplaced = await send("POST", "/runs/wait", { ...asked, config: { configurable } });
    judge(
      row("choices: config.configurable.maxSearches"),
      [misplaced.status, misplaced.text.includes("into context")],
      [400, true],
    );
  }, 90_000);

  test("an edited thread chooses no more than a request does", async () => {
    const { thread_id: thread } = await alice.threads.create();
    await send("POST", `/threads/${thread}/runs/wait`, asked);
    const { values } = await alice.threads.getState<{ opening: object }>(thread);
    expect(values.opening).toMatchObject({ engine: "tavily", chosen: {} });
    for (const [chosen, told] of [
      [{ model: "gpt-expensive" }, "gpt-expensive"],
      [{ engine: "brave" }, "brave"],
    ] as const) {
      const before = world.completions.requests.length;
      const update = { opening: { ...values.opening, chosen }, stopReason: null };
      const answer = await send("POST", `/threads/${thread}/runs/wait`, {
        assistant_id: "agentic-rag",
        command: { update, goto: "generate" },
      });
      judge(
        row(`edited choice: ${told}`),
        [answer.text.includes("There is no "), world.completions.requests.length - before],
        [true, 0],
      );
    }
  }, 30_000);
});

const by = (who: keyof typeof KEYS) => ({ authorization: `Bearer ${KEYS[who]}` });
const run = (question: string) => ({ assistant_id: "agentic-rag", input: { question } });

describe("users of langgraph.production.json", () => {
  let world: GreedyWorld;
  let server: DevServer;
  beforeAll(async () => {
    world = await startGreedyWorld();
    server = await startDevServer(
      { ...world.environment, AGENTIC_RAG_API_KEYS: API_KEYS, AGENTIC_RAG_DISCOVER: "off", NO_COLOR: "1" },
      { config: "langgraph.production.json" },
    );
  }, 90_000);
  afterAll(async () => {
    await server?.close();
    await world?.close();
  });

  test("have four busy threads at most, and are not kept waiting by another's sixty runs", async () => {
    const asked = await Promise.all(
      Array.from({ length: 60 }, async () =>
        ask(server.url, { method: "POST", path: "/runs", body: run("held?"), headers: by("alice") }),
      ),
    );
    const count = (status: number) => asked.filter((answer) => answer.status === status).length;
    judge("users: sixty runs at once", [count(200), count(429)], [4, 56]);
    const refused = asked.find(({ status }) => status === 429);
    judge("users: told when to come back", refused?.headers["retry-after"], "5");
    expect(refused?.text).toContain("AGENTIC_RAG_MAX_PER_CALLER");
    const post = async (path: string, body: unknown) =>
      (await ask(server.url, { method: "POST", path, body, headers: by("alice") })).status;
    const alice = new Client({ apiUrl: server.url, apiKey: KEYS.alice, callerOptions: { maxRetries: 0 } });
    const { thread_id: idle } = await alice.threads.create();
    const start = { id: 1, method: "run.start", params: run("held?") };
    for (const [path, body] of [
      ["/runs/wait", run("held?")],
      ["/runs/stream", run("held?")],
      ["/runs/batch", [run("held?")]],
      [`/threads/${idle}/runs`, run("held?")],
      [`/threads/${idle}/runs/wait`, run("held?")],
      [`/threads/${idle}/runs/stream`, run("held?")],
      [`/threads/${idle}/commands`, start],
    ] as const)
      judge(`users: ${path.replace(idle, ":idle")}`, await post(path, body), 429);
    const [busy] = await alice.threads.search({ status: "busy" });
    // until a worker has taken it up, its own run waits, too
    await expect
      .poll(() => alice.runs.list(busy!.thread_id, { status: "running" }), { timeout: 20_000 })
      .toHaveLength(1);
    const enqueue = { ...run("held?"), multitask_strategy: "enqueue" };
    const queued = [];
    for (let n = 0; n < 6; n += 1) queued.push(await post(`/threads/${busy!.thread_id}/runs`, enqueue));
    judge("users: runs behind one another on one thread", queued, [200, 200, 200, 200, 429, 429]);
    const bobs = await ask(server.url, {
      method: "POST",
      path: "/runs/wait",
      body: run(CANARY),
      headers: by("bob"),
    });
    judge("users: another's run", [bobs.status, bobs.text.includes("canary4711")], [200, true]);
  }, 60_000);
});
