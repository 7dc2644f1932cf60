import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { attemptWords } from "../../../src/cli/view/attempt-words.ts";
import { runProgram } from "../../../src/cli/program.ts";
import { showSearch } from "../../../src/cli/view/search-view.ts";
import { startCompletionsServer, unusedUrl } from "../../servers/completions.ts";
import { bravePage, jsonAnswer, startEngineServer, tavilyPage } from "../../servers/engines.ts";
import { startProgram, type ProgramOptions } from "../process.ts";
import { call } from "../scripts.ts";
import { createStage } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const TIMEOUT = { timeout: 60_000 };
const KEYS = { TAVILY_API_KEY: "tvly-canary-0123", BRAVE_API_KEY: "BSA-canary-0123" };

function steady(text: string): string {
  return text.replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:1").replaceAll(/[\d.]+ m?s\b/g, "0.1 s");
}

async function run(args: readonly string[], environment: ProgramOptions["environment"] = {}) {
  const program = startProgram(args, { environment: { HOME: "/nowhere", ...environment } });
  const { exitCode } = await program.ended;
  expect(program.out() + program.err()).not.toContain("canary");
  return { exitCode, out: steady(program.out()), err: steady(program.err()), raw: program.out() };
}

test("results, and how they came about", TIMEOUT, async () => {
  const gone = await unusedUrl();
  const brave = await startEngineServer(bravePage("An \u001b[31mold\u001b[0m page"));
  const { exitCode, out, err } = await run(["search", "--engine", "tavily, brave", "an", "old", "page"], {
    ...KEYS,
    TAVILY_BASE_URL: gone,
    BRAVE_BASE_URL: brave.url,
    AGENTIC_RAG_SEARCH_ATTEMPTS: "2",
  });
  expect(out).toBe("1  An old page\n   https://example.org/An-31mold-0m-page\n   All about An old page.\n");
  expect(err).toBe(
    "brave found 1 result in 0.1 s, cache miss\ntavily could not be reached (2 tries); brave answered after 0.1 s\n",
  );
  expect(exitCode).toBe(0);
});

test("nothing found has its own words, and ends with 1", TIMEOUT, async () => {
  const tavily = await startEngineServer(jsonAnswer({ results: [] }));
  expect(await run(["search", "Q"], { ...KEYS, TAVILY_BASE_URL: tavily.url })).toMatchObject({
    exitCode: 1,
    out: "",
    err: "tavily found nothing in 0.1 s, cache miss. Ask it in other words, or another engine with --engine.\n",
  });
});

test(
  "a failure is told in words, without the key that the server repeats, and ends with 1",
  TIMEOUT,
  async () => {
    const tavily = await startEngineServer(
      jsonAnswer({ detail: { error: `bad key ${KEYS.TAVILY_API_KEY}` } }, 401),
    );
    const environment = { ...KEYS, TAVILY_BASE_URL: tavily.url };
    const { exitCode, out, err } = await run(["search", "Q"], environment);
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: "" });
    expect(err).toMatch(
      /^tavily failed after 0\.1 s\. Tavily at http:\/\/127\.0\.0\.1:1\/search answered with HTTP status 401 /,
    );
    expect(err).toMatch(/\nTo check all engines: agentic-rag doctor\n$/);
    const json = await run(["search", "--json", "Q"], environment);
    expect(JSON.parse(json.raw)).toMatchObject({
      status: "failed",
      results: [],
      failure: { kind: "unauthorized", status: 401 },
      attempts: [{ engine: "tavily", from: "engine", status: "failed" }],
      cache: "miss",
    });
  },
);

test(
  "a second process has it from the cache on the disk; a third replays it with nothing set",
  TIMEOUT,
  async () => {
    const folder = await temporaryFolder();
    const tavily = await startEngineServer(tavilyPage("A"));
    const environment = {
      ...KEYS,
      TAVILY_BASE_URL: tavily.url,
      AGENTIC_RAG_SEARCH_CACHE: join(folder, "cache.sqlite"),
      AGENTIC_RAG_RECORD: join(folder, "searches.jsonl"),
    };
    const first = JSON.parse((await run(["search", "--json", "--max-results", "2", "Q"], environment)).raw);
    expect(Object.keys(first)).toEqual([
      "query",
      "engine",
      "status",
      "results",
      "attempts",
      "cache",
      "milliseconds",
    ]);
    expect(first).toMatchObject({ query: "Q", engine: "tavily", status: "found", cache: "miss" });
    expect(JSON.parse(tavily.requests[0]?.body ?? "")).toMatchObject({ max_results: 2 });
    const second = JSON.parse((await run(["search", "--json", "--max-results", "2", "Q"], environment)).raw);
    expect(second).toMatchObject({ cache: "hit", attempts: [{ from: "cache" }], results: first.results });
    const replay = { AGENTIC_RAG_REPLAY: join(folder, "searches.jsonl") };
    const third = await run(["search", "--max-results", "2", "Q"], replay);
    expect(third).toMatchObject({
      exitCode: 0,
      out: "1  A (2025-03-06)\n   https://example.org/A\n   All about A.\n",
      err: "tavily found 1 result in 0.1 s\ntavily answered from the recording\n",
    });
    expect(tavily.requests).toHaveLength(1);
  },
);

test("what was looked up for a mistyped word is told", TIMEOUT, async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "terms.md"), "# Terms\n\nThe licence is granted for a year.\n");
  expect(await run(["index", folder])).toMatchObject({ exitCode: 0 });
  const asked = ["search", "--docs", folder, "Which lisence, of “Acmee”?"];
  expect(await run(asked)).toMatchObject({
    exitCode: 0,
    out: `1  Terms\n   ${join(folder, "terms.md")}\n   The licence is granted for a year.\n`,
    err: 'Read "lisence" as "licence".\n\nlocal found 1 result in 0.1 s\n',
  });
  expect(JSON.parse((await run([...asked, "--json"])).raw)).toMatchObject({
    query: "Which lisence, of “Acmee”?",
    respellings: [{ word: "lisence", as: "licence" }],
  });
});

const MODEL = { AGENTIC_RAG_MODEL: "QwQ-32B", AGENTIC_RAG_MODEL_FAMILY: "completions" };

test(
  "a run: the first engine is down, the second asks to wait in vain, the third answers",
  TIMEOUT,
  async () => {
    await using model = await startCompletionsServer([call("q"), "</think>\n\nIt is **7** [1]."]);
    const brave = await startEngineServer(jsonAnswer({}, 429, { "retry-after": "1" }));
    const searxng = await startEngineServer(
      jsonAnswer({ results: [{ title: "C", url: "https://example.org/c", content: "It is 7." }] }),
    );
    const environment = {
      ...KEYS,
      ...MODEL,
      AGENTIC_RAG_MODEL_URL: model.url,
      TAVILY_BASE_URL: await unusedUrl(),
      BRAVE_BASE_URL: brave.url,
      SEARXNG_BASE_URL: searxng.url,
      AGENTIC_RAG_SEARCH_ATTEMPTS: "2",
      AGENTIC_RAG_SEARCH_RATE: "50",
      AGENTIC_RAG_SEARCH_CACHE: join(await temporaryFolder(), "cache.sqlite"),
    };
    const asked = ["ask", "--engine", "tavily,brave,searxng", "Q?"];
    const { exitCode, out, err } = await run(asked, environment);
    expect(out).toBe("It is **7** [1].\n\nSources\n[1] C\n    https://example.org/c\n");
    expect(err).toContain("Searching tavily > brave > searxng: q\n");
    expect(err).toContain(
      "searxng found 1 source in 0.1 s: q\n  tavily could not be reached (2 tries); brave was asked too often (2 tries); searxng answered after 0.1 s\n",
    );
    expect(exitCode).toBe(0);
    expect([brave.requests.length, searxng.requests.length]).toEqual([2, 1]);

    await using again = await startCompletionsServer([call("q"), "</think>\n\nIt is **7** [1]."]);
    const json = await run([...asked, "--json"], { ...environment, AGENTIC_RAG_MODEL_URL: again.url });
    const { queries } = JSON.parse(json.raw) as { queries: { engine: string; attempts: unknown[] }[] };
    expect(queries).toMatchObject([{ engine: "searxng", status: "found" }]);
    expect(queries[0]?.attempts).toHaveLength(5);
    expect(queries[0]?.attempts.at(-1)).toMatchObject({ engine: "searxng", from: "cache", status: "found" });
    expect(searxng.requests).toHaveLength(1);
  },
);

test("all engines down: the run says so, invents no source, and ends with 1", TIMEOUT, async () => {
  const gone = await unusedUrl();
  const environment = {
    ...KEYS,
    TAVILY_BASE_URL: gone,
    BRAVE_BASE_URL: gone,
    AGENTIC_RAG_ENGINE: "tavily,brave",
    AGENTIC_RAG_SEARCH_ATTEMPTS: "1",
  };
  await using model = await startCompletionsServer([call("q"), "</think>\n\nI know it: **7** [1]."]);
  const withModel = { ...environment, ...MODEL, AGENTIC_RAG_MODEL_URL: model.url };
  const shown = await run(["Which licence does QwQ-32B have?"], withModel);
  expect(shown.exitCode).toBe(1);
  expect(shown.out).not.toMatch(/^\[\d\] /m);
  expect(shown.err).toContain(
    "tavily and brave failed after 0.1 s: q\n  No engine of tavily > brave answered. ",
  );
  expect(shown.err).toContain("tavily could not be reached; brave could not be reached\n");
  expect(shown.err).toContain("Every search failed, so no source supports this.");

  const offline = await run(["--json", "Which licence does QwQ-32B have?"], {
    ...environment,
    AGENTIC_RAG_MODEL_FAMILY: "offline",
  });
  expect(offline.exitCode).toBe(1);
  const told = JSON.parse(offline.raw) as { sources: unknown; citations: unknown; queries: unknown[] };
  expect(told).toMatchObject({ sources: [], citations: [] });
  expect(told.queries.length).toBeGreaterThan(0);
  for (const query of told.queries) {
    const unreachable = { from: "engine", status: "failed", kind: "unreachable" };
    expect(query).toMatchObject({
      status: "failed",
      attempts: [
        { ...unreachable, engine: "tavily" },
        { ...unreachable, engine: "brave" },
      ],
    });
  }
});

async function said(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const stage = createStage({ environment });
  return [await runProgram(["search", ...args], stage.surroundings), stage.out(), stage.err()];
}

test("what it needs is said before anything is asked", async () => {
  expect(await said([])).toEqual([2, "", 'search needs what to search for: agentic-rag search "…"\n']);
  expect(await said(["--engine", "exa", "Q"])).toEqual([
    2,
    "",
    "The search engine exa needs the setting EXA_API_KEY. Set it, or choose another engine with AGENTIC_RAG_ENGINE.\n",
  ]);
  expect(await said(["--docs", "a", "--engine", "brave,exa", "Q"])).toEqual([
    2,
    "",
    "--docs is searched by the engine local, not by brave,exa. Leave out --docs or --engine.\n",
  ]);
});

test("whatever an engine lets through, a terminal is not commanded, and long text is cut at a word", () => {
  const stage = createStage({ terminal: true, environment: { NO_COLOR: "1" } });
  const title = "T\n2  forged\u001b[31m\u202e";
  const text = `${"word ".repeat(59)}longer-than-what-is-shown\n\u009bend`;
  showSearch(stage.surroundings, false, {
    query: "Q",
    engine: "e\u001b]0;x",
    outcome: { status: "found", results: [{ title, url: "", text }] },
    milliseconds: 5,
    caches: false,
  });
  expect(stage.out()).toBe(
    `1  T 2  forged[31m\n   ${"word ".repeat(58)}word …\n\ne]0;x found 1 result in 5 ms\n`,
  );
});

test("what is told of attempts", () => {
  const attempt = {
    engine: "a",
    from: "engine",
    status: "found",
    kind: "",
    waitedMs: 0,
    milliseconds: 5,
  } as const;
  expect(attemptWords([])).toBeUndefined();
  expect(attemptWords([attempt])).toBeUndefined();
  expect(attemptWords([{ ...attempt, from: "journal" }])).toBe("a answered from before the run was resumed");
  expect(
    attemptWords([
      { ...attempt, status: "failed", kind: "quota-exceeded" },
      { ...attempt, status: "failed", kind: "one of a later version" },
      { ...attempt, engine: "b", status: "nothing", waitedMs: 1200 },
    ]),
  ).toBe("a has no credit left; a failed; b found nothing after 1.2 s");
});
