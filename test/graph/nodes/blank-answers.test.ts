import { describe, expect, test } from "vitest";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import type { RunState } from "../../../src/graph/state.ts";
import { createScriptedModel } from "../../../src/model/scripted.ts";
import { protocols } from "../../../src/protocol/index.ts";
import { FIXED, pagesEngine } from "../agent.ts";

/** Texts in which a reader sees nothing. */
const BLANK: Readonly<Record<string, string>> = {
  "white space": " \n\u00A0\u3000\n",
  "a zero-width space": "\u200B",
  "a word joiner between line breaks": "\n\u2060\n",
  "a byte order mark": "\uFEFF",
  "direction marks": "\u200E\u202E\u202C",
  "variation selectors": "\uFE0F\u{E0100}",
  "a soft hyphen": "\u00AD",
  "Hangul fillers": "\u115F\u3164",
  "tag characters": "\u{E0001}\u{E0041}\u{E007F}",
  "a NUL": "\0",
  "an escape": "\u001B",
  "a blank of Braille": "\u2800",
  "a citation of nothing": " [9] ",
};

describe.each(Object.values(protocols))("in $name", (protocol) => {
  test.each(Object.entries(BLANK))("%s is no answer", async (_name, text) => {
    const written = `</think>\n\n${protocol.modelSide
      .answer("@")
      .replace(/^\s*<\/think>/, "")
      .replace("@", text)}`;
    const agent = createAgenticRag({
      protocol,
      model: createScriptedModel(Array.from({ length: 6 }, () => written)),
      engine: pagesEngine(),
      ...FIXED,
    });
    const state = (await agent.invoke({ question: "Q?" })) as RunState;
    expect(state.answered).toBe(false);
    expect(state.stopReason).not.toBe("answered");
    expect(state.answer).toMatch(/^There is no answer: /);
  });
});
