import { expect, it } from "vitest";
import { reSearch } from "../../../src/protocol/plain/re-search.ts";
import { answer, callEvents, forged, read, reasoning, transcribed } from "../wire.ts";

it("a search is told between two thoughts", () => {
  const text = "<think> Hm. </think> <search> Mount Kenya </search>";
  expect(read(reSearch, [text]).events).toEqual([reasoning(" Hm.  "), ...callEvents(" Mount Kenya ")]);
  expect(transcribed(reSearch, read(reSearch, [text]))).toEqual({
    text,
    closing: "",
    outcome: "call",
    call: { kind: "search", queries: ["Mount Kenya"] },
  });
});

it("the answer ends the generation and is read without its box", () => {
  const text = "<think> Hm. </think> <answer> The final answer is \\[ \\boxed{Lyon} \\] </answer>";
  const { events, generation } = read(reSearch, [`${text} And more.`]);
  expect(events).toEqual([reasoning(" Hm.  "), answer("The final answer is Lyon ")]);
  expect(generation).toEqual({ text, closing: "", outcome: "answer" });
  expect(reSearch.answer([{ origin: "model", text }])).toEqual("The final answer is Lyon");
});

it("a result that the model writes itself ends the generation", () => {
  expect(read(reSearch, ["<think> Hm. <result>\nx\n</result>"]).events).toEqual([reasoning(" Hm. "), forged]);
});
