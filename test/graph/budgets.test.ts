import { expect, test } from "vitest";
import { ask, call, scripted, served, transcriptText } from "./agent.ts";

const endless = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => call(`query ${at + 1}`));

test("a budget of 5 allows exactly 5 searches, and the run still ends in an answer", async () => {
  const answer = "I have to stop.\n</think>\n\nWhat I found [1][5].";
  const { agent, asked } = scripted([...endless(6), answer]);
  const { state } = await ask(agent, "Q?");
  expect(asked).toEqual(["query 1", "query 2", "query 3", "query 4", "query 5"]);
  expect(state).toMatchObject({ searches: 5, stopReason: "search-budget", spent: "search" });
  expect(state.answer).toBe(
    "What I found [[1]](https://example.org/query%201)[[5]](https://example.org/query%205).",
  );
});

test("a budget of 0 allows none, and the model is told so from the start", async () => {
  const { agent, model, asked } = scripted([call("x"), "Right.\n</think>\n\nFrom memory: 7."]);
  const { state } = await ask(agent, "Q?", { context: { maxSearches: 0 } });
  expect(asked).toEqual([]);
  expect(state).toMatchObject({ searches: 0, stopReason: "search-budget", answer: "From memory: 7." });
  expect(model.calls[0]!.prompt).toContain("No search is available for this question.");
});

test("a model that never stops asking ends in the plain word that it gave no answer", async () => {
  const { agent, completions, tavily } = await served(
    Array.from({ length: 8 }, (_, at) => ({ text: call(`query ${at + 1}`), stop: "ignore" as const })),
  );
  const { state } = await ask(agent, "Q?");
  expect(tavily.queries).toHaveLength(5);
  expect(completions.requests).toHaveLength(8);
  expect(state.stopReason).toBe("search-budget");
  expect(state.answer).toBe(
    [
      "There is no answer: the model kept asking for searches after its search budget was spent.\n\nThis is what the sources say that were found:\n",
      ...[1, 2, 3, 4, 5].map((n) => `- All about query ${n}. [[${n}]](https://example.org/query-${n})`),
    ].join("\n"),
  );
});

test("a call with more queries than are left runs those that fit and says which did not run", async () => {
  const { agent, asked } = scripted([call(["a", "b", "c"]), "Done.\n</think>\n\nOk."]);
  const { state, events } = await ask(agent, "Q?", { context: { maxSearches: 2 } });
  expect(asked).toEqual(["a", "b"]);
  expect(state.searches).toBe(2);
  expect(
    events.flatMap((event) => (event.type === "search-end" ? [[event.query, event.status]] : [])),
  ).toEqual([
    ["a", "found"],
    ["b", "found"],
    ["c", "not-run"],
  ]);
  expect(state.transcript[2]!.text).toContain('"c" was not run: no searches are left.\n\nSearches left: 0.');
});

test("a repeated query is answered from what is known, whatever its case and white space", async () => {
  const { agent, asked } = scripted([
    call("QwQ licence"),
    call("qwq  Licence?"),
    "Done.\n</think>\n\nOpen [1].",
  ]);
  const { state, events } = await ask(agent, "Q?");
  expect(asked).toEqual(["QwQ licence"]);
  expect(state).toMatchObject({ searches: 1, repeats: 1, stopReason: "answered" });
  expect(state.transcript[4]).toEqual({
    origin: "runtime",
    text: '\n<tool_response>\n"qwq Licence?" was searched before and was not run again. It had found:\n\n[1 k7f3 example.org] About QwQ licence\n(shown above)\n\nSearches left: 4.\n</tool_response>\n',
  });
  expect(events.filter(({ type }) => type === "search-end")).toHaveLength(2);
});

test("a model that only repeats itself runs out of repeats", async () => {
  const { agent, asked } = scripted([
    ...Array.from({ length: 5 }, () => call("same")),
    "Fine.\n</think>\n\nIt is [1].",
  ]);
  const { state } = await ask(agent, "Q?");
  expect(asked).toEqual(["same"]);
  expect(state).toMatchObject({ searches: 1, repeats: 4, stopReason: "repeat-budget" });
});

test("a query that failed may be asked again", async () => {
  let tries = 0;
  const { agent } = scripted([call("x"), call("x"), "Ok.\n</think>\n\nFound [1]."], {
    engine: {
      name: "flaky",
      async search() {
        tries += 1;
        return tries === 1
          ? { status: "failed", failure: { kind: "timeout", message: "The search took too long." } }
          : { status: "found", results: [{ title: "T", url: "https://example.org/t", text: "Text." }] };
      },
    },
  });
  const { state } = await ask(agent, "Q?");
  expect(tries).toBe(2);
  expect(state.queries.map(({ status, reason }) => [status, reason])).toEqual([
    ["failed", "The search took too long."],
    ["found", ""],
  ]);
  expect(state.transcript[2]!.text).toBe(
    '\n<tool_response>\nThe search for "x" failed: The search took too long. Nothing is known from it.\n\nSearches left: 4.\n</tool_response>\n',
  );
});

test("reasoning that uses up its tokens is closed, and the kept fifth goes to the answer", async () => {
  const { agent, model } = scripted([
    { text: "Thinking, thinking", finishReason: "length", usage: { promptTokens: 10, completionTokens: 80 } },
    { text: "The answer is 7.", usage: { promptTokens: 10, completionTokens: 5 } },
  ]);
  const { state } = await ask(agent, "Q?", { context: { maxTokens: 100 } });
  expect(model.calls.map(({ options }) => options.maxTokens)).toEqual([80, 20]);
  expect(state).toMatchObject({ stopReason: "token-budget", answer: "The answer is 7." });
  expect(transcriptText(state)).toBe(
    "<think>\nThinking, thinking\n\nI have used up what I was given for this. I will answer now from what I have.\n</think>\n\nThe answer is 7.",
  );
});

test("a call that the token limit cuts is never run, even when its JSON is whole", async () => {
  const cut = call("x").replace("\n</tool_call>", "");
  const { agent, asked } = scripted([
    { text: cut, finishReason: "length", usage: { promptTokens: 1, completionTokens: 80 } },
    "Right.\n</think>\n\nNo idea.",
  ]);
  const { state } = await ask(agent, "Q?", { context: { maxTokens: 100 } });
  expect(asked).toEqual([]);
  expect(state).toMatchObject({ stopReason: "token-budget", answer: "No idea." });
  expect(state.transcript.slice(1, 3)).toEqual([
    { origin: "model", text: cut },
    { origin: "runtime", text: "</tool_call>" },
  ]);
});

test("time that is spent between steps ends the searching", async () => {
  let now = 0;
  const { agent, asked } = scripted([call("a"), call("b"), "Quick.\n</think>\n\nSo far [1]."], {
    clock: () => (now += 10_000),
  });
  const { state } = await ask(agent, "Q?", { context: { maxSeconds: 60 } });
  expect(asked).toEqual(["a"]);
  expect(state).toMatchObject({ stopReason: "time-budget", searches: 1 });
});

test("a generation that outlasts its time is cut and the model answers from what it has", async () => {
  const { agent, completions } = await served([
    { text: "Slowly thinking about it all", chunkSize: 8, fault: { kind: "stall", after: 400 } },
    { text: "Seven." },
  ]);
  const { state } = await ask(agent, "Q?", { context: { maxSeconds: 1 } });
  expect(await completions.requests[0]!.closedEarly).toBe(true);
  expect(state.stopReason).toBe("time-budget");
  expect(state.transcript.at(-2)!.origin).toBe("runtime");
});

test("what is left is told after each step", async () => {
  const { agent } = scripted([call("a"), "Ok.\n</think>\n\nDone."]);
  const { events } = await ask(agent, "Q?", { context: { maxSearches: 2, maxTokens: 1000, maxSeconds: 60 } });
  const left = events.flatMap((event) => (event.type === "budget-left" ? [event.left.searches] : []));
  expect(left).toEqual([2, 1, 1]);
});

test("reasoning that repeats itself is stopped, and the model answers", async () => {
  const loop = "Alternatively, it could be something else. ".repeat(500);
  const { agent, completions } = await served([
    { text: loop, chunkSize: 20, apart: true },
    { text: "It is 7." },
  ]);
  const { state } = await ask(agent, "Q?");
  expect(await completions.requests[0]!.closedEarly).toBe(true);
  expect(state).toMatchObject({ stopReason: "repetition", answered: true, answer: "It is 7." });
  expect(transcriptText(state).length).toBeLessThan(3000);
});
