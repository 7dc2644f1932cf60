import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { LangChainInstrumentation } from "@arizeai/openinference-instrumentation-langchain";
import * as callbacks from "@langchain/core/callbacks/manager";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { call, served } from "../agent.ts";

const simple = z.union([z.string(), z.number()]).catch("");
const attribute = z.object({
  key: z.string(),
  value: z.record(z.string(), z.unknown()).transform((value) => simple.parse(Object.values(value)[0])),
});
const span = z.object({
  name: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  startTimeUnixNano: z.string(),
  attributes: z
    .array(attribute)
    .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, value]))),
});
const sentSchema = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});

type Span = z.infer<typeof span>;

/** An OTLP collector on the loopback: all that it was sent, headers included. */
async function startCollector() {
  const bodies: string[] = [];
  const heard: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const packed = request.headers["content-encoding"] === "gzip";
      const body = await text(packed ? request.pipe(createGunzip()) : request);
      bodies.push(body);
      heard.push(JSON.stringify(request.headers) + body);
      response.setHeader("content-type", "application/json").end("{}");
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    heard,
    spans: (): readonly Span[] =>
      bodies.flatMap((body) =>
        sentSchema
          .parse(JSON.parse(body))
          .resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
  };
}

function treeOf(spans: readonly Span[], of: Span, depth = 0): readonly string[] {
  const { attributes: told } = of;
  const tokens = told["llm.token_count.total"];
  const line = [
    "  ".repeat(depth) + of.name,
    String(told["openinference.span.kind"]),
    ...(tokens === undefined ? [] : [`${String(told["llm.model_name"])}: ${String(tokens)} tokens`]),
    ...(told["openinference.span.kind"] === "RETRIEVER" ? [String(told["input.value"])] : []),
  ].join(" | ");
  const children = spans
    .filter(({ parentSpanId }) => parentSpanId === of.spanId)
    .sort((one, other) => Number(BigInt(one.startTimeUnixNano) - BigInt(other.startTimeUnixNano)));
  return [line, ...children.flatMap((child) => treeOf(spans, child, depth + 1))];
}

test("OpenInference's spans over OTLP: kinds, names, tokens, documents, and no key", async () => {
  const collector = await startCollector();
  const provider = new NodeTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter({ url: collector.url }))],
  });
  const instrumentation = new LangChainInstrumentation({ tracerProvider: provider });
  instrumentation.manuallyInstrument(callbacks);
  onTestFinished(async () => {
    instrumentation.disable();
    await provider.shutdown();
  });
  const usage = { prompt_tokens: 100, completion_tokens: 20, prompt_tokens_details: { cached_tokens: 64 } };
  const { agent } = await served([
    { text: `Look.\n${call("alpha")}`, usage },
    { text: `More.\n${call("beta")}`, usage },
    { text: "Know.\n</think>\n\nIt is so [1].", usage },
  ]);
  await agent.invoke({ question: "Q?" }, { configurable: { thread_id: "1" } });
  await provider.forceFlush();
  const spans = collector.spans();
  const [root] = spans.filter(({ parentSpanId }) => !parentSpanId);
  const lines = treeOf(spans, root!).filter((line) => !/RunnableLambda|__start__/.test(line));
  const asked = "    QwQ-32B | LLM | QwQ-32B: 120 tokens";
  expect(lines).toEqual([
    "agentic-rag | CHAIN",
    "  generate | CHAIN",
    asked,
    "  parse-tool-call | CHAIN",
    "  web-search | CHAIN",
    "    tavily | RETRIEVER | alpha",
    "  generate | CHAIN",
    asked,
    "  parse-tool-call | CHAIN",
    "  web-search | CHAIN",
    "    tavily | RETRIEVER | beta",
    "  generate | CHAIN",
    asked,
    "  finalize | CHAIN",
  ]);
  const told = (kind: string): Span["attributes"] =>
    spans.find(({ attributes }) => attributes["openinference.span.kind"] === kind)!.attributes;
  expect(told("LLM")).toMatchObject({
    "llm.token_count.prompt": 100,
    "llm.token_count.completion": 20,
    "llm.token_count.prompt_details.cache_read": 64,
  });
  expect(told("RETRIEVER")["retrieval.documents.0.document.content"]).toBe("All about alpha.");
  expect(collector.heard.join("")).not.toContain("tvly-test");
});
