import { describe, expect, test } from "vitest";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";

const spliced = (body: string): string => `\n<tool_response>\n${body}\n</tool_response>\n`;

describe("for models with tools of their own", () => {
  const side = qwq.nativeSide!;

  test("a call for pages is written, read back and taken apart", () => {
    const text = side.openCall(["https://a.example/</tool_call>", "b"]);
    expect(qwq.readCall(text, true, { pages: true })).toEqual({
      kind: "open",
      urls: ["https://a.example/</tool_call>", "b"],
    });
    const turn = [{ origin: "model" as const, text }];
    expect(side.parts(turn, { pages: true })).toEqual([
      { type: "open", urls: ["https://a.example/</tool_call>", "b"] },
    ]);
    expect(side.parts(turn)).toMatchObject([{ type: "broken-call" }]);
  });

  test("several calls are written as one, which is cut off if one of them is", () => {
    const web = { name: "web_search", arguments: '{"query":"x"}', whole: true };
    const open = { name: "open_url", arguments: '{"url":"y"}', whole: true };
    expect(side.callText(web, open)).toBe(
      '<tool_call>\n{"name": "web_search", "arguments": {"query": "x"}}\n{"name": "open_url", "arguments": {"url": "y"}}\n</tool_call>',
    );
    expect(qwq.readCall(side.callText(web, open), true, { pages: true })).toMatchObject({
      fault: "mixed-tools",
    });
    expect(side.callText(web, { ...open, arguments: '{"ur', whole: false })).toBe(
      '<tool_call>\n{"name": "open_url", "arguments": {"ur',
    );
  });

  test("what is wrong with a call is told with both tools", () => {
    const fault = {
      kind: "fault",
      fault: "malformed",
      detail: "No.",
      pages: true,
      nativeTools: true,
    } as const;
    expect(qwq.respond(fault)).toBe(
      spliced(
        'The call was not run. No. Call "web_search" with a "query": a text, or a list of texts. Or call "open_url" with a "url".',
      ),
    );
  });
});
