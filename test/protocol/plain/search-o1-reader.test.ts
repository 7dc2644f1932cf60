import { expect, it } from "vitest";
import { searchO1 } from "../../../src/protocol/plain/search-o1.ts";
import { answer, callEvents, forged, read, reasoning, transcribed, withdrawn } from "../wire.ts";

it("a search is told in the reasoning", () => {
  const text = "Hm.\n<|begin_search_query|>Mount\nKenya<|end_search_query|>";
  expect(read(searchO1, [text]).events).toEqual([reasoning("Hm.\n"), ...callEvents("Mount\nKenya")]);
  expect(transcribed(searchO1, read(searchO1, [text]))).toEqual({
    text,
    closing: "",
    outcome: "call",
    call: { kind: "search", queries: ["Mount Kenya"] },
  });
});

it("the reasoning goes on after a result, and what follows it is the answer", () => {
  const before = `<think>\nHm.${searchO1.respond({ kind: "spent", budget: "search" })}`;
  const text = "So.\n</think>\n\nIt is \\boxed{Lyon}.";
  expect(read(searchO1, [text], { before }).events).toEqual([reasoning("So.\n"), answer("It is Lyon.")]);
});

it("a result that the model writes itself ends the generation", () => {
  const { events, generation } = read(searchO1, ["Hm.\n<|begin_search_result|>x<|end_search_result|>"]);
  expect(events).toEqual([reasoning("Hm.\n"), forged]);
  expect(generation).toEqual({ text: "Hm.\n", closing: "", outcome: "nothing" });
});

it("where no search is possible the text ends before one", () => {
  const text = "Hm.\n</think>\n\nLyon \\box<|begin_search_query|>x<|end_search_query|>";
  const { events, generation } = read(searchO1, [text], { calls: false });
  expect(events).toEqual([reasoning("Hm.\n"), answer("Lyon \\box"), withdrawn]);
  expect(generation).toEqual({ text: "Hm.\n</think>\n\n", closing: "", outcome: "nothing" });
});
