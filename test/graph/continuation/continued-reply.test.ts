import { MemorySaver } from "@langchain/langgraph";
import { expect, test } from "vitest";
import { ask, call, FIXED, pagesEngine } from "../agent.ts";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { completionWire } from "../../servers/completions-wire.ts";
import { startCompletionsServer } from "../../servers/completions.ts";

const TURNS = [`Let me look.\n${call("Trier")}`, "It is there.\n</think>\n\nIt is Trier [1]."] as const;

/** The first reply breaks after so many events; what follows goes on where the prompt ends. */
async function cutAfter(events: number | undefined) {
  let requests = 0;
  let textEvents: number | undefined;
  const prompts: string[] = [];
  await using server = await startCompletionsServer(
    Array.from({ length: 6 }, () => ({ body }: { body: { prompt: string; stop?: readonly string[] } }) => {
      requests += 1;
      prompts.push(body.prompt);
      const turn = body.prompt.slice(body.prompt.lastIndexOf("<think>\n") + "<think>\n".length);
      const at = turn.lastIndexOf("</tool_response>\n");
      const [said, text] =
        at < 0 ? [turn, TURNS[0]] : [turn.slice(at + "</tool_response>\n".length), TURNS[1]];
      const reply = { text: text.slice(said.length), chunkSize: 5, usage: false } as const;
      const wire = completionWire(reply, { prompt: "", stop: body.stop ?? [] });
      const all = wire.split("\n\n");
      textEvents ??= all.findIndex((event) => event.includes('"finish_reason":"stop"'));
      const after = all.slice(0, events).join("\n\n").length + 2;
      return requests === 1 && events !== undefined
        ? { ...reply, fault: { kind: "end", after } as const }
        : reply;
    }),
  );
  const model = createCompletionsModel({
    baseUrl: server.url,
    modelName: "qwq",
    dialect: "generic",
    clock: { now: () => 0, random: () => 0, sleep: () => Promise.resolve() },
  });
  const agent = createAgenticRag(
    { protocol: qwq, model, engine: pagesEngine(), ...FIXED },
    { checkpointer: new MemorySaver() },
  );
  return { ...(await ask(agent, "Where?")), prompts, textEvents: textEvents ?? 0 };
}

test("a run whose connection breaks at any event has the transcript and the answer of one that never broke", async () => {
  const whole = await cutAfter(undefined);
  expect(whole.state).toMatchObject({ answered: true, stopReason: "answered", searches: 1 });
  expect(whole.state.usage).not.toHaveProperty("continued");
  expect(whole.textEvents).toBeGreaterThan(10);
  for (let events = 1; events <= whole.textEvents; events += 1) {
    const { state, events: told, prompts } = await cutAfter(events);
    expect(state.transcript).toEqual(whole.state.transcript);
    expect(state.answer).toBe(whole.state.answer);
    expect(state.usage).toMatchObject({ continued: 1, estimated: true, modelRequests: 3 });
    expect(told.filter(({ type }) => type === "reply-continued")).toEqual([
      { type: "reply-continued", times: 1 },
    ]);
    for (const [at, prompt] of prompts.entries()) expect(prompt.startsWith(prompts[at - 1] ?? "")).toBe(true);
  }
});
