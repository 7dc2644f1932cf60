import { expect, onTestFinished, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { createStage } from "../../cli/surroundings.ts";
import { json, type PlainReply } from "../../servers/completions.ts";
import { startEndpoint } from "../../servers/endpoint.ts";
import { tokensOf } from "../../servers/ollama.ts";
import { startTavilyServer } from "../../servers/tavily.ts";
import { call } from "../agent.ts";

const FAMILIES = ["completions", "chat-prefix", "native-tools"] as const;
const WINDOW = 4_096;

/** Five sources of about 1,000 tokens, each line of which can be told from all others. */
async function startPages() {
  const tavily = await startTavilyServer((query) =>
    [1, 2, 3, 4, 5].map((at) => ({
      title: `About ${query}`,
      url: `https://example.org/${query}/${at}`,
      content: Array.from(
        { length: 95 },
        (_, line) => `Line ${line} of ${query} ${at}, its words differ.`,
      ).join("\n"),
    })),
  );
  onTestFinished(() => tavily.close());
  return tavily;
}

/** vLLM with a short window: it tells that, and refuses where a prompt and the wish for a reply do not fit into it. */
async function startShort() {
  const sizes: number[] = [];
  let refused = 0;
  const answered = (body: Readonly<Record<string, unknown>>): PlainReply | undefined => {
    const { prompt, messages, tools, max_tokens: wish } = body;
    const tokens = tokensOf(typeof prompt === "string" ? prompt : JSON.stringify([messages, tools]));
    sizes.push(tokens);
    if (tokens + Number(wish) <= WINDOW) return undefined;
    refused += 1;
    const message = `max_tokens=${String(wish)} cannot be greater than max_model_len=${WINDOW} - ${tokens}.`;
    return { status: 400, ...json({ error: { message, type: "BadRequestError" } }) };
  };
  const usage = () => ({ prompt_tokens: sizes.at(-1) ?? 0, completion_tokens: 40 });
  const said = (): string => (sizes.length === 1 ? call("a") : "Ok.\n</think>\n\nFound [1].");
  const endpoint = await startEndpoint({
    facts: { "/v1/models": { data: [{ id: "qwq", owned_by: "vllm", max_model_len: WINDOW }] } },
    completions: (body) => answered(body) ?? { text: said(), usage: usage() },
    chat(body) {
      const refusal = answered(body);
      if (refusal !== undefined) return refusal;
      if (body["tools"] === undefined) return { text: said(), usage: usage() };
      const first = { calls: [{ arguments: '{"query": "a"}' }], usage: usage() };
      return sizes.length === 1 ? first : { text: "Found [1].", usage: usage() };
    },
  });
  return { endpoint, sizes, refused: () => refused };
}

test.each(FAMILIES)(
  "%s in a window of 4,096 tokens: five sources of 1,000 are fitted to it, nothing is refused, and the person is told",
  async (family) => {
    const [pages, model] = await Promise.all([startPages(), startShort()]);
    const environment = {
      AGENTIC_RAG_MODEL_URL: model.endpoint.url,
      AGENTIC_RAG_MODEL: "qwq",
      AGENTIC_RAG_MODEL_FAMILY: family,
      AGENTIC_RAG_MODEL_DIALECT: "vllm",
      AGENTIC_RAG_ENGINE: "tavily",
      TAVILY_API_KEY: "tvly-key",
      TAVILY_BASE_URL: pages.url,
    };
    const stage = createStage({ environment });
    expect(await runProgram(["ask", "Q?"], stage.surroundings)).toBe(0);
    expect(stage.out()).toContain("Found [1]");
    expect(model.refused()).toBe(0);
    // a quarter stays for the reply, and what the tools take is not known to the byte
    expect(model.sizes).toHaveLength(2);
    const [, after = 0] = model.sizes;
    expect(after).toBeLessThanOrEqual(WINDOW * 0.8);
    expect(after).toBeGreaterThan(WINDOW * 0.4);
    const [, sent] = model.endpoint.requests.filter(({ route }) => route.endsWith("completions"));
    expect(JSON.stringify(sent?.body)).toContain("Line 79 of a 1,");
    expect(JSON.stringify(sent?.body)).not.toContain("Line 94 of a 5,");
    expect(stage.err()).toMatch(
      /The model's context of 4,096 tokens is full: [\d.]+ kB of what was found does not fit\. For a longer one see: agentic-rag doctor/,
    );
  },
);
