import { Command, InMemoryStore, isInterrupted, MemorySaver } from "@langchain/langgraph";
import { expect, test } from "vitest";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import { createScriptedModel } from "../../../src/model/scripted.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import type { SearchEngine } from "../../../src/search/engine.ts";
import { call, FIXED, pagesEngine, thread } from "../agent.ts";
import { ANSWER, ASKING } from "../asking.ts";

/** An agent that asks before each search, over an engine whose program is broken until it is mended. */
function build() {
  const pages = pagesEngine();
  let isBroken = true;
  const engine: SearchEngine = {
    name: "pages",
    search(query, options) {
      if (!isBroken) return pages.search(query, options);
      throw new TypeError("the engine's program broke");
    },
  };
  const model = createScriptedModel([call(["a", "b"]), ANSWER]);
  const agent = createAgenticRag(
    { protocol: qwq, model, engine, ...FIXED },
    { checkpointer: new MemorySaver(), store: new InMemoryStore() },
  );
  return { agent, asked: pages.asked, mend: () => (isBroken = false) };
}

// LangGraph keeps an answer with the step, and shows its question again when the step failed
test.each([
  ["denied", { decision: "deny" }, []],
  ["rejected", { decisions: [{ type: "reject" }, { type: "reject" }] }, []],
  ["answered by a hint", { decision: "hint", hint: "Look at home." }, []],
  ["edited", { decision: "edit", queries: ["c"] }, ["c"]],
  ["allowed in part", { decisions: [{ type: "reject" }, { type: "approve" }] }, ["b"]],
  ["approved again", { decision: "approve" }, ["a", "b"]],
  ["not answered again", undefined, ["a", "b"]],
])("a search that was approved, failed to be sent and then was %s", async (_how, answer, sent) => {
  const { agent, asked, mend } = build();
  expect(isInterrupted(await agent.invoke({ question: "Q?" }, ASKING))).toBe(true);
  await expect(agent.invoke(new Command({ resume: { decision: "approve" } }), thread())).rejects.toThrow(
    "program broke",
  );
  mend();
  if (answer === undefined) await agent.invoke(null, thread());
  else await agent.invoke(new Command({ resume: answer }), thread());
  expect(asked).toEqual(sent);
});

test("an answer that cannot be read does not fall back on the approval before it", async () => {
  const { agent, asked, mend } = build();
  await agent.invoke({ question: "Q?" }, ASKING);
  await agent.invoke(new Command({ resume: { decision: "approve" } }), thread()).catch(() => undefined);
  mend();
  expect(isInterrupted(await agent.invoke(new Command({ resume: "stop!" }), thread()))).toBe(true);
  expect(asked).toEqual([]);
  await agent.invoke(new Command({ resume: { decision: "deny" } }), thread());
  expect(asked).toEqual([]);
});
