import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { expect, test } from "vitest";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import type { RunState } from "../../../src/graph/state.ts";
import { call, scripted, thread } from "../agent.ts";

const SAID = [`Let me look.\n${call("a")}`, "I know.\n</think>\n\nIt is **7** [1]."];

/** Counts what a callback is told of the model. */
class Counting extends BaseCallbackHandler {
  override name = "counting";
  readonly told = { starts: 0, tokens: 0, ends: 0 };
  override handleChatModelStart(): void {
    this.told.starts += 1;
  }
  override handleLLMNewToken(): void {
    this.told.tokens += 1;
  }
  override handleLLMEnd(): void {
    this.told.ends += 1;
  }
}

/** Without what is drawn anew for each run. */
function comparable({ opening, messages, ...rest }: RunState) {
  return {
    ...rest,
    messageId: "",
    opening: { ...opening, questionId: "" },
    messages: messages.map(({ type, content, name }) => ({ type, content, name })),
  };
}

test("a run comes to the same whether a callback listens to its model or none does", async () => {
  const states = [];
  const counting = new Counting();
  for (const callbacks of [[], [counting]]) {
    const { agent } = scripted(SAID);
    await agent.invoke({ question: "Q?" }, { ...thread(), callbacks });
    const { values } = await agent.getState(thread());
    states.push(comparable(values as RunState));
  }
  expect(states[1]).toEqual(states[0]);
  expect(states[0]?.answer).toBe("It is **7** [[1]](https://example.org/a).");
  // reasoning and the call; reasoning and the answer, with its last sign apart
  expect(counting.told).toEqual({ starts: 2, tokens: 5, ends: 2 });
});

test("a call that is still written is looked at where its search may be sent ahead, and nowhere else", async () => {
  const looks: string[] = [];
  const protocol = {
    ...qwq,
    begunQueries(openCall: string) {
      looks.push(openCall);
      return qwq.begunQueries?.(openCall) ?? [];
    },
  };
  await scripted(SAID, { protocol }).agent.invoke({ question: "Q?" }, thread());
  expect(looks).toEqual([]);
  const asking = { protocol, searchAhead: true, limits: { approveSearches: true } };
  await scripted(SAID, asking).agent.invoke({ question: "Q?" }, thread());
  expect(looks).toEqual([]);
  const text = `Let me look.\n${call("a")}`;
  const replies = [{ chunks: [text.slice(0, -14), text.slice(-14)] }, SAID[1] ?? ""];
  await scripted(replies, { protocol, searchAhead: true }).agent.invoke({ question: "Q?" }, thread());
  expect(looks).toEqual([text.slice("Let me look.\n".length, -14)]);
});
