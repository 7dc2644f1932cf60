import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import type { ContinuationModel } from "../../../src/model/model.ts";
import { createProbedModel, createProber, type ProbedOptions } from "../../../src/model/probe/probed.ts";
import { createScriptedModel } from "../../../src/model/scripted.ts";
import { describeModel } from "../../conformance/model.ts";
import { json, unusedUrl } from "../../servers/completions.ts";
import { startEndpoint, type EndpointOptions } from "../../servers/endpoint.ts";
import { collect, collectUntilError, textOf } from "../collect.ts";
import { KEY } from "../key.ts";

const VLLM = { "/v1/models": { data: [{ id: "QwQ-32B", owned_by: "vllm" }] } };

async function cacheFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "agentic-rag-probes-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A probed model that says which family was built. */
function probed(options: Pick<ProbedOptions, "baseUrl"> & Partial<ProbedOptions>): {
  readonly model: ContinuationModel;
  readonly built: readonly string[];
} {
  const built: string[] = [];
  const prober = createProber({ modelName: "QwQ-32B", apiKey: KEY, version: "1.0.0", ...options });
  const model = createProbedModel({
    modelName: "QwQ-32B",
    prober,
    build({ family }) {
      built.push(family);
      return createScriptedModel(["one", "two", "three", "four"]);
    },
  });
  return { model, built };
}

test("it is probed once, by whoever comes first, and delegates to what was found", async () => {
  const endpoint = await startEndpoint({ facts: VLLM });
  const { model, built } = probed({ baseUrl: endpoint.url });
  expect(endpoint.requests).toEqual([]);
  const [description, first, second] = await Promise.all([
    model.describe(),
    collect(model, {}),
    collect(model, {}),
  ]);
  expect(description).toEqual({
    family: "scripted",
    name: "scripted",
    dialect: "vllm",
    continues: "by-construction",
    reason: "vllm continues raw text.",
  });
  expect([textOf(first), textOf(second)].sort()).toEqual(["one", "two"]);
  expect(built).toEqual(["completions"]);
  expect(endpoint.routes()).toEqual(["GET /v1/models", "POST /v1/completions", "POST /v1/completions"]);
});

test("a protocol without tools is given what there is beside them, from the cache too", async () => {
  const endpoint = await startEndpoint({
    facts: { "/v1/models": { data: [{ id: "gpt-oss", owned_by: "vllm" }] } },
    chat: ({ tools }, _, anew) =>
      tools === undefined ? { text: anew } : { calls: [{ arguments: '{"query":"Rome"}' }] },
  });
  const cacheFile = join(await cacheFolder(), "probes.json");
  for (const [tools, family, reason] of [
    [true, "native-tools", "/chat/completions called the tool that it was offered"],
    [false, "completions", "vllm continues raw text."],
  ] as const) {
    const built: string[] = [];
    const model = createProbedModel({
      modelName: "gpt-oss",
      prober: createProber({ baseUrl: endpoint.url, modelName: "gpt-oss", cacheFile }),
      tools,
      build(choice) {
        built.push(choice.family);
        return createScriptedModel(["said"]);
      },
    });
    expect((await model.describe()).reason).toContain(reason);
    expect(built).toEqual([family]);
  }
  expect(endpoint.routes().filter((route) => route === "GET /v1/models")).toHaveLength(1);
});

test("models of several protocols share one probe", async () => {
  const endpoint = await startEndpoint({ facts: VLLM });
  const prober = createProber({ baseUrl: endpoint.url, modelName: "QwQ-32B", version: "1.0.0" });
  const models = [1, 2].map(() =>
    createProbedModel({ modelName: "QwQ-32B", prober, build: () => createScriptedModel(["said"]) }),
  );
  await Promise.all(models.map((model) => model.describe()));
  expect(endpoint.requests.length).toBe(3);
});

test("the outcome is kept for a week, without any key, for this address, model and version", async () => {
  const endpoint = await startEndpoint({ facts: VLLM });
  const cacheFile = join(await cacheFolder(), "deep", "probes.json");
  let now = 1_000;
  const options = { baseUrl: endpoint.url, cacheFile, now: () => now };
  await probed(options).model.describe();
  expect(endpoint.requests.length).toBe(3);

  const kept = await readFile(cacheFile, "utf8");
  expect(JSON.parse(kept)).toEqual({
    [`${endpoint.url} QwQ-32B auto 1.0.0`]: {
      at: 1_000,
      choice: {
        family: "completions",
        dialect: "vllm",
        continues: "by-construction",
        reason: "vllm continues raw text.",
      },
    },
  });
  expect(kept).not.toContain(KEY);
  expect((await stat(cacheFile)).mode & 0o777).toBe(0o600);

  now += 7 * 86_400_000 - 1;
  expect(await probed(options).model.describe()).toMatchObject({ dialect: "vllm" });
  expect(endpoint.requests.length).toBe(3);
  await probed({ ...options, version: "2.0.0" }).model.describe();
  expect(endpoint.requests.length).toBe(6);
  await probed({ ...options, dialect: "sglang" }).model.describe();
  expect(endpoint.requests.length).toBe(8);

  await probed({ ...options, templateSet: true }).model.describe();
  expect(endpoint.requests.length).toBe(11);

  now += 1;
  await probed(options).model.describe();
  expect(endpoint.requests.length).toBe(14);
  expect(Object.keys(JSON.parse(await readFile(cacheFile, "utf8")))).toEqual([
    `${endpoint.url} QwQ-32B auto 2.0.0`,
    `${endpoint.url} QwQ-32B sglang 1.0.0`,
    `${endpoint.url} QwQ-32B auto 1.0.0 template`,
    `${endpoint.url} QwQ-32B auto 1.0.0`,
  ]);
});

test.each(["", "no JSON", '{"x": 1}', "[]", '{"x": {"at": "now", "choice": null}}'])(
  "a broken cache file is ignored and written anew: %s",
  async (broken) => {
    const endpoint = await startEndpoint({ facts: VLLM });
    const cacheFile = join(await cacheFolder(), "probes.json");
    await writeFile(cacheFile, broken);
    await probed({ baseUrl: endpoint.url, cacheFile }).model.describe();
    expect(Object.keys(JSON.parse(await readFile(cacheFile, "utf8")))).toEqual([
      `${endpoint.url} QwQ-32B auto 1.0.0`,
    ]);
  },
);

test("a cache that cannot be written is no failure", async () => {
  const endpoint = await startEndpoint({ facts: VLLM });
  const file = join(await cacheFolder(), "file");
  await writeFile(file, "");
  const { model } = probed({ baseUrl: endpoint.url, cacheFile: join(file, "probes.json") });
  expect(await model.describe()).toMatchObject({ dialect: "vllm" });
});

test("an address that contains the key is not kept", async () => {
  const endpoint = await startEndpoint({ facts: VLLM });
  const folder = await cacheFolder();
  const cacheFile = join(folder, "probes.json");
  await probed({ baseUrl: endpoint.url, modelName: `m-${KEY}`, cacheFile }).model.describe();
  await expect(stat(cacheFile)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a server that cannot be reached is the failure of the use, and is asked again by the next", async () => {
  const baseUrl = await unusedUrl();
  const cacheFile = join(await cacheFolder(), "probes.json");
  const { model } = probed({ baseUrl, cacheFile });
  await expect(model.describe()).rejects.toMatchObject({ code: "model-unreachable" });
  const { error } = await collectUntilError(model);
  expect(error).toMatchObject({ code: "model-unreachable" });
  await expect(stat(cacheFile)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a server that does nothing of it says so, and is not kept", async () => {
  const missing: EndpointOptions = { completions: "missing", chat: "missing" };
  const endpoint = await startEndpoint(missing);
  const cacheFile = join(await cacheFolder(), "probes.json");
  const { model } = probed({ baseUrl: endpoint.url, cacheFile });
  await expect(model.describe()).rejects.toMatchObject({
    code: "model-rejected",
    message: expect.stringMatching(/has neither \/completions .* Check AGENTIC_RAG_MODEL_URL/),
  });
  await expect(stat(cacheFile)).rejects.toMatchObject({ code: "ENOENT" });
});

test("what was chosen while a route failed is used, but not kept", async () => {
  const failing = { status: 500, ...json({ error: { message: `broken ${KEY}` } }) };
  const endpoint = await startEndpoint({ completions: failing });
  const cacheFile = join(await cacheFolder(), "probes.json");
  const { model, built } = probed({ baseUrl: endpoint.url, cacheFile });
  expect(await model.describe()).toMatchObject({ continues: "proven" });
  expect(built).toEqual(["chat-prefix"]);
  await expect(stat(cacheFile)).rejects.toMatchObject({ code: "ENOENT" });
});

test("an abort leaves the probe to those who still wait, and ends it when nobody does", async () => {
  let aborted = 0;
  const waiting: typeof fetch = (_, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener("abort", () => {
        aborted += 1;
        reject(new Error("aborted"));
      });
    });
  const { model } = probed({ baseUrl: "http://127.0.0.1:9/v1", dialect: "vllm", fetch: waiting });
  const [one, two] = [new AbortController(), new AbortController()];
  const asked = [one, two].map(({ signal }) => model.describe(signal));
  one.abort();
  await expect(asked[0]).rejects.toMatchObject({ name: "AbortError" });
  expect(aborted).toBe(0);
  two.abort();
  await expect(asked[1]).rejects.toMatchObject({ name: "AbortError" });
  await expect.poll(() => aborted).toBe(1);
});

test("nothing of it shows the key", async () => {
  const endpoint = await startEndpoint({ facts: VLLM });
  const { model } = probed({ baseUrl: endpoint.url });
  await model.describe();
  for (const shown of [
    JSON.stringify(model),
    JSON.stringify(Object.entries(model)),
    inspect(model, { depth: null, showHidden: true }),
  ]) {
    expect(shown).not.toContain(KEY);
  }
});

const TEXT = "<think>\nThe first sentence. Then another one, in 中文.\n</think>\nThe answer [1].";

describeModel({
  family: "auto",
  stop: "exclude",
  start: async (kind) => {
    const delivery = { ...(kind === "unfinished" && { stallAfter: 1000 }), apart: kind === "apart" };
    const endpoint = await startEndpoint({
      facts: VLLM,
      completions: ({ prompt }, goesOn) =>
        prompt.includes("<|im_start|>") ? { text: TEXT, chunkSize: 4, ...delivery } : { text: goesOn },
    });
    const prober = createProber({ baseUrl: endpoint.url, modelName: "qwq", version: "1.0.0" });
    const build = () =>
      createCompletionsModel({ baseUrl: endpoint.url, modelName: "qwq", dialect: "generic" });
    return {
      model: createProbedModel({ modelName: "qwq", prober, build }),
      connectionClosed: () => endpoint.disconnected.then(() => true),
      [Symbol.asyncDispose]: () => endpoint.close(),
    };
  },
});

test.each([
  ["a sign of what the server is", "/api/version", "ollama"],
  ["its chat template", "/props", "llamacpp"],
] as const)("what was chosen while %s was not told is kept nowhere", async (_what, path, dialect) => {
  const cacheFile = join(await cacheFolder(), "probes.json");
  const sign = dialect === "ollama" ? { version: "0.12.6" } : { chat_template: "{{ messages }}" };
  const owner = dialect === "ollama" ? "library" : "llamacpp";
  const endpoint = await startEndpoint({
    facts: { "/v1/models": { data: [{ id: "m", owned_by: owner }] }, [path]: sign },
    failures: { [path]: [502] },
  });
  const chosen: unknown[] = [];
  const options = { baseUrl: endpoint.url, modelName: "Llama-3.3", version: "1.0.0", cacheFile };
  const prober = createProber(options);
  const model = createProbedModel({
    modelName: "m",
    prober,
    build(choice) {
      chosen.push(choice);
      return createScriptedModel(["one", "two"]);
    },
  });
  await collect(model);
  await expect(stat(cacheFile)).rejects.toMatchObject({ code: "ENOENT" });
  await collect(model);
  await collect(model);
  expect(chosen).toHaveLength(2);
  expect(chosen).toMatchObject([{ certain: false }, { dialect, certain: true }]);
  expect(Object.keys(JSON.parse(await readFile(cacheFile, "utf8")) as object)).toHaveLength(1);
});
