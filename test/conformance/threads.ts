import { MemorySaver } from "@langchain/langgraph";
import type { RunnableConfig } from "@langchain/core/runnables";
import { describe, expect, test, vi } from "vitest";
import type { RunState } from "../../src/graph/state.ts";
import { agentOn, call, countingEngine } from "../durability/agent.ts";
import { all } from "../durability/checkpoints.ts";
import type { Opening } from "./place.ts";

const SCRIPT = [call("apples"), call("pears"), "</think>\n\nApples [1], pears [2]."];

function thread(id: string) {
  return { configurable: { thread_id: id } };
}

function textOf({ transcript }: RunState): string {
  return transcript.map(({ text }) => text).join("");
}

/** Five kilobytes that hardly compress. */
function words(seed: number): string {
  return Array.from({ length: 700 }, (_, at) => ((seed + 1) * 7919 + at * at * 104_729).toString(36)).join(
    " ",
  );
}

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

/** What becomes of runs of the agent that a database keeps. */
export function describeThreads(database: string, { newPlace, openedAt }: Opening): void {
  describe(`threads ${database}`, () => {
    test("a fork answers for itself, and the first branch stays as it was", async () => {
      const durability = await openedAt(newPlace());
      const first = agentOn(durability, SCRIPT);
      await first.invoke({ question: "Which fruit?" }, { ...thread("t"), durability: "sync" });
      const [end] = await all(first.getStateHistory(thread("t")));
      const history = await all(first.getStateHistory(thread("t")));
      const afterPears = history.find(({ next, values }) => next[0] === "generate" && values.searches === 2);
      const forked = agentOn(durability, ["</think>\n\nOnly apples [1]."]);
      await forked.invoke(null, { ...afterPears!.config, durability: "sync" });
      // what is read back, and not only what was returned
      const read = (await agentOn(durability, []).getState(thread("t"))).values as RunState;
      expect(read.answer).toBe("Only apples [[1]](https://example.org/apples).");
      expect(read.transcript.at(-1)?.text).toBe("</think>\n\nOnly apples [1].");
      expect(read.sources.map(({ number }) => number)).toEqual([1, 2]);
      const old = (await first.getState(end!.config)).values as RunState;
      expect(textOf(old)).toBe(textOf(end!.values as RunState));
      expect(old.transcript.at(-1)?.text).toBe(SCRIPT[2]);
    });

    test("two questions, asked by two processes, are one conversation", async () => {
      const place = newPlace();
      const one = await openedAt(place);
      await agentOn(one, SCRIPT).invoke({ question: "Which fruit?" }, thread("t"));
      const two = await openedAt(place);
      const agent = agentOn(two, [(prompt) => `</think>\n\n${prompt.includes("Apples") ? "Yes" : "No"}.`]);
      await agent.invoke({ messages: [{ role: "user", content: "Are you sure?" }] }, thread("t"));
      const values = (await agentOn(one, []).getState(thread("t"))).values as RunState;
      expect(values.answer).toBe("Yes.");
      expect(values.messages.map(({ type }) => type)).toEqual(["human", "ai", "human", "ai"]);
    });

    test("a question and a transcript come back as the memory has them", async () => {
      const durability = await openedAt(newPlace());
      const script = [`\0 \ud800 é \u{1F34E} ${"x".repeat(8_000_000)}</think>\n\nDone.`];
      await agentOn(durability, script).invoke({ question: "\0\ud800" }, thread("t"));
      const inMemory = agentOn({ checkpointer: new MemorySaver(), store: durability.store }, script);
      await inMemory.invoke({ question: "\0\ud800" }, thread("t"));
      const read = (await agentOn(durability, []).getState(thread("t"))).values as RunState;
      const expected = (await inMemory.getState(thread("t"))).values as RunState;
      expect(textOf(read) === textOf(expected)).toBe(true);
      expect(textOf(read).length).toBeGreaterThan(8_000_000);
      expect(read.opening?.question).toBe(expected.opening?.question);
    });

    test.each([5 * SECOND, HOUR, 400 * DAY, -5 * SECOND, -HOUR, -400 * DAY])(
      "are in the order in which they were written when the clock is moved by %i ms",
      async (moved) => {
        vi.useFakeTimers({ toFake: ["Date"] });
        try {
          const durability = await openedAt(newPlace());
          const { engine } = countingEngine();
          const answers: string[] = [];
          for (const number of ["first", "second", "third"]) {
            const agent = agentOn(durability, [call(number), `</think>\n\nThe ${number} answer.`], {
              name: engine.name,
              search(query, options) {
                vi.setSystemTime(Date.now() + moved);
                return engine.search(query, options);
              },
            });
            const question = { messages: [{ role: "user", content: `The ${number}?` }] };
            await agent.invoke(question, { ...thread("t"), durability: "sync" });
            const values = (await agentOn(durability, []).getState(thread("t"))).values as RunState;
            answers.push(values.answer);
            expect(values.messages.map(({ text }) => text).at(-2)).toBe(`The ${number}?`);
            const steps = (await all(agent.getStateHistory(thread("t")))).map(
              ({ metadata }) => metadata?.step,
            );
            expect(steps).toEqual([...steps].sort((left, right) => right! - left!));
            vi.setSystemTime(Date.now() + moved);
          }
          expect(answers).toEqual(["The first answer.", "The second answer.", "The third answer."]);
        } finally {
          vi.useRealTimers();
        }
      },
    );

    test("branches of one checkpoint share what was before it and nothing else", async () => {
      const place = newPlace();
      const agent = agentOn(await openedAt(place), SCRIPT);
      await agent.invoke({ question: "Which?" }, { ...thread("t"), durability: "sync" });
      const fresh = agentOn(await openedAt(place), []);
      const textsAt = async (config: RunnableConfig): Promise<readonly string[]> => {
        const { transcript = [] } = (await fresh.getState(config)).values as Partial<RunState>;
        return transcript.map(({ text }) => text);
      };
      const expected = new Map<RunnableConfig, readonly string[]>();
      for (const { config } of await all(agent.getStateHistory(thread("t")))) {
        expected.set(config, await textsAt(config));
      }
      expect(expected.size).toBe(10);
      const made = Array.from(expected);
      for (const [config, before] of made) {
        for (const text of ["one", "two"]) {
          const update = { transcript: [{ origin: "runtime" as const, text }] };
          const branch = await agent.updateState(config, update, "web-search");
          expected.set(branch, [...before, text]);
          expected.set(await agent.updateState(branch, update, "web-search"), [...before, text, text]);
        }
      }
      for (const [config, texts] of expected) expect(await textsAt(config)).toEqual(texts);
    });

    test(
      "twenty searches take little more room than their transcript and prompt",
      { timeout: 60_000 },
      async () => {
        const place = newPlace();
        const queries = Array.from({ length: 20 }, (_, at) => `query ${at}`);
        const { engine } = countingEngine((query) => words(Number(query.split(" ")[1])));
        const agent = agentOn(await openedAt(place), [...queries.map(call), "</think>\n\nDone [1]."], engine);
        await agent.invoke({ question: "Which?" }, { ...thread("t"), durability: "sync" });
        const values = (await agent.getState(thread("t"))).values as RunState;
        expect(values.searches).toBe(20);
        const prompt = values.generations.map(({ promptText = "" }) => promptText).join("");
        expect((await place.storedBytes()) / Buffer.byteLength(prompt + textOf(values))).toBeLessThan(1.4);
      },
    );
  });
}
