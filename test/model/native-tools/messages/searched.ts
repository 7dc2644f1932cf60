import type { RunnableConfig } from "@langchain/core/runnables";
import { expect } from "vitest";
import { createAgenticRag } from "../../../../src/graph/graph.ts";
import type { RunState } from "../../../../src/graph/state.ts";
import type { ContinuationModel } from "../../../../src/model/model.ts";
import { qwq } from "../../../../src/protocol/qwq/qwq.ts";
import { newFile, opened } from "../../../durability/checkpoints.ts";
import { FIXED, pagesEngine, thread } from "../../../graph/agent.ts";
import { QUERIES } from "../twin.ts";

export const INPUT = { question: "Which three facts?" };
export const ENDED = {
  answered: true,
  stopReason: "answered",
  searches: 3,
  answer: expect.stringContaining("It is seven [[1]]"),
};

/**
 * Three searches and an answer, the process ended after each, and then forked before the second: the messages of the four
 * requests, of which each begins with those of the one before, are those of the fork from the second on.
 *
 * @param taken the messages of all requests so far
 */
export async function searchedAndForked<Message>(
  model: () => ContinuationModel,
  taken: () => readonly (readonly Message[])[],
): Promise<readonly (readonly Message[])[]> {
  const file = newFile();
  const engine = pagesEngine();
  /** A new agent with a new model, over the file opened anew. */
  const process = () => {
    const { checkpointer, store } = opened(file);
    return createAgenticRag({ protocol: qwq, model: model(), engine, ...FIXED }, { checkpointer, store });
  };
  for (const searches of [1, 2, 3]) {
    const input = searches === 1 ? INPUT : null;
    const state = await process().invoke(input, { ...thread(), interruptAfter: ["web-search"] });
    expect(state).toMatchObject({ searches });
  }
  const last = process();
  expect(await last.invoke(null, thread())).toMatchObject(ENDED);
  expect(engine.asked).toEqual(QUERIES);
  const prompts = taken();
  expect(prompts).toHaveLength(4);
  for (const [at, prompt] of prompts.slice(1).entries()) {
    const before = prompts[at] ?? [];
    expect(JSON.stringify(prompt.slice(0, before.length))).toBe(JSON.stringify(before));
  }

  const second: RunnableConfig[] = [];
  for await (const snapshot of last.getStateHistory(thread())) {
    const { searches } = snapshot.values as RunState;
    if (searches === 1 && snapshot.next.includes("generate")) second.push(snapshot.config);
  }
  expect(await process().invoke(null, second[0])).toMatchObject(ENDED);
  expect(taken().slice(prompts.length)).toEqual(prompts.slice(1));
  return prompts;
}
