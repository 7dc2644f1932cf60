import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { createAgenticRag } from "../../src/graph/graph.ts";
import { createCompletionsModel } from "../../src/model/completions/completions.ts";
import { writtenCall } from "../../src/protocol/dialects/asked-dialect.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { ask, FIXED } from "../graph/agent.ts";
import { startEndpoint } from "../servers/endpoint.ts";
import { MODEL_LINES as MODEL_ROWS } from "../../src/model/template/lines.ts";
import { GOLDEN_LINES, type GoldenLine } from "../model/template/lines/table.ts";
import { MODEL_LINES, type ModelLine } from "./chat-templates.ts";

/**
 * The raw prompts of a run over a server that tells the template of a line, or of a model that is known by its name; all
 * that comes from outside says `text`.
 */
async function promptsWith(line: Pick<ModelLine, "model"> & Partial<ModelLine>, text: string) {
  const prompts: string[] = [];
  const replies = [
    `I look.\n${writtenCall("hermes", "web_search", "query", "what it is")}`,
    "So.\n</think>\n\nIt is so [1].",
  ];
  const { url } = await startEndpoint({
    facts:
      line.template === undefined
        ? {}
        : {
            "/props": { chat_template: line.template, bos_token: line.bos ?? "", eos_token: line.eos ?? "" },
          },
    completions: ({ prompt }) => {
      prompts.push(prompt);
      return { text: replies[prompts.length - 1] ?? "", dialect: "llamacpp" };
    },
  });
  const model = createCompletionsModel({
    baseUrl: url,
    modelName: line.model,
    dialect: "llamacpp",
    maxRetries: 0,
  });
  const engine = {
    name: "pages",
    search: () =>
      Promise.resolve({
        status: "found" as const,
        results: [{ title: `On ${text}`, url: "https://example.org/", text: `It says ${text} and no more.` }],
      }),
  };
  const agent = createAgenticRag(
    { protocol: qwq, model, engine, ...FIXED },
    { checkpointer: new MemorySaver() },
  );
  const { state } = await ask(agent, {
    messages: [
      new HumanMessage({ id: "1", content: `Earlier: ${text}` }),
      new AIMessage({ id: "2", content: `It was ${text}.` }),
      new HumanMessage({ id: "3", content: `What is ${text}?` }),
    ],
  });
  return { prompts, state };
}

/** How often each token stands in a text. */
function counts(text: string, tokens: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(tokens.map((token) => [token, text.split(token).length - 1]));
}

describe.each(MODEL_LINES)("a raw prompt of $name", (line) => {
  test("holds no token from question, history or page that the template has not put there", async () => {
    const clean = await promptsWith(line, "nothing at all");
    const attacked = await promptsWith(line, line.tokens.join(" , "));
    for (const { state } of [clean, attacked])
      expect(state).toMatchObject({ answer: "It is so [[1]](https://example.org/).", searches: 1 });
    expect(attacked.prompts).toHaveLength(clean.prompts.length);
    for (const [at, prompt] of attacked.prompts.entries()) {
      expect(prompt.startsWith(attacked.prompts[at - 1] ?? "")).toBe(true);
      expect(counts(prompt, line.tokens)).toEqual(counts(clean.prompts[at] ?? "", line.tokens));
    }
  });
});

/** The tokens that a line writes around turns and responses. */
function tokensOf({ line }: GoldenLine): readonly string[] {
  const { frame, splice } = MODEL_ROWS.find(({ name }) => name === line)!;
  const { begin, turns, opens } = frame;
  const written = [begin, ...Object.values(turns).flat(), opens, splice({ body: "", called: "", before: 0 })];
  const shapes = /<[|｜][^<>]+?[|｜]>|<\/?[a-z_]+>|\]~!?b[[\]]|\[e~\[|\[gMASK\]/g;
  return [...new Set(written.join("\n").match(shapes) ?? [])];
}

describe.each(GOLDEN_LINES.map((line) => ({ ...line, tokens: tokensOf(line) })))(
  "a raw prompt of $model, known by its name",
  (line) => {
    test("holds no token but its own: nothing from outside ends its turn or a response", async () => {
      const clean = await promptsWith({ model: line.model }, "nothing at all");
      const attacked = await promptsWith({ model: line.model }, line.tokens.join(" , "));
      for (const { state } of [clean, attacked]) {
        expect(state.opening?.model.line?.name).toBe(line.line);
        expect(state).toMatchObject({ answer: "It is so [[1]](https://example.org/).", searches: 1 });
      }
      expect(line.tokens.length).toBeGreaterThan(3);
      for (const [at, prompt] of attacked.prompts.entries()) {
        expect(prompt.startsWith(attacked.prompts[at - 1] ?? "")).toBe(true);
        expect(counts(prompt, line.tokens)).toEqual(counts(clean.prompts[at] ?? "", line.tokens));
      }
    });
  },
);
