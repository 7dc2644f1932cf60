import { expect, test } from "vitest";
import { sayThinkingKept } from "../../../src/model/probe/reasoning-back.ts";
import { doctor } from "../../cli/doctor/run.ts";
import { json } from "../../servers/completions.ts";
import { startEndpoint, type EndpointOptions } from "../../servers/endpoint.ts";
import { probe } from "./ask.ts";

type Body = Readonly<Record<string, unknown>>;

/** Whether a template reads the thinking of earlier questions with these fields of a request. */
type Keeps = (body: Body) => boolean;

/** A chat that reads reasoning within a question, of earlier ones as told, and counts what it reads. */
function chatThat(keeps: Keeps, { field = "reasoning_content", strict = false } = {}): EndpointOptions {
  return {
    completions: "missing",
    chat(request, _goesOn, anew) {
      const { messages, tools } = request;
      const back = messages.filter(({ role }) => role === "assistant");
      if (back.length === 0 || messages.every(({ role }) => role !== "tool")) {
        return tools === undefined
          ? { text: anew }
          : { reasoning: "Hm.", reasoningField: field, calls: [{ arguments: '{"query":"Rome"}' }] };
      }
      if (strict && back.some((message) => typeof message[field] !== "string")) {
        return { status: 400, ...json({ error: { message: `${field} must be passed back` } }) };
      }
      const last = messages.findLastIndex(({ role }) => role === "user");
      const read = messages
        .filter((_, at) => at > last || keeps(request))
        .map((one) => JSON.stringify(one[field] ?? ""));
      const prompt_tokens = 100 + Math.ceil(read.join("").length / 3);
      return { text: "It", usage: { prompt_tokens, completion_tokens: 1, total_tokens: prompt_tokens + 1 } };
    },
  } as EndpointOptions;
}

const switched =
  (group: string, name: string, value: boolean): Keeps =>
  (body) =>
    ((body[group] ?? {}) as Body)[name] === value;

const PRESERVE = switched("chat_template_kwargs", "preserve_thinking", true);
const THINKS: Keeps = (body) => PRESERVE(body) && switched("chat_template_kwargs", "thinking", true)(body);

test.each([
  ["vllm", () => true, "kept"],
  ["vllm", () => false, "dropped"],
  ["vllm", PRESERVE, "preserve_thinking"],
  ["llamacpp", PRESERVE, "preserve_thinking"],
  ["sglang", switched("chat_template_kwargs", "clear_thinking", false), "clear_thinking"],
  ["zai", switched("thinking", "clear_thinking", false), "clear_thinking"],
  // it has no such switch, so that none is tried
  ["deepseek", PRESERVE, "dropped"],
] as const)("%s: %s thinking of earlier questions: %s", async (dialect, keeps, expected) => {
  const { report } = await probe(chatThat(keeps), { dialect });
  expect(report.chat.thinkingKept).toBe(expected);
});

test.each([{ field: "reasoning" }, { strict: true }])("under the name that it reads: %o", async (how) => {
  expect((await probe(chatThat(() => true, how))).report.chat.thinkingKept).toBe("kept");
});

test("what the settings say of templates goes along", async () => {
  const { report } = await probe(chatThat(THINKS), { dialect: "vllm", reasoning: "on" });
  expect(report.chat.thinkingKept).toBe("preserve_thinking");
});

test("doctor says it, and probe shows it", async () => {
  const endpoint = await startEndpoint(chatThat(PRESERVE));
  const { out } = await doctor({
    AGENTIC_RAG_MODEL_URL: endpoint.url,
    AGENTIC_RAG_MODEL: "Qwen3.6-27B",
    AGENTIC_RAG_MODEL_DIALECT: "vllm",
  });
  expect(out).toContain(
    "The server leaves the thinking of earlier questions out, and reads it with preserve_thinking: true.",
  );
});

test.each([
  ["kept", "The server reads the thinking of earlier questions, too."],
  ["dropped", "The server leaves the thinking of earlier questions out."],
  [
    "clear_thinking",
    "The server leaves the thinking of earlier questions out, and reads it with clear_thinking: false.",
  ],
  ["unclear", undefined],
] as const)("%s is said as: %s", (kept, words) => {
  expect(sayThinkingKept(kept)).toBe(words);
});
