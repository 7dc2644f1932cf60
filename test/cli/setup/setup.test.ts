import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { json, unusedUrl } from "../../servers/completions.ts";
import { startEndpoint, type EndpointOptions } from "../../servers/endpoint.ts";
import { startWireServer } from "../../servers/wire-server.ts";
import { startTavilyServer } from "../../servers/tavily.ts";
import { createStage, type StageOptions } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const MODEL_KEY = "sk-canary-model-key";
const TAVILY_KEY = "tvly-canary-engine-key";

const listOf = (owner: string, ...ids: readonly string[]) => ({
  "/v1/models": { data: ids.map((id) => ({ id, owned_by: owner })) },
});

/** Runs setup with these answers; what it says, with addresses that are always the same, and what it wrote. */
async function setup(
  answers: readonly string[],
  options: StageOptions & { readonly args?: readonly string[]; readonly folder?: string } = {},
) {
  const folder = options.folder ?? (await temporaryFolder());
  const stdin = answers.map((answer) => `${answer}\n`).join("");
  const stage = createStage({ stdin, ...options, folder });
  const exitCode = await runProgram(["setup", ...(options.args ?? [])], stage.surroundings);
  const out = stage
    .out()
    .replaceAll(folder, "/folder")
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:1")
    .replaceAll(/[\d.]+ m?s\b/g, "0.1 s");
  for (const shown of [stage.out(), stage.err()]) {
    for (const key of [MODEL_KEY, TAVILY_KEY]) expect(shown).not.toContain(key);
  }
  const written = await readFile(join(folder, ".env"), "utf8").catch(() => undefined);
  return { exitCode, out, err: stage.err(), written, folder, listening: stage.listening() };
}

async function tavilyServer() {
  const tavily = await startTavilyServer();
  onTestFinished(() => tavily.close());
  return tavily;
}

test("a server with a key, an engine with a key: asked, tried and written", async () => {
  const endpoint = await startEndpoint({ facts: listOf("vllm", "other", "Qwen/QwQ-32B") });
  const tavily = await tavilyServer();
  const folder = await temporaryFolder();
  await writeFile(join(folder, ".env"), "# mine\nAGENTIC_RAG_MODEL=old\nOTHER=1\n", { mode: 0o644 });
  const { exitCode, out, err, written, listening } = await setup(
    [endpoint.url, MODEL_KEY, "", "tavily", TAVILY_KEY, "yes"],
    { folder, environment: { TAVILY_BASE_URL: tavily.url } },
  );
  expect({ exitCode, err, listening }).toEqual({ exitCode: 0, err: "", listening: 0 });
  expect(written).toBe(
    [
      "# mine",
      "AGENTIC_RAG_MODEL=Qwen/QwQ-32B",
      "OTHER=1",
      `AGENTIC_RAG_MODEL_URL=${endpoint.url}`,
      "AGENTIC_RAG_MODEL_FAMILY=completions",
      "AGENTIC_RAG_MODEL_DIALECT=vllm",
      `AGENTIC_RAG_MODEL_API_KEY=${MODEL_KEY}`,
      "AGENTIC_RAG_ENGINE=tavily",
      `TAVILY_API_KEY=${TAVILY_KEY}`,
      "",
    ].join("\n"),
  );
  expect((await stat(join(folder, ".env"))).mode & 0o777).toBe(0o600);
  expect(endpoint.requests.at(-1)?.headers.authorization).toBe(`Bearer ${MODEL_KEY}`);
  expect(tavily.queries).toEqual(["open source"]);
  expect(out).toMatchInlineSnapshot(`
    "Models that can be downloaded and run here, without a server:
      jan-nano, 2.5 GB, about 4.5 GB of memory
      qwen3-4b, 2.5 GB, about 4.5 GB of memory
      qwen3-1.7b, 1.3 GB, about 3.0 GB of memory
    Model: the address of a server (http://…/v1), a GGUF file, a model to download, or none [none]:
    Its key (empty: none):
    It serves:
      1  other
      2  Qwen/QwQ-32B
    Its model, by number or name [Qwen/QwQ-32B]:
    Asking Qwen/QwQ-32B at http://127.0.0.1:1/v1 a few small questions …
    Family: completions. vllm continues raw text.
      without token ids: the turn is tokenised anew at each step
      without counts of cache hits (vLLM tells them with --enable-prompt-tokens-details)
    Search engine, or several with commas between: local, tavily, brave, serper, exa, searxng, retriever, http, jina, wikipedia, duckduckgo [local]:
    Its key (from https://app.tavily.com):
    engine tavily: found 1 source for "open source" in 0.1 s

    /folder/.env:
      AGENTIC_RAG_MODEL_URL=http://127.0.0.1:1/v1
      AGENTIC_RAG_MODEL=Qwen/QwQ-32B
      AGENTIC_RAG_MODEL_FAMILY=completions
      AGENTIC_RAG_MODEL_DIALECT=vllm
      AGENTIC_RAG_MODEL_API_KEY=[hidden]
      AGENTIC_RAG_ENGINE=tavily
      TAVILY_API_KEY=[hidden]
    Write this? (yes or no) [yes]:
    Written. Ask: agentic-rag "…"
    "
  `);
});

test("a model that runs here is offered, and --yes takes it without a question", async () => {
  const endpoint = await startEndpoint({ facts: listOf("vllm", "llama", "Search-R1-7b") });
  const options = { localServers: [endpoint.url] };
  const answered = await setup(["1", "", "", ""], options);
  expect(answered.out).toContain(
    "Found on this machine:\n  1  llama, vLLM at 127.0.0.1:1\n  2  Search-R1-7b, vLLM",
  );
  expect(answered.written).toContain("AGENTIC_RAG_MODEL=llama\n");

  const { exitCode, written, out } = await setup([], { ...options, args: ["--yes"] });
  expect(exitCode).toBe(0);
  expect(written).toBe(
    [
      `AGENTIC_RAG_MODEL_URL=${endpoint.url}`,
      "AGENTIC_RAG_MODEL=Search-R1-7b",
      "AGENTIC_RAG_MODEL_FAMILY=completions",
      "AGENTIC_RAG_MODEL_DIALECT=vllm",
      "AGENTIC_RAG_PROTOCOL=search-r1",
      "AGENTIC_RAG_ENGINE=local",
      "",
    ].join("\n"),
  );
  expect(out).not.toContain("Write this?");
});

test("a search API of one's own is asked for its address and for where its results are", async () => {
  const api = await startWireServer((response) => response.end(`{"items": [{"name": "A", "body": "b"}]}`));
  const url = `${api.url}/find?q={query}&n={count}`;
  const results = "items[].{title: name, text: body}";
  const { out, written } = await setup(["none", "http", url, results, "y"]);
  expect(out).toContain('engine http: found 1 source for "open source"');
  expect(written).toContain(`HTTP_SEARCH_URL='${url}'\nHTTP_SEARCH_RESULTS='${results}'\n`);
  expect(api.requests.map(({ path }) => path)).toEqual(["/find?q=open%20source&n=3"]);
});

test("what does not work is told and asked again", async () => {
  const endpoint = await startEndpoint({ facts: listOf("me", "QwQ-32B"), completions: "missing" });
  const gone = await unusedUrl();
  const { exitCode, out, written } = await setup([
    gone,
    "",
    "no-such-file.gguf",
    endpoint.url,
    "",
    "1",
    "yahoo",
    "searxng",
    gone,
    "no",
    "local",
    "nowhere",
    "local",
    "none",
    "y",
  ]);
  expect(exitCode).toBe(0);
  expect(out).toContain("No connection to the model server at http://127.0.0.1:1/v1 (ECONNREFUSED).");
  expect(out).toContain("/folder/no-such-file.gguf cannot be read (ENOENT).");
  expect(out).toContain('AGENTIC_RAG_ENGINE (it is "yahoo"): ');
  expect(out).toContain("Use it all the same? (yes or no) [no]:\nThen choose another one.\n");
  expect(out).toContain("There is no folder /folder/nowhere. Name an existing one.");
  expect(written).toBe(
    [
      `AGENTIC_RAG_MODEL_URL=${endpoint.url}`,
      "AGENTIC_RAG_MODEL=QwQ-32B",
      "AGENTIC_RAG_MODEL_FAMILY=chat-prefix",
      "AGENTIC_RAG_MODEL_DIALECT=auto",
      "AGENTIC_RAG_ENGINE=local",
      "",
    ].join("\n"),
  );
});

test("a folder of documents is indexed and tried", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "my docs"));
  await writeFile(join(folder, "my docs", "a.md"), "# A\n\nOpen source.");
  const { exitCode, out, written } = await setup(["none", "local", "my docs", "yes", "yes"], { folder });
  expect(exitCode).toBe(0);
  expect(out).toContain("The index holds 1 document.\nengine local: found 1 source");
  expect(written).toBe(`AGENTIC_RAG_ENGINE=local\nAGENTIC_RAG_DOCUMENTS='${folder}/my docs'\n`);
});

test("a key goes to the server it was given for, and to no other", async () => {
  const facts = listOf("vllm", "QwQ-32B");
  const [old, other] = await Promise.all([startEndpoint({ facts }), startEndpoint({ facts })]);
  const environment = {
    AGENTIC_RAG_MODEL_URL: old.url,
    AGENTIC_RAG_MODEL: "QwQ-32B",
    AGENTIC_RAG_MODEL_API_KEY: MODEL_KEY,
  };
  const folder = await temporaryFolder();
  const file = join(folder, ".env");
  await writeFile(
    file,
    Object.entries(environment)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );

  const kept = await setup(["", "", "", "", "", ""], { folder, environment });
  expect(kept.written).toContain(`AGENTIC_RAG_MODEL_API_KEY=${MODEL_KEY}\n`);
  expect(old.requests.at(-1)?.headers.authorization).toBe(`Bearer ${MODEL_KEY}`);

  const moved = await setup([other.url, "", "", "", "", ""], { folder, environment });
  expect(moved.out).toContain("(AGENTIC_RAG_MODEL_API_KEY is taken out)");
  expect(moved.written).not.toContain("AGENTIC_RAG_MODEL_API_KEY");
  expect(other.requests.map(({ headers }) => headers.authorization)).toEqual(
    other.requests.map(() => undefined),
  );
});

test("what was chosen for the model before does not stay for another one", async () => {
  const facts = listOf("vllm", "QwQ-32B");
  const endpoint = await startEndpoint({ facts });
  const environment = {
    AGENTIC_RAG_MODEL: "Search-R1-7b",
    AGENTIC_RAG_PROTOCOL: "search-r1",
    AGENTIC_RAG_CHAT_TEMPLATE: "server",
  };
  const folder = await temporaryFolder();
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(folder, ".env"), lines.join(""));
  const { written } = await setup([endpoint.url, "", "", "", "", ""], { folder, environment });
  expect(written).not.toContain("AGENTIC_RAG_PROTOCOL");
  expect(written).not.toContain("AGENTIC_RAG_CHAT_TEMPLATE");
  expect(written).toContain("AGENTIC_RAG_MODEL=QwQ-32B\n");
});

test("a real variable that wins over the file is told", async () => {
  const { out } = await setup(["none", "", "", ""], {
    environment: { AGENTIC_RAG_ENGINE: "local", AGENTIC_RAG_MODEL_FAMILY: "auto" },
  });
  expect(out).toContain(
    "Set in the environment, which wins over the file: AGENTIC_RAG_MODEL_FAMILY. Unset it there.\n",
  );
});

test("nothing is written before the end, or against the will", async () => {
  const ended = await setup(["none", "local"]);
  expect(ended).toMatchObject({ exitCode: 1, written: undefined });
  expect(ended.out).toMatch(/\nThe answers ended before everything was asked\. Nothing was written\.\n$/);
  const declined = await setup(["none", "local", "none", "no"]);
  expect(declined).toMatchObject({ exitCode: 0, written: undefined });
  expect(declined.out).toMatch(/\nNothing was written\.\n$/);
});

test("--yes writes nothing when something does not work", async () => {
  const refused = { status: 401, ...json({ error: { message: `no ${MODEL_KEY}` } }) };
  const endpoint = await startEndpoint({ facts: listOf("vllm", "x"), completions: refused, chat: refused });
  const { exitCode, err, written } = await setup([], { args: ["--yes", "--model-url", endpoint.url] });
  expect({ exitCode, written }).toEqual({ exitCode: 1, written: undefined });
  expect(err).toContain("refused the key (401)");
  const nothing: EndpointOptions = { completions: "missing", chat: "missing", facts: listOf("me", "x") };
  const useless = await startEndpoint(nothing);
  expect(await setup([], { args: ["--yes", "--model-url", useless.url] })).toMatchObject({
    exitCode: 1,
    written: undefined,
    err: expect.stringContaining("has neither /completions"),
  });
});

test("without a model nothing is written that keeps out one that runs later", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, ".env"), "AGENTIC_RAG_MODEL_FAMILY=offline\n");
  const environment = { AGENTIC_RAG_MODEL_FAMILY: "offline" };
  const first = await setup([], { args: ["--yes"], folder, environment });
  expect(first).toMatchObject({ exitCode: 0, written: "AGENTIC_RAG_ENGINE=local\n" });
  const endpoint = await startEndpoint({ facts: listOf("vllm", "Qwen/QwQ-32B") });
  const stage = createStage({
    folder,
    localServers: [endpoint.url],
    environment: { AGENTIC_RAG_ENGINE: "local" },
  });
  await runProgram(["ask", "Q?"], stage.surroundings);
  expect(stage.err()).toContain("No model is set, so Qwen/QwQ-32B is taken from vLLM at ");
  // one that runs and is not wanted is kept out
  const { written } = await setup(["none", "", "", ""], { localServers: [endpoint.url] });
  expect(written).toBe("AGENTIC_RAG_MODEL_FAMILY=offline\nAGENTIC_RAG_ENGINE=local\n");
});
