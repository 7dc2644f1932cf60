import { expect, test } from "vitest";
import { bundleProgram } from "../../bundle.ts";
import { startTavilyServer } from "../../servers/tavily.ts";
import { newFile } from "../checkpoints.ts";
import { startRun } from "./kill-process.ts";
import { drive, QUERIES, type KilledRun } from "./run.ts";

const program = await bundleProgram(new URL("process.ts", import.meta.url));

test("an answer is mended once by the process that goes on, wherever the one before was killed", async () => {
  await using web = await startTavilyServer();
  const run = (): KilledRun => ({
    keeper: { sqlite: newFile() },
    threadId: crypto.randomUUID(),
    searchUrl: web.url,
    kill: null,
    mends: true,
  });
  const whole = await drive(run());
  const asked = QUERIES.length + 2;
  expect(whole.state).toMatchObject({ mends: 1, stopReason: "answered", usage: { modelRequests: asked } });
  expect(whole.state.answer).not.toContain("1999");
  // before the first answer, before the second one, and behind it
  for (const kill of [
    { point: "model", occurrence: asked - 1 },
    { point: "model", occurrence: asked },
    { point: "putWrites:before", occurrence: 3 * QUERIES.length + 1 },
  ]) {
    const killed = run();
    expect(await startRun(program, { ...killed, kill }).ended).toBe("SIGKILL");
    const { state, unfinished } = await drive(killed);
    expect(unfinished).toBe(0);
    const { transcript, answer, mends, usage } = state;
    expect({ transcript, answer, mends, requests: usage.modelRequests }).toEqual({
      transcript: whole.state.transcript,
      answer: whole.state.answer,
      mends: 1,
      requests: asked,
    });
  }
});
