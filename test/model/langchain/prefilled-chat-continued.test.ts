import { expect, test } from "vitest";
import type { ModelChunk, PromptMessage } from "../../../src/model/model.ts";
import { startEndpoint } from "../../servers/endpoint.ts";
import { givenText, messagesWire, refusalOf } from "../../servers/messages-wire.ts";
import { HELLO, textOf } from "../collect.ts";
import { overAnthropic } from "./prefilled-chat-ask.ts";

/** White space between all pieces: no message that ends in it may be sent. */
const TEXT = 'I think é 😀 of <b>it</b>.\n</think>\n\nIt is "42" [1].';
const GIVEN = "<think>\nSo.\n\n";
const TURN: readonly PromptMessage[] = [...HELLO, { role: "assistant", content: GIVEN }];
const clock = { now: () => 0, random: () => 0, sleep: () => Promise.resolve() };

/** A reply that breaks off after so many events, request for request; each goes on where its prompt ends. */
async function askBroken(cuts: readonly (number | undefined)[]) {
  const given: string[] = [];
  let events = 0;
  const { url } = await startEndpoint({
    messages: (body) => {
      const before = givenText(body);
      const said = (GIVEN + TEXT).slice(before.length);
      expect(GIVEN + TEXT).toBe(before + said);
      given.push(before);
      const parts = messagesWire({ text: said, chunkSize: 3 }, body).split(/(?<=\n\n)/);
      events = Math.max(
        events,
        parts.findIndex((part) => part.includes('"message_delta"')),
      );
      const sent = parts.slice(0, cuts[given.length - 1]).join("");
      return refusalOf(body) ?? { headers: { "content-type": "text/event-stream" }, body: sent };
    },
  });
  const model = overAnthropic(url.replace(/\/v1$/, ""), { maxRetries: 2, clock });
  const chunks: ModelChunk[] = [];
  for await (const chunk of model.continueText(TURN, {})) chunks.push(chunk);
  return { text: textOf(chunks), end: chunks.at(-1), given, events };
}

test("a reply over the Messages API that is cut at any event goes on from its text, and comes out whole", async () => {
  const { events } = await askBroken([]);
  expect(events).toBeGreaterThan(10);
  for (let at = 1; at <= events; at += 1) {
    const { text, end, given } = await askBroken([at]);
    expect(text).toBe(TEXT);
    // in mid-message, without the white space that Anthropic refuses at its end
    expect(given[0]).toBe(GIVEN.trimEnd());
    expect(given).toHaveLength(2);
    expect(given[1]?.startsWith(GIVEN.trimEnd())).toBe(true);
    expect(end).toMatchObject({ type: "end", finishReason: "stop" });
    // where nothing had come yet it is the same request again
    expect(end?.continued).toBe(given[1] === given[0] ? undefined : 1);
  }
});

test("it is continued twice and no more", async () => {
  const twice = await askBroken([6, 6]);
  expect(twice.text).toBe(TEXT);
  expect(twice.end).toMatchObject({ continued: 2 });
  expect(twice.given).toHaveLength(3);
  await expect(askBroken([6, 6, 6])).rejects.toMatchObject({ code: "model-truncated" });
});
