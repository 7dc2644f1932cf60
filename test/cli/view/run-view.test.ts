import { expect, test } from "vitest";
import { createRunView } from "../../../src/cli/view/run-view.ts";
import { type RunRecord } from "../../../src/cli/view/run-record.ts";
import type { RunEvent } from "../../../src/graph/events.ts";
import { EVENTS, RECORD } from "../scripts.ts";
import { createStage } from "../surroundings.ts";

function show(
  events: readonly RunEvent[],
  record: RunRecord,
  { terminal, noColor = true }: { terminal: boolean; noColor?: boolean },
): { out: string; err: string } {
  const stage = createStage({ terminal });
  const view = createRunView(stage.surroundings, { environment: {}, noColor });
  view.begin("QwQ-32B at 127.0.0.1:8000 answers, searching tavily.");
  for (const event of events) view.onEvent(event);
  view.end(record);
  return { out: stage.out(), err: stage.err() };
}

test("at a terminal everything goes to stdout, as it happens", () => {
  const { out, err } = show(EVENTS, RECORD, { terminal: true });
  expect(err).toBe("");
  expect(out).toMatchInlineSnapshot(`
    "QwQ-32B at 127.0.0.1:8000 answers, searching tavily.

    Let me look.

    Searching tavily: licence
    Searching tavily: weather
    tavily found 2 sources in 0.8 s: licence
    tavily failed after 20 s: weather
      Tavily did not answer within 20 s. Try again.
    A call could not be read: The call is no JSON.
    Searched before, 1 source: LICENCE
    No more searches: the search budget is spent. The model is told to answer.

    I know enough.

    It is **Apache 2.0** [1].
    Some say more [7].

    Sources
    [1] The licence
        https://example.org/licence

    Also found
    [2] Another page
        https://example.org/other

    Cited, but not found by this run: [7]

    search budget spent, 2 searches, 1,234 tokens, 35 s
    "
  `);
});

test("elsewhere stdout has the answer and its sources, and stderr the rest", () => {
  const { out, err } = show(EVENTS, RECORD, { terminal: false });
  expect(out).toMatchInlineSnapshot(`
    "It is **Apache 2.0** [1].
    Some say more.

    Sources
    [1] The licence
        https://example.org/licence

    Also found
    [2] Another page
        https://example.org/other

    Cited, but not found by this run: [7]
    "
  `);
  expect(err).toMatchInlineSnapshot(`
    "QwQ-32B at 127.0.0.1:8000 answers, searching tavily.

    Let me look.

    Searching tavily: licence
    Searching tavily: weather
    tavily found 2 sources in 0.8 s: licence
    tavily failed after 20 s: weather
      Tavily did not answer within 20 s. Try again.
    A call could not be read: The call is no JSON.
    Searched before, 1 source: LICENCE
    No more searches: the search budget is spent. The model is told to answer.

    I know enough.

    search budget spent, 2 searches, 1,234 tokens, 35 s
    "
  `);
});

test("colours are put around what is printed", () => {
  const events = EVENTS.filter(({ type }) => type === "reasoning-delta" || type === "search-start");
  const { out } = show(events, { ...RECORD, sources: [] }, { terminal: true, noColor: false });
  expect(JSON.stringify(out)).toMatchInlineSnapshot(
    `""\\u001b[2mQwQ-32B at 127.0.0.1:8000 answers, searching\\u001b[22m\\u001b[2m tavily.\\u001b[22m\\n\\n\\u001b[2mLet\\u001b[22m\\u001b[2m me\\u001b[22m\\u001b[2m look.\\u001b[22m\\n\\n\\u001b[36mSearching tavily:\\u001b[39m\\u001b[36m licence\\u001b[39m\\n\\u001b[36mSearching tavily:\\u001b[39m\\u001b[36m weather\\u001b[39m\\n\\n\\u001b[2mI know\\u001b[22m\\u001b[2m enough.\\u001b[22m\\n\\n\\u001b[33mCited, but not found by this run:\\u001b[39m\\u001b[33m [7]\\u001b[39m\\n\\n\\u001b[2msearch budget spent, 2 searches, 1,234 tokens, 35\\u001b[22m\\u001b[2m s\\u001b[22m\\n""`,
  );
});

const FAILED: readonly RunEvent[] = [
  { type: "reasoning-delta", text: "Let me" },
  { type: "answer-delta", text: "It is" },
  {
    type: "answer-end",
    answer:
      "There is no answer: the model could not go on: No connection.\n\nThese sources were found:\n\n- The licence [[1]](https://example.org/licence)",
    answered: false,
    citations: [],
    uncited: [],
    stopReason: "model-error",
    failure: { code: "model-unreachable", message: "No connection." },
  },
];

test("where there is no answer, that is said, and stdout stays empty if it is no terminal", () => {
  const record: RunRecord = {
    ...RECORD,
    answered: false,
    stopReason: "model-error",
    citations: [],
    uncited: [],
  };
  expect(show(FAILED, record, { terminal: true }).out).toMatchInlineSnapshot(`
    "QwQ-32B at 127.0.0.1:8000 answers, searching tavily.

    Let me

    It is

    There is no answer: the model could not go on: No connection.

    Found
    [1] The licence
        https://example.org/licence
    [2] Another page
        https://example.org/other

    To find out what is wrong with the model's server: agentic-rag doctor

    model error, 2 searches, 1,234 tokens, 35 s
    "
  `);
  const { out, err } = show(FAILED, record, { terminal: false });
  expect(out).toBe("");
  expect(err).toMatchInlineSnapshot(`
    "QwQ-32B at 127.0.0.1:8000 answers, searching tavily.

    Let me

    There is no answer: the model could not go on: No connection.

    Found
    [1] The licence
        https://example.org/licence
    [2] Another page
        https://example.org/other

    To find out what is wrong with the model's server: agentic-rag doctor

    model error, 2 searches, 1,234 tokens, 35 s
    "
  `);
});

test("an answer that was not streamed is printed when it is checked", () => {
  const events: readonly RunEvent[] = [
    {
      type: "answer-end",
      answer: "Yes [[1]](https://example.org/a).",
      answered: true,
      citations: [],
      uncited: [],
      stopReason: "answered",
    },
  ];
  const record: RunRecord = { ...RECORD, sources: [], citations: [], uncited: [], stopReason: "answered" };
  expect(show(events, record, { terminal: true }).out).toMatchInlineSnapshot(`
    "QwQ-32B at 127.0.0.1:8000 answers, searching tavily.

    Yes [1].

    2 searches, 1,234 tokens, 35 s
    "
  `);
});

test("an answer without a search that worked says so", () => {
  const queries = RECORD.queries.filter(({ status }) => status === "failed");
  const record: RunRecord = {
    ...RECORD,
    sources: [],
    citations: [],
    uncited: [],
    stopReason: "answered",
    queries,
  };
  expect(show([], record, { terminal: false }).err).toMatchInlineSnapshot(`
    "QwQ-32B at 127.0.0.1:8000 answers, searching tavily.

    Every search failed, so no source supports this. To find out why: agentic-rag doctor

    2 searches, 1,234 tokens, 35 s
    "
  `);
});
