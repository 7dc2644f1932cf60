import type { PromptMessage } from "../../model/model.ts";
import { neutralise } from "../../protocol/neutralise.ts";
import { ALL_CONTROL_TOKENS } from "../../text/control-tokens.ts";

/** Longer lines are no questions, in UTF-16 units. */
const MAX_PART = 500;

/** Tags that models write around their reasoning: a question cannot forge them. */
const TAGS = ["think"];

/** What a model is asked that is to divide a question; `history` is the conversation before it. */
export function planMessages(
  question: string,
  history: readonly PromptMessage[],
  maxParts: number,
): readonly PromptMessage[] {
  const before = history.map(({ role, content }) => ({ role, content: harmless(content) }));
  return [...before, { role: "user", content: promptFor(question, maxParts) }];
}

function promptFor(question: string, maxParts: number): string {
  return harmless(
    `Divide a question into parts that different people can look up at the same time. They do not see the question or each other's parts.

- Write at most ${maxParts} parts, fewer where fewer do. A question that asks one thing is one part.
- Each part is a whole question that can be understood by itself, with every name and date written out.
- Together the parts ask all that the question asks, and nothing else. Do not answer them.
- Write each part on a line of its own that begins with "- ", and nothing else.

The question:
${question.trim()}`,
  );
}

/** The planner's template is not known. */
function harmless(text: string): string {
  return neutralise(text, TAGS, ALL_CONTROL_TOKENS);
}

/** The parts that a model wrote, at most `maxParts`; none where it wrote no list. */
export function readPlan(generated: string, maxParts: number): readonly string[] {
  const plan = generated.split("</think>").at(-1) ?? "";
  const parts = [...plan.matchAll(/^[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]+(.+)$/gm)]
    .map(([, line = ""]) => harmless(line).replaceAll("**", "").trim())
    .filter((part) => part !== "" && part.length <= MAX_PART);
  const different = [...new Set(parts)];
  return different.length > maxParts ? [] : different;
}
