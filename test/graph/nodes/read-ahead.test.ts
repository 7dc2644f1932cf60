import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { createReadAhead } from "../../../src/graph/nodes/read-ahead.ts";
import type { SearchEngine } from "../../../src/search/engine.ts";
import { ask, call, scripted, served, thread } from "../agent.ts";

const SOURCES = [1, 2, 3].map((number) => ({
  number,
  title: `Report ${number}`,
  url: `https://example.org/${number}`,
  text: `The bridge of report ${number} opened in 19${number}2. It cost ${number} million pounds. It is red.`,
}));
const [FIRST, SECOND, THIRD] = SOURCES;

async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await setImmediate();
}

function place() {
  return { writer: () => {}, signal: new AbortController().signal };
}

test("a source is read when an answer cites it, and the others are not", async () => {
  const readAhead = createReadAhead();
  const run = place();
  const onCited = readAhead.onCited(SOURCES, run);
  onCited?.([1]);
  onCited?.([1, 3, 9]);
  const isRead = (source: (typeof SOURCES)[number] | undefined): boolean | undefined =>
    source && readAhead.reader(run)(source).next().done;
  // the text that cites it goes on first
  expect(isRead(SECOND)).toBe(false);
  await turns();
  expect([isRead(FIRST), isRead(THIRD)]).toEqual([true, true]);
  expect(isRead(FIRST && { ...FIRST, text: "It was edited." })).toBe(false);
});

test("another run has nothing of it, and a run that ends reads nothing more", async () => {
  const readAhead = createReadAhead();
  const controller = new AbortController();
  const run = { ...place(), signal: controller.signal };
  const onCited = readAhead.onCited(SOURCES, run);
  controller.abort();
  onCited?.([1]);
  await turns();
  expect(FIRST && readAhead.reader(run)(FIRST).next().done).toBe(false);
  expect(FIRST && readAhead.reader(place())(FIRST).next().done).toBe(false);
});

test("nothing is read ahead where nobody listens or nothing was found", () => {
  const readAhead = createReadAhead();
  expect(readAhead.onCited(SOURCES, {})).toBeUndefined();
  expect(readAhead.onCited([], place())).toBeUndefined();
});

const engine: SearchEngine = {
  name: "pages",
  search: async () => ({
    status: "found",
    results: SOURCES.map(({ title, url, text }) => ({ title, url, text })),
  }),
};
const ANSWER =
  "I know.\n</think>\n\nThe bridge of report 1 opened in 1912 [1]. That of report 2 cost 5 million pounds [2][3]. It is long.";

test("a run is checked alike in one piece, in many, and where nobody listens", async () => {
  const answers = [];
  for (const chunkSize of [1, 7, 1000]) {
    const { agent } = await served(
      [call("a"), ANSWER].map((text) => ({ text, chunkSize })),
      undefined,
      {
        engine,
      },
    );
    const { state } = await ask(agent, "When did the bridge open?");
    answers.push({ citations: state.citations, uncited: state.uncited, answer: state.answer });
  }
  const { agent } = scripted([call("a"), ANSWER], { engine });
  const { citations, uncited, answer } = await agent.invoke(
    { question: "When did the bridge open?" },
    thread(),
  );
  expect(citations.map(({ verdict }) => verdict)).toEqual(["supported", "unsupported", "unsupported"]);
  expect(answers).toEqual(Array.from({ length: 3 }, () => ({ citations, uncited, answer })));
});
