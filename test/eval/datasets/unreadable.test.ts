import { describe, expect, test } from "vitest";
import { CANARY, encrypted, lines, LONG, read } from "./rows.ts";

describe("a file that is none is told", () => {
  test("which fields it has and which were looked for", async () => {
    const failed = read(lines({ text: "x", label: 1 }));
    await expect(failed).rejects.toThrow(
      'is no data set that is known. Its fields are "text", "label". Looked for were problem, answer and canary (BrowseComp);',
    );
    await expect(read(lines({ text: "x" }))).rejects.toThrow(
      "question, answer and supporting_facts (HotpotQA, 2WikiMultihopQA);",
    );
  });

  test.each([
    [
      "a row that is another",
      lines({ question: "Q?" }, { text: "x" }),
      'Row 2 of .* cannot be read. It is to have question, or prompt, .*Its fields are "text".',
    ],
    [
      "a canary that is not the one",
      `problem,answer,canary\n${encrypted(LONG, "x")},${encrypted("a", "x")},${CANARY}\n`,
      "is no data set that is known",
    ],
    ["a line that is no JSON", `${lines({ question: "Q?" })}{"question": `, "Line 2 of .* is no JSON"],
    ["a blank question", lines({ question: "Q?" }, { question: " " }), "Row 2 of"],
    ["nothing", "", "has no rows"],
    ["another kind of file", Uint8Array.from([0xff, 0xfe, 0, 1, 0xd8]), "cannot be read as a data set"],
  ])("%s", async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(new RegExp(message, "s"));
  });
});
