import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import type { RunState } from "../../../src/graph/state.ts";
import { NO_POSTGRES } from "../../servers/postgres.ts";
import { agentOn, call, countingEngine } from "../agent.ts";
import { newSchema, opened, usePostgres } from "./place.ts";

const SCRIPT = [call("apples"), call("pears"), "</think>\n\nApples [1], pears [2]."];

function thread(id: string) {
  return { configurable: { thread_id: id } };
}

function textOf({ transcript }: RunState): string {
  return transcript.map(({ text }) => text).join("");
}

describe.skipIf(NO_POSTGRES !== "")(`threads in PostgreSQL ${NO_POSTGRES}`, () => {
  const server = usePostgres();

  test("a fork answers for itself, and the first branch stays as it was", async () => {
    const durability = await opened(server());
    const first = agentOn(durability, SCRIPT);
    await first.invoke({ question: "Which fruit?" }, thread("t"));
    const state = (await first.getState(thread("t"))).values as RunState;
    const before: string[] = [];
    for await (const { next, config } of first.getStateHistory(thread("t"))) {
      if (next[0] === "generate" && config.configurable?.["checkpoint_id"] !== undefined) {
        before.push(String(config.configurable["checkpoint_id"]));
      }
    }
    const [afterPears = ""] = before;
    const forked = agentOn(durability, ["</think>\n\nOnly apples [1]."]);
    const fork = { configurable: { thread_id: "t", checkpoint_id: afterPears } };
    await forked.invoke(null, fork);
    // what is read back, and not only what was returned
    const read = (await agentOn(durability, []).getState(thread("t"))).values as RunState;
    expect(read.answer).toBe("Only apples [[1]](https://example.org/apples).");
    expect(read.transcript.at(-1)?.text).toBe("</think>\n\nOnly apples [1].");
    expect(read.sources.map(({ number }) => number)).toEqual([1, 2]);
    const leaves: string[] = [];
    for await (const { next, values } of forked.getStateHistory(thread("t"))) {
      if (next.length === 0) leaves.push(textOf(values as RunState));
    }
    expect(leaves).toEqual([textOf(read), textOf(state)]);
  });

  test("two questions on a thread, asked by two processes, are one conversation", async () => {
    const options = { schema: newSchema() };
    const one = await opened(server(), options);
    await agentOn(one, SCRIPT).invoke({ question: "Which fruit?" }, thread("t"));
    const two = await opened(server(), options);
    const agent = agentOn(two, [(prompt) => `</think>\n\n${prompt.includes("Apples") ? "Yes" : "No"}.`]);
    await agent.invoke({ messages: [{ role: "user", content: "Are you sure?" }] }, thread("t"));
    const { values } = await agentOn(one, []).getState(thread("t"));
    expect((values as RunState).answer).toBe("Yes.");
    expect((values as RunState).messages.map(({ type }) => type)).toEqual(["human", "ai", "human", "ai"]);
  });

  test.each([
    ["a prototype", "__proto__"],
    ["a wildcard", "%"],
    ["NUL", "a\0b"],
    ["a lone surrogate", "\ud800"],
    ["quotes", `'"\\`],
    ["600 characters", "x".repeat(600)],
  ])("a thread may be called %s", async (_title, id) => {
    const durability = await opened(server());
    await agentOn(durability, SCRIPT).invoke({ question: "Which fruit?" }, thread("other"));
    const agent = agentOn(durability, SCRIPT);
    await agent.invoke({ question: "Which fruit?" }, thread(id));
    const claim = await durability.book.claim(id, "own\0er", 1000);
    if (claim.status !== "claimed") throw new Error("nobody holds it");
    await durability.book.begin(claim.lease, "quest\0ion");
    expect(await durability.book.find(id)).toMatchObject({
      threadId: id,
      question: "quest\0ion",
      owner: "own\0er",
    });
    expect(((await agent.getState(thread(id))).values as RunState).stopReason).toBe("answered");
    await durability.book.remove(id);
    expect((await agent.getState(thread(id))).values).toEqual({});
    expect(await durability.book.find(id)).toBeUndefined();
    expect(((await agent.getState(thread("other"))).values as RunState).stopReason).toBe("answered");
  });

  test("a thread whose name is too long to be kept is refused, and nothing is stored", async () => {
    const durability = await opened(server());
    const id = "x".repeat(10_000);
    await expect(
      agentOn(durability, SCRIPT).invoke({ question: "Which fruit?" }, thread(id)),
    ).rejects.toMatchObject({ code: "settings-invalid" });
    expect(await durability.checkpointer.getTuple(thread(id))).toBeUndefined();
  });

  test("removing a thread forgets its searches too", async () => {
    const durability = await opened(server());
    await agentOn(durability, SCRIPT).invoke({ question: "Which fruit?" }, thread("t"));
    await agentOn(durability, SCRIPT).invoke({ question: "Which fruit?" }, thread("kept"));
    expect(await durability.store.search(["agentic-rag", "searches"])).toHaveLength(4);
    await durability.book.remove("t");
    expect(await durability.store.search(["agentic-rag", "searches"])).toHaveLength(2);
  });

  test("what is stored is read as it was, whatever it is", async () => {
    const durability = await opened(server());
    const text = `\0 \ud800 é \u{1F34E} ${"x".repeat(8_000_000)}`;
    const { engine } = countingEngine(() => "found");
    const agent = agentOn(durability, [`${text}</think>\n\nDone.`], engine);
    const inMemory = agentOn(
      { checkpointer: new MemorySaver(), store: durability.store },
      [`${text}</think>\n\nDone.`],
      engine,
    );
    await agent.invoke({ question: "\0\ud800" }, thread("t"));
    await inMemory.invoke({ question: "\0\ud800" }, thread("t"));
    const read = (await agent.getState(thread("t"))).values as RunState;
    const expected = (await inMemory.getState(thread("t"))).values as RunState;
    expect(textOf(read) === textOf(expected)).toBe(true);
    expect(textOf(read).length).toBeGreaterThan(8_000_000);
    expect(read.opening?.question).toBe(expected.opening?.question);
  });
});
