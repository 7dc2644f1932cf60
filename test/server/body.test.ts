import { expect, test } from "vitest";
import { refusalOfBody } from "../../src/server/body.ts";

const ID = "01a20308-e89b-733c-b1c9-11ccc72c94b3";

test.each([
  {},
  { thread_id: ID, if_exists: "do_nothing", metadata: { note: "100 % * ../ \u0000" } },
  {
    assistant_id: "agentic-rag",
    input: { question: "a\u0000b __proto__" },
    config: { configurable: { thread_id: ID } },
  },
  { checkpoint: { checkpoint_id: ID, checkpoint_ns: "research:1|x", thread_id: ID }, values: null },
  [{ assistant_id: ID }, { assistant_id: "search-r1" }],
  { id: 1, method: "run.start", params: { assistant_id: "agentic-rag", input: {} } },
  { namespace: ["alice", "notes of mine"], key: "a/b.c", value: {} },
  { namespace_prefix: ["alice"] },
])("taken, %#", (body) => {
  expect(refusalOfBody(JSON.stringify(body))).toBeNull();
});

const deep = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;

test.each([
  ['{"thread_id":', "The body is not JSON."],
  ['"text"', "The body: Invalid input: expected array, received string."],
  ['{"metadata":{"__proto__":{}}}', 'The body has a key "__proto__", which is not taken.'],
  ['{"input":[{"a":{"lc":1}}]}', 'The body has a key "lc", which is not taken.'],
  ['{"input":{"constructor":1}}', 'The body has a key "constructor", which is not taken.'],
  [`{"input":${deep(100_000)}}`, "The body is nested deeper than 32 levels."],
  ['{"thread_id":"__proto__"}', "thread_id: must be a UUID."],
  ['{"thread_id":"*"}', "thread_id: must be a UUID."],
  ['{"thread_id":7}', "thread_id: must be a UUID."],
  ['{"ids":["%"]}', "ids.0: must be a UUID."],
  ['{"assistant_id":"../x"}', "assistant_id: must be a UUID or the name of a graph."],
  ['[{"assistant_id":"a"},{"assistant_id":"*"}]', "1.assistant_id: must be a UUID or the name of a graph."],
  ['{"params":{"assistant_id":"*"}}', "params.assistant_id: must be a UUID or the name of a graph."],
  ['{"checkpoint":{"checkpoint_ns":"a\\u0000"}}', "checkpoint.checkpoint_ns: is not the place of a graph."],
  [
    '{"config":{"configurable":{"api_key":"k"}}}',
    "config.configurable: takes the ids of a thread and a checkpoint only; settings of a run go into context.",
  ],
  ['{"namespace":["alice","%"]}', "namespace.1: must be a name without * % : . / and \\."],
  ['{"namespace":["alice:x"]}', "namespace.0: must be a name without * % : . / and \\."],
  ['{"key":"a\\u0000b"}', "key: must be 1 to 256 characters without control characters."],
  [`{"key":"${"k".repeat(10_240)}"}`, "key: must be 1 to 256 characters without control characters."],
])("refused, %#", (text, message) => {
  expect(refusalOfBody(text)).toEqual({ status: 400, code: "bad_body", message });
});
