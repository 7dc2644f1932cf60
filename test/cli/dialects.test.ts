import { expect, test } from "vitest";
import { runProgram } from "../../src/cli/program.ts";
import { startEndpoint, type EndpointOptions } from "../servers/endpoint.ts";
import { doctor } from "./doctor/run.ts";
import { createStage } from "./surroundings.ts";

const KEY = "sk-very-secret-key";

/** A hosted chat: no raw completions, and it goes on with the last message. */
const CHAT_ONLY: EndpointOptions = {
  completions: "missing",
  chat: ({ messages, tools }, text, anew) => {
    if (text === "Hello" || tools !== undefined) return { text: "</think>\n\nYes." };
    return { text: messages.at(-1)?.role === "assistant" ? text : anew };
  },
};

const RAW: EndpointOptions = {};

const DIALECTS: readonly (readonly [dialect: string, options: EndpointOptions, family: string])[] = [
  ["vllm", RAW, "completions"],
  ["sglang", RAW, "completions"],
  ["llamacpp", RAW, "completions"],
  ["ollama", RAW, "completions"],
  ["tgi", RAW, "completions"],
  ["lmstudio", RAW, "completions"],
  ["generic", RAW, "completions"],
  ["deepseek", CHAT_ONLY, "chat-prefix"],
  ["mistral", CHAT_ONLY, "chat-prefix"],
  ["openrouter", CHAT_ONLY, "chat-prefix"],
];

test.each(DIALECTS)(
  "probe and doctor name the family of %s, and what to set",
  async (dialect, options, family) => {
    const endpoint = await startEndpoint(options);
    const environment = {
      AGENTIC_RAG_MODEL_URL: endpoint.url,
      AGENTIC_RAG_MODEL: "QwQ-32B",
      AGENTIC_RAG_MODEL_API_KEY: KEY,
      AGENTIC_RAG_MODEL_DIALECT: dialect,
    };
    const probed = createStage({ environment });
    expect(await runProgram(["probe"], probed.surroundings)).toBe(0);
    const lines = probed.out().split("\n");
    expect(lines.filter((line) => line.startsWith("Family: "))).toEqual([
      expect.stringMatching(new RegExp(`^Family: ${family}\\. `)),
    ]);
    expect(lines).toContain(`  AGENTIC_RAG_MODEL_FAMILY=${family}`);
    expect(lines).toContain(`  AGENTIC_RAG_MODEL_DIALECT=${dialect}`);

    const { out, err } = await doctor(environment);
    expect(out).toContain(`ok       model family: ${family} over ${dialect}: `);
    expect(out).toMatch(/ok {7}model: QwQ-32B at \S+ answered in 0\.1 s/);
    expect(probed.out() + probed.err() + out + err).not.toContain(KEY);
  },
);
