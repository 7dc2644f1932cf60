import { expect, test } from "vitest";
import { refusalOfState } from "../../../src/server/state/values.ts";

const STATE = "/threads/01a20308-e89b-733c-b1c9-11ccc72c94b3/state";
const RUN = "/threads/01a20308-e89b-733c-b1c9-11ccc72c94b3/runs/wait";
const WRONG: Readonly<Record<string, unknown>> = {
  question: 5,
  answer: null,
  answered: "yes",
  transcript: "text",
  sources: [{ number: 0, title: "", url: "", text: "" }],
  queries: {},
  searches: "many",
  pages: 1.5,
  usage: { tokens: "many" },
  call: { kind: "search", queries: "q" },
  opening: {},
  stopReason: "because",
  links: [1],
  plan: { parts: 5 },
  findings: [{}],
  messages: 5,
};

test("a value that no step would read is refused on every door that edits a state, by the name of its field", async () => {
  for (const [field, value] of Object.entries(WRONG)) {
    const edit = { [field]: value };
    const bodies: readonly (readonly [string, unknown])[] = [
      [STATE, { values: edit }],
      [`${STATE}/`, { values: [{ question: "?" }, edit], as_node: "generate" }],
      [RUN, { assistant_id: "agentic-rag", command: { update: edit } }],
      ["/runs/batch", [{ assistant_id: "agentic-rag" }, { command: { update: edit } }]],
      ["/threads", { supersteps: [{ updates: [{ values: edit, as_node: "generate" }] }] }],
    ];
    for (const [path, body] of bodies) {
      expect([field, path, await refusalOfState(path, body)]).toMatchObject([
        field,
        path,
        { status: 400, code: "bad_state", message: expect.stringContaining(`${field}: `) },
      ]);
    }
  }
});

test.each([
  [[5]],
  [{ role: "evil", content: "x" }],
  [[{ type: "human", content: 5 }]],
  [[["evil", "x"]]],
  [{ __overwrite__: 7 }],
])("%j are no messages", async (messages) => {
  expect(await refusalOfState(STATE, { values: { messages } })).toMatchObject({ status: 400 });
});

test.each([
  { question: "What?", stopReason: null, answered: false },
  { searches: -1, transcript: [{ origin: "model", text: "Hm." }] },
  { transcript: { __overwrite__: [] }, searches: { __overwrite__: 0 } },
  { call: { kind: "search", queries: [{ query: "q", plan: "run" }] } },
  { messages: [{ role: "user", content: "Q?" }, ["ai", "A."], "text"] },
  { messages: { type: "human", content: [{ type: "text", text: "Q?" }], id: "1" } },
  { messages: [{ type: "remove", id: "1" }] },
  { plan: { by: "rule", problem: "", parts: [{ number: 1, question: "?" }] } },
  { unknown: 5 },
])("%j is taken", async (values) => {
  expect(await refusalOfState(STATE, { values })).toBe(null);
  expect(await refusalOfState(RUN, { command: { update: values } })).toBe(null);
});

test("values that are looked for are no edit", async () => {
  expect(await refusalOfState("/threads/search", { values: { searches: "many" } })).toBe(null);
});
