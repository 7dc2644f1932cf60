import { AIMessageChunk } from "@langchain/core/messages";
import { describe, expect, test } from "vitest";
import { ask, call, thread } from "../agent.ts";
import { ANSWER, context, open, paged, responses } from "./paged.ts";

const pageOf = (name: string): string => `https://example.org/${name}`;

describe("budgets", () => {
  test("a page beyond the budget is not opened, while searches go on", async () => {
    const steps = [call(["a", "b"]), open([pageOf("a"), pageOf("b")]), open(pageOf("b")), call("c"), ANSWER];
    const { agent, opened, asked } = paged(steps);
    const { state, events } = await ask(agent, "Q?", { context: { maxPages: 1 } });
    expect(opened.map(({ url }) => url)).toEqual([pageOf("a")]);
    expect(asked).toEqual(["a", "b", "c"]);
    expect(responses(state).slice(1, 3)).toEqual([
      `[1 k7f3 ${pageOf("a")}] Page ${pageOf("a")}\nWhat ${pageOf("a")} says.\n\n"${pageOf("b")}" was not opened: no pages are left.\n\nSearches left: 3. Pages left: 0.`,
      `"${pageOf("b")}" was not opened: no pages are left.\n\nSearches left: 3. Pages left: 0.`,
    ]);
    expect(state).toMatchObject({ pages: 1, searches: 3, repairs: 1, stopReason: "answered" });
    expect(events).toContainEqual({
      type: "page-end",
      url: pageOf("b"),
      reader: "",
      status: "not-run",
      milliseconds: 0,
    });
  });

  test("a search beyond the budget is not run, while pages are opened", async () => {
    const { agent, opened, asked } = paged([call("a"), call("b"), open(pageOf("a")), ANSWER]);
    const { state } = await ask(agent, "Q?", { context: { maxPages: 2, maxSearches: 1 } });
    expect([opened.length, asked.length]).toEqual([1, 1]);
    expect(state).toMatchObject({ pages: 1, searches: 1, repairs: 1, stopReason: "answered" });
  });

  test("a page when both budgets are spent ends the searching", async () => {
    const { agent, opened } = paged([call(["a", "b"]), open(pageOf("a")), open(pageOf("b")), ANSWER]);
    const { state, events } = await ask(agent, "Q?", { context: { maxPages: 1, maxSearches: 2 } });
    expect(opened).toHaveLength(1);
    expect(responses(state)[1]).toContain(
      "Searches left: 0. Pages left: 0. Go on to the final answer with what you have.",
    );
    expect(responses(state)[2]).toMatch(
      /^All pages that may be opened for this question are used up\. The call/,
    );
    expect(state).toMatchObject({ stopReason: "page-budget", answered: true, spent: "page" });
    expect(events).toContainEqual({ type: "tool-call-refused", budget: "page" });
  });

  test("what was read before is not read again, under no address that means the same", async () => {
    const steps = [call("a"), open([pageOf("a"), `${pageOf("a")}#top`]), open(`${pageOf("a")}/`), ANSWER];
    const { agent, opened } = paged(steps);
    const { state } = await ask(agent, "Q?", { context });
    expect(opened).toHaveLength(1);
    const again = `"${pageOf("a")}" was opened before and was not opened again. It is:\n\n[1 k7f3 ${pageOf("a")}] Page ${pageOf("a")}\n(shown above)`;
    expect(responses(state)[1]).toContain(again);
    expect(responses(state)[2]).toBe(`${again}\n\nSearches left: 4. Pages left: 1.`);
    expect(state).toMatchObject({ pages: 1, repeats: 2, repairs: 0, call: null });
  });

  test("too many repeats end the searching", async () => {
    const again = open(pageOf("a"));
    const { agent } = paged([call("a"), again, again, again, ANSWER]);
    const { state } = await ask(agent, "Q?", { context: { ...context, maxRepeats: 1 } });
    expect(state.stopReason).toBe("repeat-budget");
  });

  test("each question has its own", async () => {
    const steps = [call("a"), open(pageOf("a")), ANSWER, call("a"), open(pageOf("a")), ANSWER];
    const { agent, opened } = paged(steps);
    await ask(agent, "One?", { context: { maxPages: 1 } });
    const { state } = await ask(agent, "Two?", { context: { maxPages: 1 } });
    expect(opened).toHaveLength(2);
    expect(state).toMatchObject({ pages: 1, links: [] });
    expect(state.readings).toHaveLength(1);
  });
});

test("the call is streamed as a call of the second tool, and no tag of it as text", async () => {
  const { agent } = paged([call("a"), open([pageOf("a"), "https://evil.example/"]), ANSWER]);
  const stream = await agent.stream(
    { question: "Q?" },
    { ...thread(), streamMode: "messages", context: { maxPages: 2 } as never },
  );
  const calls: unknown[] = [];
  let text = "";
  for await (const [chunk, { langgraph_node: node }] of stream) {
    if (node !== "generate" || !AIMessageChunk.isInstance(chunk)) continue;
    calls.push(...(chunk.tool_call_chunks ?? []).map(({ name, args }) => [name, args]));
    text += chunk.text;
  }
  expect(calls).toEqual([
    ["web_search", '{"query":"a"}'],
    ["open_url", `{"url":"${pageOf("a")}"}`],
    ["open_url", '{"url":"https://evil.example/"}'],
  ]);
  expect(text).toBe("It is so [1].");
});
