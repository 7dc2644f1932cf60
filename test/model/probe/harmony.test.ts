import { expect, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import type { ChatReply, ChatRequestBody } from "../../servers/chat-wire.ts";
import { json, type PlainReply } from "../../servers/completions.ts";
import { startEndpoint, type Endpoint } from "../../servers/endpoint.ts";
import { startTavilyServer } from "../../servers/tavily.ts";
import { createStage } from "../../cli/surroundings.ts";
import { temporaryFolder } from "../../cli/temporary-folder.ts";

const NAME = "openai/gpt-oss-20b";
/** The same model by a name that says nothing. */
const UNKNOWN = "acme/thinker-20b";
const CALL: ChatReply = {
  reasoning: "The user wants the mayor. I search.",
  calls: [{ arguments: '{"query":"mayor of Trier"}' }],
};

/** vLLM with gpt-oss: its chat renders harmony anew from the messages, whatever the flags say, and calls tools. */
function chatOf(request: ChatRequestBody): ChatReply | PlainReply {
  const { add_generation_prompt: opens = true, continue_final_message: continues, messages, tools } = request;
  if (opens === true && continues === true) {
    const message = "Cannot set both `continue_final_message` and `add_generation_prompt` to True.";
    return { status: 400, ...json({ error: { message, type: "BadRequestError", param: null, code: 400 } }) };
  }
  if (messages.at(-1)?.role === "tool")
    return { reasoning: "It is found.", text: "It is Wolfram Leibe [1]." };
  if (tools !== undefined) return CALL;
  return { reasoning: "The user wants a list.", text: "Monday, Tuesday" };
}

/** Raw text in a template that the model was not trained on comes back as its own channels. */
async function gptOss(chat: typeof chatOf | "missing" = chatOf): Promise<Endpoint> {
  return startEndpoint({
    facts: {
      "/v1/models": { data: [NAME, UNKNOWN].map((id) => ({ id, owned_by: "vllm", max_model_len: 131_072 })) },
    },
    completions: ({ prompt }, goesOn) => ({
      text:
        typeof prompt === "string" && prompt.includes("<|im_start|>")
          ? "<|channel|>analysis<|message|>We need the mayor.<|end|>"
          : goesOn,
    }),
    chat,
  });
}

async function asked(endpoint: Endpoint, more: Readonly<Record<string, string>> = {}, ...args: string[]) {
  await using tavily = await startTavilyServer(() => [
    { title: "Trier", url: "https://example.org/trier", content: "Its mayor is Wolfram Leibe." },
  ]);
  const stage = createStage({
    environment: {
      HOME: await temporaryFolder(),
      AGENTIC_RAG_MODEL_URL: endpoint.url,
      AGENTIC_RAG_MODEL: NAME,
      AGENTIC_RAG_ENGINE: "tavily",
      TAVILY_API_KEY: "tvly-test",
      TAVILY_BASE_URL: tavily.url,
      ...more,
    },
  });
  const exitCode = await runProgram([...args, "Who is the mayor of Trier?"], stage.surroundings);
  return { exitCode, out: stage.out(), err: stage.err() };
}

const REASON =
  "/chat/completions called the tool that it was offered, and the chat template of raw completions is told by the model's name alone.";

test("tools that were seen to work are taken before a template that is only assumed, and the result says why", async () => {
  const endpoint = await gptOss();
  const { exitCode, out } = await asked(endpoint, {}, "--json");
  expect(JSON.parse(out)).toMatchObject({
    answered: true,
    answer: "It is Wolfram Leibe [[1]](https://example.org/trier).",
    searches: 1,
    model: { family: "native-tools", name: NAME, dialect: "vllm", continues: "replayed", reason: REASON },
  });
  expect(exitCode).toBe(0);
});

test("the choice and its reason are on the screen, without a warning", async () => {
  const { err } = await asked(await gptOss());
  expect(err).toContain(`Its turn is replayed as messages (native-tools, vllm). ${REASON}\n`);
  expect(err).not.toContain("assumed");
});

test("a name that says nothing leaves the template open, and the reason says so", async () => {
  const { err } = await asked(await gptOss(), { AGENTIC_RAG_MODEL: UNKNOWN });
  expect(err).toContain("and which chat template raw completions would need is not known.\n");
});

test("a protocol that cannot be spoken over tools has raw completions, with the warning on the screen", async () => {
  const settings = { AGENTIC_RAG_PROTOCOL: "search-r1", AGENTIC_RAG_MODEL: UNKNOWN };
  const { err } = await asked(await gptOss(), settings);
  expect(err).toContain(
    "Its turn is continued as raw text (completions, vllm). vllm continues raw text.\n" +
      `ChatML is assumed, for the name "${UNKNOWN}" does not say which chat template the model was trained on. `,
  );
});

test("so has a server without a chat, and the result says that the template is assumed", async () => {
  const endpoint = await gptOss("missing");
  const unknown = { AGENTIC_RAG_MODEL: UNKNOWN };
  expect(JSON.parse((await asked(endpoint, unknown, "--json")).out)).toMatchObject({
    model: { family: "completions", reason: "vllm continues raw text.", assumedTemplate: true },
  });
  const set = await asked(endpoint, { ...unknown, AGENTIC_RAG_MODEL_FAMILY: "completions" });
  expect(set.err).toContain(`ChatML is assumed, for the name "${UNKNOWN}"`);
  const told = await asked(endpoint, { ...unknown, AGENTIC_RAG_CHAT_TEMPLATE: "chatml" });
  expect(told.err).not.toContain("assumed");
});

test("a name that says the line has that line's template, and nothing is assumed", async () => {
  const endpoint = await gptOss("missing");
  const { out, err } = await asked(endpoint, {}, "--json");
  expect(JSON.parse(out)).toMatchObject({
    model: { family: "completions", name: NAME, line: { name: "harmony", rethinks: true } },
  });
  expect(err).not.toContain("assumed");
  const prompts = endpoint.requests
    .map(({ body }) => body?.["prompt"])
    .filter((one) => typeof one === "string");
  expect(prompts.at(-1)).toMatch(/^<\|start\|>system<\|message\|>You are ChatGPT/);
});
