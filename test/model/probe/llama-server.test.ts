import { describe, expect, test } from "vitest";
import { findLocalServers } from "../../../src/cli/discovery.ts";
import { chooseFamily, missingFor } from "../../../src/model/probe/choice.ts";
import { probeEndpoint } from "../../../src/model/probe/probe.ts";
import { startLlamaServer, WHY_NO_LLAMA_SERVER as skipped } from "../../engine/llama-server.ts";
import { KEY } from "../key.ts";

describe.skipIf(skipped !== undefined)(`a real llama-server${skipped ? ` (${skipped})` : ""}`, () => {
  test("is found, known by what it answers, and used through raw completions with token ids", async () => {
    await using server = await startLlamaServer({ context: 2048 });
    const [found] = await findLocalServers({ addresses: [server.url], timeoutMs: 10_000 });
    expect(found).toMatchObject({ baseUrl: server.url, dialect: "llamacpp" });

    // the model of this server knows a script and no week: what it says is unclear, what the server does is not
    const report = await probeEndpoint({ baseUrl: server.url, modelName: found!.models[0]! });
    expect(report).toMatchObject({ dialect: "llamacpp", dialectFrom: "server" });
    expect(report.completions).toMatchObject({
      exists: "yes",
      streams: true,
      usage: true,
      cachedTokens: true,
      tokenIds: true,
    });
    expect(report.chat).toMatchObject({ exists: "yes", streams: true, usage: true, cachedTokens: true });
    const choice = chooseFamily(report);
    expect(choice).toEqual({
      family: "completions",
      dialect: "llamacpp",
      continues: "by-construction",
      reason: "llamacpp continues raw text.",
    });
    expect(missingFor(report, choice as Extract<typeof choice, { family: string }>)).toEqual([]);
  });

  test("refuses a wrong key, which is no word about what it does", async () => {
    await using server = await startLlamaServer({ context: 2048, apiKey: KEY });
    const options = { baseUrl: server.url, modelName: "scripted" };
    await expect(probeEndpoint(options)).rejects.toMatchObject({ code: "model-unauthorized" });
    const report = await probeEndpoint({ ...options, apiKey: KEY, thorough: false });
    expect(report).toMatchObject({ dialect: "llamacpp", completions: { exists: "yes" } });
  });
});
