import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { BaseTracer, type Run } from "@langchain/core/tracers/base";
import { LangChainTracer } from "@langchain/core/tracers/tracer_langchain";
import { Client } from "langsmith";
import { expect, onTestFinished, test } from "vitest";
import { call, served, thread } from "../agent.ts";
import { knownPages } from "../pages/paged.ts";

class Recorded extends BaseTracer {
  readonly name = "recorded";
  root: Run | undefined;

  protected persistRun(run: Run): Promise<void> {
    this.root = run;
    return Promise.resolve();
  }
}

function treeOf(run: Run, depth = 0): string[] {
  return [
    `${"  ".repeat(depth)}${run.name} (${run.run_type})`,
    ...run.child_runs.flatMap((child) => treeOf(child, depth + 1)),
  ];
}

function all(run: Run): Run[] {
  return [run, ...run.child_runs.flatMap(all)];
}

const SAID = [
  {
    text: `Look.\n${call("alpha")}`,
    usage: { prompt_tokens: 100, completion_tokens: 20, prompt_tokens_details: { cached_tokens: 64 } },
  },
  `More.\n${call("beta")}`,
  "Know.\n</think>\n\nIt is **7** [1].",
];

test("a run of two searches as a tree: named models, retrievers with documents, usage", async () => {
  const { agent } = await served(SAID);
  const tracer = new Recorded();
  await agent.invoke(
    { question: "Q?" },
    { ...thread(), callbacks: [tracer], context: { temperature: 0.3, maxTokens: 500 } },
  );
  const runs = all(tracer.root!);
  expect(treeOf(tracer.root!).filter((line) => /\((?:llm|retriever|tool)\)|^ {2}[a-z]/.test(line))).toEqual([
    "  generate (chain)",
    "    QwQ-32B (llm)",
    "  parse-tool-call (chain)",
    "  web-search (chain)",
    "    tavily (retriever)",
    "  generate (chain)",
    "    QwQ-32B (llm)",
    "  parse-tool-call (chain)",
    "  web-search (chain)",
    "    tavily (retriever)",
    "  generate (chain)",
    "    QwQ-32B (llm)",
    "  finalize (chain)",
  ]);
  const edges = runs.filter(({ name }) => name === "RunnableLambda");
  expect(edges.map(({ outputs }) => outputs?.["output"])).toEqual([
    "tool call",
    "search",
    "tool call",
    "search",
    "no tool call",
  ]);
  const [model] = runs.filter(({ run_type: type }) => type === "llm");
  expect(model?.extra).toMatchObject({
    metadata: {
      ls_provider: "completions",
      ls_model_name: "QwQ-32B",
      ls_model_type: "chat",
      ls_temperature: 0.3,
      ls_max_tokens: 400,
    },
    invocation_params: { model: "QwQ-32B", temperature: 0.3, max_tokens: 400 },
  });
  const [[generation]] = model!.outputs!["generations"] as [[{ message: { usage_metadata: unknown } }]];
  expect(generation.message.usage_metadata).toMatchObject({
    input_tokens: 100,
    output_tokens: 20,
    total_tokens: 120,
    input_token_details: { cache_read: 64 },
  });
  const [search] = runs.filter(({ run_type: type }) => type === "retriever");
  expect(search?.inputs).toEqual({ query: "alpha" });
  expect(search?.outputs).toMatchObject({
    documents: [{ pageContent: "All about alpha.", metadata: { url: "https://example.org/alpha" } }],
  });
});

test("a search that fails and a page that is opened are runs, too", async () => {
  const { agent } = await served(
    [
      `Look.\n${call("alpha")}`,
      `Open.\n<tool_call>\n{"action": "open_url", "action_input": {"url": "https://example.org/alpha"}}\n</tool_call>`,
      "Know.\n</think>\n\nIt is [1].",
    ],
    undefined,
    { pageReader: knownPages().reader },
  );
  const tracer = new Recorded();
  await agent.invoke({ question: "Q?" }, { ...thread(), callbacks: [tracer], context: { maxPages: 1 } });
  const page = all(tracer.root!).find(({ run_type: type }) => type === "tool");
  expect([page?.name, page?.inputs]).toEqual(["open_url", { input: '{"url":"https://example.org/alpha"}' }]);
  expect(page?.outputs ?? page?.error).toBeDefined();
});

test("what LangSmith is sent has names and types, and no key", async () => {
  const bodies: string[] = [];
  const sink = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      bodies.push(
        (request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString("utf8"),
      );
      response.setHeader("content-type", "application/json");
      response.end(
        request.url === "/info" ? JSON.stringify({ version: "0.1", batch_ingest_config: {} }) : "{}",
      );
    })();
  });
  sink.listen(0, "127.0.0.1");
  await once(sink, "listening");
  onTestFinished(() => void sink.close());
  const apiUrl = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  const client = new Client({ apiUrl, apiKey: "ls-canary-key" });
  const { agent } = await served(SAID);
  await agent.invoke({ question: "Q?" }, { ...thread(), callbacks: [new LangChainTracer({ client })] });
  await client.awaitPendingTraceBatches();
  const sent = bodies.join("\n");
  for (const named of [
    "QwQ-32B",
    "tavily",
    '"run_type":"retriever"',
    '"run_type":"llm"',
    "usage_metadata",
    "ls_model_name",
  ])
    expect(sent).toContain(named);
  for (const key of ["tvly-test", "ls-canary-key"]) expect(sent).not.toContain(key);
});
