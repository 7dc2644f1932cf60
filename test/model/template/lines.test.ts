import { readFileSync } from "node:fs";
import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import type { RunState } from "../../../src/graph/state.ts";
import { lineOf, MODEL_LINES } from "../../../src/model/template/lines.ts";
import { splicedFor } from "../../../src/model/template/spliced-turn.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { FIXED, pagesEngine, thread } from "../../graph/agent.ts";
import { startEngineServer } from "../../servers/completions-engine.ts";
import { table } from "../../markdown-table.ts";
import { startEndpoint } from "../../servers/endpoint.ts";
import { holdSecond, saidBy } from "./lines/conversation.ts";
import { fixtureOf, GOLDEN_LINES, type GoldenLine } from "./lines/table.ts";

const CALL = '\n{"name": "web_search", "arguments": {"query": "it"}}\n';

const fixtureSchema = z.strictObject({
  template: z.string(),
  source: z.string(),
  sha256: z.string().length(64),
  prompt: z.string(),
  answered: z.string(),
});

/** The second question of a conversation, over a server that tells no template: the model's name says which line it is. */
async function held(line: GoldenLine) {
  const prompts: string[] = [];
  const stops: (readonly string[] | undefined)[] = [];
  const said = saidBy(line);
  const { url } = await startEndpoint({
    completions: ({ prompt, stop }) => {
      prompts.push(prompt);
      stops.push(stop);
      return { text: said[prompts.length - 1] ?? "" };
    },
  });
  const model = createCompletionsModel({
    baseUrl: url,
    modelName: line.model,
    dialect: "generic",
    maxRetries: 0,
  });
  return { state: await holdSecond(model), prompts, stops, said };
}

/** What the template wrote, with the differences that the table names put right. */
function mended(theirs: string, { differences }: GoldenLine, which: "all" | "once" = "all"): string {
  return differences.reduce((text, { theirs: wrong, ours }) => {
    if (wrong === null) return which === "all" ? text + ours : text;
    expect(text.split(wrong)).toHaveLength(2);
    return text.replace(wrong, ours);
  }, theirs);
}

const rows = await Promise.all(
  GOLDEN_LINES.map(async (line) => ({
    line,
    theirs: fixtureSchema.parse(JSON.parse(readFileSync(fixtureOf(line), "utf8"))),
  })),
);

describe.each(rows)("the prompts of $line.model", ({ line, theirs }) => {
  test("grow byte for byte into what its own template makes of the conversation", async () => {
    const { state, prompts, stops, said } = await held(line);
    expect(state).toMatchObject({ stopReason: "answered", searches: 2, repairs: 1 });
    expect(state.answer).toBe("It is so [[1]](https://example.org/what%20is%20told).");
    for (const [at, prompt] of prompts.entries()) {
      const before = `${prompts[at - 1] ?? ""}${said[at - 1] ?? ""}`;
      expect(prompt.slice(0, before.length)).toBe(before);
    }
    expect(stops).toEqual(said.map(() => ["</tool_call>", "<tool_response>", ...line.stops]));
    expect(prompts.at(-1)).toBe(mended(theirs.prompt, line));
    const [whole, expected] =
      line.drops === true
        ? [prompts.at(-1), mended(theirs.prompt, line)]
        : [`${prompts.at(-1)}${said.at(-1)}${line.end}`, mended(theirs.answered, line, "once")];
    expect(whole).toBe(expected);
    expect(state.transcript.filter(({ origin }) => origin === "model").map(({ text }) => text)).toEqual(said);
  });
});

test("a run that is resumed elsewhere goes on from the ids of the same prompt, and what the model wrote alone has ids", async () => {
  const said = [
    ["Hm.\n", "</think>", "\n\n", "<tool_call>", CALL, "</tool_call>"],
    ["So.\n", "</think>", "\n\n", "It is [1].", "<|im_end|>"],
  ];
  const server = await startEngineServer({ dialect: "vllm", replies: said });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const checkpointer = new MemorySaver();
  const open = () => {
    const model = createCompletionsModel({ baseUrl: server.url, modelName: "Qwen/Qwen3-32B", maxRetries: 0 });
    return createAgenticRag({ protocol: qwq, model, engine: pagesEngine(), ...FIXED }, { checkpointer });
  };
  await open().invoke({ question: "What is it?" }, { ...thread(), interruptBefore: ["web-search"] });
  expect(server.completions).toHaveLength(1);
  await open().invoke(null, thread());
  const { values } = await open().getState(thread());
  const { transcript, answer, usage } = values as RunState;
  expect(answer).toBe("It is [[1]](https://example.org/it).");
  expect(usage.tokenPrompts).toBe(1);
  const kept = said.map((pieces) => pieces.filter((piece) => piece !== "<|im_end|>"));
  expect(transcript.map(({ origin, text, tokenIds }) => [origin, text, tokenIds])).toEqual([
    ["runtime", "<think>\n", undefined],
    ["model", kept[0]?.join(""), kept[0]?.map(server.idOf)],
    ["search", expect.stringMatching(/^\n<tool_response>\n[^]*\n<\/tool_response>\n$/), undefined],
    ["runtime", "<think>\n", undefined],
    ["model", kept[1]?.join(""), kept[1]?.map(server.idOf)],
  ]);
  const [first, second] = server.completions.map(({ body }) => body["prompt"]);
  const ids = [...(typeof first === "string" ? spelled(first) : []), ...(kept[0] ?? [])].map(server.idOf);
  const body = transcript[2]?.text.slice("\n<tool_response>\n".length, -"\n</tool_response>\n".length) ?? "";
  const spliced = `<|im_end|>\n<|im_start|>user\n<tool_response>\n${body}\n</tool_response><|im_end|>\n<|im_start|>assistant\n<think>\n`;
  expect(second).toEqual([...ids, ...spelled(spliced).map(server.idOf)]);
});

/** As the engine spells a text. */
function spelled(text: string): readonly string[] {
  return text.match(/<\/?\w+>|<\|\w+\|>|[^]/gu) ?? [];
}

test("each turn that grows extends what was written of it, whatever the runtime adds", () => {
  const { spliceTags: tags } = qwq;
  if (tags === undefined) throw new Error("the protocol splices");
  const response = `${tags.open}found${tags.close}`;
  const turn = [
    ["runtime", tags.think],
    ["model", "I look.<tool_call>x"],
    ["runtime", "</tool_call>"],
    ["runtime", response],
    ["model", "I think"],
    ["runtime", qwq.nudge("<think>\nI think", "undecided")],
    ["model", "on.\n</think>\n\n<tool_call>y</tool_call>"],
    ["search", response],
    ["runtime", tags.think],
    ["model", "Hm"],
    ["runtime", qwq.nudge("<think>\nHm", "time")],
    ["model", "It is."],
  ] as const;
  for (const { name } of MODEL_LINES) {
    const texts = turn.map((_, at) => {
      const pieces = turn.slice(0, at + 1).map(([origin, text]) => ({ origin, text }));
      const content = pieces.map(({ text }) => text).join("");
      const { messages } = splicedFor([{ role: "assistant", content }], {
        turn: pieces,
        splice: { line: name, tags },
      });
      return messages[0]?.content ?? "";
    });
    for (const [at, text] of texts.entries()) expect(text.startsWith(texts[at - 1] ?? "")).toBe(true);
    expect(texts.at(-1)?.split("found")).toHaveLength(3);
    expect(texts.at(-1)?.endsWith("It is.")).toBe(true);
  }
  const asked = { messages: [{ role: "assistant", content: "Hm" }], turn: [], stop: [tags.turnEnd] } as const;
  expect(splicedFor(asked.messages, asked)).toEqual(asked);
});

test.each([
  ["Qwen/QwQ-32B", undefined],
  ["some-model", undefined],
  ["deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", undefined],
  ["Qwen/Qwen3-Coder-30B-A3B-Instruct", undefined],
  ["qwen3.6:27b", "qwen3"],
  ["Alibaba-NLP/Tongyi-DeepResearch-30B-A3B", "qwen3"],
  ["miromind-ai/MiroThinker-1.7-30B", "mirothinker"],
  ["stepfun-ai/Step-3.7-Flash", "step-3.5"],
  ["zai-org/GLM-4.5-Air", "glm-4.5"],
  ["zai-org/GLM-5.1", "glm-4.7"],
  ["deepseek-ai/DeepSeek-V3.2-Exp", "deepseek-v3.1"],
  ["deepseek-v4-flash", "deepseek-v4"],
  ["moonshotai/Kimi-K2-Instruct", undefined],
  ["moonshotai/Kimi-K2.6", "kimi-k2"],
  ["MiniMaxAI/MiniMax-M2.5", "minimax-m2"],
  ["gpt-oss:20b", "harmony"],
])("%s is of the line %s", (name, line) => {
  expect(lineOf({ name })?.name).toBe(line);
});

test("MiroThinker is told by its template, whatever it is called, before Qwen's, which it was made of", () => {
  const template = String.raw`<|im_start|>user <use_mcp_tool> reasoning_content \n</tool_response>`;
  expect(lineOf({ name: "a-model", template })?.name).toBe("mirothinker");
});

test("what was compared is the table in the documents", async () => {
  const cells = rows.map(({ line, theirs }) => {
    const compared = line.drops === true ? theirs.prompt : theirs.answered;
    const words = [
      ...line.differences.map((difference) => difference.words),
      ...(line.drops === true
        ? ["the template drops the thoughts once it is answered: compared up to there"]
        : []),
    ];
    return [
      `\`${line.line}\``,
      line.model,
      `\`${line.template}\``,
      `\`${theirs.sha256.slice(0, 12)}\``,
      String(Buffer.byteLength(compared)),
      words.length === 0 ? "none" : words.join("; "),
    ];
  });
  const sources = [...new Set(rows.map(({ theirs }) => theirs.source))].join(" and, for MiroThinker, ");
  const page = `# Lines of models, and how each is shown its results

QwQ takes the results of a search within its turn. Later lines were trained to end the turn with the call, to get the results in a turn
of their own, and to think anew. Over raw completions (\`completions\`, \`gguf\`) that is the same thing: the runtime writes text, control
tokens included, and each prompt extends the last byte for byte. The transcript is the same for all families: it holds the
protocol's text, who wrote which piece, and the token ids of what the model wrote; the line's own tokens are written when a prompt
is made, from the runtime's pieces alone. What comes from outside can hold none of them.

The line is told by the model's chat template or, where a server tells none, by its name, and is kept with the opened question
(\`opening.model.line\`), so that another process goes on alike. Where no template is told, the turns before are written as the line
does, too. QwQ, all models that are not known, \`chat-prefix\` and \`native-tools\` have none.

A conversation with a question before it, two searches and a call that had to be repaired, as it was sent, against what the
model's own chat template makes of the same messages (${sources}; thinking on, no token that begins a prompt, which is the server's).
\`npm run render:templates -- FOLDER SOURCE\` renders them again. This table is written by \`test/model/template/lines.test.ts\`.

${table([["line", "model", "template", "SHA-256", "bytes compared", "differences"], ...cells])}

Several queries of one call are answered in one result, where a template would write one for each. A model that calls within its
thought is not made to end it first. Servers have to show control tokens where a line writes its calls with them (\`kimi-k2\`,
\`deepseek-v3.1\`, \`harmony\`): vLLM and SGLang do so where they tell ids, llama.cpp with \`--special\`.
`;
  await expect(page).toMatchFileSnapshot("../../../docs/model-lines.md");
});
