import { expect, test } from "vitest";
import { withoutReasoning } from "../../src/text/shown-reasoning.ts";

const block = (kind: string, inner: string) =>
  `<details type="${kind}" done="true" duration="3">\n<summary>Thought for 3 seconds</summary>\n> ${inner}\n</details>`;

test.each([
  ["nothing to remove", "It is 7.", "It is 7."],
  ["a thought", "Hm.</think>\n\nIt is 7.", "It is 7."],
  ["Open WebUI's reasoning", `${block("reasoning", "Hm.")}\nIt is 7.`, "It is 7."],
  ["its calls and code between", `One.\n${block("tool_calls", "{}")}\nTwo.\n${block("code_interpreter", "x")}`, "One.\n\nTwo."],
  ["several", `${block("reasoning", "a")}\n${block("reasoning", "b")}\nIt is 7.`, "It is 7."],
  ["one within another", `${block("reasoning", "<details><summary>x</summary>y</details> z")}\nIt is 7.`, "It is 7."],
  ["attributes in another order and form", `<DETAILS done='true' type='reasoning'>Hm.</DETAILS>It is 7.`, "It is 7."],
  ["one that was cut off", `It is 7.\n<details type="reasoning" done="false">\nHm.`, "It is 7."],
  ["details of the answer itself", "<details><summary>More</summary>It is 7.</details>", "<details><summary>More</summary>It is 7.</details>"],
])("%s", (_what, text, kept) => {
  expect(withoutReasoning(text)).toBe(kept);
}); // prettier-ignore

test("a message of nothing but openings is read in one pass", () => {
  expect(withoutReasoning('<details type="reasoning">'.repeat(50_000))).toBe("");
});
