import { expect, test } from "vitest";
import { readEvents } from "../../src/net/event-stream.ts";

interface Listener {
  readonly log: string[];
  wait(): void;
  heard(): void;
}

function listener(): Listener {
  const log: string[] = [];
  return { log, wait: () => void log.push("wait"), heard: () => void log.push("heard") };
}

async function read(chunks: readonly (string | Uint8Array)[], silence = listener()): Promise<string[]> {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) {
        controller.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : chunk);
      }
      controller.close();
    },
  });
  const events: string[] = [];
  for await (const more of readEvents(body, silence)) events.push(...more);
  return events;
}

/** The chunks with a cut at every byte. */
function dribble(text: string): Uint8Array[] {
  return Array.from(new TextEncoder().encode(text), (byte) => Uint8Array.of(byte));
}

test.each([
  ["LF", "data: a\n\ndata: b\n\n"],
  ["CRLF", "data: a\r\n\r\ndata: b\r\n\r\n"],
  ["CR", "data: a\r\rdata: b\r\r"],
  ["mixed line ends", "data: a\r\n\ndata: b\n\r"],
  ["a byte order mark", "\uFEFFdata: a\n\ndata: b\n\n"],
  ["comments", ": ping\n\n:\ndata: a\n\n: ping\n: ping\ndata: b\n\n"],
  ["other fields", "id: 1\nevent: message\nretry: 10\ndata: a\n\nfoo: bar\ndata:b\n\n"],
  ["an event that the body ends within", "data: a\n\ndata: b\n\ndata: c\n"],
  ["a line that the body ends within", "data: a\n\ndata: b\n\ndata: c"],
])("reads %s, however it is cut", async (_, text) => {
  expect(await read([text])).toEqual(["a", "b"]);
  expect(await read(dribble(text))).toEqual(["a", "b"]);
});

test("an event of many lines is one", async () => {
  expect(await read(["data: a\ndata:\ndata:  b\n\n"])).toEqual(["a\n\n b"]);
});

test("characters that are cut in the middle are put together", async () => {
  expect(await read(dribble("data: é€😀\n\n"))).toEqual(["é€😀"]);
});

test("many small events in one chunk are all read", async () => {
  expect(await read(["data: x\n\n".repeat(100_000)])).toHaveLength(100_000);
});

test("an event without end is stopped in time", async () => {
  const endless = Array.from({ length: 30 }, () => "x".repeat(100_000));
  await expect(read(["data: a\n\ndata: ", ...endless])).rejects.toMatchObject({ code: "model-bad-reply" });
});

test("events in front of one that is too long are still read", async () => {
  const events: string[] = [];
  const body = new Response(`data: a\n\ndata: ${"x".repeat(2_000_000)}`).body;
  await expect(
    (async () => {
      for await (const more of readEvents(body!, listener())) events.push(...more);
    })(),
  ).rejects.toMatchObject({ code: "model-bad-reply" });
  expect(events).toEqual(["a"]);
});

test("comments are a sign of life until the first event, and none after it", async () => {
  const silence = listener();
  await read([": ping\n\n", "data: a\n\n", ": ping\n\n", ": ping\n\n", "data", ": b\n\n"], silence);
  const ping = "wait heard";
  const lateComments = "wait wait wait heard";
  const rest = "wait heard wait heard heard";
  expect(silence.log.join(" ")).toBe(`${ping} wait heard ${lateComments} ${rest}`);
});

test("a consumer that stops reading cancels the body", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("data: a\n\ndata: b\n\n")),
    cancel: () => {
      cancelled = true;
    },
  });
  for await (const events of readEvents(body, listener())) {
    expect(events).toEqual(["a", "b"]);
    break;
  }
  expect(cancelled).toBe(true);
});
