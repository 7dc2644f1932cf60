import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import type { RunState } from "../../../src/graph/state.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { newFile, opened } from "../../durability/checkpoints.ts";
import { FIXED, pagesEngine, thread } from "../../graph/agent.ts";
import { startTwin } from "./twin-server.ts";
import { QUERIES, type Twin } from "./twin.ts";
import { TWINS } from "./twins.ts";

const INPUT = { question: "Which three facts?" };
const ENDED = {
  answered: true,
  stopReason: "answered",
  searches: 3,
  answer: expect.stringContaining("It is seven [[1]]"),
};

/** The messages that a run comes to: the prompt, then each step and its result; the beginning is that of the one before. */
function expectExact(twin: Twin, prompts: readonly (readonly unknown[])[]): void {
  expect(prompts.map(({ length }) => length)).toEqual([2, 4, 6, 8]);
  for (const [at, prompt] of prompts.slice(1).entries()) {
    const before = prompts[at] ?? [];
    expect(JSON.stringify(prompt.slice(0, before.length))).toBe(JSON.stringify(before));
  }
  const last = prompts.at(-1) ?? [];
  for (const step of [0, 1, 2]) {
    const back = twin.back(step);
    expect(last[2 + 2 * step]).toEqual(back);
    expect(last[3 + 2 * step]).toMatchObject({
      role: "tool",
      tool_call_id: back.tool_calls?.[0]?.id,
      content: expect.stringContaining(`About ${QUERIES[step]}`),
    });
  }
}

describe.each(TWINS.map((twin) => [twin.name, twin] as const))("%s", (_name, twin) => {
  test("three searches, the process ended after each, and forked before the second", async () => {
    const server = await startTwin(twin);
    const file = newFile();
    const engine = pagesEngine();
    /** A new agent with a new model, over the file opened anew. */
    const process = () => {
      const { checkpointer, store } = opened(file);
      const parts = { protocol: qwq, model: server.model(), engine, ...FIXED };
      return createAgenticRag(parts, { checkpointer, store });
    };
    for (const searches of [1, 2, 3]) {
      const input = searches === 1 ? INPUT : null;
      const state = await process().invoke(input, { ...thread(), interruptAfter: ["web-search"] });
      expect(state).toMatchObject({ searches });
    }
    const last = process();
    expect(await last.invoke(null, thread())).toMatchObject(ENDED);
    expect(engine.asked).toEqual(QUERIES);
    // a new process learns anew which field is refused
    expect(server.refused()).toHaveLength(twin.learns ? 3 : 0);
    const prompts = server.taken().map(({ body }) => body.messages);
    expectExact(twin, prompts);

    const second = [];
    for await (const snapshot of last.getStateHistory(thread())) {
      const { searches } = snapshot.values as RunState;
      if (searches === 1 && snapshot.next.includes("generate")) second.push(snapshot.config);
    }
    expect(await process().invoke(null, second[0] as never)).toMatchObject(ENDED);
    expect(
      server
        .taken()
        .slice(prompts.length)
        .map(({ body }) => body.messages),
    ).toEqual(prompts.slice(1));
    expect(server.refused()).toHaveLength(twin.learns ? 4 : 0);
  });

  test("the same where replies come in one piece", async () => {
    const server = await startTwin(twin, "json");
    const parts = { protocol: qwq, model: server.model(), engine: pagesEngine(), ...FIXED };
    const agent = createAgenticRag(parts, { checkpointer: new MemorySaver() });
    expect(await agent.invoke(INPUT, thread())).toMatchObject(ENDED);
    expect(server.refused()).toHaveLength(twin.learns ? 1 : 0);
    expectExact(
      twin,
      server.taken().map(({ body }) => body.messages),
    );
  });
});
