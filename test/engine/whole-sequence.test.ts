import { describe, expect, test } from "vitest";
import { createAgenticRag } from "../../src/graph/graph.ts";
import { createCompletionsModel } from "../../src/model/completions/completions.ts";
import { QWQ_SAMPLING } from "../../src/model/sampling.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { stretchesOf } from "../../src/trajectory/stretches.ts";
import { tokenSequences } from "../../src/trajectory/tokens.ts";
import { FIXED, pagesEngine } from "../graph/agent.ts";
import { trajectoryOf } from "../trajectory/run.ts";
import { startLlamaServer, WHY_NO_LLAMA_SERVER } from "./llama-server.ts";

const skipped = WHY_NO_LLAMA_SERVER;

describe.skipIf(skipped !== undefined)(
  `the sequence of a run on a real engine${skipped ? ` (${skipped})` : ""}`,
  () => {
    test("has as many ids with the mask 1 as the engine counted, and its own ids for all else", async () => {
      await using server = await startLlamaServer();
      const sampling = { ...QWQ_SAMPLING, logprobs: true };
      const model = createCompletionsModel({ baseUrl: server.url, modelName: "scripted", sampling });
      const agent = createAgenticRag({ protocol: qwq, model, engine: pagesEngine(), ...FIXED });
      const state = await agent.invoke({ question: "How does llama.cpp's prompt cache work?" });
      expect(state).toMatchObject({ searches: 3, stopReason: "answered", usage: { estimated: false } });
      const run = trajectoryOf(state);
      const [sequence, ...more] = tokenSequences(run) ?? [];
      expect(more).toEqual([]);
      const { promptIds = [], responseIds = [], responseMask = [], responseLogprobs } = sequence ?? {};
      const drawn = responseMask.filter((mask) => mask === 1);
      expect(drawn).toHaveLength(state.usage.completionTokens);
      expect(responseLogprobs).toHaveLength(responseIds.length);
      const idsOf = async (content: string, begins: boolean): Promise<readonly number[]> => {
        const body = JSON.stringify({ content, add_special: begins, parse_special: true });
        const reply = await fetch(`${server.url.replace(/\/v1$/, "")}/tokenize`, { method: "POST", body });
        return ((await reply.json()) as { tokens: number[] }).tokens;
      };
      const [stretch = []] = stretchesOf(run);
      const spelled = await Promise.all(
        stretch.filter(({ mask }) => mask === 0).map(({ text }, at) => idsOf(text, at === 0)),
      );
      expect(spelled[0]).toEqual(promptIds);
      expect(responseIds.filter((_, at) => responseMask[at] === 0)).toEqual(spelled.slice(1).flat());
    });
  },
);
