import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { unusedUrl } from "../../servers/completions.ts";
import { startEndpoint, type EndpointOptions } from "../../servers/endpoint.ts";
import { createStage } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const KEY = "sk-very-secret-key";
const thoughtful: EndpointOptions["completions"] = (_, text) => ({
  text: text === "Hello" ? "</think>\n\nYes." : text,
});
const VLLM = { "/v1/models": { data: [{ id: "QwQ-32B", owned_by: "vllm" }] } };

async function probe(
  options: EndpointOptions,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
) {
  const endpoint = await startEndpoint(options);
  const stage = createStage({
    environment: { AGENTIC_RAG_MODEL_URL: endpoint.url, AGENTIC_RAG_MODEL_API_KEY: KEY, ...environment },
  });
  const exitCode = await runProgram(["probe", ...args], stage.surroundings);
  const shown = [stage.out(), stage.err()].map((text) => {
    expect(text).not.toContain(KEY);
    return text.replaceAll(endpoint.url, "http://127.0.0.1:1/v1");
  });
  return { exitCode, out: shown[0] ?? "", err: shown[1] ?? "", endpoint };
}

test("what a server does, as a table, with the verdict and what to write", async () => {
  const { exitCode, out } = await probe({ facts: VLLM, chat: (_, __, anew) => ({ text: anew }) });
  expect(out).toMatchInlineSnapshot(`
    "QwQ-32B at http://127.0.0.1:1/v1: vllm, by what it answers

                        /completions  /chat/completions
    exists              yes           yes
    continues           yes           no
    streams             yes           yes
    stop strings        left out      left out
    token counts        told          told
    cache hits          not told      not told
    token ids           not told      -
    log-probabilities   not told      -
    chat template       none          the server's
    reasoning           -             none seen
    tool calls as text  -             unclear
    tools               -             accepted

    /completions said "sday, Friday," and ", 4, 5, 6, 7, 8, 9, 10"
    /chat/completions said "Monday, Tuesday, Wednesday, Thursday, Friday," and "January, February, March, April, May, June, July"

    Family: completions. vllm continues raw text.
    Without token ids: the turn is tokenised anew at each step
    Without counts of cache hits (vLLM tells them with --enable-prompt-tokens-details)

    To write into .env (without them it is probed once a week):
      AGENTIC_RAG_MODEL_URL=http://127.0.0.1:1/v1
      AGENTIC_RAG_MODEL=QwQ-32B
      AGENTIC_RAG_MODEL_FAMILY=completions
      AGENTIC_RAG_MODEL_DIALECT=vllm
    "
  `);
  expect(exitCode).toBe(0);
});

test("a chat template that is only assumed is said, in JSON too", async () => {
  const options: EndpointOptions = {
    facts: { "/v1/models": { data: [{ id: "Llama", owned_by: "vllm" }] } },
    chat: "missing",
  };
  const warning =
    'ChatML is assumed, for the name "Llama" does not say which chat template the model was trained on. ' +
    "Set AGENTIC_RAG_CHAT_TEMPLATE: to the path of its Jinja chat template, or to chatml if that is right.";
  const { out } = await probe(options);
  expect(out).toContain(`\n${warning}\n`);
  expect(JSON.parse((await probe(options, ["--json"])).out)).toMatchObject({
    report: { chatTemplate: "assumed", completions: { logprobs: false } },
    choice: { family: "completions" },
    warning,
  });
  const set = await probe(options, [], { AGENTIC_RAG_CHAT_TEMPLATE: "chatml" });
  expect(set.out).not.toContain("assumed");
});

test("a server that cannot be used ends with 1", async () => {
  const { exitCode, out } = await probe({ completions: "missing", chat: "missing" }, ["--model", "QwQ-32B"]);
  expect(out).toMatchInlineSnapshot(`
    "QwQ-32B at http://127.0.0.1:1/v1: generic, not known as any other

                        /completions  /chat/completions
    exists              no            no
    continues           -             -
    streams             -             -
    stop strings        -             -
    token counts        -             -
    cache hits          -             -
    token ids           -             -
    log-probabilities   -             -
    chat template       -             the server's
    reasoning           -             -
    tool calls as text  -             -
    tools               -             -

    /completions: 404: Not Found
    /chat/completions: 404: Not Found

    The model server at http://127.0.0.1:1/v1 has neither /completions (404: Not Found) nor /chat/completions (404: Not Found) for the model "QwQ-32B".
    Check AGENTIC_RAG_MODEL_URL (it mostly ends in /v1) and AGENTIC_RAG_MODEL.
    "
  `);
  expect(exitCode).toBe(1);
});

test("--json is the report, the choice and what is missing", async () => {
  const { exitCode, out } = await probe({ facts: VLLM }, ["--json"]);
  expect(JSON.parse(out)).toMatchObject({
    report: { dialect: "vllm", completions: { continues: "yes" }, chat: { continues: "yes" } },
    choice: { family: "completions", dialect: "vllm", continues: "by-construction" },
    missing: ["token ids: the turn is tokenised anew at each step", expect.stringContaining("cache hits")],
  });
  expect(exitCode).toBe(0);
});

test("a server's only model need not be named, of several one must", async () => {
  const several = { "/v1/models": { data: [{ id: "a" }, { id: "b" }] } };
  expect(await probe({ facts: several })).toMatchObject({
    exitCode: 2,
    err: "http://127.0.0.1:1/v1 has several models. Name one with --model or AGENTIC_RAG_MODEL: a, b.\n",
  });
  const { endpoint } = await probe({ facts: VLLM });
  expect(endpoint.requests.at(-1)?.body).toMatchObject({ model: "QwQ-32B" });
});

test("nor need it be for ask and doctor", async () => {
  const endpoint = await startEndpoint({ facts: VLLM, completions: thoughtful });
  const stage = createStage({ environment: { HOME: await temporaryFolder() } });
  expect(await runProgram(["--model-url", endpoint.url, "Q?"], stage.surroundings)).toBe(0);
  expect(stage.out()).toContain("Yes.");
  expect(endpoint.requests.at(-1)?.body).toMatchObject({ model: "QwQ-32B" });
  const doctor = createStage({ environment: { HOME: await temporaryFolder() } });
  await runProgram(["doctor", "--model-url", endpoint.url], doctor.surroundings);
  expect(doctor.out()).toMatch(/ok\s+model: QwQ-32B at /);
  const several = await startEndpoint({ facts: { "/v1/models": { data: [{ id: "a" }, { id: "b" }] } } });
  const open = createStage({ environment: { HOME: await temporaryFolder() } });
  expect(await runProgram(["--model-url", several.url, "Q?"], open.surroundings)).toBe(2);
  expect(open.err()).toContain("has several models. Name one with --model or AGENTIC_RAG_MODEL: a, b.");
});

test("a server that is known for raw text is not said to continue none, whatever its model makes of the probe", async () => {
  const { out } = await probe({
    facts: { "/v1/models": { data: [{ id: "qwq" }] }, "/api/version": { version: "0.17.4" } },
    chat: "missing",
  });
  expect(out).toMatch(/^continues +yes/m);
  const weak = await probe({ facts: VLLM, completions: () => ({ text: " 29th)" }), chat: "missing" });
  expect(weak.out).toMatch(/^continues +as raw text +-$/m);
  expect(weak.out).toContain("Family: completions. vllm continues raw text.");
});

test("what is found is kept, and ask uses it without probing", async () => {
  const home = await temporaryFolder();
  const environment = { HOME: home, AGENTIC_RAG_MODEL: "QwQ-32B" };
  const { endpoint } = await probe({ facts: VLLM, completions: thoughtful }, [], environment);
  const kept = await readFile(join(home, ".cache", "agentic-rag", "probes.json"), "utf8");
  expect(kept).toContain(`"${endpoint.url} QwQ-32B auto `);
  expect(kept).not.toContain(KEY);

  const asked = endpoint.requests.length;
  const stage = createStage({ environment: { ...environment, AGENTIC_RAG_MODEL_URL: endpoint.url } });
  expect(await runProgram(["Q?"], stage.surroundings)).toBe(0);
  expect(stage.err()).toContain(
    "\nIts turn is continued as raw text (completions, vllm). vllm continues raw text.\n",
  );
  const posted = endpoint.requests.slice(asked).filter(({ route }) => route === "POST /v1/completions");
  expect(posted.map(({ body }) => String(body?.["prompt"]).includes("Q?"))).toEqual([true]);
});

test("no server to probe, and one that is not there", async () => {
  const stage = createStage();
  expect(await runProgram(["probe"], stage.surroundings)).toBe(2);
  expect(stage.err()).toBe(
    "There is no server to probe. Name one: agentic-rag probe --model-url http://127.0.0.1:8000/v1\n",
  );
  const url = await unusedUrl();
  const gone = createStage();
  expect(await runProgram(["probe", "--model-url", url, "--model", "x"], gone.surroundings)).toBe(1);
  expect(gone.err()).toBe(
    `No connection to the model server at ${url} (ECONNREFUSED). Start it, or correct the base URL.\n`,
  );
});

test("without a cache, ask probes first and says what it found; a failure is the run's", async () => {
  const endpoint = await startEndpoint({
    completions: "missing",
    chat: ({ messages, tools }, text, anew) => {
      if (text === "Hello" || tools !== undefined) return { text: "</think>\n\nYes." };
      return { text: messages.at(-1)?.role === "assistant" ? text : anew };
    },
  });
  const environment = { AGENTIC_RAG_MODEL_URL: endpoint.url, AGENTIC_RAG_MODEL: "QwQ-32B" };
  const stage = createStage({ environment });
  expect(await runProgram(["--json", "Q?"], stage.surroundings)).toBe(0);
  expect(JSON.parse(stage.out())).toMatchObject({
    answered: true,
    answer: "Yes.",
    model: { family: "chat-prefix", name: "QwQ-32B", dialect: "generic", continues: "proven" },
  });

  const gone = createStage({ environment: { ...environment, AGENTIC_RAG_MODEL_URL: await unusedUrl() } });
  expect(await runProgram(["--json", "Q?"], gone.surroundings)).toBe(1);
  expect(JSON.parse(gone.out())).toMatchObject({
    answered: false,
    stopReason: "model-error",
    failure: { code: "model-unreachable" },
    model: { family: "auto", name: "QwQ-32B" },
  });
});
