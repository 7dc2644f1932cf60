import { expect, test } from "vitest";
import { randomBoundary } from "../../src/graph/boundary.ts";
import { ask, call, scripted, thread } from "./agent.ts";

const STEPS = [call("a"), "Ok.\n</think>\n\nIt is [1]."];

test("each question has its own boundary, in its prompt and in the heads of its sources", async () => {
  const { agent, model } = scripted([...STEPS, ...STEPS], { boundary: randomBoundary });
  const first = await ask(agent, "Q?");
  const second = await ask(agent, "Again?");
  const made = [first, second].map(({ state }) => state.opening?.boundary ?? "");
  expect(made.every((boundary) => /^[a-z0-9]{4,6}$/.test(boundary))).toBe(true);
  expect(new Set(made).size).toBe(2);
  expect(model.calls[0]!.prompt).toContain(`Each begins as in [1 ${made[0]} …].`);
  expect(model.calls[1]!.prompt).toContain(`<tool_response>\n[1 ${made[0]} example.org] About a`);
  expect(model.calls[3]!.prompt).toContain(`<tool_response>\n[1 ${made[1]} example.org] About a`);
  expect(model.calls[3]!.prompt).not.toContain(made[0]);
});

test("a thousand are nearly all different", () => {
  const made = Array.from({ length: 1000 }, randomBoundary);
  expect(made.filter((boundary) => !/^[b-df-hj-np-tv-xz]{4}$/.test(boundary))).toEqual([]);
  expect(new Set(made).size).toBeGreaterThan(950);
});

test("one that cannot stand in a head is refused before anything is asked", async () => {
  const { agent, model } = scripted(STEPS, { boundary: () => "a] b" });
  await expect(agent.invoke({ question: "Q?" }, thread())).rejects.toMatchObject({
    code: "settings-invalid",
    message: 'The boundary of sources is "a] b". Let `boundary` give four to six of a-z and 0-9.',
  });
  expect(model.calls).toEqual([]);
});

test("an answer that cites by the whole head has plain citations", async () => {
  const { agent } = scripted([
    call("a"),
    "Ok.\n</think>\n\nIt is [1 k7f3 example.org]. And [1 k7f3]; not [1 more].",
  ]);
  const { state } = await ask(agent, "Q?");
  expect(state.answer).toBe(
    "It is [[1]](https://example.org/a). And [[1]](https://example.org/a); not [1 more].",
  );
});
