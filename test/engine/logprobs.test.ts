import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCompletionsModel } from "../../src/model/completions/completions.ts";
import type { ContinuationOptions, ModelChunk } from "../../src/model/model.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { collect } from "../model/collect.ts";
import { startLlamaServer, WHY_NO_LLAMA_SERVER, type LlamaServer } from "./llama-server.ts";
import { FIRST_SAID } from "./scenario.ts";

const skipped = WHY_NO_LLAMA_SERVER;
const WANTED = { logprobs: true, temperature: 0 } as const;

function allOf(said: readonly ModelChunk[]): readonly number[] {
  return said.flatMap(({ logprobs = [] }) => logprobs);
}

describe.skipIf(skipped !== undefined)(
  `log-probabilities of a real engine${skipped ? ` (${skipped})` : ""}`,
  () => {
    let server: LlamaServer;
    beforeAll(async () => {
      server = await startLlamaServer();
    });
    afterAll(() => server.close());

    const sayAfter = (prompt: string, options: ContinuationOptions): Promise<ModelChunk[]> => {
      const template = { name: "exactly", render: () => prompt };
      return collect(
        createCompletionsModel({ baseUrl: server.url, modelName: "scripted", template }),
        options,
      );
    };

    test("they come where they are asked for, one for each id", async () => {
      const said = await sayAfter("<words>\n", { sampling: WANTED });
      expect(said.slice(0, -1).map(({ tokenIds, logprobs }) => [tokenIds?.length, logprobs?.length])).toEqual(
        Array.from({ length: 8 }, () => [1, 1]),
      );
      expect(Math.max(...allOf(said))).toBeLessThanOrEqual(0);
      // the other words of the script are not impossible
      expect(Math.min(...allOf(said))).toBeLessThan(0);
      expect(allOf(await sayAfter("<words>\n", {}))).toEqual([]);
    });

    test("that of the stop string comes with its id", async () => {
      const said = await sayAfter("<think>\n", { stop: qwq.stop, sampling: WANTED });
      expect(allOf(said)).toHaveLength(FIRST_SAID.length);
      expect(said.at(-1)?.tokenIds).toHaveLength(1);
      expect(said.at(-1)?.logprobs).toHaveLength(1);
    });

    test("a character of several tokens has none: the engine tells that of the last of them only", async () => {
      const said = await sayAfter("<utf>\n", { sampling: WANTED });
      const lengths = said.slice(0, -1).map(({ logprobs }) => logprobs?.length);
      expect(lengths).toEqual([undefined, undefined, undefined, 1]);
    });
  },
);
