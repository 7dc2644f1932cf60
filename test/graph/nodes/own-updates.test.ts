import { expect, test } from "vitest";
import { ask, call, scripted, thread } from "../agent.ts";

const ANSWER = "I know.\n</think>\n\nAll about a [1]. It is 7.";

/** Changes all that can be changed in a value. */
function spoil(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    spoil(inner);
    if (typeof inner !== "object") Reflect.set(value, name, "spoiled");
  }
  if (Array.isArray(value)) value.push("spoiled");
}

test("whoever changes what a run gave changes no other run", async () => {
  const replies = [`Let me look.\n${call("a")}`, ANSWER, `Let me look.\n${call("a")}`, ANSWER];
  const { agent } = scripted([...replies, ...replies]);
  const run = async (threadId: string): Promise<unknown[]> => {
    const given: unknown[] = [];
    for (const question of ["Q?", "R?"]) {
      const stream = await agent.stream(
        { question },
        { ...thread(threadId), streamMode: ["custom", "updates"] },
      );
      for await (const part of stream) given.push(part);
    }
    return given;
  };
  const given = await run("one");
  const before = withoutIds(given);
  spoil(given);
  expect(withoutIds(await run("two"))).toEqual(before);
});

function withoutIds(given: unknown): unknown {
  const text = JSON.stringify(given);
  return JSON.parse(text.replaceAll(/(?:run-)?[\da-f]{8}-[\da-f-]{27}|[\da-f]{64}/g, "an id"));
}

const EDITS: readonly [field: string, value: unknown][] = [
  ["opening", { question: "Q?" }],
  ["call", { kind: "search", queries: [{ query: "b", plan: "sent" }] }],
  ["transcript", [{ origin: "page", text: "a" }]],
  ["generations", [{ segment: -1, end: "stop" }]],
  ["queries", [{ query: "b" }]],
  ["sources", [{ number: 0, title: "", url: "", text: "" }]],
  ["usage", { modelRequests: "1" }],
  ["searches", "1"],
  ["citations", [{ number: 1 }]],
];

test.each(EDITS)("an edit of %s that is no value of it is refused", async (field, value) => {
  const { agent } = scripted([ANSWER]);
  await ask(agent, "Q?");
  await expect(agent.updateState(thread(), { [field]: value })).rejects.toThrow(
    `Validation failed for field "${field}"`,
  );
});

test("what a run gave is checked when it is written back, changed", async () => {
  const { agent } = scripted([`Let me look.\n${call("a")}`, ANSWER]);
  const updates: Readonly<Record<string, unknown>>[] = [];
  for await (const update of await agent.stream({ question: "Q?" }, { ...thread(), streamMode: "updates" })) {
    for (const written of Object.values(update)) updates.push({ ...written });
  }
  const fields = ["opening", "queries", "sources", "generations", "citations", "call"];
  for (const field of fields) {
    const value = updates
      .map((update) => update[field])
      .find((given) => typeof given === "object" && given !== null);
    spoil(value);
    await expect(agent.updateState(thread(), { [field]: value })).rejects.toThrow(
      `Validation failed for field "${field}"`,
    );
  }
});
