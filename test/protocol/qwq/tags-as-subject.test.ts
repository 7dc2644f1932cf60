import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { stoppedForms } from "../stopped-forms.ts";
import { answer, prefixOf, read, readOn, reasoning } from "../wire.ts";
import { PROSE } from "./tool-calling-prose.ts";

const page = fc
  .array(fc.constantFrom(...PROSE), { minLength: 1, maxLength: 8 })
  .map((parts) => `It is so.\n\n${parts.join("\n\n")}\n\nThat is all.`);

describe("an answer about tool calling", () => {
  it("is whole, nothing in it is run, and it streams as it is read at the end", () => {
    fc.assert(
      fc.property(page, fc.array(fc.nat(40)), fc.boolean(), (text, lengths, calls) => {
        const written = `Hm.\n</think>\n\n${text}`;
        const chunks: string[] = [];
        for (let at = 0, of = 0; at < written.length; of += 1) {
          const next = at + (lengths[of] ?? 1000) + 1;
          chunks.push(written.slice(at, next));
          at = next;
        }
        const reading = read(qwq, chunks, { calls });
        expect(reading.events).toEqual([reasoning("Hm.\n"), answer(text)]);
        expect(reading.generation).toMatchObject({ text: written, outcome: "answer" });
        const turn = [
          { origin: "runtime" as const, text: prefixOf(qwq) },
          { origin: "model" as const, text: written },
        ];
        expect(qwq.answer(turn)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it.each(PROSE)("stopped in it or not: %s", (prose) => {
    const text = `Hm.\n</think>\n\nIt is so.\n\n${prose}\n\nThat is all.`;
    for (const [form, chunks, end] of stoppedForms(text, qwq.stop)) {
      const { generation, events } = readOn(qwq, text, chunks, { end });
      expect({ form, text: generation.text, outcome: generation.outcome }).toEqual({
        form,
        text,
        outcome: "answer",
      });
      // nor is a call told before it is known that there is none
      expect(events.filter(({ type }) => type === "call-end")).toEqual([]);
    }
  });

  it.each(PROSE.filter((prose) => !/think>|^Indented/.test(prose)))("does not end a thought: %s", (prose) => {
    const text = `Let me see.\n\n${prose}\n\nSo.\n</think>\n\nIt is 7.`;
    const { events } = read(qwq, [text]);
    expect(events).toEqual([reasoning(`Let me see.\n\n${prose}\n\nSo.\n`), answer("It is 7.")]);
  });
});

describe("what is left of a tag at the end of an answer is no part of it", () => {
  it.each(["<|im_", "<|", "<|im_end|", "</tool_", "<tool_resp", "</thin", "<|endof", "<｜end"])(
    "%j",
    (rest) => {
      for (const stopReason of [undefined, null]) {
        const end = { finishReason: "stop", ...(stopReason === null && { stopReason }) } as const;
        const { generation, events } = read(qwq, [`Hm.\n</think>\n\nParis.${rest}`], { end });
        expect(events.at(-1)).toEqual(answer("Paris."));
        expect(generation.text).toBe("Hm.\n</think>\n\nParis.");
      }
    },
  );
});

describe("what stands for the answer", () => {
  it.each([
    ["in answer tags", "Hm.\n</think>\n\n<answer>\nIt is 7.\n</answer>\nAnd more."],
    ["in answer tags, behind a word", "Hm.\n</think>\n\nFinal:\n<answer>It is 7.</answer>"],
    ["in answer tags, the thought not closed", "Hm.\n<answer>It is 7.</answer>"],
    ["behind the last end of thought", "Hm.\n</think>\n\nWait.\n</think>\n\nIt is 7."],
    [
      "in harmony's final channel",
      "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>It is 7.<|return|>",
    ],
    ["behind Gemma's thought", "<|channel>thought\nHm.<channel|>It is 7.<turn|>"],
    ["behind Magistral's thought", "[THINK]Hm.[/THINK]It is 7."],
  ])("%s", (_, text) => {
    for (const chunks of [[text], text.split("")]) {
      const { events, generation } = read(qwq, chunks);
      const last = events.findLastIndex(({ type }) => type === "answer-withdrawn");
      const shown = events
        .slice(last + 1)
        .flatMap((event) => (event.type === "answer-delta" ? [event.text] : []));
      expect(shown.join("").trim()).toBe("It is 7.");
      expect(
        qwq.answer([
          { origin: "runtime", text: "<think>\n" },
          { origin: "model", text: generation.text },
        ]),
      ).toBe("It is 7.");
    }
  });
});
