import { copyFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { driveThread } from "../../src/durability/driver.ts";
import type { RunState } from "../../src/graph/state.ts";
import { newFile, opened } from "./checkpoints.ts";
import { goldenAgent, QUESTION, STANDS, type Stand } from "./golden.ts";

const FOLDER = fileURLToPath(new URL("../fixtures/checkpoints/", import.meta.url));
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".sqlite"));

/** Searches that are still to be made. */
const SEARCHES: Readonly<Record<Stand, number>> = {
  "not begun": 1,
  "before generate": 1,
  "after generate": 1,
  "after parse-tool-call": 1,
  "killed after web-search": 0,
  "after web-search": 0,
  drained: 1,
  finished: 0,
};

test("there are runs of an earlier version", () => {
  expect(FILES).toContain("v0.1.0.sqlite");
});

describe.each(FILES)("a run that %s left", (name) => {
  test.each(STANDS)("%s, comes to the same end", async (threadId) => {
    const file = newFile();
    copyFileSync(FOLDER + name, file);
    const durability = opened(file);
    const { agent, queries } = goldenAgent(durability);
    const { status, state } = await driveThread({ durability, agent, threadId, owner: "a later version" });
    const { answer, answered, transcript, sources, messages, stopReason } = state as RunState;
    expect(status).toBe("finished");
    expect({ answer, answered, stopReason }).toEqual({
      answer: "Apples [[1]](https://example.org/apples).",
      answered: true,
      stopReason: "answered",
    });
    expect(transcript.map(({ origin }) => origin)).toEqual(["runtime", "model", "search", "model"]);
    expect(transcript[1]?.text).toContain('{"query": "apples"}');
    expect(transcript[2]?.text).toContain("All about apples.");
    expect(transcript[3]?.text).toBe("That will do.\n</think>\n\nApples [1].");
    expect(sources.map(({ number, text }) => [number, text])).toEqual([[1, "All about apples."]]);
    expect(messages.map(({ text }) => text)).toEqual([QUESTION, answer]);
    expect(queries).toHaveLength(SEARCHES[threadId]);
  });
});
