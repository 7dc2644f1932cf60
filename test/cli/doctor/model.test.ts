import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { json } from "../../servers/completions.ts";
import { startEndpoint, type EndpointOptions } from "../../servers/endpoint.ts";
import { doctor } from "./run.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const OTHER = { "/v1/models": { data: [{ id: "other" }] } };

async function model(options: EndpointOptions, environment: Readonly<Record<string, string>> = {}) {
  const endpoint = await startEndpoint(options);
  const settings = { AGENTIC_RAG_MODEL_URL: endpoint.url, AGENTIC_RAG_MODEL: "QwQ-32B", ...environment };
  const { exitCode, out } = await doctor({ ...settings, AGENTIC_RAG_MODEL_API_KEY: "sk-very-secret" });
  expect(out).not.toContain("sk-very-secret");
  const lines = out.split("\n").filter((line) => /^\w+ +model/.test(line));
  return { exitCode, lines, endpoint };
}

test("a server without a list of models is asked all the same", async () => {
  const { exitCode, lines } = await model({});
  expect(lines).toMatchInlineSnapshot(`
    [
      "warning  model list: The name QwQ-32B is not checked: The model server at http://127.0.0.1:1/v1 has no /models there (404). Check the base URL (it mostly ends in /v1).",
      "ok       model family: completions over generic: /completions was seen to continue raw text. It goes without token ids: the turn is tokenised anew at each step; without counts of cache hits. To have it so without probing: AGENTIC_RAG_MODEL_FAMILY=completions, AGENTIC_RAG_MODEL_DIALECT=generic.",
      "ok       model: QwQ-32B at http://127.0.0.1:1/v1 answered in 0.1 s",
    ]
  `);
  expect(exitCode).toBe(0);
});

test("a name that is not in the list is a warning while the model answers to it", async () => {
  const { exitCode, lines } = await model({ facts: OTHER });
  expect(lines).toMatchInlineSnapshot(`
    [
      "warning  model list: QwQ-32B is not in the list of http://127.0.0.1:1/v1/models. Set AGENTIC_RAG_MODEL to one of: other.",
      "ok       model family: completions over generic: /completions was seen to continue raw text. It goes without token ids: the turn is tokenised anew at each step; without counts of cache hits. To have it so without probing: AGENTIC_RAG_MODEL_FAMILY=completions, AGENTIC_RAG_MODEL_DIALECT=generic.",
      "ok       model: QwQ-32B at http://127.0.0.1:1/v1 answered in 0.1 s",
    ]
  `);
  expect(exitCode).toBe(0);
});

test("a name that the server does not have", async () => {
  const { exitCode, lines } = await model({
    facts: OTHER,
    chat: "missing",
    completions: { status: 404, ...json({ error: { message: "The model `QwQ-32B` does not exist." } }) },
  });
  expect(lines).toMatchInlineSnapshot(`
    [
      "warning  model list: QwQ-32B is not in the list of http://127.0.0.1:1/v1/models. Set AGENTIC_RAG_MODEL to one of: other.",
      "failed   model family: The model server at http://127.0.0.1:1/v1 has neither /completions (404: The model \`QwQ-32B\` does not exist.) nor /chat/completions (404: Not Found) for the model "QwQ-32B". Check AGENTIC_RAG_MODEL_URL (it mostly ends in /v1) and AGENTIC_RAG_MODEL.",
    ]
  `);
  expect(exitCode).toBe(1);
});

test("a key that is refused", async () => {
  const refused = { status: 401, ...json({ error: { message: "bad key sk-very-secret" } }) };
  const { exitCode, lines } = await model({ completions: refused });
  expect(lines).toMatchInlineSnapshot(`
    [
      "warning  model list: The name QwQ-32B is not checked: The model server at http://127.0.0.1:1/v1 has no /models there (404). Check the base URL (it mostly ends in /v1).",
      "failed   model: The model server at http://127.0.0.1:1/v1 refused the key (401). Set AGENTIC_RAG_MODEL_API_KEY to a valid one.",
    ]
  `);
  expect(exitCode).toBe(1);
});

test("an address without completions", async () => {
  const { exitCode, lines } = await model({ completions: "missing", chat: "missing" });
  expect(lines).toMatchInlineSnapshot(`
    [
      "warning  model list: The name QwQ-32B is not checked: The model server at http://127.0.0.1:1/v1 has no /models there (404). Check the base URL (it mostly ends in /v1).",
      "failed   model family: The model server at http://127.0.0.1:1/v1 has neither /completions (404: Not Found) nor /chat/completions (404: Not Found) for the model "QwQ-32B". Check AGENTIC_RAG_MODEL_URL (it mostly ends in /v1) and AGENTIC_RAG_MODEL.",
    ]
  `);
  expect(exitCode).toBe(1);
});

test("an address that is a web page", async () => {
  const page = {
    headers: { "content-type": "text/html" },
    body: "<html><title>Welcome \u001B[31m</title><body>It works</body></html>",
  };
  const { exitCode, lines } = await model({ completions: page, chat: page });
  expect(lines).toMatchInlineSnapshot(`
    [
      "warning  model list: The name QwQ-32B is not checked: The model server at http://127.0.0.1:1/v1 has no /models there (404). Check the base URL (it mostly ends in /v1).",
      "failed   model family: The model server at http://127.0.0.1:1/v1 has neither /completions (no completion, but <html><title>Welcome [31m</title><body>It works</body></html>) nor /chat/completions (no completion, but <html><title>Welcome [31m</title><body>It works</body></html>) for the model "QwQ-32B". Check AGENTIC_RAG_MODEL_URL (it mostly ends in /v1) and AGENTIC_RAG_MODEL.",
    ]
  `);
  expect(exitCode).toBe(1);
});

test.each([
  ["vllm", "vllm", " (vLLM tells them with --enable-prompt-tokens-details)"],
  ["sglang", "sglang", " (SGLang tells them with --enable-cache-report)"],
])("the family over %s, what it goes without, and what to set", async (owner, dialect, advice) => {
  const facts = { "/v1/models": { data: [{ id: "QwQ-32B", owned_by: owner }] } };
  const { exitCode, lines } = await model({ facts });
  expect(lines[1]).toBe(
    `ok       model family: completions over ${dialect}: ${dialect} continues raw text. It goes without token ids: the turn is tokenised anew at each step; without counts of cache hits${advice}. To have it so without probing: AGENTIC_RAG_MODEL_FAMILY=completions, AGENTIC_RAG_MODEL_DIALECT=${dialect}.`,
  );
  expect(exitCode).toBe(0);
});

const SECOND_TURN: EndpointOptions = { completions: "missing", chat: (_, __, anew) => ({ text: anew }) };

test("a family that is set and that the server does not do fails, and says which to set", async () => {
  const chatPrefix = await model(SECOND_TURN, { AGENTIC_RAG_MODEL_FAMILY: "chat-prefix" });
  expect(chatPrefix.lines[1]).toBe(
    'failed   model family: AGENTIC_RAG_MODEL_FAMILY is chat-prefix, but /chat/completions was not seen to continue a turn (it said "Monday, Tuesday, Wednesday, Thursday, Friday,", "January, February, March, April, May, June, July"). Set AGENTIC_RAG_MODEL_FAMILY to native-tools: Nothing there was seen to continue a turn, and the chat takes tools.',
  );
  expect(chatPrefix.exitCode).toBe(1);
  const completions = await model(SECOND_TURN, { AGENTIC_RAG_MODEL_FAMILY: "completions" });
  expect(completions.lines[1]).toMatch(
    /^failed {3}model family: AGENTIC_RAG_MODEL_FAMILY is completions, but there is no \/completions \(404: Not Found\)\. Set /,
  );
});

test("a family that is set and works is well, also when another would fit better", async () => {
  const { exitCode, lines } = await model({}, { AGENTIC_RAG_MODEL_FAMILY: "native-tools" });
  expect(lines.slice(1)).toEqual([
    "ok       model family: native-tools over generic, as it is set. completions fits it better: /completions was seen to continue raw text.",
    "ok       model: QwQ-32B at http://127.0.0.1:1/v1 answered in 0.1 s",
  ]);
  expect(exitCode).toBe(0);
});

test("native tools are found, and asked", async () => {
  const { exitCode, lines } = await model(SECOND_TURN);
  expect(lines.slice(1)).toEqual([
    "ok       model family: native-tools over generic: Nothing there was seen to continue a turn, and the chat takes tools. It goes without one turn: it is replayed as messages, since nothing was seen to continue it. To have it so without probing: AGENTIC_RAG_MODEL_FAMILY=native-tools, AGENTIC_RAG_MODEL_DIALECT=generic.",
    "ok       model: QwQ-32B at http://127.0.0.1:1/v1 answered in 0.1 s",
  ]);
  expect(exitCode).toBe(0);
});

test.each([
  [
    "Llama-3.3-70B",
    { "/v1/models": { data: [{ id: "Llama-3.3-70B", owned_by: "vllm" }] } },
    {},
    'warning  chat template: ChatML is assumed, for the name "Llama-3.3-70B" does not say which chat template the model was trained on. Set AGENTIC_RAG_CHAT_TEMPLATE: to the path of its Jinja chat template, or to chatml if that is right.',
  ],
  [
    "Llama-3.3-70B",
    { "/v1/models": { data: [{ id: "Llama-3.3-70B", owned_by: "vllm" }] } },
    { AGENTIC_RAG_CHAT_TEMPLATE: "chatml" },
    "ok       chat template: chatml",
  ],
  [
    "Llama-3.3-70B",
    {
      "/v1/models": { data: [{ id: "Llama-3.3-70B", owned_by: "llamacpp" }] },
      "/props": { chat_template: "{{ messages[0].content }}" },
    },
    {},
    "ok       chat template: the server's own",
  ],
])("the chat template of raw text for %s", async (name, facts, environment, line) => {
  for (const family of ["auto", "completions"]) {
    const { out } = await doctor({
      AGENTIC_RAG_MODEL_URL: (await startEndpoint({ chat: (_, __, anew) => ({ text: anew }), facts })).url,
      AGENTIC_RAG_MODEL: name,
      AGENTIC_RAG_MODEL_FAMILY: family,
      ...environment,
    });
    expect(out.split("\n").filter((one) => one.includes("chat template:"))).toEqual([line]);
  }
});

test("a chat that continues is taken where the chat template of raw text is not known", async () => {
  const facts = { "/v1/models": { data: [{ id: "Llama-3.3-70B", owned_by: "vllm" }] } };
  const { exitCode, lines } = await model({ facts }, { AGENTIC_RAG_MODEL: "Llama-3.3-70B" });
  expect(lines[1]).toMatch(
    /^ok {7}model family: chat-prefix over vllm: \/chat\/completions was seen to continue /,
  );
  expect(lines[2]).toBe("ok       model: Llama-3.3-70B at http://127.0.0.1:1/v1 answered in 0.1 s");
  expect(exitCode).toBe(0);
});

test("a GGUF file that is not there, and one that is none", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "model.gguf"), "no model");
  const lineOf = async (file: string) => {
    const { exitCode, out } = await doctor({ AGENTIC_RAG_GGUF: file }, { folder });
    return { exitCode, line: out.replaceAll(folder, "/folder").split("\n")[2] };
  };
  expect(await lineOf("none.gguf")).toEqual({
    exitCode: 1,
    line: "failed   gguf file: /folder/none.gguf cannot be read (ENOENT). Correct AGENTIC_RAG_GGUF.",
  });
  expect(await lineOf("model.gguf")).toEqual({
    exitCode: 1,
    line: "failed   gguf file: /folder/model.gguf is no GGUF file. Correct AGENTIC_RAG_GGUF.",
  });
});

const lineOf = (out: string, name: string): string =>
  out.split("\n").find((line) => line.replace(/^\w+ +/, "").startsWith(name)) ?? "none";

async function checked(options: EndpointOptions, environment: Readonly<Record<string, string>> = {}) {
  const endpoint = await startEndpoint(options);
  const settings = { AGENTIC_RAG_MODEL_URL: endpoint.url, AGENTIC_RAG_MODEL: "QwQ-32B", ...environment };
  return doctor(settings);
}

test.each([
  ["I am a person. I am a person.", 'wrote no call in 512 tokens, but "I am a person. I am a person."'],
  ["", "wrote no call in 512 tokens, but nothing"],
])("a model that is asked to search and does not is a warning: %j", async (text, words) => {
  const { exitCode, out } = await checked({
    completions: (request, goesOn) => ({
      text: request.prompt.includes("Search the web for the weather") ? text : goesOn,
    }),
  });
  expect(lineOf(out, "trial call")).toBe(
    `warning  trial call: Asked to search, the model ${words}. Runs may end without an answer, or with one that rests on no source. Try a larger model, or one that was trained to call tools.`,
  );
  expect(exitCode).toBe(0);
});

test.each([
  [
    4_096,
    "vllm",
    "warning  context: 4,096 tokens. The results of a search may have 6,000 tokens, and with the question and an answer they do not fit: what does not is left out, which each run says. For more, start vLLM with a larger --max-model-len; for shorter results, lower AGENTIC_RAG_MAX_RESULTS.",
  ],
  [32_768, "sglang", "ok       context: 32,768 tokens"],
])("a context of %i tokens that %s tells", async (tokens, owner, line) => {
  const facts = { "/v1/models": { data: [{ id: "QwQ-32B", owned_by: owner, max_model_len: tokens }] } };
  const { exitCode, out } = await checked({ facts });
  expect(lineOf(out, "context:")).toBe(line);
  expect(exitCode).toBe(0);
});
