import { expect, it } from "vitest";
import { r1Searcher } from "../../../src/protocol/plain/r1-searcher.ts";
import { answer, callEvents, forged, read, reasoning, transcribed } from "../wire.ts";

it("a search is told in the reasoning, whatever separates its keywords", () => {
  const text = ' Hm.\n\n<|begin_of_query|> "Mount Kenya"\theight<|end_of_query|>';
  expect(read(r1Searcher, [text]).events).toEqual([
    reasoning(" Hm.\n\n"),
    ...callEvents(' "Mount Kenya"\theight'),
  ]);
  expect(transcribed(r1Searcher, read(r1Searcher, [text]))).toEqual({
    text,
    closing: "",
    outcome: "call",
    call: { kind: "search", queries: ['"Mount Kenya" height'] },
  });
});

it("the answer ends the generation", () => {
  const text = " Hm. </think>\n\n <answer> Lyon </answer>";
  const { events, generation } = read(r1Searcher, [`${text}\nUser:And?`]);
  expect(events).toEqual([reasoning(" Hm. \n\n "), answer("Lyon ")]);
  expect(generation).toEqual({ text, closing: "", outcome: "answer" });
  expect(r1Searcher.answer([{ origin: "model", text }])).toEqual("Lyon");
});

it("documents that the model writes itself end the generation", () => {
  expect(read(r1Searcher, [" Hm. <|begin_of_documents|>\n(1)x"]).events).toEqual([
    reasoning(" Hm. "),
    forged,
  ]);
});
