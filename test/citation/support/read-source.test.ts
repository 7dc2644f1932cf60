import { expect, test } from "vitest";
import { checkAnswer, checkingAnswer } from "../../../src/citation/check.ts";
import { createSourceReader, readSource } from "../../../src/citation/support/read-source.ts";
import { atOnce } from "../../../src/text/at-once.ts";

const SOURCE = {
  number: 1,
  title: "The bridge",
  url: "https://example.org/bridge",
  text: "The bridge opened in 1932. It cost 6.25 million pounds. Trains cross it on two tracks. It is 1149 m long.",
};

/** So often the work stops, and what comes of it. */
function stops<Result>(work: Generator<undefined, Result>): {
  readonly count: number;
  readonly result: Result;
} {
  for (let count = 0; ; count += 1) {
    const { done, value } = work.next();
    if (done === true) return { count, result: value };
  }
}

test("whoever asks for a source that is begun goes on with it, and has it at once where it is read", () => {
  const { count } = stops(readSource(SOURCE));
  const read = createSourceReader();
  const first = read(SOURCE);
  first.next();
  first.next();
  const second = stops(read(SOURCE));
  expect(count).toBeGreaterThan(3);
  expect(second.count).toBe(count - 2);
  expect(first.next()).toEqual({ done: true, value: second.result });
  expect(stops(read({ ...SOURCE }))).toEqual({ count: 0, result: second.result });
});

test.each([{ text: "Another text." }, { title: "Another title" }])(
  "under a number that another source had, it is read anew: %j",
  (other) => {
    const read = createSourceReader();
    atOnce(read(SOURCE));
    const changed = { ...SOURCE, ...other };
    const { text, words } = atOnce(read(changed));
    expect([text.text, text.titleText]).toEqual([changed.text, changed.title]);
    expect(words).toEqual(atOnce(readSource(changed)).words);
  },
);

test("an answer is checked alike, whatever of its sources was read before", () => {
  const other = {
    ...SOURCE,
    number: 2,
    title: "Ferries",
    text: "Ferries carried 40 million people until 1932.",
  };
  const passage = { ...SOURCE, text: "The bridge closed in 1999." };
  const evidence = [SOURCE, other, passage];
  const answer =
    "The bridge opened in 1932 [1]. It closed in 1999 [1][2]. Ferries carried 14 million people [2]. It is red.";
  const expected = checkAnswer(answer, evidence, "When did the bridge open?");
  const read = createSourceReader();
  read({ ...SOURCE, text: `${SOURCE.text}\n${passage.text}` }).next();
  atOnce(read(other));
  for (const _ of ["first", "again"])
    expect(atOnce(checkingAnswer(answer, evidence, "When did the bridge open?", read))).toEqual(expected);
});
