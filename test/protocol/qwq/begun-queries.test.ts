import { describe, expect, it } from "vitest";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { DIALECT_CALLS } from "./dialect-calls.ts";
import { PROSE } from "./tool-calling-prose.ts";

/** What was told of the queries of a text that is written in pieces of a size, each time that it was something else. */
function toldAlong(
  text: string,
  size = 1,
): readonly { readonly told: readonly string[]; readonly at: number }[] {
  const reader = qwq.reader("<think>\n", { calls: true });
  const along: { told: readonly string[]; at: number }[] = [];
  for (let at = 0; at < text.length; at += size) {
    reader.feed(text.slice(at, at + size));
    const call = reader.openCall;
    const told = call === null ? [] : (qwq.begunQueries?.(call) ?? []);
    if (told.length > 0 && String(told) !== String(along.at(-1)?.told)) along.push({ told, at: at + size });
  }
  return along;
}

/** Calls whose query has no end but that of the call, or which are known for calls only by it. */
const ENDS_WITH_CALL = ["Hermes without its opening tag", "Qwen XML, its parameter not closed"];

describe("queries of a call that is being written", () => {
  const searches = DIALECT_CALLS.flatMap(({ name, text, call }) =>
    call.kind === "search" ? [{ name, text, queries: call.queries }] : [],
  );
  it.each(searches)("are none but those of the call: $name", ({ name, text, queries }) => {
    const along = toldAlong(text);
    for (const { told } of along) expect(told).toEqual(queries.slice(0, told.length));
    const whole = along.find(({ told }) => told.length === queries.length);
    expect(whole === undefined).toBe(ENDS_WITH_CALL.includes(name));
  });

  it.each(searches)("are told with the piece that they end in: $name", ({ text }) => {
    const along = toldAlong(text);
    for (const size of [2, 3, 4, 7, 12, 25]) {
      const pieces = toldAlong(text, size);
      const reader = qwq.reader("<think>\n", { calls: true });
      const isOpen = Array.from({ length: Math.ceil(text.length / size) }, (_, at) => {
        reader.feed(text.slice(at * size, (at + 1) * size));
        return reader.openCall !== null;
      });
      const expected = new Map<number, readonly string[]>();
      for (const { told, at } of along) {
        const piece = Math.ceil(at / size);
        if (isOpen[piece - 1] === true) expected.set(piece * size, told);
      }
      expect(pieces).toEqual([...expected].map(([at, told]) => ({ told, at })));
    }
  });

  it.each(DIALECT_CALLS.filter(({ call }) => call.kind !== "search"))(
    "are none where pages are opened: $name",
    ({ text }) => expect(toldAlong(text)).toEqual([]),
  );

  it.each(PROSE)("are none where calls are only written about: %s", (text) => {
    expect(toldAlong(`I explain it.\n${text}\nThat is all.`)).toEqual([]);
    expect(toldAlong(`Good.\n</think>\n\nHere it is:\n\n${text}\nThat is all.`)).toEqual([]);
  });

  it.each([
    ['{"name": "web_search", "arguments": {"query": "Mount Ke', []],
    ['{"name": "web_search", "arguments": {"query": "Mount Kenya"', []],
    ['{"name": "web_search", "arguments": {"query": "Mount Kenya"}', ["Mount Kenya"]],
    ['{"name": "web_search", "arguments": {"query": "the \\"big\\", one', []],
    ['{"name": "web_search", "arguments": {"queries": ["a", "b', ["a"]],
    ['{"name": "web_search", "arguments": {"query": "a", "', ["a"]],
    ['{"name": "web_search", "arguments": {"query": "Caf\\u00e9 \\"q\\" \\\\"}', ['Café "q" \\']],
    ['{"name": "web_search", "arguments": {"query": "a\\', []],
    ['{"name": "web_search", "arguments": {"query": a, b', []],
    ['{"arguments": {"query": "a"}, "name": "web_se', []],
    ['{"arguments": {"query": "a"}, "name": "web_search",', ["a"]],
    ['{"name": "run_code", "arguments": {"query": "a"},', []],
    ['{"name": "open_url", "arguments": {"url": "https://a.example/"},', []],
  ])("%s", (written, queries) => {
    const along = toldAlong(`<tool_call>\n${written}`);
    expect(along.at(-1)?.told ?? []).toEqual(queries);
  });
});

it("a query is told whatever stands in it that looks like the end of a value", () => {
  const query = 'so "a", '.repeat(200);
  const call = `<tool_call>\n{"action": "web_search", "action_input": {"query": ${JSON.stringify(query)}}`;
  expect(qwq.begunQueries?.(call)).toEqual([query.trim()]);
  expect(qwq.begunQueries?.(call.slice(0, -2))).toEqual([]);
});
