import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createFallbackEngine } from "../../../src/search/around/fallback.ts";
import type { SearchEngine } from "../../../src/search/engine.ts";
import { createReplayEngine, withRecording } from "../../../src/search/around/recording.ts";
import { withRetry } from "../../../src/search/around/retry.ts";
import { createTavilyEngine } from "../../../src/search/engines/tavily.ts";
import { SECRET, json } from "../engines/wire/http-harness.ts";
import { createFolder } from "../temporary-folder.ts";
import { found, nothing, refused, startScript, tavilyAt, TAVILY, told } from "./wrapped.ts";

const HEADER = '{"format":"agentic-rag-searches","version":1}';

function newFile(): string {
  return join(createFolder(), "below", "searches.jsonl");
}

function fileWith(...lines: readonly string[]): string {
  return join(createFolder({ "searches.jsonl": lines.join("\n") }), "searches.jsonl");
}

const line = (query: string, text: string, engine = "tavily"): string =>
  `{"engine":"${engine}","query":"${query}","maxResults":5,"outcome":{"status":"found","results":[{"title":"","url":"","text":"${text}"}]}}`;

test("a recording is text, one line for each search, and replays the same outcomes", async () => {
  const server = await startScript(found, nothing, refused(429, { "retry-after": "2" }));
  const file = newFile();
  const recording = withRecording(tavilyAt(server), { file });
  const queries = [" who discovered\nhafnium ", "xyzzy", "q"];
  const outcomes = [];
  for (const query of queries) outcomes.push(await recording.search(query));
  expect(readFileSync(file, "utf8").split("\n")).toEqual([
    HEADER,
    `{"engine":"tavily","query":"who discovered hafnium","maxResults":5,"outcome":{"status":"found","results":${JSON.stringify(TAVILY.results)}}}`,
    '{"engine":"tavily","query":"xyzzy","maxResults":5,"outcome":{"status":"nothing"}}',
    `{"engine":"tavily","query":"q","maxResults":5,"outcome":{"status":"failed","failure":{"kind":"rate-limited","message":"Tavily at ${server.url}/search answered with HTTP status 429. Wait before asking again.","status":429,"retryAfterMs":2000}}}`,
    "",
  ]);

  const replay = createReplayEngine({ file });
  expect(replay.name).toBe("tavily");
  for (const [index, query] of queries.entries()) {
    const { attempts: _recorded, ...outcome } = outcomes[index]!;
    const replayed = await replay.search(query);
    expect(replayed).toMatchObject(outcome);
    expect(replayed.attempts?.map(({ from, status }) => [from, status])).toEqual([
      ["recording", outcome.status],
    ]);
  }
  expect(server.times).toHaveLength(3);
});

test("a recording is added to, also by a second process's engine and below a line without its end", async () => {
  const server = await startScript(found);
  const file = fileWith(HEADER, line("a", "first"));
  await withRecording(tavilyAt(server), { file }).search("b");
  await withRecording(tavilyAt(server), { file }).search("c");
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  expect(lines).toHaveLength(4);
  const replay = createReplayEngine({ file });
  for (const query of ["a", "b", "c"])
    expect(told(await replay.search(query))).toEqual(["tavily recording found"]);
});

test("searches side by side are each one whole line", async () => {
  const server = await startScript(json(JSON.stringify({ results: [{ content: "x".repeat(4000) }] })));
  const file = newFile();
  const engines = [withRecording(tavilyAt(server), { file }), withRecording(tavilyAt(server), { file })];
  const queries = Array.from({ length: 20 }, (_value, index) => `query ${index}`);
  await Promise.all(queries.map((query, index) => engines[index % 2]!.search(query)));
  const replay = createReplayEngine({ file });
  for (const query of queries) expect(told(await replay.search(query))).toEqual(["tavily recording found"]);
});

test("a query that was recorded several times is replayed in that order, the last one again and again", async () => {
  const file = fileWith(HEADER, line("q", "one"), line("other", "x"), "", line("q", "two"));
  const replay = createReplayEngine({ file });
  const texts = [];
  for (let time = 0; time < 4; time++) {
    const outcome = await replay.search("q");
    texts.push(outcome.status === "found" ? outcome.results[0]?.text : outcome.status);
  }
  expect(texts).toEqual(["one", "two", "two", "two"]);
});

test("a search that was not recorded fails and says how to record it", async () => {
  const file = fileWith(HEADER, line("q", "x"));
  const replay = createReplayEngine({ file });
  const message = (query: string, results: number): string =>
    `The recording ${file} has no search of tavily for "${query}" with ${results} results. Add it: ask the same once with the engine itself while searches are recorded into this file.`;
  for (const [query, maxResults] of [
    ["Q", 5],
    ["q", 4],
  ] as const) {
    const outcome = await replay.search(query, { maxResults });
    expect(outcome).toMatchObject({
      status: "failed",
      failure: { kind: "misconfigured", message: message(query, maxResults) },
    });
    expect(told(outcome)).toEqual(["tavily recording misconfigured"]);
  }
});

test("a recording of a chain replays which engine answered", async () => {
  const [down, well] = [await startScript(refused(500)), await startScript(found)];
  const file = newFile();
  const chain = createFallbackEngine([tavilyAt(down, "a"), tavilyAt(well, "b")]);
  await withRecording(chain, { file }).search("q");
  const replay = createReplayEngine({ file });
  expect(replay.name).toBe("a > b");
  expect(told(await replay.search("q"))).toEqual(["b recording found"]);
});

test("a recording of several engines is replayed engine by engine", async () => {
  const file = fileWith(HEADER, line("q", "from a", "a"), line("q", "from b", "b"));
  expect(() => createReplayEngine({ file })).toThrow(
    `The recording ${file} has searches of several engines (a, b). Name the one to be replayed.`,
  );
  expect(await createReplayEngine({ file, engine: "b" }).search("q")).toMatchObject({
    results: [{ text: "from b" }],
  });
});

test("retries inside of a recording are one search, outside each one is recorded", async () => {
  const [inside, outside] = [newFile(), newFile()];
  const retry = { backoffMs: 0 };
  await withRecording(withRetry(tavilyAt(await startScript(refused(500), found)), retry), {
    file: inside,
  }).search("q");
  await withRetry(
    withRecording(tavilyAt(await startScript(refused(500), found)), { file: outside }),
    retry,
  ).search("q");
  expect(readFileSync(inside, "utf8").trimEnd().split("\n")).toHaveLength(2);
  expect(readFileSync(outside, "utf8").trimEnd().split("\n")).toHaveLength(3);
  expect(told(await withRetry(createReplayEngine({ file: outside }), retry).search("q"))).toEqual([
    "tavily recording server-error",
    "tavily recording found",
  ]);
});

test("no key is recorded", async () => {
  const server = await startScript(
    json(`{"detail":{"error":"not for ${SECRET}"}}`, 401),
    json(`{"detail":{"error":"not for ${SECRET}"}}`, 500),
  );
  const file = newFile();
  const engine = withRecording(createTavilyEngine({ apiKey: SECRET, baseUrl: server.url }), { file });
  await engine.search("a");
  await engine.search("b");
  expect(readFileSync(file, "utf8")).toContain("not for [key]");
  expect(readFileSync(file, "utf8")).not.toContain(SECRET);
});

test("an aborted search is not recorded", async () => {
  const server = await startScript(() => undefined);
  const file = newFile();
  const controller = new AbortController();
  const search = withRecording(tavilyAt(server), { file }).search("q", { signal: controller.signal });
  await server.asked;
  controller.abort();
  await expect(search).rejects.toMatchObject({ name: "AbortError" });
  expect(existsSync(file)).toBe(false);
});

test("a file that cannot be written is told once, and searches go on", async () => {
  const server = await startScript(found);
  const file = newFile();
  const problems: string[] = [];
  const engine = withRecording(tavilyAt(server), { file, onProblem: (message) => problems.push(message) });
  mkdirSync(file, { recursive: true });
  expect(told(await engine.search("a"))).toEqual(["tavily engine found"]);
  expect(told(await engine.search("b"))).toEqual(["tavily engine found"]);
  expect(problems).toEqual([
    expect.stringMatching(/^Searches cannot be recorded in .*: EISDIR.* Check its disk and permissions\.$/u),
  ]);
});

test.each([
  { url: "doc://1 a", what: "outcome.results.0.url: expected an http(s) or file URL, or nothing" },
  { url: "javascript:x", what: "outcome.results.0.url: expected an http(s) or file URL, or nothing" },
])("what could not be read back is not written, and that is told once: $url", async ({ url, what }) => {
  const file = newFile();
  const problems: string[] = [];
  const own: SearchEngine = {
    name: "own",
    search: async (query) => ({
      status: "found",
      results: [{ title: "", text: "x", url: query === "good" ? "https://example.com/" : url }],
    }),
  };
  const engine = withRecording(own, { file, onProblem: (message) => problems.push(message) });
  for (const query of ["bad", "good", "bad"]) {
    expect(told(await engine.search(query))).toEqual(["own engine found"]);
  }
  expect(told(await createReplayEngine({ file }).search("good"))).toEqual(["own recording found"]);
  expect(problems).toEqual([
    `A search of own is left out of the recording ${file}, because its results break the rules: ${what}. Mend the engine.`,
  ]);
});

test("what is written is what is read: without characters that nobody sees", async () => {
  const file = newFile();
  const own: SearchEngine = {
    name: "own",
    search: async () => ({ status: "found", results: [{ title: "a\nb", text: "c\u200Bd", url: "" }] }),
  };
  await withRecording(own, { file }).search("q");
  const results = [{ title: "a b", url: "", text: "cd" }];
  expect(await createReplayEngine({ file }).search("q")).toMatchObject({ results });
  expect(readFileSync(file, "utf8")).toContain(JSON.stringify(results));
});

describe("a recording that cannot be used", () => {
  test("because there is none", () => {
    expect(() => createReplayEngine({ file: "/nowhere/searches.jsonl" })).toThrow(
      expect.objectContaining({
        code: "recording-unusable",
        message:
          "There is no recording at /nowhere/searches.jsonl. Record the searches first, or name another file.",
      }),
    );
  });

  test.each([
    ["an empty file", "", "line 1 should be"],
    ["another file", '{"name":"something"}', "line 1 should be"],
    ["a file of one long line", "x".repeat(100_000), "line 1 should be"],
    [
      "a newer version",
      '\n{"format":"agentic-rag-searches","version":2}',
      "has version 2, and version 1 is read",
    ],
  ])("nor added to: %s", (_name, text, message) => {
    const file = fileWith(text);
    const unusable = expect.objectContaining({
      code: "recording-unusable",
      message: expect.stringContaining(message),
    });
    expect(() => createReplayEngine({ file })).toThrow(unusable);
    expect(() => withRecording(createReplayEngine({ file: fileWith(HEADER) }), { file })).toThrow(unusable);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test.each([
    [
      "half a line",
      `${HEADER}\n${line("q", "x")}\n{"engine":"tavily","que`,
      "because of line 3: it is not JSON.",
    ],
    ["a line without a query", `${HEADER}\n\n{"engine":"tavily"}`, "because of line 3: query: "],
    [
      "a dangerous URL",
      `${HEADER}\n${line("q", "x").replace('"url":""', '"url":"javascript:x"')}`,
      "because of line 2: outcome.results.0.url: expected an http(s) or file URL, or nothing.",
    ],
    [
      "an unknown kind of failure",
      `${HEADER}\n{"engine":"t","query":"q","maxResults":5,"outcome":{"status":"failed","failure":{"kind":"bad","message":""}}}`,
      "because of line 2: outcome.failure.kind: ",
    ],
  ])("%s", (_name, text, message) => {
    const file = fileWith(text);
    const unusable = expect.objectContaining({
      code: "recording-unusable",
      message: expect.stringContaining(message),
    });
    expect(() => createReplayEngine({ file })).toThrow(unusable);
    // whoever adds to it reads its first line only, however long it is
    withRecording(createReplayEngine({ file: fileWith(HEADER) }), { file });
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test("but a byte order mark and other line ends do not matter", async () => {
    const file = fileWith();
    writeFileSync(file, `\uFEFF${HEADER}\r\n${line("q", "x")}\r\n`);
    appendFileSync(file, `${line("r", "y")}\r\n`);
    expect(told(await createReplayEngine({ file }).search("r"))).toEqual(["tavily recording found"]);
  });
});

test.skipIf(process.platform === "win32")("a device is no recording, whatever it would give", () => {
  for (const file of ["/dev/full", "/dev/zero", "/dev/stdout"]) {
    const unusable = expect.objectContaining({
      code: "recording-unusable",
      message: `${file} is a device or a pipe, and a recording of searches is a file. Name another one.`,
    });
    expect(() => createReplayEngine({ file })).toThrow(unusable);
    expect(() => withRecording(tavilyAt({ url: "http://127.0.0.1:1" }), { file })).toThrow(unusable);
  }
});
