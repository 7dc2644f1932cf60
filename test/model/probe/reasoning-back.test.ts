import { expect, test } from "vitest";
import { json } from "../../servers/completions.ts";
import { probe } from "./ask.ts";

/** A chat that thinks, calls tools, and counts the tokens of what it reads. */
async function probed(
  reads: readonly string[],
  {
    gives = "reasoning_content",
    needs = false,
  }: { gives?: "reasoning_content" | "reasoning"; needs?: boolean } = {},
) {
  const { report, endpoint, missing } = await probe({
    completions: "missing",
    chat({ messages, tools }, _goesOn, anew) {
      const back = messages.find(({ role }) => role === "assistant" && messages.at(-1)?.role === "tool");
      if (back === undefined) {
        return tools === undefined
          ? { text: anew }
          : { reasoning: "Hm.", reasoningField: gives, calls: [{ arguments: '{"query":"Rome"}' }] };
      }
      const read = reads.map((name) => back[name]).filter((one) => typeof one === "string");
      if (needs && read.length === 0) {
        return { status: 400, ...json({ error: { message: "reasoning_content must be passed back" } }) };
      }
      const prompt_tokens = 100 + Math.ceil(read.join("").length / 3);
      return { text: "It", usage: { prompt_tokens, completion_tokens: 1, total_tokens: prompt_tokens + 1 } };
    },
  });
  const asked = endpoint.requests.filter(({ body }) => JSON.stringify(body ?? {}).includes("zyx0qv"));
  const loses = missing.some((what) => what.startsWith("the reasoning between calls"));
  return { loses, back: report.chat.reasoningBack, given: report.chat.reasoning, asked: asked.length };
}

test.each([
  [["reasoning_content"], "reasoning_content"],
  [["reasoning"], "reasoning"],
  [["reasoning", "reasoning_content"], "both"],
  [[], "neither"],
] as const)("a chat that reads %j is found to read %s", async (reads, expected) => {
  expect(await probed(reads)).toEqual({
    back: expected,
    given: "reasoning_content",
    // and once for an earlier question
    asked: expected === "neither" ? 2 : 3,
    loses: expected === "neither",
  });
});

test("a chat that refuses a step without its reasoning is told as one", async () => {
  expect(await probed(["reasoning_content"], { needs: true })).toMatchObject({ back: "needed" });
});

test("the name that it gives is told, also where only a call is thought about", async () => {
  expect(await probed(["reasoning"], { gives: "reasoning" })).toMatchObject({ given: "reasoning" });
});
