import { expect, onTestFinished, test, vi } from "vitest";
import { createWaitTeller } from "../../../src/cli/view/wait-teller.ts";

test("a wait for the model is told after ten seconds and then each minute, and none for a search", () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const lines: string[] = [];
  const waits = createWaitTeller((line) => lines.push(line));
  waits.begin();
  vi.advanceTimersByTime(9_000);
  waits.onEvent({ type: "reasoning-delta", text: "Hm" });
  vi.advanceTimersByTime(9_000);
  expect(lines).toEqual([]);
  vi.advanceTimersByTime(192_000);
  expect(lines).toEqual([
    expect.stringMatching(
      /^Waiting for the model's next word, for 10 s now: .*AGENTIC_RAG_MODEL_WAIT_SECONDS\.$/,
    ),
    "Still waiting for the model, for 70 s now.",
    "Still waiting for the model, for 130 s now.",
    "Still waiting for the model, for 190 s now.",
  ]);
  waits.onEvent({ type: "search-start", query: "q", engine: "e" });
  vi.advanceTimersByTime(600_000);
  expect(lines).toHaveLength(4);
  waits.begin();
  waits.stop();
  vi.advanceTimersByTime(600_000);
  expect(lines).toHaveLength(4);
});
